/**
 * Escape sequences in everything that a command shows: of programs, replies, logs and file names, nothing reaches
 * the terminal that the terminal would obey.
 */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { jsonText, print } from "../../src/cli/terminal.ts";
import { createSandbox, type Sandbox } from "../server/stdio.ts";
import { agentSequencer, type Ended } from "./command-line.ts";

/** Clears the screen, sets the title, a link, a colour by the one-byte CSI, goes back, hides, turns the line round. */
const EVIL =
  "\u001b[2J\u001b]0;owned\u0007\u001b]8;;evil\u001b\\\u009b31m\b\b\r\u001b[8mhidden\u001b[0m\u202egnp.\u202c\u2066x\u2069\u007f\u0000\u001bc";
const OBEYED = /[^\P{Cc}\n\t]|[\u202a-\u202e\u2066-\u2069]/u;

const LITERAL = JSON.stringify(EVIL);

let sandbox: Sandbox;
let ids: string[];

beforeAll(async () => {
  sandbox = createSandbox();
  writeFileSync(
    join(sandbox.programsDir, "evil.ts"),
    `import { all, Abort, command, defineProgram, instruct, sideEffect, signal } from "agent-sequencer";
     const EVIL = ${LITERAL};
     class EvilError extends Error { override name = EVIL; }
     export default defineProgram({
       name: "evil",
       description: EVIL,
       params: { type: "object", properties: { [EVIL]: { enum: [EVIL] }, how: { type: "string" } } },
       signals: { [EVIL]: { type: "string" } },
       async *run({ params, progress }) {
         progress(1, 2, EVIL);
         const reply = yield* instruct(EVIL, {
           reply: { type: "object", properties: { [EVIL]: { type: "string" }, ok: { const: EVIL } }, required: ["ok"] },
         });
         yield* sideEffect(EVIL, () => EVIL);
         yield* command("node", ["-e", "process.stdout.write(process.argv[1]); process.exit(3)", EVIL.replaceAll("\\0", "")]);
         if (params.how === "wait") yield* signal(EVIL);
         if (params.how === "abort") throw new Abort(EVIL);
         if (params.how === "fail") throw new EvilError(EVIL);
         return { [EVIL]: reply };
       },
     });`,
  );
  writeFileSync(join(sandbox.programsDir, "evil-syntax.ts"), `throw new Error(${LITERAL});`);
  writeFileSync(join(sandbox.programsDir, "\u001b[2Jevil\u202e.ts"), "export default 1;");
  ids = [];
});
afterAll(() => sandbox.remove());

async function call(...args: string[]): Promise<Ended> {
  const ended = await agentSequencer(sandbox, args);
  const shown = `${args.join(" ").slice(0, 100)}\n`;
  expect(JSON.stringify(OBEYED.exec(ended.stdout)?.[0]), `stdout of ${shown}`).toBeUndefined();
  expect(JSON.stringify(OBEYED.exec(ended.stderr)?.[0]), `stderr of ${shown}${ended.stderr}`).toBeUndefined();
  return ended;
}

async function run(how: string, replies = [{ ok: EVIL, [EVIL]: EVIL }] as unknown[]): Promise<Ended> {
  const prepared = ["--params", JSON.stringify({ how }), "--replies", JSON.stringify(replies)];
  const ended = await call("run", "evil", ...prepared);
  ids.push(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/.exec(ended.stderr)![0]);
  return ended;
}

describe("nothing that a terminal obeys is printed by", () => {
  it("run, whatever the program asks, answers, or ends with", async () => {
    const { code, stdout } = await run("complete");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({ [EVIL]: { ok: EVIL, [EVIL]: EVIL } });
    expect(await run("abort")).toMatchObject({ code: 1, stderr: expect.stringContaining("aborted") });
    expect(await run("fail")).toMatchObject({ code: 1, stderr: expect.stringContaining("failed") });
    const rejected = await run("complete", [{ [EVIL]: 1 }, { failure: { reason: EVIL } }]);
    expect(rejected).toMatchObject({ code: 1, stderr: expect.stringContaining("not accepted") });
  });

  it("run, of lines on stdin that are no replies", async () => {
    const ended = await agentSequencer(sandbox, ["run", "evil"], { input: `${EVIL}\nno: ${EVIL}\n` });
    expect(ended.stderr).toContain("not JSON");
    expect(JSON.stringify(OBEYED.exec(ended.stderr)?.[0])).toBeUndefined();
    ids.push(/\b[0-7][0-9A-HJKMNP-TV-Z]{25}\b/.exec(ended.stderr)![0]);
  });

  it("show, as a tree, as lines and as JSON", async () => {
    for (const id of ids) {
      await call("show", id);
      const { stdout } = await call("show", id, "--json");
      const events = stdout.trimEnd().split("\n");
      expect(events.map((line) => JSON.parse(line)).find(({ text }) => text !== undefined).text).toBe(EVIL);
    }
  });

  it("list, doctor, prune, programs and check, as text and as JSON", async () => {
    await call("check", "evil");
    for (const command of [["list", "--all"], ["doctor"], ["programs"]]) {
      await call(...command);
      const { stdout } = await call(...command, "--json");
      expect(() => JSON.parse(stdout)).not.toThrow();
    }
    const { stdout } = await call("programs", "--json");
    expect(JSON.parse(stdout).programs.find(({ name }: any) => name === "evil").description).toBe(EVIL);
    await call("prune", "--dry-run");
  });

  it("replay, and by any command that is refused", async () => {
    await call("replay", "evil", join(sandbox.stateDir, `${ids[0]}.jsonl`));
    const name = EVIL.replaceAll("\0", "");
    for (const command of ["run", "check", "show", "import"]) await call(command, name);
    await call("run", "evil-syntax");
  });
});

describe("the last guard before a terminal", () => {
  class Sink extends Writable {
    text = "";
    override _write(chunk: Buffer, _: string, done: () => void): void {
      this.text += String(chunk);
      done();
    }
  }

  it("lets our colours, line breaks and tabs through, and nothing else", () => {
    const sink = new Sink();
    print(sink, `\u001b[1m\u001b[31mred\u001b[39m\u001b[22m\ttab`, EVIL, "\u001b[38;5;1mx\u001b[999Dy");
    expect(sink.text).toContain("\u001b[1m\u001b[31mred\u001b[39m\u001b[22m\ttab\n");
    const ours = ["\u001b[1m", "\u001b[22m", "\u001b[31m", "\u001b[39m"];
    const rest = ours.reduce((text, colour) => text.replaceAll(colour, ""), sink.text);
    expect(OBEYED.exec(rest)).toBeNull();
  });

  it("writes JSON that means the same and holds nothing to obey", () => {
    const value = { [EVIL]: [EVIL, { deep: `line\nbreak ${EVIL}` }] };
    for (const indent of [undefined, 2]) {
      const text = jsonText(value, indent);
      expect(OBEYED.exec(text)).toBeNull();
      expect(JSON.parse(text)).toEqual(value);
    }
  });
});
