/**
 * Lists as the agent reads them, under the client's limit.
 *
 * G1. A program keeps its name and description; where not all schemas fit, those of the last ones are left
 *     out and said to be. Programs that still do not fit are counted.
 * G2. A page of instances that is too large is asked for again, shorter, so that its cursor stays true.
 */

import type { ListPage, ProgramEntry, ProgramProblemEntry } from "../instances/answer.ts";
import { fitText, sizeOf } from "./size.ts";

/** Characters of a description, or of the reason why a file does not load. */
const MAX_TEXT = 1_000;
/** What is left for the frame and its notes. */
const FRAME = 400;

export function formatPrograms(
  { programs, problems }: { programs: readonly ProgramEntry[]; problems: readonly ProgramProblemEntry[] },
  limit: number,
): object {
  const shownProblems: object[] = [];
  let left = limit - FRAME;
  for (const problem of problems) {
    const shown = { ...problem, message: fitText(problem.message, MAX_TEXT) };
    const size = sizeOf(shown) + 1;
    // Problems may take half of the room; the programs are what was asked for.
    if (size > left - limit / 2) break;
    left -= size;
    shownProblems.push(shown);
  }
  const { shown, schemasLeftOut } = fitPrograms(programs, left);
  return {
    programs: shown,
    problems: shownProblems,
    ...(shown.length < programs.length && { programs_not_shown: programs.length - shown.length }),
    ...(shownProblems.length < problems.length && {
      problems_not_shown: problems.length - shownProblems.length,
    }),
    ...((schemasLeftOut || shown.length < programs.length) && {
      note: "Not everything fits into this answer; call again with filter to see one program whole.",
    }),
  };
}

function fitPrograms(programs: readonly ProgramEntry[], room: number) {
  const brief = programs.map(({ name, description, source, version }) => ({
    name,
    description: fitText(description, MAX_TEXT),
    source,
    version,
    params_schema_omitted: true as const,
  }));
  const shown: object[] = [];
  let left = room;
  for (const entry of brief) {
    left -= sizeOf(entry) + 1;
    if (left < 0 && shown.length > 0) break;
    shown.push(entry);
  }
  let schemasLeftOut = false;
  for (const [i, { name, description, params_schema, source, version }] of programs.entries()) {
    if (i >= shown.length) break;
    const whole = { name, description, params_schema, source, version };
    const more = sizeOf(whole) - sizeOf(shown[i]);
    // Of a single program, the schema is what was asked for.
    if (more > left && programs.length > 1) {
      schemasLeftOut = true;
      continue;
    }
    left -= more;
    shown[i] = whole;
  }
  return { shown, schemasLeftOut };
}

/** @param fetch a page of so many entries, from where the caller's cursor stands */
export async function fitPage(
  fetch: (count: number) => Promise<ListPage>,
  count: number,
  limit: number,
): Promise<object> {
  for (let wanted = count; ; ) {
    const page = await fetch(wanted);
    const size = sizeOf(page);
    if (size <= limit || page.instances.length <= 1) return page;
    wanted = Math.max(
      1,
      Math.min(page.instances.length - 1, Math.floor((page.instances.length * limit) / size)),
    );
  }
}
