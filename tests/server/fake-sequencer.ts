/**
 * A sequencer that answers from a script, for tests of what stands in front of one.
 *
 * `scriptedSequencer` says exactly what a test lays down; `greetingSequencer` behaves like the bundled
 * `hello` program, in memory.
 */

import { SequencerError } from "../../src/errors.ts";
import type { InstanceAnswer, InstructionYield, LastYield, Sequencer } from "../../src/instances/answer.ts";
import type { Json } from "../../src/program/schema.ts";

export const INSTANCE_ID = "01JDQ3V5Z8M4X7C2B9N6K1H0GT";
export const AT = "2025-03-01T10:00:00.000Z";

export interface RecordedCall {
  readonly method: keyof Sequencer;
  readonly request: unknown;
}

export interface FakeSequencer extends Sequencer {
  readonly calls: RecordedCall[];
}

export function instruction(step_no: number, changes: Partial<InstructionYield> = {}): InstructionYield {
  return {
    kind: "instruction",
    step_no,
    text: `Do step ${step_no}.`,
    expect_schema: null,
    on_invalid: "retry",
    attempt: 1,
    max_attempts: 5,
    expected_minutes: null,
    timeout_at: null,
    ...changes,
  };
}

export function answer(last_yield: LastYield, changes: Partial<InstanceAnswer> = {}): InstanceAnswer {
  const states = {
    instruction: "awaiting_result",
    parallel: "awaiting_result",
    waiting: "waiting",
    done: "completed",
    abort: "aborted",
    error: "failed",
  } as const;
  return {
    instance_id: INSTANCE_ID,
    program: "hello",
    version: "0123456789abcdef0123456789abcdef",
    state: states[last_yield.kind],
    step_no: last_yield.kind === "instruction" ? last_yield.step_no : 1,
    last_yield,
    yielded_at: AT,
    progress_hint: null,
    ...changes,
  };
}

/** Methods that are not laid down throw. */
export function scriptedSequencer(script: Partial<Sequencer>): FakeSequencer {
  const calls: RecordedCall[] = [];
  const method = (name: keyof Sequencer) => (request?: unknown) => {
    calls.push({ method: name, request });
    const laidDown = script[name] as ((request: unknown) => unknown) | undefined;
    if (laidDown === undefined) throw new Error(`the script has no ${name}`);
    return laidDown(request);
  };
  const names = [
    "listPrograms",
    "start",
    "current",
    "next",
    "resume",
    "fork",
    "signal",
    "cancel",
    "list",
    "close",
    "recent",
    "events",
  ];
  const onProgramsChanged = script.onProgramsChanged ?? (() => {});
  const methods = Object.fromEntries(names.map((name) => [name, method(name as keyof Sequencer)]));
  const dispose = async () => {
    calls.push({ method: "dispose", request: undefined });
    await script.dispose?.();
  };
  return { ...methods, onProgramsChanged, dispose, calls } as unknown as FakeSequencer;
}

const GREETING = {
  type: "object",
  properties: { message: { type: "string", minLength: 1 } },
  required: ["message"],
  additionalProperties: false,
};

/** Like `hello`: one greeting a name, invalid replies asked again, a failure ends the run. */
export function greetingSequencer(): FakeSequencer {
  let names: string[] = [];
  let greetings: Json[] = [];
  let stepNo = 0;
  let last: InstanceAnswer | undefined;

  const state = () => {
    if (last === undefined) throw new SequencerError("UnknownInstance", "There is no such instance.");
    return last;
  };
  const ask = (attempt: number, validation_error?: InstructionYield["validation_error"]) => {
    stepNo += 1;
    const name = names[greetings.length]!;
    const text = `Write a one-line, friendly greeting for '${name}'.`;
    const asked = { text, expect_schema: GREETING, attempt, ...(validation_error && { validation_error }) };
    const progress_hint = { current: greetings.length + 1, of: names.length, label: `greeting ${name}` };
    last = answer(instruction(stepNo, asked), { progress_hint });
    return last;
  };
  const end = (lastYield: LastYield) => {
    last = answer(lastYield, { step_no: stepNo });
    return last;
  };

  return scriptedSequencer({
    async start({ program, params }) {
      if (program !== "hello")
        throw new SequencerError("UnknownProgram", `There is no program '${program}'.`);
      names = (params as { names?: string[] } | undefined)?.names ?? ["world"];
      greetings = [];
      return ask(1);
    },
    async current() {
      return state();
    },
    async resume() {
      return state();
    },
    async next({ forStepNo, result, failure }) {
      const { last_yield } = state();
      if (last_yield.kind !== "instruction") throw new SequencerError("InstanceEnded", "It has ended.");
      if (forStepNo !== stepNo) throw new SequencerError("OutOfSync", `Step ${stepNo} is awaited.`);
      if (failure !== undefined) return end({ kind: "error", type: "StepFailed", message: failure.reason });
      const message = (result as { message?: unknown } | null)?.message;
      if (typeof message !== "string" || message === "") {
        const problems = [{ path: "$.message", message: "is missing" }];
        return ask(last_yield.attempt + 1, { step_no: stepNo, problems });
      }
      greetings.push({ name: names[greetings.length]!, message });
      if (greetings.length < names.length) return ask(1);
      return end({ kind: "done", summary: { greeted_count: greetings.length, greetings } });
    },
    async close({ instanceId, deleteLog = false }) {
      return { instance_id: instanceId, closed: true, deleted: deleteLog };
    },
  });
}
