/** Step numbers in few characters. */

const MAX_RANGES = 60;

/** @example toRanges([3, 4, 5, 9]) // "3-5, 9" */
export function toRanges(numbers: readonly number[]): string {
  const ranges: { from: number; to: number }[] = [];
  for (const number of [...numbers].sort((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last !== undefined && number <= last.to + 1) last.to = number;
    else ranges.push({ from: number, to: number });
  }
  const shown = ranges
    .slice(0, MAX_RANGES)
    .map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`));
  if (ranges.length > MAX_RANGES) shown.push(`… up to ${ranges.at(-1)!.to}`);
  return shown.join(", ");
}
