/** Durations as authors write them: milliseconds, or text such as `"90s"`, `"1h 30m"`. */

/** Milliseconds, or a text of numbers with units: ms, s, m, h, d. */
export type Duration = number | string;

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A hundred years: a deadline that lies further off is no date any more. */
const LONGEST = 36_525 * 86_400_000;

/**
 * @returns milliseconds
 * @throws TypeError for anything that is not a duration between nothing and a hundred years
 * @example parseDuration("1h 30m") // 5_400_000
 */
export function parseDuration(duration: Duration): number {
  const milliseconds = typeof duration === "string" ? parseText(duration) : duration;
  if (typeof milliseconds === "number" && milliseconds >= 0 && milliseconds <= LONGEST) return milliseconds;
  throw new TypeError(
    `${JSON.stringify(duration) ?? String(duration)} is not a duration: use milliseconds, or text such as "90s", "10m" or "1h 30m"`,
  );
}

function parseText(text: string): number {
  if (!/^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) {
    total += Number(amount) * UNITS[unit!]!;
  }
  return total;
}
