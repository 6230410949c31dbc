import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox, type ServerProcess, startServer } from "../server/stdio.ts";
import { writeBody, writeProgram, writeSum } from "./sandbox-programs.ts";

let sandbox: Sandbox;
let server: ServerProcess;
beforeEach(async () => {
  sandbox = createSandbox();
  writeSum(sandbox);
  server = await startServer(sandbox, { env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "1500" } });
});
afterEach(async () => {
  await server.close();
  sandbox.remove();
});

/** Whatever happened, the server still drives a run from start to end. */
async function expectServing() {
  const { instance_id } = await server.call("sequencer_start", { program: "sum", params: { steps: 1 } });
  expect(
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 4 } }),
  ).toMatchObject({
    last_yield: { summary: { sum: 4 } },
  });
}

function expectRefused(answer: any, code: string, about: RegExp | string = /./) {
  expect(answer).toMatchObject({ ok: false, error: code });
  expect(answer.message).toMatch(about);
  expect(answer.fix.length).toBeGreaterThan(10);
}

describe("an instance id", () => {
  const ids = [
    "../../etc/passwd",
    "/etc/passwd",
    "..",
    "",
    "a\0b",
    "01J",
    "x".repeat(10_000),
    "01ARZ3NDEKTSV4RRFFQ69G5FA/",
  ];
  for (const id of ids) {
    it(`${JSON.stringify(id.slice(0, 30))} is refused before it touches a path`, async () => {
      for (const tool of ["sequencer_current", "sequencer_resume", "sequencer_close"]) {
        const answer = await server.call(tool, { instance_id: id });
        expect(["InvalidInstanceId", "InvalidArguments"]).toContain(answer.error);
        expect(JSON.stringify(answer).length).toBeLessThan(1_000);
      }
      await expectServing();
    });
  }

  it("that is well-formed but unknown is said to be unknown", async () => {
    expectRefused(
      await server.call("sequencer_current", { instance_id: "01ARZ3NDEKTSV4RRFFQ69G5FAV" }),
      "UnknownInstance",
    );
  });
});

describe("arguments", () => {
  it("of a wrong type, missing or unknown are all named", async () => {
    const answer = await server.call("sequencer_next", { instance_id: 5, for_step: 1, result: 1 });
    expectRefused(answer, "InvalidArguments", /instance_id/);
    expect(answer.message).toMatch(/for_step/);
  });

  it("that name no program list the ones there are", async () => {
    expectRefused(await server.call("sequencer_start", { program: "helo" }), "UnknownProgram", /hello/);
  });

  it("that are no params of the program are named by path", async () => {
    const answer = await server.call("sequencer_start", { program: "sum", params: { steps: 0.5 } });
    expectRefused(answer, "InvalidParams", /\$\.steps/);
  });
});

describe("a reply", () => {
  async function started() {
    writeBody(sandbox, "any", `return yield* instruct("Anything.");`);
    const { instance_id } = await server.call("sequencer_start", { program: "any" });
    return instance_id as string;
  }

  it("of 20 MB is refused and not recorded; a smaller one is taken", async () => {
    const instance_id = await started();
    const answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: "x".repeat(20_000_000),
    });
    expectRefused(answer, "ReplyTooLarge");
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "small" }),
    ).toMatchObject({
      last_yield: { summary: "small" },
    });
  });

  it("that is nested very deep is refused", async () => {
    const instance_id = await started();
    const deep = `${"[".repeat(5_000)}1${"]".repeat(5_000)}`;
    await server.write(
      `{"jsonrpc":"2.0","id":"deep","method":"tools/call","params":{"name":"sequencer_next","arguments":{"instance_id":"${instance_id}","for_step_no":1,"result":${deep}}}}\n`,
    );
    const { result } = await server.response("deep");
    expectRefused(JSON.parse(result.content[0].text), "ReplyTooDeep");
    await expectServing();
  });

  it("with __proto__ keys is invalid and pollutes nothing", async () => {
    const instance_id = await started();
    await server.write(
      `${JSON.stringify({ jsonrpc: "2.0", id: "proto", method: "tools/call", params: { name: "sequencer_next", arguments: { instance_id, for_step_no: 1, result: { a: 1 } } } }).replace('{"a":1}', '{"a":{"__proto__":{"polluted":true}}}')}\n`,
    );
    const { result } = await server.response("proto");
    const answer = JSON.parse(result.content[0].text);
    expect(answer.last_yield.validation_error.problems).toEqual([
      { path: "$.a.__proto__", message: "is a name that is not accepted" },
    ]);
    await expectServing();
  });

  it("that a catastrophic pattern would judge forever ends in an error, and the step stays open", async () => {
    writeBody(
      sandbox,
      "pattern",
      `return yield* instruct("Match.", { reply: { type: "string", pattern: "^(a+)+$" } });`,
    );
    const { instance_id } = await server.call("sequencer_start", { program: "pattern" });
    const answer = await server.call("sequencer_next", {
      instance_id,
      for_step_no: 1,
      result: `${"a".repeat(60)}!`,
    });
    expectRefused(answer, "ReplyCheckTimedOut");
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 1, result: "aaa" })).toMatchObject(
      {
        last_yield: { summary: "aaa" },
      },
    );
  });
});

describe("a program", () => {
  it("that does not load never hides the others", async () => {
    writeFileSync(join(sandbox.programsDir, "syntax.ts"), "export default {\n  name: ,\n};\n");
    writeFileSync(
      join(sandbox.programsDir, "missing-import.ts"),
      'import x from "./nowhere.ts";\nexport default x;\n',
    );
    writeFileSync(join(sandbox.programsDir, "no-default.ts"), "export const a = 1;\n");
    writeFileSync(join(sandbox.programsDir, "thrower.ts"), 'throw new Error("at import");\n');
    writeFileSync(join(sandbox.programsDir, "_helper.ts"), "not a program\n");
    mkdirSync(join(sandbox.programsDir, "folder.ts"));
    const { programs, problems } = await server.call("sequencer_list_programs");
    expect(programs.map(({ name }: any) => name)).toEqual(expect.arrayContaining(["hello", "sum"]));
    const of = (name: string) => problems.find(({ file }: any) => file.endsWith(`/${name}.ts`));
    expect(of("syntax")).toMatchObject({ line: 2 });
    expect(of("missing-import")).toMatchObject({ line: 1 });
    expect(of("missing-import").message).toContain("nowhere");
    expect(of("no-default").message).toContain("defineProgram");
    expect(of("thrower")).toMatchObject({ line: 1 });
    expect(of("thrower").message).toContain("at import");
    expect(of("_helper")).toBeUndefined();
    expectRefused(
      await server.call("sequencer_start", { program: "syntax" }),
      "ProgramNotLoadable",
      /syntax\.ts:2/,
    );
    expectRefused(
      await server.call("sequencer_start", { program: "thrower" }),
      "ProgramNotLoadable",
      /at import/,
    );
  });

  it("that throws at its first step or in finally fails with its own line", async () => {
    writeBody(sandbox, "first", `throw new TypeError("first");`);
    writeBody(
      sandbox,
      "in-finally",
      `try { yield* instruct("Go."); } finally { throw new Error("in finally"); }`,
    );
    expect(await server.call("sequencer_start", { program: "first" })).toMatchObject({
      state: "failed",
      last_yield: { type: "TypeError", message: "first", stack: expect.stringContaining("first.ts:") },
    });
    const { instance_id } = await server.call("sequencer_start", { program: "in-finally" });
    expect(await server.call("sequencer_next", { instance_id, for_step_no: 1, result: 1 })).toMatchObject({
      state: "failed",
      last_yield: { message: "in finally" },
    });
  });

  it("with a schema that is none fails at once and names the place", async () => {
    writeBody(sandbox, "no-schema", `yield* instruct("Go.", { reply: { type: "strng" } });`);
    writeBody(sandbox, "bad-pattern", `yield* instruct("Go.", { reply: { type: "string", pattern: "(" } });`);
    for (const program of ["no-schema", "bad-pattern"]) {
      const answer = await server.call("sequencer_start", { program });
      expect(answer).toMatchObject({ state: "failed", last_yield: { type: "InvalidSchema" } });
      expect(answer.last_yield.message).toContain(`${program}.ts:`);
    }
  });

  it("whose summary is not JSON fails and names the path", async () => {
    writeBody(sandbox, "date", `return { when: { at: new Date() } };`);
    expect(await server.call("sequencer_start", { program: "date" })).toMatchObject({
      state: "failed",
      last_yield: { type: "SummaryNotJson", message: expect.stringContaining("$.when.at") },
    });
  });

  it("with a name that its file has not is refused", async () => {
    writeProgram(
      sandbox,
      "other",
      `export default defineProgram({ name: "another", description: "x", async *run() {} });`,
    );
    expectRefused(
      await server.call("sequencer_start", { program: "other" }),
      "ProgramNotLoadable",
      /another/,
    );
  });
});

describe("a log", () => {
  async function unfinished() {
    const { instance_id } = await server.call("sequencer_start", { program: "sum" });
    await server.call("sequencer_next", { instance_id, for_step_no: 1, result: { value: 1 } });
    await server.close();
    return { instance_id: instance_id as string, file: join(sandbox.stateDir, `${instance_id}.jsonl`) };
  }

  const damages: Record<string, (file: string) => void> = {
    "that is empty": (file) => truncateSync(file, 0),
    "with a flipped bit": (file) => {
      const bytes = readFileSync(file);
      const at = bytes.indexOf('"reply":{"value":1}') + 17;
      bytes[at] = bytes[at]! ^ 2;
      writeFileSync(file, bytes);
    },
    "with a missing line": (file) => editLines(file, (lines) => lines.splice(1, 1)),
    "with swapped lines": (file) => editLines(file, (lines) => lines.splice(1, 2, lines[2]!, lines[1]!)),
    "that is not JSON": (file) => writeFileSync(file, "hello, I am not a log\n"),
    "that is a folder": (file) => {
      rmSync(file);
      mkdirSync(file);
    },
    "that is a symbolic link": (file) => {
      const bytes = readFileSync(file);
      rmSync(file);
      writeFileSync(`${file}.real`, bytes);
      symlinkSync(`${file}.real`, file);
    },
  };

  for (const [what, damage] of Object.entries(damages)) {
    it(`${what} is refused with its reason, changed in nothing, and the server goes on`, async () => {
      const { instance_id, file } = await unfinished();
      damage(file);
      server = await startServer(sandbox);
      for (const tool of ["sequencer_current", "sequencer_resume"]) {
        const answer = await server.call(tool, { instance_id });
        expect(answer.ok).toBe(false);
        expect(answer.error).not.toBe("InternalError");
        expect(answer.message).toContain(instance_id);
      }
      const { instances } = await server.call("sequencer_list", { filter: "all" });
      for (const entry of instances)
        expect(entry).toMatchObject({ state: "unreadable", problem: expect.any(String) });
      await expectServing();
    });
  }

  it("truncated within its last line comes back as it was before that line", async () => {
    const { instance_id, file } = await unfinished();
    truncateSync(file, readFileSync(file).length - 10);
    server = await startServer(sandbox);
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ step_no: 2 });
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: 2, result: { value: 2 } }),
    ).toMatchObject({ step_no: 3 });
  });

  it("with a doubled line is read as if the line stood there once", async () => {
    const { instance_id, file } = await unfinished();
    editLines(file, (lines) => lines.splice(1, 0, lines[1]!));
    server = await startServer(sandbox);
    expect(await server.call("sequencer_current", { instance_id })).toMatchObject({ step_no: 2 });
    expect(
      await server.call("sequencer_next", { instance_id, for_step_no: 2, result: { value: 2 } }),
    ).toMatchObject({ step_no: 3 });
  });

  it("with junk behind its last line is refused", async () => {
    const { instance_id, file } = await unfinished();
    appendFileSync(file, "junk\n");
    server = await startServer(sandbox);
    expectRefused(await server.call("sequencer_current", { instance_id }), "CorruptedLog", /line \d/);
  });
});

describe("a state folder", () => {
  async function startWith(prepare: (folder: string) => void) {
    await server.close();
    rmSync(sandbox.stateDir, { recursive: true, force: true });
    prepare(sandbox.stateDir);
    server = await startServer(sandbox);
    return server.call("sequencer_start", { program: "sum" });
  }

  it("that is missing is made, for its owner only", async () => {
    expect(await startWith(() => {})).toMatchObject({ state: "awaiting_result" });
  });

  it("that is a file is refused, and programs are listed all the same", async () => {
    expectRefused(await startWith((folder) => writeFileSync(folder, "")), "StateDirUnusable");
    expect((await server.call("sequencer_list_programs")).programs.length).toBeGreaterThan(0);
  });

  it.skipIf(process.getuid?.() === 0)("that is read-only is refused", async () => {
    const answer = await startWith((folder) => {
      mkdirSync(folder);
      chmodSync(folder, 0o500);
    });
    expectRefused(answer, "StateDirUnusable");
    chmodSync(sandbox.stateDir, 0o700);
  });

  it("that is removed while the server runs is made anew for the next run", async () => {
    rmSync(sandbox.stateDir, { recursive: true, force: true });
    await expectServing();
  });
});

function editLines(file: string, edit: (lines: string[]) => void): void {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  edit(lines);
  writeFileSync(file, `${lines.join("\n")}\n`);
}
