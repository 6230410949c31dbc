/**
 * Determinism by construction: in the program host, the clock, chance and the world answer by turn, so
 * that a program and the packages it imports see in replay what they saw the first time.
 *
 * A guard against accidents, not a security boundary. What may surprise:
 *
 * D1. Time stands still within a turn: it is the time of the event. `performance.timeOrigin` is the time
 *     of the instance's first event, and `performance.now()` counts from there.
 * D2. One stream of chance for each scope; evaluating the program has one of its own, so that a version
 *     which draws more while it is evaluated does not shift what `run` draws.
 * D3. Refused calls throw at once, also those that would give a promise. What is computed beside the
 *     thread (`crypto.subtle`, asynchronous compression) is refused too, though its result is always the
 *     same: awaiting it would end as `ProgramStalled`, which knows no line.
 * D4. Modules of Node can always be imported; their functions are checked when they are called, and their
 *     classes when they are constructed. Constants, `extends` and `instanceof` work.
 * D5. While a package is being imported nothing is refused, since many look at the environment or the
 *     terminal then. Environment variables are refused one by one; only NODE_ENV reads as unset.
 * D6. `process.cwd()` is refused, and with it `path.resolve("relative")`.
 * D7. A WeakRef made in a turn holds its target, and a FinalizationRegistry never reports one: when
 *     garbage is collected is chance. Both are what the language allows.
 * D8. `queueMicrotask` and `process.nextTick` work and mean the same: later in this turn. `console`,
 *     `process.stdout` and `process.stderr` work: they lead to stderr, again in each replay.
 * D9. `Atomics.wait` is a timer and refused; SharedArrayBuffer is left alone, as there is no other thread of
 *     the program's to share it with.
 * D10. Code that a program starts and does not await, and that comes to the clock, to chance or to the
 *     outside when its turn is over, is refused. Until then it shares the turn it runs in.
 * D11. Not caught: asynchronous WebAssembly (awaiting it stalls; Node itself needs it to load fetch); modules
 *     that only Node can load (ES modules required by CommonJS packages, native addons) get Node's modules
 *     unguarded, though not the globals; what is set on a global (`globalThis.x = 1`) is seen by all.
 */

export { createBuiltins } from "./determinism/builtins.ts";
export { installDeterminism } from "./determinism/globals.ts";
export {
  createTurns,
  effectScope,
  importingPackage,
  realNow,
  type Turns,
  type TurnsOptions,
} from "./determinism/turn.ts";
