/**
 * Logs of real runs, damaged and forged, read by the real server.
 *
 * L1. Damage is told, or changes nothing, or takes events from the end: a run never becomes another one.
 * L2. A forged log (its checksums are right, what it says is not) may say anything that a log can say, and is
 *     answered or refused; it never ends in an internal error.
 * L3. Whatever the file holds, none of its bytes is changed, other runs go on, and it can be listed.
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ulid } from "ulid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeoutFor } from "../effort.ts";
import { payloadOf } from "../server/in-memory.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { assertInWords, runCommand } from "./command-line.ts";
import { damage, forgery, linesOf, logOf, type Mutation, mutated, ofLines } from "./log-mutations.ts";
import { holds } from "./property.ts";
import { type RawServer, startRawServer } from "./raw-server.ts";
import { type RecordedLog, recordLogs, writeRecordedPrograms } from "./recorded-logs.ts";
import { assertErrorAnswer, assertForeseen } from "./verdict.ts";

const SECONDS = 3;
const SECONDS_CLI = 2;
/** Logs that each look of the command line meets in its folder. */
const AT_ONCE = 12;

let sandbox: Sandbox;
let server: RawServer | undefined;
let logs: RecordedLog[];
let foreign: string[];
/** A run as `export` writes it. */
let exported: Buffer;
/** By log: what `sequencer_current` says of its first events, for any number of them. */
const told = new Map<RecordedLog, string[]>();
/** A run that nothing happens to. */
let control: string;

beforeAll(async () => {
  sandbox = createSandbox();
  writeRecordedPrograms(sandbox);
  const target = await living();
  logs = await recordLogs(target, sandbox);
  foreign = logs.flatMap(({ bytes }) => linesOf(bytes));
  exported = Buffer.from((await runCommand(sandbox, "export", control)).stdout);
  expect(exported.length).toBeGreaterThan(1_000);
  for (const log of logs) told.set(log, await prefixesOf(target, log));
});
afterAll(async () => {
  await server?.end();
  sandbox.remove();
});

async function living(): Promise<RawServer> {
  if (server === undefined) {
    server = await startRawServer(sandbox);
    control = (await server.call("sequencer_start", { program: "sum", params: { steps: 1_000_000 } }))
      .instance_id;
  }
  return server;
}

async function prefixesOf(target: RawServer, { bytes }: RecordedLog): Promise<string[]> {
  const lines = linesOf(bytes);
  const answers: string[] = [];
  for (let count = 1; count <= lines.length; count++) {
    await withLog(target, ofLines(lines.slice(0, count)), async (id) => {
      answers.push(substanceOf(await target.call("sequencer_current", { instance_id: id })));
    });
  }
  return answers;
}

/** Puts the file into the state folder as a run of its own, for as long as `use` takes. */
async function withLog(target: RawServer, bytes: Buffer, use: (id: string, file: string) => Promise<void>) {
  const id = ulid();
  const file = join(sandbox.stateDir, `${id}.jsonl`);
  writeFileSync(file, bytes, { mode: 0o600 });
  try {
    await use(id, file);
    expect(readFileSync(file).subarray(0, bytes.length).equals(bytes), "bytes of the log were changed").toBe(
      true,
    );
    await assertControlGoesOn(target);
  } finally {
    rmSync(file);
  }
}

async function assertControlGoesOn(target: RawServer): Promise<void> {
  const { step_no } = await target.call("sequencer_current", { instance_id: control });
  const reply = { instance_id: control, for_step_no: step_no, result: { value: 1 } };
  expect(await target.call("sequencer_next", reply)).toMatchObject({ step_no: step_no + 1 });
}

const OF_ONE_COPY = ["instance_id", "yielded_at", "timeout_at", "until"];

/** What an answer says of the run, without what belongs to the one copy of its log. */
function substanceOf(answer: object): string {
  return JSON.stringify(answer, (name, value) => (OF_ONE_COPY.includes(name) ? undefined : value));
}

/** Without what the log adds to them, nor when it was: an effect that was torn off is run again, by another owner. */
function eventsOf(text: string): object[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const { seq, off, w, gap, crc, at, owner, timeout_at, ...event } = JSON.parse(line);
    return event;
  });
}

/** Everything that reads a log and records nothing new of its own accord. */
async function readInAllWays(target: RawServer, id: string): Promise<void> {
  for (const uri of [`sequencer://instances/${id}`, `sequencer://instances/${id}/log`]) {
    assertForeseen(await target.request("resources/read", { uri }));
  }
  expect(await listed(target)).toContain(id);
}

/** The ids of all runs, page by page. */
async function listed(target: RawServer): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await target.call("sequencer_list", {
      filter: "all",
      limit: 100,
      ...(cursor && { cursor }),
    });
    ids.push(...page.instances.map((entry: any) => entry.instance_id));
    if (page.next_cursor === null) return ids;
    cursor = page.next_cursor;
  }
}

async function driveOn(target: RawServer, id: string): Promise<void> {
  const args = { instance_id: id };
  const step = { ...args, for_step_no: 2, result: { value: 4 } };
  for (const [name, given] of [
    ["sequencer_resume", args],
    ["sequencer_next", step],
    ["sequencer_signal", { ...args, name: "go", value: {} }],
    ["sequencer_fork", { ...args, before_step_no: 2 }],
    ["sequencer_fork", { ...args, before_step_no: 1, program_version: "latest" }],
    ["sequencer_cancel", { ...args, reason: "fuzz" }],
    ["sequencer_close", args],
  ] as const) {
    const answer = await target.request("tools/call", { name, arguments: given });
    assertForeseen(answer);
    const { forked_from, instance_id } = payloadOf(answer.result);
    if (forked_from !== undefined) await target.call("sequencer_close", { instance_id, delete_log: true });
  }
}

async function whole(check: (target: RawServer) => Promise<void>): Promise<void> {
  const target = await living();
  try {
    await check(target);
    expect(target.faults).toEqual([]);
  } catch (error) {
    if (server === target) server = undefined;
    await target.end();
    throw error;
  }
}

const logNo = fc.nat(20);

function checkDamaged(number: number, mutations: readonly Mutation[]): Promise<void> {
  return whole(async (target) => {
    const log = logs[number % logs.length]!;
    await withLog(target, mutated(log.bytes, mutations, foreign), async (id) => {
      const answer = await target.call("sequencer_current", { instance_id: id });
      if (answer.ok === false) {
        assertErrorAnswer(answer);
        expect(answer.error, answer.message).toBe("CorruptedLog");
        expect(answer.message).toContain(`${id}.jsonl`);
        expect(answer.message).toMatch(/line \d+, at byte \d+/);
      } else {
        expect(told.get(log)).toContain(substanceOf(answer));
        const { result } = await target.request("resources/read", { uri: `sequencer://instances/${id}/log` });
        const events = eventsOf(result.contents[0].text);
        expect(events).toEqual(eventsOf(log.bytes.toString()).slice(0, events.length));
      }
      await readInAllWays(target, id);
      await driveOn(target, id);
    });
  });
}

function checkForged(forged: Buffer): Promise<void> {
  return whole(async (target) => {
    await withLog(target, forged, async (id) => {
      assertForeseen(
        await target.request("tools/call", { name: "sequencer_current", arguments: { instance_id: id } }),
      );
      await readInAllWays(target, id);
      await driveOn(target, id);
    });
  });
}

/** What somebody may write into events, by the type of the event; each was an internal error once. */
const regressions: Record<string, (event: any) => void> = {
  "a step has no text": ofType("step_issued", (event) => delete event.text),
  "a step's schema is null": ofType("step_issued", (event) => setTo(event, "schema", null)),
  "the time is none": (event) => setTo(event, "at", "not a time"),
  "the problems of a reply are none": ofType("reply_rejected", (event) => setTo(event, "problems", [null])),
  "a pause is null": ofType("started", (event) => setTo(event, "pauses", [null])),
  "the program has no version": ofType("started", (event) => setTo(event, "program", { name: "sum" })),
  "the version is a path": ofType("started", (event) =>
    setTo(event, "program", { name: "sum", version: "../../escaped" }),
  ),
  "a deadline is the last moment that there is": ofType("step_issued", (event) =>
    setTo(event, "timeout_at", "+275760-09-13T00:00:00.000Z"),
  ),
  "a type is very long": ofType("reply_accepted", (event) => setTo(event, "type", "x".repeat(60_000))),
};

function ofType(type: string, edit: (event: any) => unknown): (event: any) => void {
  return (event) => {
    if (event.type === type) edit(event);
  };
}

function setTo(event: any, name: string, value: unknown): void {
  event[name] = value;
}

describe("the log of a run", () => {
  for (const [name, edit] of Object.entries(regressions)) {
    it(`is refused with the place, though its checksums are right, where ${name}`, async () => {
      const events = linesOf(logs[0]!.bytes).map((line) => JSON.parse(line));
      for (const event of events) edit(event);
      const forged = logOf(events);
      await checkForged(forged);
      await withLog(await living(), forged, async (id) => {
        const answer = await (await living()).call("sequencer_current", { instance_id: id });
        expect(["CorruptedLog", "LogFromNewerVersion"]).toContain(answer.error);
        expect(answer.message).toMatch(/line \d+/);
      });
    });
  }

  it("is refused where one value in any of its lines was changed", { timeout: timeoutFor(0) }, async () => {
    for (const { name, bytes } of logs) {
      const lines = linesOf(bytes);
      for (const [at, line] of lines.entries()) {
        const later = line.replace('"at":"2', '"at":"3');
        await withLog(await living(), ofLines(lines.with(at, later)), async (id) => {
          const answer = await (await living()).call("sequencer_current", { instance_id: id });
          expect(answer.error, `line ${at + 1} of ${name}`).toBe("CorruptedLog");
          expect(answer.message).toContain(`line ${at + 1},`);
        });
      }
    }
  });

  it("is told as it was, without its end, or as damaged, whatever happens to its file", {
    timeout: timeoutFor(SECONDS),
  }, async () => {
    const input = fc.tuple(logNo, fc.array(damage, { minLength: 1, maxLength: 2 }));
    await holds(SECONDS, input, ([number, mutations]) => checkDamaged(number, mutations));
  });

  it("is answered or refused, whatever it says", { timeout: timeoutFor(SECONDS) }, async () => {
    const input = fc.tuple(logNo, fc.array(forgery, { minLength: 1, maxLength: 2 }));
    await holds(SECONDS, input, ([number, mutations]) =>
      checkForged(mutated(logs[number % logs.length]!.bytes, mutations, foreign)),
    );
  });

  it("is no trouble for the commands that look at runs", { timeout: timeoutFor(SECONDS_CLI) }, async () => {
    const one = fc.tuple(logNo, fc.array(fc.oneof(damage, forgery), { minLength: 1, maxLength: 2 }));
    await holds(SECONDS_CLI, fc.array(one, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
      const folder = createSandbox();
      try {
        mkdirSync(folder.stateDir, { mode: 0o700 });
        const ids = all.map(([number, mutations]) => {
          const id = ulid();
          const bytes = mutated(logs[number % logs.length]!.bytes, mutations, foreign);
          writeFileSync(join(folder.stateDir, `${id}.jsonl`), bytes, { mode: 0o600 });
          return id;
        });
        const carried = join(folder.folder, "carried.jsonl");
        writeFileSync(carried, mutated(exported, all.at(-1)![1], foreign));
        const commands = [
          ["list", "--all"],
          ["doctor"],
          ["show", ids[0]!],
          ["export", ids[1]!],
          ["import", carried],
        ];
        const printed = await Promise.all(commands.map((args) => runCommand(folder, ...args)));
        for (const each of printed) assertInWords(each);
        for (const id of ids) expect(printed[0]!.stdout).toContain(id);
      } finally {
        folder.remove();
      }
    });
  });
});
