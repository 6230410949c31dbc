/**
 * A property over generated input, for as long as the test may take.
 *
 * R1. A run that is longer than usual says at its start from which seed; every failure says it.
 * R2. On return nothing is under way any more: the last check counts, also when the time is over before it.
 */

import fc from "fast-check";
import { hint, secondsFor, seed } from "../effort.ts";

const MESSAGE_LENGTH = 3_000;

/** Tries `check` with what `input` gives for about `usual` seconds; fast-check shrinks what fails. */
export async function holds<T>(
  usual: number,
  input: fc.Arbitrary<T>,
  check: (given: T) => Promise<void>,
): Promise<void> {
  const seconds = secondsFor(usual);
  if (seconds > usual) process.stderr.write(`${seconds} s of fuzz, ${hint}\n`);
  let last: { given: T; checked: Promise<void> } | undefined;
  const property = fc.asyncProperty(input, (given) => {
    last = { given, checked: check(given) };
    return last.checked;
  });
  const details = await fc.check(property, {
    seed,
    numRuns: 1_000_000_000,
    interruptAfterTimeLimit: seconds * 1_000,
    verbose: fc.VerbosityLevel.None,
  });
  // Without a counterexample it is only that the time was over before the first check.
  if (details.failed && details.counterexample !== null) {
    await last?.checked.catch(() => {});
    const cause = details.errorInstance;
    const report = cut((await fc.asyncDefaultReportMessage(details)) ?? "");
    throw new Error(`${hint}\n${report}\n${messageOf(cause)}`, { cause });
  }
  await last?.checked.catch((error) => {
    throw new Error(`${hint}\nwith ${cut(fc.stringify(last?.given))}:\n${messageOf(error)}`, {
      cause: error,
    });
  });
}

function messageOf(error: unknown): string {
  return cut(error instanceof Error ? error.message : String(error));
}

/** What is generated may be megabytes. */
function cut(text: string): string {
  return text.length <= MESSAGE_LENGTH ? text : `${text.slice(0, MESSAGE_LENGTH)}…`;
}
