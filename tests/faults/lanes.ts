/** Work in several lanes at once, for as long as there is time; and an order of points that spreads them. */

export interface Extent {
  readonly seconds: number;
  /** Also when the time is up, as on a busy machine: what a test proves must not depend on that. */
  readonly atLeast: number;
}

/** Takes from `work` until it or the time is up. The first error ends it. @returns how many were done */
export async function inLanes<T>(
  lanes: number,
  { seconds, atLeast }: Extent,
  work: Iterator<T>,
  carryOut: (one: T) => Promise<void>,
): Promise<number> {
  const end = Date.now() + seconds * 1000;
  let begun = 0;
  let done = 0;
  let failed = false;
  const lane = async () => {
    while (!failed && (Date.now() < end || begun < atLeast)) {
      const next = work.next();
      if (next.done) return;
      begun++;
      try {
        await carryOut(next.value);
      } catch (error) {
        failed = true;
        throw error;
      }
      done++;
    }
  };
  const results = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return done;
}

const GOLDEN = 0.618_034;

/** Each of `items` once, beginning anywhere, so that any part of the order is spread over all of them. */
export function* spread<T>(items: readonly T[], seed: number): Generator<T> {
  const { length } = items;
  let stride = Math.max(1, Math.round(length * GOLDEN));
  while (greatestCommonDivisor(stride, length) !== 1) stride++;
  for (let i = 0; i < length; i++) yield items[(seed + i * stride) % length]!;
}

/** Numbers from 0 to 1 by a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
