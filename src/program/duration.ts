/** Durations as authors write them: milliseconds, or text such as `"90s"`, `"1h 30m"`. */

/** Milliseconds, or a text of numbers with units: ms, s, m, h, d. */
export type Duration = number | string;

const UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/**
 * @returns milliseconds
 * @throws TypeError for anything that is not a finite, non-negative duration
 * @example parseDuration("1h 30m") // 5_400_000
 */
export function parseDuration(duration: Duration): number {
  if (typeof duration === "number") {
    if (Number.isFinite(duration) && duration >= 0) return duration;
  } else if (/^\s*(\d+(\.\d+)?\s*(ms|s|m|h|d)\s*)+$/.test(duration)) {
    let total = 0;
    for (const [, amount, unit] of duration.matchAll(/(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)/g)) {
      total += Number(amount) * UNITS[unit!]!;
    }
    return total;
  }
  throw new TypeError(
    `${JSON.stringify(duration)} is not a duration: use milliseconds, or text such as "90s", "10m" or "1h 30m"`,
  );
}
