#!/usr/bin/env node
import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  OLDEST_NODE,
  PACKAGE_ROOT,
  VERSION,
  isNodeTooOld
} from "./chunks/chunk-E62NFHGA.js";
import "./chunks/chunk-6E5ESL5F.js";

// src/cli.ts
import { homedir } from "node:os";
import { basename, dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";

// src/cli/places.ts
import { delimiter, join, resolve } from "node:path";
function placesOf({ env, cwd, home, bundled }) {
  const absolute = (path) => resolve(
    cwd,
    path.replace(/^~(?=$|\/)/, () => home)
  );
  const stateDir = env["AGENT_SEQUENCER_STATE_DIR"] || join(home, ".claude", "sequencer", "instances");
  const programDirs = (env["AGENT_SEQUENCER_PROGRAMS_DIR"] ?? "").split(delimiter).filter(Boolean);
  return {
    stateDir: absolute(stateDir),
    projectDir: absolute(env["CLAUDE_PROJECT_DIR"] || cwd),
    home,
    programDirs: [...programDirs.map(absolute), bundled]
  };
}

// src/server/stdout.ts
function claimStdout() {
  const stdout = process.stdout;
  const write = stdout.write.bind(stdout);
  stdout.write = process.stderr.write.bind(process.stderr);
  Object.defineProperty(process, "stdout", {
    configurable: true,
    enumerable: true,
    get: () => process.stderr
  });
  return {
    write: (text, written) => write(text, "utf8", written),
    onDrain: (listener) => stdout.once("drain", listener),
    onError: (listener) => stdout.on("error", listener)
  };
}

// src/cli.ts
var places = placesOf({
  env: process.env,
  cwd: process.cwd(),
  home: homedir(),
  bundled: fileURLToPath(new URL("programs", PACKAGE_ROOT))
});
var hostEntry = new URL("dist/host.js", PACKAGE_ROOT);
var guardEntry = new URL("dist/guard.js", PACKAGE_ROOT);
var transformEntry = new URL("dist/transform.js", PACKAGE_ROOT);
var probeEntry = new URL("dist/probe.js", PACKAGE_ROOT);
async function openSequencer(options) {
  const { createSequencer } = await import("./chunks/sequencer-JQHRHVNA.js");
  return createSequencer({
    ...places,
    ...options,
    version: VERSION,
    hostEntry,
    guardEntry,
    transformEntry,
    turnTimeoutMs: turnTimeoutOf(process.env)
  });
}
async function openServedSequencer(watch) {
  setFlagsFromString("--max-semi-space-size=4");
  setFlagsFromString("--heap-growing-percent=30");
  const { ProgramHost } = await import("./chunks/program-host-Y722AR5R.js");
  const host = new ProgramHost({ entry: hostEntry, turnTimeoutMs: turnTimeoutOf(process.env) });
  host.warm();
  return openSequencer({ programDirs: places.programDirs, watch, host });
}
var LONGEST_TIMER_MS = 2 ** 31 - 1;
function turnTimeoutOf(env) {
  const milliseconds = Number(env["AGENT_SEQUENCER_TURN_TIMEOUT_MS"]);
  return milliseconds > 0 ? Math.min(milliseconds, LONGEST_TIMER_MS) : void 0;
}
var rooms = {
  places: () => places,
  async openSequencer(programFile) {
    if (programFile === void 0) return openSequencer({ programDirs: places.programDirs });
    const { assertFound } = await import("./chunks/program-file-T62GURC7.js");
    const programDirs = [dirname(programFile), ...places.programDirs];
    assertFound(programFile, { ...places, programDirs });
    return openSequencer({ programDirs });
  },
  openSequencerIn: (stateDir) => openSequencer({ programDirs: places.programDirs, stateDir }),
  async openHistory() {
    const { openLogs } = await import("./chunks/logs-NSAOVPFU.js");
    return openLogs(places.stateDir);
  },
  async openVersions() {
    const { createCatalog } = await import("./chunks/catalog-TZ65UGRS.js");
    return createCatalog(places);
  },
  async openWorkshop() {
    const { openWorkshop } = await import("./chunks/workshop-FM7ITSIF.js");
    const types = new URL("dist/types/", PACKAGE_ROOT);
    return openWorkshop({ ...places, probe: { entry: probeEntry }, host: { entry: hostEntry }, types });
  }
};
function invokedAs(script = process.argv[1] ?? "") {
  const name = basename(script);
  return name === "agent-sequencer" ? name : `node ${relative(process.cwd(), script)}`;
}
var argv = process.argv.slice(2);
if (isNodeTooOld(process.versions.node)) {
  process.stderr.write(
    `agent-sequencer: Node ${process.versions.node} is too old; at least ${OLDEST_NODE.join(".")} is needed. Install a newer Node, and make sure that it is found first on the PATH.
`
  );
  process.exitCode = 1;
} else if (argv.every((flag) => flag === "--watch")) {
  const outlet = claimStdout();
  const { serve } = await import("./chunks/serve-WIYOAD75.js");
  const watch = argv.length > 0;
  if (process.stdin.isTTY) {
    process.stderr.write(
      `This is the MCP server, waiting for a client on stdin. For people: ${invokedAs()} --help
`
    );
  }
  await serve({ outlet, version: VERSION, openSequencer: () => openServedSequencer(watch) });
} else {
  const { runCommandLine } = await import("./chunks/command-line-5KYMVIZW.js");
  const terminal = {
    input: process.stdin,
    output: process.stdout,
    errors: process.stderr,
    env: process.env,
    invokedAs: invokedAs(),
    onInterrupt(listener) {
      process.on("SIGINT", listener);
      return () => void process.off("SIGINT", listener);
    }
  };
  process.stdout.on("error", () => process.exit(0));
  process.exitCode = await runCommandLine(argv, VERSION, terminal, rooms);
  process.stdin.unref?.();
}
