/** `drive`: a run of a program without a server, a worker or files. */

import { FORMAT_VERSION, type Started } from "../engine/event.ts";
import { toJson } from "../engine/json.ts";
import { judge } from "../engine/judge.ts";
import { toJsonSchema } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import { VERSION } from "../package.ts";
import type { Program } from "../program/program.ts";
import type { InputOf, Json, Schema } from "../program/schema.ts";
import { type ProgramOrFile, Run } from "./run.ts";
import type { Source } from "./source.ts";
import type { StageOptions } from "./stage.ts";
import { testSurroundings } from "./surroundings.ts";
import { inTurn } from "./turn.ts";
import { sourceOf } from "./which-program.ts";

export interface DriveOptions extends StageOptions {
  /** When the run begins. Default: midnight of 1 January 2026, UTC. */
  readonly now?: string | number | Date;
  /** Of the chance that the program sees. Default `"test"`. */
  readonly seed?: string;
  /** `instance.projectDir`, and where commands are run. Default: the working folder. */
  readonly projectDir?: string;
  /** `instance.id`. */
  readonly instanceId?: string;
}

const BEGINNING = "2026-01-01T00:00:00.000Z";
const INSTANCE_ID = "01KDVSNM000000000000000000";

/**
 * Starts a run of a program, and comes back when it waits for its first step, or has ended.
 *
 * The clock stands still and chance is seeded, so a test gives the same every time. Side effects and commands
 * are answered by the test, unless `effects` or `run` says otherwise.
 *
 * @param program its default export; or the path or URL of its file, which is then loaded as the server does
 * @throws SequencerError `InvalidParams`, `ProgramNotLoadable`, `ProgramStalled`
 * @example
 * const run = await drive(hello, { names: ["Ada"] });
 * await run.reply({ message: "Hello, Ada!" });
 */
export function drive<P extends Schema, Result>(
  program: Program<P, Result>,
  params?: InputOf<P>,
  options?: DriveOptions,
): Promise<Run<Result>>;
export function drive(
  file: string | { readonly href: string },
  params?: unknown,
  options?: DriveOptions,
): Promise<Run<any>>;
export async function drive(
  program: ProgramOrFile,
  params: unknown = {},
  options: DriveOptions = {},
): Promise<Run<any>> {
  const source = await sourceOf(program);
  const { now = BEGINNING, seed = "test", projectDir, instanceId = INSTANCE_ID, ...stageOptions } = options;
  const nowMs = new Date(now).getTime();
  if (Number.isNaN(nowMs)) throw new TypeError(`drive: now is ${JSON.stringify(now)}, which is no time.`);
  const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
  const started: Started = {
    type: "started",
    at: new Date(nowMs).toISOString(),
    format: FORMAT_VERSION,
    engine: VERSION,
    instance_id: instanceId,
    program: { name: source.name, version: source.version },
    params: await judgedParams(source, params, seed, nowMs),
    seed,
    project_dir: projectDir ?? process.cwd(),
    time_zone: timeZone,
    locale,
    node: Number(process.versions.node.split(".")[0]),
  };
  return Run.begin(source, [started], stageOptions);
}

async function judgedParams(source: Source, params: unknown, seed: string, nowMs: number): Promise<Json> {
  const { name, params: schema } = testSurroundings(source, seed).evaluate(nowMs);
  const given = toJson(params);
  if (!("json" in given)) throw invalidParams(name, `${given.path} ${given.reason}`);
  if (schema === undefined) {
    if (typeof given.json === "object" && Object.keys(given.json ?? {}).length === 0) return {};
    throw invalidParams(name, "it takes none");
  }
  const what = `params of program '${name}'`;
  const judgement = await inTurn(() => judge(given.json, toJsonSchema(schema, what), schema, what));
  if (judgement.verdict === "valid") return judgement.value;
  if (judgement.verdict === "broken")
    throw new SequencerError("SchemaNotJson", `${what}: ${judgement.reason}.`);
  throw invalidParams(name, judgement.problems.map(({ path, message }) => `${path} ${message}`).join("; "));
}

function invalidParams(name: string, why: string): SequencerError {
  return new SequencerError(
    "InvalidParams",
    `The params of program '${name}' are not valid: ${why}.`,
    "Correct what the test passes as params.",
  );
}
