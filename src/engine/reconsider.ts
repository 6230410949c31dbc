/**
 * What came from outside, judged anew by a version that is tried: it must still be valid, and what the new
 * schemas parse it to is what that version sees.
 */

import type { Program } from "../program/program.ts";
import type { Json, Schema } from "../program/schema.ts";
import type { Problem, ReplyAccepted, SignalReceived, Started, StepIssued } from "./event.ts";
import { type Asking, whichOf } from "./history.ts";
import { sameJson } from "./json.ts";
import { judge } from "./judge.ts";
import { mismatchError } from "./mismatch.ts";
import { sketchOf } from "./sameness.ts";
import { toJsonSchema } from "./schema.ts";
import type { Findings } from "./trial.ts";

/** @throws SequencerError `ProgramDiverged` */
export async function reconsiderReply(
  event: ReplyAccepted,
  issued: StepIssued,
  schema: Schema | undefined,
  findings: Findings,
  asking: Asking,
): Promise<void> {
  const shown = findings.takeSchema(issued);
  const judgement = await judge(event.reply, shown, schema, `The schema of step ${event.step_no}`);
  if (judgement.verdict === "valid") {
    const { reply, value = reply } = event;
    if (!sameJson(value, judgement.value)) findings.values[event.step_no] = judgement.value;
    return;
  }
  const why = judgement.verdict === "invalid" ? inWords(judgement.problems) : judgement.reason;
  const what = `its recorded reply is not valid under the program's schema: ${why}`;
  throw mismatchError({ what, ...whichOf(event), recorded: sketchOf(issued), ...asking() });
}

/**
 * @param no its number among the signals of the log, from 1
 * @throws SequencerError `ProgramDiverged`
 */
export async function reconsiderSignal(
  event: SignalReceived,
  no: number,
  program: Program,
  findings: Findings,
): Promise<void> {
  const { name, value, sent = value } = event;
  const signals = program.signals ?? {};
  // Nobody can wait for a signal that is not declared any more.
  if (!Object.hasOwn(signals, name)) return;
  const what = `The schema of signal '${name}'`;
  const judgement = await judge(sent, toJsonSchema(signals[name]!, what), signals[name], what);
  if (judgement.verdict === "valid") {
    if (!sameJson(value, judgement.value)) findings.signal_values[no] = judgement.value;
    return;
  }
  const why = judgement.verdict === "invalid" ? inWords(judgement.problems) : judgement.reason;
  throw mismatchError({
    what: `the recorded value of signal '${name}' is not valid under the program's schema: ${why}`,
    ...whichOf(event),
  });
}

/**
 * The params stand as they were parsed, which is not what was sent: they cannot be judged again. But params
 * that the run was started without get their defaults, or the version cannot take it over.
 *
 * @throws SequencerError `ProgramDiverged`
 */
export async function reconsiderParams(
  { params }: Started,
  program: Program,
  findings: Findings,
): Promise<void> {
  const schema = program.params;
  if (schema === undefined || !isObject(params)) return;
  const what = `The params schema of program '${program.name}'`;
  const judgement = await judge(params, toJsonSchema(schema, what), schema, what);
  if (judgement.verdict === "valid" && isObject(judgement.value)) {
    const completed = { ...judgement.value, ...params };
    if (!sameJson(completed, params)) findings.params = completed;
    return;
  }
  const missing = judgement.verdict === "invalid" ? judgement.problems.filter(isMissingParam) : [];
  if (missing.length === 0) return;
  const names = missing.map(({ path }) => path.slice(2)).join(", ");
  throw mismatchError({
    what: `the run was started without what the program's params now require: ${names}`,
  });
}

function isMissingParam({ path, message }: Problem): boolean {
  return message === "is missing" && /^\$\.[\w$]+$/.test(path);
}

function isObject(value: Json): value is { [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function inWords(problems: readonly Problem[]): string {
  return problems.map(({ path, message }) => `${path} ${message}`).join("; ");
}
