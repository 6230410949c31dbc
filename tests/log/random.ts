/** Chance that a seed repeats: a function that gives whole numbers from 0 up to, not including, its argument. */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((((state ^ (state >>> 15)) >>> 0) / 2 ** 32) * Math.max(below, 0));
  };
}
