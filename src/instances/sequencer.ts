/** Composition of the shell: one state folder, one project, one program host. */

import { createCatalog } from "../catalog/catalog.ts";
import { transformAside } from "../catalog/transform-aside.ts";
import { KNOWN_FORMAT } from "../engine/event-form.ts";
import { ProgramHost } from "../host/program-host.ts";
import { createLogStore } from "../log/log-store.ts";
import { Shell } from "./shell.ts";

export interface SequencerOptions {
  /** Absolute; made when it is first needed. */
  readonly stateDir: string;
  /** The project that runs are about; absolute. */
  readonly projectDir: string;
  /** The user's home folder. */
  readonly home: string;
  /** Folders with programs, searched after the project's and the user's. */
  readonly programDirs: readonly string[];
  /** Of agent-sequencer itself. */
  readonly version: string;
  /** Entry file of the program host's worker thread. */
  readonly hostEntry: URL;
  /** Entry file of the process that guards a command. */
  readonly guardEntry: URL;
  /** Entry file of the thread that compiles programs; without it they are compiled in this one. */
  readonly transformEntry?: URL;
  /** Milliseconds that one turn of a program may take. Default 5,000. */
  readonly turnTimeoutMs?: number;
  /** The program host, where it was made before, so that it boots meanwhile. */
  readonly host?: ProgramHost;
  /** Instances kept in memory. Default 64. */
  readonly capacity?: number;
  /** Programs are watched: what is edited is told of, and stays startable while it does not load. */
  readonly watch?: boolean;
  /** Milliseconds since the epoch; tests hand in their own. */
  readonly clock?: () => number;
}

export function createSequencer(options: SequencerOptions): Shell {
  const { stateDir, projectDir, home, programDirs, version, hostEntry, guardEntry, turnTimeoutMs, capacity } =
    options;
  const clock = options.clock ?? Date.now;
  const { transformEntry } = options;
  const loadTransform = transformEntry && (async () => transformAside(transformEntry));
  return new Shell({
    store: createLogStore({
      stateDir,
      ...KNOWN_FORMAT,
      now: clock,
    }),
    catalog: createCatalog({
      projectDir,
      home,
      programDirs,
      stateDir,
      ...(loadTransform && { loadTransform }),
    }),
    host: options.host ?? new ProgramHost({ entry: hostEntry, turnTimeoutMs }),
    clock,
    stateDir,
    guardEntry,
    projectDir,
    engineVersion: version,
    capacity,
    watch: options.watch,
  });
}
