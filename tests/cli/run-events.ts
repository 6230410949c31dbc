/** Runs as their logs tell them, for what shows them. */

import type { RecordedEvent } from "../../src/cli/history.ts";
import type { Event, Started, StepIssued } from "../../src/engine/event.ts";
import { INSTANCE_ID } from "../server/fake-sequencer.ts";

export const at = (ms: number) => new Date(Date.parse("2025-03-01T10:00:00.000Z") + ms).toISOString();
const step = { kind: "instruction", scope: "", ordinal: 1, max_attempts: 5 } as const;

export function issue(step_no: number, ms: number, changes: Partial<StepIssued> = {}): StepIssued {
  const { kind = "instruction" } = changes;
  const limits = kind === "instruction" || kind === "ask" ? { attempt: 1, max_attempts: 5 } : {};
  return { type: "step_issued", at: at(ms), step_no, kind, scope: "", ordinal: 1, ...limits, ...changes };
}

export const STARTED: Started = {
  type: "started",
  at: at(0),
  format: 1,
  engine: "1.0.0",
  instance_id: INSTANCE_ID,
  program: { name: "hello", version: "0123456789abcdef0123456789abcdef" },
  params: { names: ["Ada"] },
  seed: "00",
  project_dir: "/project",
  time_zone: "UTC",
  locale: "en",
  node: 20,
};

export const RUN: Event[] = [
  STARTED,
  { type: "step_issued", at: at(4), step_no: 1, ...step, text: "Greet\n'Ada'.", attempt: 1 },
  {
    type: "reply_rejected",
    at: at(7_113),
    step_no: 1,
    reply: { messge: "Hi" },
    problems: [
      { path: "$.message", message: "is missing" },
      { path: "$.messge", message: "is not a property that the schema knows" },
    ],
    // biome-ignore lint/suspicious/noThenProperty: the name it has in every log
    then: "retry",
  },
  { type: "step_issued", at: at(7_113), step_no: 2, ...step, text: "Greet\n'Ada'.", attempt: 2 },
  { type: "reply_accepted", at: at(70_000), step_no: 2, reply: { message: "Hi" }, from_string: true },
  {
    type: "step_issued",
    at: at(70_000),
    step_no: 3,
    kind: "command",
    scope: "",
    ordinal: 2,
    label: "npm",
    args: ["test"],
  },
  { type: "effect_started", at: at(70_001), step_no: 3, owner: "o", attempt: 2 },
  { type: "effect_finished", at: at(70_090), step_no: 3, error: { type: "Error", message: "ENOENT" } },
  { type: "step_issued", at: at(70_090), step_no: 4, kind: "signal", scope: "", ordinal: 3, label: "go" },
  { type: "signal_received", at: at(86_400_000), name: "go", value: true },
  { type: "closed", at: at(86_400_000) },
  { type: "reopened", at: at(86_400_001) },
  {
    type: "ended",
    at: at(86_400_003),
    state: "failed",
    error: { type: "StepFailed", message: "too late", stack: "at run (hello.ts:12:5)" },
  },
];

/** `all` over three branches, a race within one of them, a call, and one of each kind of step. */
export const TREE: Event[] = [
  STARTED,
  issue(1, 1, { scope: "1.0", text: "Review a.ts", progress: { current: 1, of: 4, label: "reviewing" } }),
  issue(2, 1, { scope: "1.1", kind: "command", label: "npm", args: ["run", "a b"] }),
  issue(3, 1, { scope: "1.2/1.0", kind: "sleep", timeout_at: at(90_000), ordinal: 1 }),
  issue(4, 1, { scope: "1.2/1.1", kind: "ask", text: "Go on?", timeout_at: at(3_600_000) }),
  { type: "effect_started", at: at(2), step_no: 2, owner: "o", attempt: 1 },
  { type: "effect_started", at: at(2), step_no: 4, owner: "o", attempt: 1 },
  { type: "reply_accepted", at: at(12_000), step_no: 1, reply: { ok: true } },
  issue(5, 12_000, { scope: "1.0", ordinal: 2, kind: "effect", label: "save the findings" }),
  { type: "effect_started", at: at(12_001), step_no: 5, owner: "o", attempt: 1 },
  { type: "effect_finished", at: at(12_010), step_no: 5, value: { written: 7 } },
  {
    type: "effect_finished",
    at: at(13_000),
    step_no: 2,
    value: { exit_code: 1, signal: null, stdout: "1 failing\n", stderr: "npm error\ncode 1\n\n" },
  },
  { type: "effect_finished", at: at(14_000), step_no: 4, error: { type: "Declined", message: "no answer" } },
  { type: "reply_accepted", at: at(20_000), step_no: 4, reply: "yes" },
  { type: "step_cancelled", at: at(20_000), step_no: 3, reason: "another branch of the race ended first" },
  { type: "signal_received", at: at(20_500), name: "approve", value: "early" },
  issue(6, 21_000, { ordinal: 2, kind: "call", label: "greet", options: { name: "Ada" } }),
  issue(7, 21_000, { scope: "2", text: "Greet Ada" }),
  { type: "reply_accepted", at: at(22_000), step_no: 7, reply: "Hi", by: "person" },
  issue(8, 22_000, { scope: "2", ordinal: 2, kind: "signal", label: "approve" }),
  issue(9, 22_000, { ordinal: 3, kind: "signal", label: "go" }),
  { type: "signal_received", at: at(23_000), name: "go", value: { by: "Bob" } },
  issue(10, 23_000, { ordinal: 4, kind: "effect", label: "upload" }),
  { type: "effect_started", at: at(23_001), step_no: 10, owner: "o", attempt: 1 },
  { type: "effect_started", at: at(60_001), step_no: 10, owner: "p", attempt: 2 },
  { type: "effect_finished", at: at(60_090), step_no: 10, error: { type: "Error", message: "ENOENT" } },
  issue(11, 60_090, { ordinal: 5, kind: "sleep", timeout_at: at(61_000) }),
  { type: "timer_fired", at: at(61_000), step_no: 11 },
  { type: "ended", at: at(61_000), state: "completed", summary: { done: true } },
];

export const ENDINGS: Event[] = [
  { ...STARTED, forked_from: { instance_id: INSTANCE_ID, before_step_no: 2 } },
  issue(1, 1, { text: "Go.", timeout_at: at(500) }),
  { type: "version_adopted", at: at(2), version: "new", previous: "old", withdrawn: [1] },
  { type: "step_cancelled", at: at(2), step_no: 1, reason: "the new version does not ask it" },
  issue(2, 3, { text: "Go now.", timeout_at: at(500) }),
  { type: "timer_fired", at: at(500), step_no: 2 },
  {
    type: "step_failed",
    at: at(500),
    step_no: 3,
    code: "invalid_schema",
    reason: "no such format",
    scope: "",
    ordinal: 3,
  },
  { type: "closed", at: at(501) },
  { type: "reopened", at: at(502) },
  { type: "cancel_requested", at: at(600), reason: "enough" },
  issue(4, 600, { ordinal: 4, text: "Tidy up." }),
  { type: "ended", at: at(700), state: "cancelled", reason: "enough", forced: true },
  { type: "storage_failed", at: at(701), reason: "EIO" },
];

export const numbered = (events: readonly Event[]): RecordedEvent[] =>
  events.map((event, seq) => ({ seq, event }));
