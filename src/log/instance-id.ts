/**
 * Instance ids: ULIDs in upper case, checked before they touch a path.
 */

import { SequencerError } from "../errors.ts";

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const LONGEST_SHOWN = 80;

export function isInstanceId(id: unknown): id is string {
  return typeof id === "string" && ULID.test(id);
}

/** @throws SequencerError `InvalidInstanceId` */
export function assertInstanceId(id: unknown): asserts id is string {
  if (isInstanceId(id)) return;
  const shown = JSON.stringify(typeof id === "string" ? id.slice(0, LONGEST_SHOWN) : typeof id);
  const cut = shown.length > LONGEST_SHOWN ? `${shown.slice(0, LONGEST_SHOWN)}…` : shown;
  throw new SequencerError(
    "InvalidInstanceId",
    `${cut} is not an instance id: it is a ULID, 26 digits and capital letters.`,
  );
}
