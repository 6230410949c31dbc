/**
 * Signals that came before anybody waited for them.
 *
 * E1. Those of one name are taken in the order in which they came, each once.
 */

import type { Json } from "../program/schema.ts";

export class EarlySignals {
  /** By name, oldest first. */
  private readonly waiting = new Map<string, Json[]>();

  keep(name: string, value: Json): void {
    const waiting = this.waiting.get(name) ?? [];
    waiting.push(value);
    this.waiting.set(name, waiting);
  }

  take(name: string): Json | undefined {
    return this.waiting.get(name)?.shift();
  }
}
