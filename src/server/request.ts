/** What answers a method of the protocol: a function of what was asked and of the sequencer. */

import type { Sequencer } from "../instances/answer.ts";

export type Method = (params: Record<string, unknown>, sequencer: Sequencer) => Promise<object>;

/** A member that has to be text. */
export function textOf(params: Record<string, unknown>, name: string): string {
  const value = params[name];
  return typeof value === "string" ? value : "";
}

export function objectOf(params: Record<string, unknown>, name: string): Record<string, unknown> {
  const value = params[name];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}
