/**
 * Dry runs: a program driven over made-up replies, several times on different ways, to see what it asks.
 *
 * D1. Deterministic: the same program gives the same runs, its made-up answers included.
 * D2. The first run is the plain one. In those after it params are made up and the agent fails now and then,
 *     so that what stands in `catch` is reached, too.
 */

import type { Event } from "../engine/event.ts";
import { toJsonSchema } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import type { JsonSchema } from "../program/schema.ts";
import type { Source } from "../testing/source.ts";
import { hostSurroundings } from "../testing/surroundings.ts";
import { Choices } from "./choices.ts";
import { type Finding, findingsInEnd, findingsInSchema } from "./findings.ts";
import { MadeUp } from "./made-up.ts";
import {
  BEGINNING,
  type Materials,
  RESULT_FORMS,
  runScenario,
  type Scenario,
  type ScenarioOptions,
  SEED,
} from "./scenario.ts";

/** `maxSteps`: of all runs together. */
export type DryRunOptions = Omit<ScenarioOptions, "plain">;

export type Run = Omit<Scenario, "findings">;

export interface DryRun {
  readonly name: string;
  readonly description: string;
  readonly paramsSchema: JsonSchema | null;
  /** At least one; no two that did the same. */
  readonly runs: readonly Run[];
  readonly findings: readonly Finding[];
}

const MAX_RUNS = 8;

/** @throws SequencerError `InvalidParams`, `ProgramNotLoadable`, `InvalidSchema` */
export async function dryRun(source: Source, options: DryRunOptions): Promise<DryRun> {
  const program = hostSurroundings(source, SEED).evaluate(Date.parse(BEGINNING));
  const { name, description, params } = program;
  const findings = schemasOf(program).flatMap(([what, schema]) => findingsInSchema(what, schema));
  const materials: Materials = { madeUp: new MadeUp(), choices: new Choices(), forms: new Map() };
  const runs = new Map<string, Run>();
  let steps = 0;
  for (let number = 1; number <= MAX_RUNS && (number === 1 || steps < options.maxSteps); number++) {
    const plain = number === 1;
    const scenario = await fitting(source, materials, {
      ...options,
      plain,
      maxSteps: options.maxSteps - steps,
    });
    if (scenario === undefined) break;
    const { findings: found, ...run } = scenario;
    steps += run.events.filter(({ type }) => type === "step_issued").length;
    findings.push(...found, ...findingsInEnd(run.events, run.misfit));
    const shape = shapeOf(run);
    if (!runs.has(shape)) runs.set(shape, run);
  }
  return {
    name,
    description,
    paramsSchema: params === undefined ? null : toJsonSchema(params, `params of program '${name}'`),
    runs: [...runs.values()],
    findings,
  };
}

/** Tries the forms of what side effects give until the program can use one. `undefined`: it cannot be started. */
async function fitting(
  source: Source,
  materials: Materials,
  options: ScenarioOptions,
): Promise<Scenario | undefined> {
  for (;;) {
    let scenario: Scenario;
    try {
      scenario = await runScenario(source, materials, options);
    } catch (error) {
      // The plain run has shown that it can be started: these params just could not be made up.
      if (!options.plain && error instanceof SequencerError && error.code === "InvalidParams")
        return undefined;
      throw error;
    }
    const { misfit } = scenario;
    if (misfit === undefined) return scenario;
    const next = (materials.forms.get(misfit) ?? 0) + 1;
    if (next === RESULT_FORMS.length) return scenario;
    materials.forms.set(misfit, next);
  }
}

/** The way that a run went: which steps, where, and how it ended. */
function shapeOf({ events, places }: Run): string {
  return JSON.stringify(
    events.flatMap((event: Event) => {
      if (event.type === "step_issued") return [[event.kind, places[event.step_no]]];
      return event.type === "ended" ? [[event.state, event.error?.message]] : [];
    }),
  );
}

function schemasOf({ params, signals = {} }: Program): [what: string, schema: unknown][] {
  return [
    ...(params === undefined ? [] : ([["params", params]] as [string, unknown][])),
    ...Object.entries(signals).map(([name, schema]): [string, unknown] => [`signal '${name}'`, schema]),
  ];
}
