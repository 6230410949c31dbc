/**
 * Carrying a run to another machine: its log and the program's version in one file, and back.
 *
 * T1. What is imported is checked before anything is written: sources by their hashes, events by whether they
 *     can follow each other and have the form that our own have. Nothing of it is evaluated.
 * T2. The version is stored before the log, and the log is published whole.
 * T3. An instance that exists is never touched: the imported one then gets another id.
 */

import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { ulid } from "ulid";
import type { Catalog } from "../catalog/catalog.ts";
import { manifestOf, versionOf } from "../catalog/content.ts";
import type { Event } from "../engine/event.ts";
import { SequencerError } from "../errors.ts";
import type { LogStore } from "../log/event-log.ts";
import { isInstanceId } from "../log/instance-id.ts";
import type { RecordFields } from "../log/record.ts";
import type { ImportResult } from "./answer.ts";
import type { Clock } from "./clock.ts";
import { type Exported, ExportWriter, readExport } from "./export-format.ts";
import { faultIn } from "./exported-event.ts";
import { Past } from "./past.ts";

export interface TransferParts {
  readonly store: LogStore;
  readonly catalog: Catalog;
  readonly clock: Clock;
}

/**
 * The lines of the file, each with its newline.
 *
 * @throws SequencerError `UnknownInstance`, `CorruptedLog`, `VersionMissing`, `VersionDamaged`
 */
export async function* exportInstance(
  { store, catalog }: TransferParts,
  instanceId: string,
): AsyncGenerator<string, void, void> {
  const past = await readPast(store, instanceId);
  const { started, version } = past.state;
  const { manifest, files } = catalog.sources(version);
  const writer = new ExportWriter();
  yield writer.header({
    instance_id: instanceId,
    program: started!.program.name,
    version,
    entry: manifest.entry,
    packages: manifest.packages,
  });
  for (const [id, bytes] of files) {
    const { mode } = statSync(join(catalog.filesFolder(version), id));
    yield writer.file(id, { bytes, executable: (mode & 0o111) !== 0 });
  }
  const log = store.open(instanceId);
  try {
    let left = past.length;
    for await (const { events } of log.readOn()) {
      for (const event of events.slice(0, left)) yield writer.event(withoutPlace(event));
      left -= events.length;
      if (left <= 0) break;
    }
  } finally {
    log.close();
  }
  yield writer.end();
}

async function readPast(store: LogStore, instanceId: string): Promise<Past> {
  const past = new Past();
  const log = store.open(instanceId);
  try {
    for await (const { events } of log.readOn()) past.see(events);
  } finally {
    log.close();
  }
  const { storageFailed } = past.state;
  if (storageFailed === undefined) return past;
  throw new SequencerError(
    "StorageFailed",
    `The log of ${instanceId} was fenced after a failed sync: ${storageFailed}.`,
  );
}

/** The event as it was, before a log gave it its place. */
function withoutPlace(event: Event): Event {
  const { seq: _, off: __, w: ___, gap: ____, crc: _____, ...plain } = event as Event & RecordFields;
  return plain as Event;
}

/**
 * @param lines those of the file, without their newlines
 * @throws SequencerError `InvalidExport`, `LogFromNewerVersion`, `StorageFailed`, `StateDirUnusable`
 */
export async function importInstance(
  { store, catalog, clock }: TransferParts,
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<ImportResult> {
  const exported = await readExport(lines);
  const past = check(exported);
  const { header, content, events } = exported;
  store.prepare();
  await catalog.storeSources(content, packagesRoot(catalog, exported));
  for (let instance_id = header.instance_id; ; instance_id = ulid(clock())) {
    const log = await store.create(instance_id, events);
    if (log === undefined) continue;
    log.close();
    const { program, version } = header;
    const isNew = instance_id !== header.instance_id;
    const warnings = await warningsFor(catalog, exported, past);
    return { instance_id, program, version, ...(isNew && { imported_from: header.instance_id }), warnings };
  }
}

/** @throws SequencerError `InvalidExport` */
function check({ header, content, events }: Exported): Past {
  const invalid = (fact: string) =>
    new SequencerError("InvalidExport", `The export cannot be taken: ${fact}.`);
  if (!isInstanceId(header.instance_id)) throw invalid("its instance id is none");
  if (versionOf(manifestOf(content)) !== header.version) {
    throw invalid("its sources are not those of the version that it names; something was changed");
  }
  const past = new Past();
  try {
    past.see(events);
  } catch (error) {
    throw invalid(`its events cannot follow each other (${(error as Error).message})`);
  }
  const { started, version } = past.state;
  if (started === undefined) throw invalid("it holds no events");
  for (const event of events) {
    const fault = faultIn(event);
    if (fault !== undefined) throw invalid(`of its event ${event.type}, ${fault}`);
  }
  if (version !== header.version || started.program.name !== header.program) {
    throw invalid("its events are those of another program or version");
  }
  return past;
}

/** Packages are not carried along: they are looked for where the program is kept here, if it is. */
function packagesRoot(catalog: Catalog, { header }: Exported): string {
  const here = catalog.find().files.find(({ name }) => name === header.program);
  if (here === undefined) return catalog.filesFolder(header.version);
  const depth = header.entry.split("/").length;
  let root = here.realpath;
  for (let up = 0; up < depth; up++) root = dirname(root);
  return root;
}

async function warningsFor(catalog: Catalog, { header }: Exported, past: Past): Promise<string[]> {
  const warnings: string[] = [];
  const { project_dir } = past.state.started!;
  if (!existsSync(project_dir)) {
    warnings.push(`The run works on ${project_dir}, which does not exist here: its commands will fail.`);
  }
  try {
    await catalog.load(header.version, header.program);
  } catch (error) {
    if (!(error instanceof SequencerError)) throw error;
    warnings.push(`The program cannot be run here yet: ${error.message} ${error.fix}`);
  }
  return warnings;
}
