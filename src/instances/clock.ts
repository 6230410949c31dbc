/** The wall clock of the shell, and times as they stand in the log. */

/** Milliseconds since the epoch. Tests hand in their own. */
export type Clock = () => number;

/** ISO 8601, UTC; never before `notBefore`, whatever the clock does. */
export function timestamp(clock: Clock, notBefore = ""): string {
  const now = new Date(clock()).toISOString();
  return now < notBefore ? notBefore : now;
}
