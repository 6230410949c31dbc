/**
 * What authors' tests import: `import { drive } from "agent-sequencer/testing"`.
 *
 * @example
 * const run = await drive(hello, { names: ["Ada"] });
 * expect(run.step.text).toContain("Ada");
 * await run.reply({ message: "Hello, Ada!" });
 * expect(run.summary.greeted_count).toBe(1);
 * await run.replay();
 */
export type { ErrorInfo, Event, Problem, ProgressHint } from "./engine/event.js";
export { type DriveOptions, drive } from "./testing/drive.js";
export type { EffectCall, EffectStandIns } from "./testing/effects.js";
export type { PendingStep } from "./testing/pending.js";
export type { ProgramOrFile, Run, RunState } from "./testing/run.js";
