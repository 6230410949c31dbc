/** Prompts, resources and completion over real stdio, and what a start of the server loads for them. */

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeProgram, writeSum } from "./sandbox-programs.ts";

const RECORDER = fileURLToPath(new URL("./record-loads.mjs", import.meta.url));

describe("a server over real stdio", () => {
  let sandbox: Sandbox;
  let server: ServerProcess;
  beforeEach(async () => {
    sandbox = createSandbox();
    writeProgram(
      sandbox,
      "report",
      `export default defineProgram({
        name: "report",
        description: "Writes a report.",
        params: z.object({
          style: z.enum(["short", "long"]),
          names: z.array(z.string()).default([]),
          draft: z.boolean().default(false),
        }),
        async *run({ params }) {
          yield* instruct("Report on " + params.names.join(" and ") + ".", { reply: z.string() });
          return { ...params, text: "r".repeat(params.style === "long" ? 100_000 : 10) };
        },
      });`,
    );
    server = await startServer(sandbox);
  });
  afterEach(async () => {
    await server.close();
    sandbox.remove();
  });

  it("offers a program as a prompt whose text starts it with what was typed", async () => {
    const { client } = server;
    const { prompts } = await client.listPrompts();
    expect(prompts.map(({ name }) => name)).toEqual(["hello", "report", "review-rounds", "resume"]);
    expect(prompts[1]!.arguments!.map(({ name, required }) => [name, required])).toEqual([
      ["style", true],
      ["names", false],
      ["draft", false],
    ]);
    const typed = { style: "short", names: "Ada, Bob", draft: "yes" };
    const { messages } = await client.getPrompt({ name: "report", arguments: typed });
    const { text } = messages[0]!.content as { text: string };
    const call = JSON.parse(/sequencer_start with (\{.*\}) and note/.exec(text)![1]!);
    const started = await server.call("sequencer_start", call);
    expect(started.last_yield.text).toBe("Report on Ada and Bob.");
  });

  it("completes choices, and the runs that can be gone on with, newest first", async () => {
    const complete = async (name: string, argument: string, value = "") => {
      const ref = { type: "ref/prompt", name } as const;
      return (await server.client.complete({ ref, argument: { name: argument, value } })).completion.values;
    };
    expect(await complete("report", "style", "s")).toEqual(["short"]);
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const params = { style: "short" };
      ids.unshift((await server.call("sequencer_start", { program: "report", params })).instance_id);
    }
    await server.call("sequencer_next", { instance_id: ids[1], for_step_no: 1, result: "done" });
    expect(await complete("resume", "instance_id")).toEqual([ids[0], ids[2]]);
    const { messages } = await server.client.getPrompt({ name: "resume" });
    expect((messages[0]!.content as { text: string }).text).toContain(ids[0]);
  });

  it("links the end of a run to its timeline and its log, and never shows them in an answer", async () => {
    const params = { style: "long", names: ["Ada"] };
    const { instance_id } = await server.call("sequencer_start", { program: "report", params });
    const result = await server.client.callTool({
      name: "sequencer_next",
      arguments: { instance_id, for_step_no: 1, result: "done" },
    });
    const { last_yield } = result.structuredContent as any;
    expect(last_yield.summary_truncated).toBe(true);
    expect(JSON.stringify(result).length).toBeLessThan(30_000);
    const [timeline, log] = (result.content as { uri?: string }[]).slice(1).map(({ uri }) => uri!);
    const read = async (uri: string) =>
      (await server.client.readResource({ uri })).contents[0] as { text: string };
    const document = (await read(timeline!)).text;
    expect(document).toContain("instruction  Report on Ada.");
    expect(document).toContain("r".repeat(100_000));
    const events = (await read(log!)).text.trimEnd().split("\n");
    expect(events.map((line) => JSON.parse(line).type)).toEqual([
      "started",
      "step_issued",
      "reply_accepted",
      "ended",
    ]);
    expect(events.join("")).not.toContain('"crc"');
    const { resources } = await server.client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual([timeline]);
  });

  it("lists this project's runs only, and at most 20 of them", async () => {
    writeSum(sandbox);
    const elsewhere = await startServer(sandbox, { env: { CLAUDE_PROJECT_DIR: sandbox.folder } });
    const other = await elsewhere.call("sequencer_start", { program: "hello" });
    await elsewhere.close();
    let newest = "";
    for (let i = 0; i < 21; i++) {
      newest = (await server.call("sequencer_start", { program: "sum" })).instance_id;
    }
    const { resources } = await server.client.listResources();
    expect(resources).toHaveLength(20);
    expect(resources[0]!.uri).toBe(`sequencer://instances/${newest}`);
    expect(resources.some(({ uri }) => uri.includes(other.instance_id))).toBe(false);
    const uri = `sequencer://instances/${other.instance_id}`;
    expect((await server.client.readResource({ uri })).contents).toHaveLength(1);
  });

  it("reads nothing outside the state folder", async () => {
    writeFileSync(join(sandbox.folder, "secret.jsonl"), "secret");
    for (const id of ["../secret", "..%2fsecret", `${sandbox.folder}/secret`, "secret"]) {
      const reading = server.client.readResource({ uri: `sequencer://instances/${id}/log` });
      await expect(reading).rejects.toThrow("There is no resource");
    }
    const uri = "sequencer://instances/01JDQ3V5Z8M4X7C2B9N6K1H0GT";
    await expect(server.client.readResource({ uri })).rejects.toMatchObject({ code: -32002 });
  });
});

describe("a start of the server", () => {
  const loadsOf = (file: string) =>
    existsSync(file) ? (readFileSync(file, "utf8").match(/(chokidar|sequencer|prompts)-\w+\.js/g) ?? []) : [];

  it.each([
    ["without --watch", []],
    ["with --watch", ["--watch"]],
  ])("%s loads prompts, the sequencer and the watch only when they are needed", async (_, args) => {
    const sandbox = createSandbox();
    const record = join(sandbox.folder, "loads");
    const env = { RECORD_LOADS: record };
    const server = await startServer(sandbox, { args, env, execArgv: ["--import", RECORDER] });
    try {
      await server.client.listTools();
      expect(readFileSync(record, "utf8")).toContain("dist/cli.js");
      expect(loadsOf(record)).toEqual([]);
      await server.client.listPrompts();
      expect(loadsOf(record).join()).toMatch(/prompts-/);
      if (args.length > 0) {
        await vi.waitUntil(() => loadsOf(record).join().includes("chokidar"), { timeout: 15_000 });
      } else {
        await server.call("sequencer_start", { program: "hello" });
        expect(loadsOf(record).join()).not.toContain("chokidar");
      }
    } finally {
      await server.close();
      sandbox.remove();
    }
  });
});
