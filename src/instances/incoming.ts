/** What a driver sends: within the limits of size and depth, before anything else looks at it. */

import { MAX_DEPTH } from "../engine/json.ts";
import { SequencerError } from "../errors.ts";
import type { Json } from "../program/schema.ts";

/** Characters of JSON that a reply, or params, may have. */
export const MAX_REPLY_LENGTH = 1_000_000;

/** JSON text of what a driver sent, within the limits of size and depth. */
export function jsonText(value: Json, what: string): string {
  refuseTooDeep(value);
  const text = JSON.stringify(value);
  if (text.length <= MAX_REPLY_LENGTH) return text;
  throw new SequencerError(
    "ReplyTooLarge",
    `${what} ${text.length} characters of JSON; at most ${MAX_REPLY_LENGTH} are accepted. Nothing was recorded.`,
  );
}

/** By hand, level by level: recursion is what deep values break. */
function refuseTooDeep(root: Json): void {
  let level: Json[] = [root];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new SequencerError(
        "ReplyTooDeep",
        `The value is nested more than ${MAX_DEPTH} levels deep. Nothing was recorded.`,
      );
    }
    const next: Json[] = [];
    for (const value of level) {
      if (typeof value !== "object" || value === null) continue;
      for (const member of Object.values(value)) next.push(member);
    }
    level = next;
  }
}
