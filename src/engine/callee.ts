/** A called program: the params it starts with, and what its failure is to the program that called it. */

import { CallFailed } from "../program/call.ts";
import { Abort } from "../program/outcome.ts";
import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import { toJson } from "./json.ts";
import { judge } from "./judge.ts";
import { toJsonSchema } from "./schema.ts";
import { describeThrown, textOf } from "./thrown.ts";

/** Judges params as `sequencer_start` does. */
export async function judgeParams(
  program: Program,
  params: unknown,
): Promise<{ readonly params: Json } | { readonly reason: string }> {
  const given = toJson(params ?? {});
  if (!("json" in given)) {
    return { reason: `the params of '${program.name}' are not JSON: ${given.path} ${given.reason}` };
  }
  const schema = program.params;
  if (schema === undefined) return { params: given.json };
  const what = `The params schema of program '${program.name}'`;
  try {
    const judgement = await judge(given.json, toJsonSchema(schema, what), schema, what);
    if (judgement.verdict === "valid") return { params: judgement.value };
    if (judgement.verdict === "broken") return { reason: `${what} is at fault: ${judgement.reason}` };
    const problems = judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; ");
    return { reason: `the params of '${program.name}' are not valid: ${problems}` };
  } catch (error) {
    return { reason: describeThrown(error).message };
  }
}

/** The error with the name of the called program in front of its path, and the stack of what went wrong. */
export function callFailed(program: string, error: unknown): CallFailed {
  const failed =
    error instanceof CallFailed
      ? new CallFailed([program, ...error.path], withoutPath(error), error.aborted, { cause: error.cause })
      : new CallFailed([program], reasonOf(error), error instanceof Abort, { cause: error });
  if (error instanceof Error && error.stack !== undefined) failed.stack = error.stack;
  return failed;
}

function withoutPath({ message, path }: CallFailed): string {
  return message.slice(path.join(" > ").length + 2);
}

function reasonOf(error: unknown): string {
  if (error instanceof Abort) return error.reason;
  return error instanceof Error ? `${error.name}: ${error.message}` : textOf(error);
}
