/**
 * Program files that are no programs, or programs that misuse everything, started on the real server.
 *
 * Whatever a program does, the server lives, what went wrong is told with a known code or as the run's own
 * failure, and a run of another program goes on as if nothing had been.
 */

import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { timeoutFor } from "../effort.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { writeSum } from "../whole/sandbox-programs.ts";
import { assertInWords, runCommand } from "./command-line.ts";
import { failing, NAME, PROGRAM, type ProgramFiles, programFiles } from "./programs.ts";
import { holds } from "./property.ts";
import { type RawServer, startRawServer } from "./raw-server.ts";
import { assertErrorAnswer } from "./verdict.ts";

const SECONDS = 6;
const SECONDS_CLI = 2;
const AT_ONCE = 3;
/** Characters of an answer; the client shows 12,000 of them. */
const ANSWER_LENGTH = 20_000;
const OPEN = ["awaiting_result", "waiting"];

let sandbox: Sandbox;
let server: RawServer | undefined;
let control: string;
beforeAll(() => {
  sandbox = createSandbox();
  writeSum(sandbox);
});
afterAll(async () => {
  await server?.end();
  sandbox.remove();
});

async function living(): Promise<RawServer> {
  if (server === undefined) {
    server = await startRawServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "4000" } });
    control = (await server.call("sequencer_start", { program: "sum", params: { steps: 1_000_000 } }))
      .instance_id;
  }
  return server;
}

function writeFiles(folder: string, files: ProgramFiles): void {
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

async function checkProgram(files: ProgramFiles): Promise<void> {
  const target = await living();
  try {
    writeFiles(sandbox.programsDir, files);
    await checkListed(target);
    const started = await target.call("sequencer_start", { program: NAME });
    assertTold(started);
    await goOnWithControl(target);
    if (started.ok !== false) await drive(target, started);
    await goOnWithControl(target);
    expect(target.faults).toEqual([]);
  } catch (error) {
    if (server === target) server = undefined;
    await target.end();
    throw error;
  } finally {
    for (const name of Object.keys(files)) rmSync(join(sandbox.programsDir, name));
  }
}

async function checkListed(target: RawServer): Promise<void> {
  const { programs, problems = [] } = await target.call("sequencer_list_programs");
  expect(programs.map(({ name }: any) => name)).toContain("sum");
  const isListed = programs.some(({ name }: any) => name === NAME);
  // It may lie in another file of the program.
  const problem = problems.find(({ file }: any) => file.startsWith(sandbox.programsDir));
  expect(isListed || problem?.message.length > 0, JSON.stringify(problems).slice(0, 500)).toBe(true);
}

/** Replies to what is asked a few times, then ends the run. */
async function drive(target: RawServer, started: any): Promise<void> {
  const { instance_id } = started;
  let answer = started;
  for (let replies = 0; replies < 3 && answer.state === "awaiting_result"; replies++) {
    const { step_no } = answer.last_yield.instructions?.[0] ?? answer.last_yield;
    answer = await target.call("sequencer_next", { instance_id, for_step_no: step_no, result: {} });
    assertTold(answer);
    if (answer.ok === false) break;
  }
  if (OPEN.includes(answer.state)) {
    assertTold(await target.call("sequencer_cancel", { instance_id, reason: "enough" }));
  }
  const closed = await target.call("sequencer_close", { instance_id, delete_log: true });
  if (closed.ok === false) assertErrorAnswer(closed);
}

/** A failure in known words; the failure of a run with its type and message. */
function assertTold(answer: any): void {
  const told = JSON.stringify(answer);
  expect(told.length, told.slice(0, 1_000)).toBeLessThan(ANSWER_LENGTH);
  if (answer.ok === false) {
    assertErrorAnswer(answer);
  } else if (answer.state === "failed") {
    expect(answer.last_yield, told).toMatchObject({ kind: "error", type: expect.any(String) });
    expect(answer.last_yield.message, told).toEqual(expect.any(String));
    expect(answer.last_yield.type, told).not.toBe("InternalError");
  }
}

async function goOnWithControl(target: RawServer): Promise<void> {
  const { step_no } = await target.call("sequencer_current", { instance_id: control });
  const reply = { instance_id: control, for_step_no: step_no, result: { value: 1 } };
  expect(await target.call("sequencer_next", reply)).toMatchObject({ step_no: step_no + 1 });
}

/** Programs that once took more with them than their own run, or were not told about in words. */
const regressions: Record<string, ProgramFiles> = {
  "a thrown error whose name throws was an internal error": failing(
    "throw Object.defineProperty(new Error('x'), 'name', { get() { throw new Error('name'); } });",
  ),
  "a thrown proxy was an internal error": failing(
    "throw new Proxy({}, { getPrototypeOf() { throw new Error('prototype'); } });",
  ),
  "a message of megabytes was recorded and answered whole": failing(
    "throw new Error('x'.repeat(3_000_000));",
  ),
  "a yielded proxy was an internal error": failing(
    "yield new Proxy({}, { has() { throw new Error('has'); }, get() { throw new Error('get'); } });",
  ),
  "a params schema that throws was an internal error": failing(
    "return 1;",
    "params: new Proxy({}, { get() { throw new Error('get'); } }) as any,",
  ),
  "a proxy as default export was an internal error": {
    [PROGRAM]: "export default new Proxy({}, { has() { throw new Error('has'); } });",
  },
  "an effect whose cause throws never ended": failing(
    "yield* sideEffect('x', async () => { throw new Proxy({}, { get() { throw new Error('get'); } }); });",
  ),
};

describe("a server with a program that is none", () => {
  for (const [name, files] of Object.entries(regressions)) {
    it(`tells what is wrong and goes on, as once it did not: ${name}`, () => checkProgram(files));
  }

  it("tells what is wrong, and other runs go on", { timeout: timeoutFor(SECONDS) }, async () => {
    await holds(SECONDS, programFiles, checkProgram);
  });
});

describe("the check of a program that is none", () => {
  it("tells what is wrong", { timeout: timeoutFor(SECONDS_CLI) }, async () => {
    await holds(
      SECONDS_CLI,
      fc.array(programFiles, { minLength: AT_ONCE, maxLength: AT_ONCE }),
      async (all) => {
        const folders = all.map((files, i) => {
          const folder = join(sandbox.folder, `checked-${i}`);
          mkdirSync(folder, { recursive: true });
          writeFiles(folder, files);
          return folder;
        });
        try {
          const printed = await Promise.all(
            folders.map((folder) => runCommand(sandbox, "check", join(folder, PROGRAM))),
          );
          for (const each of printed) assertInWords(each);
        } finally {
          for (const folder of folders) rmSync(folder, { recursive: true });
        }
      },
    );
  });
});
