/**
 * The form of events that somebody else has written: what lists, timelines and paths take as it stands in the log.
 *
 * X1. A member has the form that our own log gives it, in whatever event it stands; one that is not listed here
 *     is only ever handled as JSON.
 * X2. An event is what a log of ours can be read with: else its run would be damaged once it is here.
 */

import { isVersion } from "../catalog/content.ts";
import { isProgramName } from "../catalog/find.ts";
import type { Event } from "../engine/event.ts";
import { formProblem } from "../engine/event-form.ts";
import { isInstanceId } from "../log/instance-id.ts";

type Form = (value: unknown) => boolean;

const isText: Form = (value) => typeof value === "string";
const isNumber: Form = (value) => typeof value === "number";
const isCount: Form = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime: Form = (value) =>
  matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value) && !Number.isNaN(Date.parse(value as string));
const isErrorInfo = objectOf({ type: isText, message: isText, stack: orAbsent(isText) });

const FORMS: { readonly [member: string]: Form } = {
  at: isTime,
  step_no: isCount,
  ordinal: isCount,
  attempt: isCount,
  max_attempts: isCount,
  scope: matches(/^(\d+(\.\d+)?(\/\d+(\.\d+)?)*)?$/),
  kind: matches(/^[a-z]+$/),
  state: matches(/^(completed|aborted|failed|cancelled)$/),
  // biome-ignore lint/suspicious/noThenProperty: a member of the event `reply_rejected`
  then: matches(/^(retry|fail|abort)$/),
  instance_id: isInstanceId,
  program: objectOf({ name: (name) => isText(name) && isProgramName(name as string), version: isHash }),
  version: isHash,
  previous: isHash,
  forked_from: objectOf({ instance_id: isInstanceId, before_step_no: isCount }),
  text: isText,
  label: isText,
  args: listOf(isText),
  reason: isText,
  name: isText,
  code: isText,
  owner: isText,
  by: isText,
  project_dir: isText,
  timeout_at: isTime,
  progress: objectOf({ current: isNumber, of: isNumber, label: isText }),
  problems: listOf(objectOf({ path: isText, message: isText })),
  // Of `step_failed`, a code.
  error: (value) => isText(value) || isErrorInfo(value),
};

/** @returns what is wrong with it; `undefined`: nothing */
export function faultIn(event: Event): string | undefined {
  for (const [member, value] of Object.entries(event)) {
    const form = Object.hasOwn(FORMS, member) ? FORMS[member]! : undefined;
    if (form?.(value) === false) return `'${member}' is not what it must be`;
  }
  return formProblem(event);
}

function isHash(value: unknown): boolean {
  return typeof value === "string" && isVersion(value);
}

function matches(pattern: RegExp): Form {
  return (value) => typeof value === "string" && pattern.test(value);
}

function orAbsent(form: Form): Form {
  return (value) => value === undefined || form(value);
}

function listOf(form: Form): Form {
  return (value) => Array.isArray(value) && value.every(form);
}

function objectOf(members: { readonly [name: string]: Form }): Form {
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(members).every(([name, form]) => form((value as Record<string, unknown>)[name]));
}
