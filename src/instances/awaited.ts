/** What an instance awaits of its driver, and what it says to one who replies to something else. */

import type { StepIssued } from "../engine/event.ts";
import { preview } from "../engine/json.ts";
import { awaitsDriver } from "../engine/state.ts";
import { SequencerError } from "../errors.ts";
import { stateOf } from "./describe.ts";
import type { Instance } from "./instance.ts";

/** @throws SequencerError `InstanceEnded` */
export function refuseEnded({ state: { ended } }: Instance): void {
  if (ended !== undefined) throw new SequencerError("InstanceEnded", `The run has ended (${ended.state}).`);
}

/** What a reply handed out: the steps it issued; when it issued none, whatever is pending. */
export function handedOut(instance: Instance, issued: readonly StepIssued[]): readonly number[] | undefined {
  const pending = issued.map(({ step_no }) => step_no).filter((no) => instance.state.pending.has(no));
  return pending.length > 0 ? pending : undefined;
}

/** The step that a reply without a number is for. @throws SequencerError `OutOfSync`, `InstanceEnded` */
export function onlyPending(instance: Instance): number {
  const numbers = awaitedSteps(instance);
  if (numbers.length === 1) return numbers[0]!;
  refuseEnded(instance);
  throw new SequencerError("OutOfSync", `for_step_no is needed here. ${awaited(instance)}`);
}

function awaitedSteps({ state }: Instance): number[] {
  return [...state.pending.values()].filter(awaitsDriver).map(({ issued }) => issued.step_no);
}

/** In words. */
export function awaited(instance: Instance): string {
  const numbers = awaitedSteps(instance);
  if (numbers.length === 0) return `Nothing is awaited from you now (${stateOf(instance.state)}).`;
  if (numbers.length === 1) {
    return `Step ${numbers[0]} is awaited: ${preview(instance.state.pending.get(numbers[0]!)?.issued.text, 200)}`;
  }
  return `Steps ${numbers.slice(0, 20).join(", ")}${numbers.length > 20 ? ", …" : ""} are awaited.`;
}
