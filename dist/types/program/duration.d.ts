/** Durations as authors write them: milliseconds, or text such as `"90s"`, `"1h 30m"`. */
/** Milliseconds, or a text of numbers with units: ms, s, m, h, d. */
export type Duration = number | string;
