/**
 * What every event of a type must look like for the rest of the product to read it without looking twice.
 *
 * F1. A line whose checksum is right was not damaged by accident; one that says what no writer says was written
 *     by hand or by another tool, and is refused like damage.
 * F2. Only members that readers rely on are looked at; a member that is not known is no problem.
 * F3. What an author's value may be (params, replies, summaries) is any JSON.
 */

import { type Event, type EventType, FORMAT_VERSION, isKnownEventType } from "./event.ts";

type Check = (value: unknown) => boolean;

const text: Check = (value) => typeof value === "string";
const number: Check = (value) => typeof value === "number";
const count: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const flag: Check = (value) => value === true;
/** As `toISOString` writes it until the year 9999: times are compared as texts. */
const time: Check = (value) =>
  typeof value === "string" && value.length === 24 && value.endsWith("Z") && !Number.isNaN(Date.parse(value));
const json: Check = (value) => value !== undefined;
const object: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const schema: Check = (value) => typeof value === "boolean" || object(value);
/** It names a folder. */
const version: Check = (value) => typeof value === "string" && /^\w[\w-]*$/.test(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value as string);

interface Member {
  readonly name: string;
  readonly check: Check;
  readonly required: boolean;
}

type Form = { readonly [member: string]: Check };

function members(required: Form, optional: Form = {}): readonly Member[] {
  const of = (form: Form, isRequired: boolean) =>
    Object.entries(form).map(([name, check]) => ({ name, check, required: isRequired }));
  return [...of(required, true), ...of(optional, false)];
}

function shaped(required: Form, optional?: Form): Check {
  const all = members(required, optional);
  return (value) => object(value) && all.every((member) => fits(value as object, member));
}

const problems = listOf(shaped({ path: text, message: text }));
const error = shaped({ type: text, message: text }, { stack: text });
const progress = shaped({ current: number, of: number, label: text });
const step = { step_no: count };

const FORMS: { readonly [type in EventType]: readonly Member[] } = {
  started: members(
    {
      format: count,
      engine: text,
      instance_id: text,
      program: shaped({ name: text, version }),
      params: json,
      seed: text,
      project_dir: text,
    },
    {
      time_zone: text,
      locale: text,
      node: number,
      request_id: text,
      forked_from: shaped({ instance_id: text, before_step_no: count }),
      pauses: listOf(shaped({ until: time, ms: number })),
    },
  ),
  step_issued: members(
    { ...step, scope: text, ordinal: count, kind: text },
    {
      id: text,
      text,
      schema,
      on_invalid: text,
      attempt: number,
      max_attempts: number,
      validation_error: shaped({ step_no: count, problems }),
      expected_minutes: number,
      tools: shaped({}, { allow: listOf(text), deny: listOf(text) }),
      choices: listOf(text),
      label: text,
      args: listOf(text),
      timeout_at: time,
      timeout_moved_ms: number,
      progress,
    },
  ),
  reply_accepted: members({ ...step, reply: json }, { from_string: flag, by: text }),
  // biome-ignore lint/suspicious/noThenProperty: the event's own member, which the log's format names so
  reply_rejected: members({ ...step, reply: json, problems, then: oneOf("retry", "fail", "abort") }),
  step_failed: members({ ...step, code: text, reason: text }, { error: text, scope: text, ordinal: count }),
  step_cancelled: members({ ...step, reason: text }),
  effect_started: members({ ...step, owner: text, attempt: count }),
  effect_finished: members(step, { error }),
  timer_fired: members(step),
  signal_received: members({ name: text, value: json }),
  cancel_requested: members({ reason: text }),
  version_adopted: members(
    { version, previous: version },
    { values: object, signal_values: object, withdrawn: listOf(count), calls: object },
  ),
  closed: [],
  reopened: [],
  storage_failed: members({ reason: text }),
  ended: members(
    { state: oneOf("completed", "aborted", "failed", "cancelled") },
    { reason: text, error, forced: flag, progress },
  ),
};

/** What a step shows of itself, by its kind. */
const SHOWN: { readonly [kind: string]: readonly Member[] | undefined } = {
  instruction: members({ text }),
  ask: members({ text }),
  effect: members({ label: text }),
  command: members({ label: text }),
  signal: members({ label: text }),
  call: members({ label: text }),
  sleep: members({ timeout_at: time }),
};

/** None of the members looked at is one that every object has. */
function fits(object: object, { name, check, required }: Member): boolean {
  const value = (object as Record<string, unknown>)[name];
  return value === undefined ? !required : check(value);
}

/** The events of a turn have one time; looking at it takes longer than all the rest. */
let lastTime = "";

/** Why an event of a known type cannot be what it says; `undefined` if it can. */
export function formProblem(event: Event): string | undefined {
  if (event.at !== lastTime && !time(event.at)) return wrong(event, "at");
  lastTime = event.at;
  const form = FORMS[event.type];
  for (let i = 0; i < form.length; i++) if (!fits(event, form[i]!)) return wrong(event, form[i]!.name);
  if (event.type !== "step_issued") return undefined;
  const shown = Object.hasOwn(SHOWN, event.kind) ? SHOWN[event.kind]! : [];
  const missing = shown.find((member) => !fits(event, member));
  return missing && wrong(event, missing.name);
}

function wrong({ type }: Event, member: string): string {
  return `it is no ${type}: its '${member}' is missing, or not what it must be`;
}

/** What a log may hold, as far as this version knows. */
export const KNOWN_FORMAT = {
  isKnownType: isKnownEventType,
  formatVersion: FORMAT_VERSION,
  formProblem,
} as const;
