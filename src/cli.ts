#!/usr/bin/env node
/**
 * The executable: which of the two faces is meant, and the wiring of the rooms behind both.
 *
 * K1. The server's face loads nothing that a start does not need; the sequencer comes with the first call.
 * K2. Before anything of the server is loaded, stdout belongs to its transport.
 * K3. A Node that is too old is told so before anything is loaded that it cannot load.
 */

import { homedir } from "node:os";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { placesOf } from "./cli/places.ts";
import type { Rooms } from "./cli/rooms.ts";
import type { Terminal } from "./cli/terminal.ts";
import type { Sequencer } from "./instances/answer.ts";
import type { SequencerOptions } from "./instances/sequencer.ts";
import { isNodeTooOld, OLDEST_NODE, PACKAGE_ROOT, VERSION } from "./package.ts";
import { claimStdout } from "./server/stdout.ts";

const places = placesOf({
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  bundled: fileURLToPath(new URL("programs", PACKAGE_ROOT)),
});

/** Also where the sources run: a worker thread of theirs would need a loader for TypeScript. */
const hostEntry = new URL("dist/host.js", PACKAGE_ROOT);
const guardEntry = new URL("dist/guard.js", PACKAGE_ROOT);
const transformEntry = new URL("dist/transform.js", PACKAGE_ROOT);
const probeEntry = new URL("dist/probe.js", PACKAGE_ROOT);

async function openSequencer(
  options: Pick<SequencerOptions, "programDirs" | "watch" | "host"> & { readonly stateDir?: string },
): Promise<Sequencer> {
  const { createSequencer } = await import("./instances/sequencer.ts");
  return createSequencer({
    ...places,
    ...options,
    version: VERSION,
    hostEntry,
    guardEntry,
    transformEntry,
    turnTimeoutMs: turnTimeoutOf(process.env),
  });
}

/** The host's thread takes as long to boot as all the rest takes to load, so it begins first. */
async function openServedSequencer(watch: boolean): Promise<Sequencer> {
  // A server lives for days beside others. What a turn makes dies in it, so larger spaces for it only stay resident:
  // 190 MB instead of 150 after 2,000 starts, for a resume that is 8 % quicker.
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--heap-growing-percent=30");
  const { ProgramHost } = await import("./host/program-host.ts");
  const host = new ProgramHost({ entry: hostEntry, turnTimeoutMs: turnTimeoutOf(process.env) });
  host.warm();
  return openSequencer({ programDirs: places.programDirs, watch, host });
}

/** A timer that is to go off later goes off at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** `AGENT_SEQUENCER_TURN_TIMEOUT_MS`: how long one turn of a program may take; what is no number counts as unset. */
function turnTimeoutOf(env: NodeJS.ProcessEnv): number | undefined {
  const milliseconds = Number(env["AGENT_SEQUENCER_TURN_TIMEOUT_MS"]);
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_TIMER_MS) : undefined;
}

const rooms: Rooms = {
  places: () => places,
  async openSequencer(programFile) {
    if (programFile === undefined) return openSequencer({ programDirs: places.programDirs });
    const { assertFound } = await import("./cli/program-file.ts");
    const programDirs = [dirname(programFile), ...places.programDirs];
    assertFound(programFile, { ...places, programDirs });
    return openSequencer({ programDirs });
  },
  openSequencerIn: (stateDir) => openSequencer({ programDirs: places.programDirs, stateDir }),
  async openHistory() {
    const { openLogs } = await import("./cli/logs.ts");
    return openLogs(places.stateDir);
  },
  async openVersions() {
    const { createCatalog } = await import("./catalog/catalog.ts");
    return createCatalog(places);
  },
  async openWorkshop() {
    const { openWorkshop } = await import("./authoring/workshop.ts");
    const types = new URL("dist/types/", PACKAGE_ROOT);
    return openWorkshop({ ...places, probe: { entry: probeEntry }, host: { entry: hostEntry }, types });
  },
};

/** `agent-sequencer` where it is installed as such, else what was typed. */
function invokedAs(script = process.argv[1] ?? ""): string {
  const name = basename(script);
  return name === "agent-sequencer" ? name : `node ${relative(process.cwd(), script)}`;
}

const argv = process.argv.slice(2);
if (isNodeTooOld(process.versions.node)) {
  process.stderr.write(
    `agent-sequencer: Node ${process.versions.node} is too old; at least ${OLDEST_NODE.join(".")} is needed. ` +
      "Install a newer Node, and make sure that it is found first on the PATH.\n",
  );
  process.exitCode = 1;
} else if (argv.every((flag) => flag === "--watch")) {
  const outlet = claimStdout();
  const { serve } = await import("./server/serve.ts");
  const watch = argv.length > 0;
  if (process.stdin.isTTY) {
    process.stderr.write(
      `This is the MCP server, waiting for a client on stdin. For people: ${invokedAs()} --help\n`,
    );
  }
  await serve({ outlet, version: VERSION, openSequencer: () => openServedSequencer(watch) });
} else {
  const { runCommandLine } = await import("./cli/command-line.ts");
  const terminal: Terminal = {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    env: process.env,
    invokedAs: invokedAs(),
    onInterrupt(listener) {
      process.on("SIGINT", listener);
      return () => void process.off("SIGINT", listener);
    },
  };
  // Whoever read the answer has read enough (`| head`).
  process.stdout.on("error", () => process.exit(0));
  process.exitCode = await runCommandLine(argv, VERSION, terminal, rooms);
  // A pipe that is still open on stdin would keep the process.
  process.stdin.unref?.();
}
