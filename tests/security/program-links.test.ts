/**
 * The same intruders where programs lie: in programs folders, in bundle folders, behind imports. They are no programs,
 * hide none, and keep nobody waiting.
 */

import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeProgram, writeSum } from "../whole/sandbox-programs.ts";
import { type Intruders, intrudersFrom, PRECIOUS } from "./intruders.ts";

let sandbox: Sandbox;
let server: ServerProcess;
let outside: string;
let intruders: Intruders;

beforeEach(async () => {
  sandbox = createSandbox();
  outside = join(sandbox.folder, "outside");
  intruders = intrudersFrom(outside);
  writeSum(sandbox);
  server = await startServer(sandbox);
});
afterEach(async () => {
  // Not asked to end: a server that waits for a pipe would not hear it.
  await server.kill9();
  expect(readdirSync(outside)).toEqual(["precious.txt"]);
  expect(readFileSync(join(outside, "precious.txt"), "utf8")).toBe(PRECIOUS);
  sandbox.remove();
});

async function expectServing(): Promise<void> {
  const { instance_id } = await server.call("sequencer_start", { program: "sum" });
  const args = { instance_id, for_step_no: 1, result: { value: 4 } };
  expect(await server.call("sequencer_next", args)).toMatchObject({ step_no: 2 });
}

it("links, folders and pipes in a programs folder are no programs, and hide no other", async () => {
  for (const [i, intrude] of Object.values(intruders).entries())
    intrude(join(sandbox.programsDir, `intruder-${i}.ts`));
  const { programs, problems } = await server.call("sequencer_list_programs");
  const names = programs.map(({ name }: any) => name);
  expect(names).toContain("sum");
  expect(names.filter((name: string) => name.startsWith("intruder"))).toEqual([]);
  expect(JSON.stringify(problems)).not.toContain(PRECIOUS.trim());
  for (const [i, what] of Object.keys(intruders).entries()) {
    const answer = await server.call("sequencer_start", { program: `intruder-${i}` });
    expect(["UnknownProgram", "ProgramNotLoadable"], what).toContain(answer.error);
  }
  await expectServing();
});

it("links, folders and pipes in bundle folders and behind imports keep nobody waiting", {
  timeout: 30_000,
}, async () => {
  for (const [i, intrude] of Object.values(intruders).entries()) {
    mkdirSync(join(sandbox.programsDir, `bundled-${i}`));
    writeBody(sandbox, `bundled-${i}`, `return yield* instruct("Go.");`);
    intrude(join(sandbox.programsDir, `bundled-${i}`, "data.json"));
    writeBody(sandbox, `importer-${i}`, `return data;`, `import data from "./intruder-${i}.json";`);
    intrude(join(sandbox.programsDir, `intruder-${i}.json`));
  }
  const outcomes: Record<string, unknown> = {};
  for (const [i, what] of Object.keys(intruders).entries()) {
    const { state, error } = await server.call("sequencer_start", { program: `bundled-${i}` });
    const imported = await server.call("sequencer_start", { program: `importer-${i}` });
    expect(imported, what).toMatchObject({ ok: false, error: "ProgramNotLoadable" });
    outcomes[what] = state ?? error;
  }
  expect(outcomes).toEqual({
    "a link to a file elsewhere": "ProgramNotLoadable",
    "a link that leads nowhere": "ProgramNotLoadable",
    "a link to itself": "ProgramNotLoadable",
    "a link to an endless device": "ProgramNotLoadable",
    "a folder": "awaiting_result",
    "a pipe": "awaiting_result",
    "a link to a pipe": "awaiting_result",
  });
  await expectServing();
});

it("folders of programs that are none are told, and hide no program", async () => {
  const places = Object.keys(intruders).map((_, i) => join(sandbox.folder, `programs-${i}`));
  for (const [i, intrude] of Object.values(intruders).entries()) intrude(places[i]!);
  await server.close();
  const env = { AGENT_SEQUENCER_PROGRAMS_DIR: [...places, "/dev/null", ".."].join(":") };
  server = await startServer(sandbox, { env });
  const { programs, problems } = await server.call("sequencer_list_programs");
  expect(programs.map(({ name }: any) => name)).toContain("sum");
  expect(problems.map(({ file }: any) => file)).toEqual(
    expect.arrayContaining([places[0], places[2], places[3], places[5], places[6], "/dev/null"]),
  );
  expect(JSON.stringify(problems)).not.toContain(PRECIOUS.trim());
});

it("a program that is a link is the file that it leads to", async () => {
  const real = writeProgram(
    sandbox,
    "_real",
    `export default defineProgram({ name: "linked", description: "x", async *run() { return 1; } });`,
  );
  symlinkSync(real, join(sandbox.programsDir, "linked.ts"));
  expect(await server.call("sequencer_start", { program: "linked" })).toMatchObject({ state: "completed" });
});
