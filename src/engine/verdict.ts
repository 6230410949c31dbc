/**
 * What is said of a value that comes from outside: a reply to a pending step, a signal.
 *
 * V1. A verdict changes nothing: it becomes an event, and replay takes it from there.
 * V2. A reply is held against the schema that was shown; the author's own then parses what passed.
 */

import { SequencerError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { Json, Schema } from "../program/schema.ts";
import type { ReplyAccepted, ReplyRejected, StepFailedEvent } from "./event.ts";
import { schemaOf } from "./issue.ts";
import { preview, sameJson } from "./json.ts";
import { type Judgement, judge } from "./judge.ts";
import type { Pending } from "./pending.ts";
import { toJsonSchema } from "./schema.ts";

/** What judging a reply says; the shell gives it its time and its place in the log. */
export type Verdict = Omit<ReplyAccepted, "at"> | Omit<ReplyRejected, "at"> | Omit<StepFailedEvent, "at">;

/** @param place where the step was made, if that is known */
export async function verdictOn(
  reply: Json,
  stepNo: number,
  { issued, leaf }: Pending,
  place: () => string | undefined,
): Promise<Verdict> {
  const judgement = await judge(reply, issued.schema, schemaOf(leaf.step), `The schema of step ${stepNo}`);
  switch (judgement.verdict) {
    case "valid":
      return {
        type: "reply_accepted",
        step_no: stepNo,
        reply,
        ...(!sameJson(reply, judgement.value) && { value: judgement.value }),
        ...(judgement.fromString && { from_string: true }),
      };
    case "invalid": {
      const exhausted = (issued.attempt ?? 1) >= (issued.max_attempts ?? 1);
      const then = issued.on_invalid === "abort" ? "abort" : exhausted ? "fail" : "retry";
      return { type: "reply_rejected", step_no: stepNo, reply, problems: judgement.problems, then };
    }
    case "broken":
      return {
        type: "step_failed",
        step_no: stepNo,
        code: "invalid_schema",
        error: judgement.code,
        reply,
        reason: `${judgement.reason} (reply schema of the ${issued.kind} at ${place() ?? "an unknown place"})`,
      };
  }
}

/** @throws SequencerError `UnknownSignal` */
export function signalSchema({ name: program, signals = {} }: Program, name: string): Schema {
  if (Object.hasOwn(signals, name)) return signals[name]!;
  const known = Object.keys(signals);
  throw new SequencerError(
    "UnknownSignal",
    `Program '${program}' has no signal ${preview(name)}. ${known.length === 0 ? "It declares none" : `It declares: ${known.join(", ")}`}.`,
  );
}

export async function judgeSignal(name: string, schema: Schema, value: Json): Promise<Judgement> {
  const what = `The schema of signal '${name}'` as const;
  return await judge(value, toJsonSchema(schema, what), schema, what);
}
