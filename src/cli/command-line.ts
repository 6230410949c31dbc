/**
 * The command line: its commands and flags, and what a failure looks like.
 *
 * X1. Exit codes: 0 done, 1 failed, 2 called wrongly, 130 interrupted.
 */

import { Command, CommanderError } from "commander";
import { SequencerError } from "../errors.ts";
import { check } from "./check.ts";
import { doctor } from "./doctor.ts";
import { exportRun } from "./export.ts";
import { importRun } from "./import.ts";
import { init } from "./init.ts";
import { listInstances } from "./list.ts";
import { showPrograms } from "./programs.ts";
import { prune } from "./prune.ts";
import { replay } from "./replay.ts";
import type { Rooms } from "./rooms.ts";
import { run } from "./run.ts";
import { showInstance } from "./show.ts";
import { colorsFor, hang, print, printable, type Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

const ABOUT = `Drives AI coding agents with real programs.

Without a command: the MCP server, on stdin and stdout.`;

const ENVIRONMENT = `
Environment:
  AGENT_SEQUENCER_STATE_DIR     where runs are kept (default ~/.claude/sequencer/instances)
  AGENT_SEQUENCER_PROGRAMS_DIR  more folders with programs, a path list
  CLAUDE_PROJECT_DIR            the project (default the working folder)
  AGENT_SEQUENCER_STOP_HOOK     off: the plugin lets an agent stop whenever it likes
  AGENT_SEQUENCER_HOOKS         off: no hook of the plugin does anything
  AGENT_SEQUENCER_TURN_TIMEOUT_MS  how long a program may compute in one turn (default 5000)`;

const REPLIES = `
Replies:
  At a terminal you are asked for them. Otherwise they are read from stdin, one a line.
  --replies takes a file with a JSON array or one JSON value a line, or the array itself.
  {"failure":{"reason":"…"}} says that a step cannot be done.`;

/** @returns the exit code */
export async function runCommandLine(
  argv: readonly string[],
  version: string,
  terminal: Terminal,
  rooms: Rooms,
): Promise<number> {
  let code = 0;
  const command = declare(version, terminal, rooms, (result) => {
    code = result;
  });
  try {
    await command.parseAsync(argv, { from: "user" });
    return code;
  } catch (error) {
    return explain(error, terminal);
  }
}

function declare(version: string, terminal: Terminal, rooms: Rooms, done: (code: number) => void): Command {
  const program = new Command("agent-sequencer")
    .description(ABOUT)
    .version(version, "-v, --version")
    .option("--watch", "of the server: notice programs as they change")
    .addHelpText("after", ENVIRONMENT)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void terminal.output.write(text),
      writeErr: (text) => void terminal.errors.write(text),
      getOutHasColors: () => colorsFor(terminal.output, terminal).isColorSupported,
      getErrHasColors: () => colorsFor(terminal.errors, terminal).isColorSupported,
    });

  program
    .command("programs [filter]")
    .description("list the programs that can be run")
    .option("--json", "as JSON, with the schemas of their params")
    .action(async (filter, options) => done(await showPrograms(filter, options, terminal, rooms)));
  program
    .command("run [program]")
    .description("run a program, by its name or its file; you are the agent")
    .option("--params <json>", "params of the program")
    .option("--replies <file>", "replies, one a step")
    .option("--resume <instance>", "go on with a run")
    .option("--fork <instance>", "a new run with the history of another one, which stays")
    .option("--before-step <number>", "with --fork: the step that the new run waits at")
    .option("--latest", "with --resume or --fork: the program as it is now, if the history fits it")
    .addHelpText("after", REPLIES)
    .action(async (name, options) => done(await run(name, options, terminal, rooms)));
  program
    .command("list")
    .description("list the runs that are active")
    .option("--all", "also those that ended or were closed")
    .option("--json", "as JSON")
    .action(async (options) => done(await listInstances(options, terminal, rooms)));
  program
    .command("show <instance>")
    .description("show what happened in a run")
    .option("--json", "its events, one JSON object a line")
    .option("-f, --follow", "go on until it ends")
    .action(async (instance, options) => done(await showInstance(instance, options, terminal, rooms)));
  program
    .command("init")
    .description("make the project's programs folder, with a first program and types for editors")
    .option("--force", "replace what init made before")
    .action(async (options) => done(await init(options, terminal, rooms)));
  program
    .command("check <program>")
    .description("look for mistakes in a program, by its name or its file")
    .option("--params <json>", "params of the program")
    .option("--json", "as JSON")
    .action(async (name, options) => done(await check(name, options, terminal, rooms)));
  program
    .command("replay <program> <logs...>")
    .description("see whether recorded runs fit a program as it is now; logs are .jsonl files")
    .option("--json", "as JSON")
    .action(async (name, logs, options) => done(await replay(name, logs, options, terminal, rooms)));
  program
    .command("export <instance>")
    .description("write a run and its program's version as one file, for another machine")
    .option("--out <file>", "where to (default: stdout)")
    .option("--force", "with --out: replace the file that is there")
    .action(async (instance, options) => done(await exportRun(instance, options, terminal, rooms)));
  program
    .command("import <file>")
    .description("take a run that was exported elsewhere")
    .action(async (file) => done(await importRun(file, terminal, rooms)));
  program
    .command("doctor")
    .description("say what may be wrong on this machine, and what unfinished runs wait for")
    .option("--json", "as JSON")
    .action(async (options) => done(await doctor(options, terminal, rooms)));
  program
    .command("prune")
    .description("remove runs that ended: completed after 30 days, aborted and cancelled 7, failed 90")
    .option("--dry-run", "only say what would be removed")
    .action(async (options) => done(await prune(options, terminal, rooms)));
  return program;
}

/** Fixes are written for agents, who call tools; people call commands. */
const COMMANDS: { readonly [tool: string]: string } = {
  sequencer_list_programs: "`programs`",
  sequencer_list: "`list --all`",
  sequencer_start: "`run`",
  sequencer_resume: "`run --resume`",
  sequencer_fork: "`run --fork`",
  sequencer_current: "`show`",
};

function forPeople(fix: string): string {
  return fix
    .replace(/Call (?=sequencer_)/g, "Run ")
    .replace(/call (?=sequencer_)/g, "run ")
    .replace(/sequencer_resume with program_version: "latest"/g, "`run --resume --latest`")
    .replace(/program_version: "latest"/g, "`--latest`")
    .replace(/without program_version/g, "without `--latest`")
    .replace(/before_step_no: (\d+)/g, "`--before-step $1`")
    .replace(/before_step_no/g, "`--before-step`")
    .replace(/sequencer_[a-z_]+/g, (tool) => COMMANDS[tool] ?? tool);
}

function explain(error: unknown, terminal: Terminal): number {
  const { red } = colorsFor(terminal.errors, terminal);
  const say = (...lines: string[]) => print(terminal.errors, ...lines);
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    say(`${red("error")}: ${printable(error.message)}`);
    return 2;
  }
  if (error instanceof SequencerError) {
    say(`${red(error.code)}: ${hang(error.message, "  ")}`, `  ${hang(forPeople(error.fix), "  ")}`);
    return 1;
  }
  say(`${red("unexpected")}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return 1;
}
