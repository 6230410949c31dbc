/**
 * A run driven from its present step to its end, by whoever replies.
 *
 * V1. One step at a time, the lowest first, parallel ones included.
 * V2. Somebody else may drive the same run: whoever is too late looks where it stands and goes on.
 */

import { setTimeout as delay } from "node:timers/promises";
import { SequencerError } from "../errors.ts";
import type { InstanceAnswer, InstructionYield, Sequencer } from "../instances/answer.ts";
import type { Replier, Reply } from "./reply.ts";
import type { Screen } from "./screen.ts";
import { hang } from "./terminal.ts";

/** Between looks at a run that waits, in case the sequencer answers at once. */
const BREATH_MS = 200;
const WAIT_SECONDS = 5;
/** A reply that is not answered by then has set off work, which is shown. */
const LOOK_AFTER_MS = 700;

/** @returns where the run stands: at its end, or at a step for which there was no reply */
export async function drive(
  sequencer: Sequencer,
  begun: InstanceAnswer,
  replier: Replier,
  screen: Screen,
  stop: AbortSignal,
): Promise<InstanceAnswer> {
  const instanceId = begun.instance_id;
  let answer = begun;
  let waitingSince: number | undefined;
  while (!stop.aborted) {
    const { last_yield } = answer;
    if (last_yield.kind === "waiting") {
      waitingSince ??= performance.now();
      screen.waiting(last_yield);
      await delay(BREATH_MS, undefined, { signal: stop }).catch(() => {});
      if (!stop.aborted) answer = await sequencer.current({ instanceId, waitSeconds: WAIT_SECONDS });
      continue;
    }
    if (waitingSince !== undefined) screen.wentOn(performance.now() - waitingSince);
    waitingSince = undefined;
    const instruction = firstInstruction(answer);
    if (instruction === undefined) return answer;
    screen.step(instruction, answer.progress_hint);
    const reply = await replier.reply(instruction);
    if (reply === undefined || stop.aborted) return answer;
    if (!replier.isPerson) screen.reply(reply);
    const next = await send(sequencer, instanceId, instruction, reply, replier, screen);
    // An answer holds what its reply newly led to; the other parallel steps are still there.
    const seesAll = next !== undefined && last_yield.kind === "instruction";
    answer = seesAll ? next : await sequencer.current({ instanceId });
  }
  return answer;
}

function firstInstruction({ last_yield }: InstanceAnswer): InstructionYield | undefined {
  if (last_yield.kind === "instruction") return last_yield;
  return last_yield.kind === "parallel" ? last_yield.instructions[0] : undefined;
}

/** @returns `undefined` if the reply was not taken and the run can be looked at anew */
async function send(
  sequencer: Sequencer,
  instanceId: string,
  { step_no }: InstructionYield,
  reply: Reply,
  replier: Replier,
  screen: Screen,
): Promise<InstanceAnswer | undefined> {
  const answered = sequencer.next({ instanceId, forStepNo: step_no, ...reply });
  try {
    await tellWhatRuns(sequencer, instanceId, answered, screen);
    return await answered;
  } catch (error) {
    if (!(error instanceof SequencerError)) throw error;
    const movedOn = error.code === "OutOfSync" || error.code === "InstanceEnded";
    if (!movedOn && !replier.isPerson) throw error;
    screen.say(`  ${hang(error.message, "  ")}`, `  ${hang(error.fix, "  ")}`);
    return undefined;
  }
}

/** The sequencer waits a while for what a reply set off; whoever looks on is told of it meanwhile. */
async function tellWhatRuns(
  sequencer: Sequencer,
  instanceId: string,
  answered: Promise<InstanceAnswer>,
  screen: Screen,
): Promise<void> {
  let isAnswered = false;
  const over = new AbortController();
  const end = () => {
    isAnswered = true;
    over.abort();
  };
  answered.then(end, end);
  for (;;) {
    await delay(LOOK_AFTER_MS, undefined, { signal: over.signal }).catch(() => {});
    if (isAnswered) return;
    // What is wrong with the run, its own answer will say.
    const now = await sequencer.current({ instanceId }).catch(() => undefined);
    if (now?.last_yield.kind === "waiting") screen.waiting(now.last_yield);
  }
}
