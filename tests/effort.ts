/**
 * How long the open-ended tests run, and from which seed: faults, fuzz.
 *
 * E1. Unless told otherwise a test takes its usual time, so that `npm test` stays short, and a seed of its own.
 * E2. `npm run test:faults -- --minutes 30 --seed 7` sets both for every open-ended test of its folder.
 * E3. The seed is in the message of every failure: `hint`.
 *
 * @example
 *   it("survives", { timeout: timeoutFor(5) }, async () => {
 *     for (const end = Date.now() + secondsFor(5) * 1000; Date.now() < end; ) await round(random, hint);
 *   });
 */

const minutes = process.env["TEST_MINUTES"];

/** Of this run; below 2^31. */
export const seed = Number(process.env["TEST_SEED"] ?? Date.now() % 2 ** 31);

/** What a failure says, so that it can be seen again. */
export const hint = `seed ${seed}: again with TEST_SEED=${seed}`;

/** How many seconds an open-ended test takes that usually takes `usual`. */
export function secondsFor(usual: number): number {
  return minutes === undefined ? usual : Number(minutes) * 60;
}

/** In milliseconds: for the whole test, with time to start and end processes on a busy machine. */
export function timeoutFor(usual: number): number {
  return secondsFor(usual) * 1000 + 120_000;
}
