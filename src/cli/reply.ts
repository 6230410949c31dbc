/** A reply as it is written: JSON, a failure in its wrapping, or fields of a flat schema. */

import type { InstructionYield } from "../instances/answer.ts";
import type { Json } from "../program/schema.ts";
import { flatFields, parsePairs } from "./fields.ts";
import { schemaText } from "./schema-text.ts";

export type Reply = { readonly result: Json } | { readonly failure: { readonly reason: string } };

/** Who answers the instructions of a run. */
export interface Replier {
  /**
   * @param instruction the step to answer; with `validation_error`, the answer before was not accepted
   * @returns `undefined`: there is nothing more to say
   */
  reply(instruction: InstructionYield): Promise<Reply | undefined>;
  /** Its replies are typed by a person, who sees them already. */
  readonly isPerson: boolean;
  close(): void;
}

/** `{"failure": {"reason": "…"}}` and nothing else in it means that the step cannot be done. */
export function toReply(json: Json): Reply {
  if (isObject(json) && Object.keys(json).join() === "failure") {
    const { failure } = json;
    if (
      isObject(failure!) &&
      Object.keys(failure).join() === "reason" &&
      typeof failure["reason"] === "string"
    ) {
      return { failure: { reason: failure["reason"] } };
    }
  }
  return { result: json };
}

/** One line of text as the answer to a step, or what is wrong with it. */
export function parseReply(line: string, { expect_schema }: InstructionYield): Reply | { problem: string } {
  const text = line.trim();
  if (expect_schema?.["type"] === "string" && !text.startsWith('"') && !text.startsWith("{")) {
    return { result: line };
  }
  try {
    return toReply(JSON.parse(text) as Json);
  } catch (error) {
    const fields = flatFields(expect_schema);
    const pairs = fields && parsePairs(line, fields);
    if (pairs !== undefined) return { result: pairs };
    const form = fields === undefined ? "" : `, or ${fields.map(({ name }) => `${name}=…`).join(" ")}`;
    const wanted = expect_schema === null ? "any JSON" : schemaText(expect_schema);
    return { problem: `That is not JSON (${(error as Error).message}). Wanted: ${wanted}${form}` };
  }
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
