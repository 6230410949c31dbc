/**
 * The form of events that somebody else has written: that of any log (`event-form.ts`), and more exactly what
 * becomes part of a path or is shown as it stands.
 */

import { isVersion } from "../catalog/content.ts";
import { isProgramName } from "../catalog/find.ts";
import type { Event } from "../engine/event.ts";
import { formProblem } from "../engine/event-form.ts";
import { isInstanceId } from "../log/instance-id.ts";

type Form = (value: unknown) => boolean;

const isText: Form = (value) => typeof value === "string";
const isTime: Form = (value) =>
  matches(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)(value) && !Number.isNaN(Date.parse(value as string));

/** In whatever event it stands. */
const FORMS: { readonly [member: string]: Form } = {
  at: isTime,
  timeout_at: isTime,
  scope: matches(/^(\d+(\.\d+)?(\/\d+(\.\d+)?)*)?$/),
  kind: matches(/^[a-z]+$/),
  instance_id: isInstanceId,
  program: objectOf({ name: (name) => isText(name) && isProgramName(name as string), version: isHash }),
  version: isHash,
  previous: isHash,
  forked_from: objectOf({ instance_id: isInstanceId }),
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

function objectOf(members: { readonly [name: string]: Form }): Form {
  return (value) =>
    typeof value === "object" &&
    value !== null &&
    Object.entries(members).every(([name, form]) => form((value as Record<string, unknown>)[name]));
}
