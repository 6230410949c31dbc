import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { lives, outcomeOf, setUp } from "./setup.ts";
import {
  eventsOf,
  eventually,
  newPlace,
  type Place,
  summaryOf,
  textOf,
  until,
  writeProgram,
} from "./wired.ts";

const { wire, run, start } = setUp();

/** Starts two processes that outlive their parent, one in the group and one that leaves it, and waits. */
const FAMILY = `
sh -c 'echo $$ > child; exec sleep 600' &
setsid sh -c 'echo $$ > grandchild; trap "" TERM; while :; do sleep 1; done' &
while ! [ -s child ] || ! [ -s grandchild ]; do sleep 0.01; done
echo $$ > parent
wait
`;

async function familyOf({ project }: Place): Promise<number[]> {
  return Promise.all(
    ["parent", "child", "grandchild"].map(async (name) =>
      Number(await eventually(() => textOf(join(project, name))?.trim() || undefined)),
    ),
  );
}

describe("a command", () => {
  it("gives exit code and outputs, without a shell", async () => {
    const result = await run(
      `return yield* command("node", ["-e", "console.log(process.argv[1]); console.error('oops'); process.exit(3)", "$HOME *"]);`,
    );
    expect(result).toEqual({ exit_code: 3, signal: null, stdout: "$HOME *\n", stderr: "oops\n" });
  });

  it("says which signal ended it", async () => {
    const result = await run(`return yield* command("sh", ["-c", "kill -9 $$"]);`);
    expect(result).toMatchObject({ exit_code: null, signal: "SIGKILL" });
  });

  it("reads its input, or none", async () => {
    const result = await run(`
      const some = yield* command("cat", [], { input: "wörds\\n".repeat(50_000) });
      const none = yield* command("cat");
      const unread = yield* command("true", [], { input: "x".repeat(1_000_000) });
      return [some.stdout_file !== undefined, some.stdout.slice(0, 6), none.stdout, unread.exit_code];`);
    expect(result).toEqual([true, "wörds\n", "", 0]);
  });

  it("has nothing of the server's input and output", async () => {
    const result = await run(`
      return yield* command("sh", ["-c", "for fd in 0 1 2; do readlink /proc/$$/fd/$fd; done; ls /proc/$$/fd | wc -l"]);`);
    expect(result.stdout).toMatch(/^\/dev\/null\n(socket|pipe):\[\d+\]\n(socket|pipe):\[\d+\]\n/);
  });

  it("runs in the project folder, or below it, or where it is told", async () => {
    const place = newPlace();
    mkdirSync(join(place.project, "sub"));
    writeProgram(
      place,
      "test",
      `const folders = [];
      for (const cwd of [undefined, "sub", "/"]) folders.push((yield* command("pwd", [], { cwd })).stdout.trim());
      return folders;`,
    );
    const wired = wire(place);
    const { instance_id } = await wired.shell.start({ program: "test" });
    expect(await summaryOf(wired, instance_id)).toEqual([place.project, join(place.project, "sub"), "/"]);
  });

  it("gets what its env adds, and no log holds the values", async () => {
    const { place, wired, id } = await start(
      `const shown = yield* command("sh", ["-c", "echo $TOKEN | wc -c; echo $PATH"], { env: { TOKEN: "s3cret-value" } });
       const missing = ${"`"}no-such-command${"`"};
       try { yield* command(missing, [], { env: { TOKEN: "s3cret-value" } }); } catch (error) { return [shown.stdout, error.message]; }`,
    );
    const [shown, message] = await summaryOf(wired, id);
    expect(shown).toBe(`13\n${process.env["PATH"]}\n`);
    expect(message).toContain("no-such-command");
    const log = readFileSync(join(place.state, `${id}.jsonl`), "utf8");
    expect(log).toContain('"env":["TOKEN"]');
    expect(log).not.toContain("s3cret");
  });

  it("knows which step it belongs to", async () => {
    const { wired, id } = await start(
      `return (yield* command("sh", ["-c", "echo $AGENT_SEQUENCER_EFFECT$AGENT_SEQUENCER_GUARD"])).stdout;`,
    );
    expect(await summaryOf(wired, id)).toBe(`${id}/1\n`);
  });

  it("inside of another one knows both", async () => {
    vi.stubEnv("AGENT_SEQUENCER_EFFECT", "01ARZ3NDEKTSV4RRFFQ69G5FAV/9");
    const { wired, id } = await start(
      `return (yield* command("sh", ["-c", "echo $AGENT_SEQUENCER_EFFECT"])).stdout;`,
    );
    expect(await summaryOf(wired, id)).toBe(`01ARZ3NDEKTSV4RRFFQ69G5FAV/9,${id}/1\n`);
  });

  it.each([
    ["was not found", `"no-such-command"`, "CommandNotFound: 'no-such-command' was not found on the PATH"],
    ["is no file", `"./none.sh"`, "CommandNotFound: there is no file "],
    ["may not be executed", `"./plain.txt"`, "CommandNotExecutable: './plain.txt' may not be executed"],
    ["has no interpreter", `"./script"`, "CommandNotFound: the interpreter that the first line of "],
    ["has no folder to run in", `"true", [], { cwd: "gone" }`, "WorkingFolderUnusable: the working folder "],
    ["has a file to run in", `"true", [], { cwd: "plain.txt" }`, "is not a folder"],
    ["has too many arguments", `"true", ["x".repeat(3_000_000)]`, "CommandTooLong"],
  ])("that %s fails and says what to do", async (_, call, message) => {
    const place = newPlace();
    writeFileSync(join(place.project, "plain.txt"), "");
    writeFileSync(join(place.project, "script"), "#!/no/such/interpreter\n");
    chmodSync(join(place.project, "script"), 0o755);
    writeProgram(place, "test", outcomeOf(`command(${call})`));
    const wired = wire(place);
    const { instance_id } = await wired.shell.start({ program: "test" });
    const summary = await summaryOf(wired, instance_id);
    expect(summary).toMatchObject({ code: "effect", reason: expect.stringContaining(message) });
  });

  it("writes more than the log takes into files beside it", async () => {
    const { place, wired, id } = await start(
      `return yield* command("node", ["-e", "process.stdout.write('x' + 'é'.repeat(150_000)); process.stderr.write('e')"]);`,
    );
    const result = await summaryOf(wired, id);
    const file = join(place.state, `${id}.1.stdout`);
    expect(result).toEqual({
      exit_code: 0,
      signal: null,
      stdout: `x${"é".repeat(49_999)}`,
      stderr: "e",
      stdout_file: file,
    });
    expect(readFileSync(file, "utf8")).toBe(`x${"é".repeat(150_000)}`);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    await wired.shell.close({ instanceId: id, deleteLog: true });
    expect(existsSync(file)).toBe(false);
  });

  it("runs beside others of its instance", async () => {
    const result = await run(`
      const outputs = yield* all([1, 2, 3, 4, 5, 6].map((i) => command("sh", ["-c", "sleep 0." + i + "; echo " + i])));
      return outputs.map(({ stdout }) => stdout.trim());`);
    expect(result).toEqual(["1", "2", "3", "4", "5", "6"]);
  });

  it("ends what it left in its group, and leaves a daemon alone", async () => {
    const { place, wired, id } = await start(`
      const { exit_code } = yield* command("sh", ["-c", ${JSON.stringify(FAMILY.replace("wait", "exit 0"))}]);
      return exit_code;`);
    expect(await summaryOf(wired, id)).toBe(0);
    const [, child, daemon] = await familyOf(place);
    try {
      expect([lives(child!), lives(daemon!)]).toEqual([false, true]);
    } finally {
      process.kill(daemon!, "SIGKILL");
    }
  });
});

describe("the whole process tree of a command", () => {
  it("is gone when its timeout has passed, before the program goes on", async () => {
    const { place, wired, id } = await start(`
      try { yield* command("sh", ["-c", ${JSON.stringify(FAMILY)}], { timeout: "1500ms" }); }
      catch (error) {
        const states = 'for name in parent child grandchild; do cut -d " " -f 3 /proc/$(cat $name)/stat; done';
        return [error.code, (yield* command("sh", ["-c", states])).stdout];
      }`);
    const family = await familyOf(place);
    const [code, states] = await summaryOf(wired, id);
    // Of those that ended, some may not have been collected yet.
    expect(states).toMatch(/^(Z\n)*$/);
    expect([code, ...family.map(lives)]).toEqual(["timeout", false, false, false]);
  });

  it("is gone when the cancelling of the run is answered", async () => {
    const { place, wired, id } = await start(`yield* command("sh", ["-c", ${JSON.stringify(FAMILY)}]);`);
    const family = await familyOf(place);
    expect(family.map(lives)).toEqual([true, true, true]);
    const { state } = await wired.shell.cancel({ instanceId: id, reason: "enough" });
    expect([state, ...family.map(lives)]).toEqual(["cancelled", false, false, false]);
  });

  it("is gone when it lost a race", async () => {
    const { place, wired, id } = await start(`
      yield* race([
        command("sh", ["-c", ${JSON.stringify(FAMILY)}]),
        sideEffect("wait", async () => { while (!existsSync(instance.projectDir + "/parent")) await pause(10); }),
      ]);
      yield* instruct("Go on.");`);
    const family = await familyOf(place);
    await until(wired, id, ({ state }) => state === "awaiting_result");
    expect(family.map(lives)).toEqual([false, false, false]);
  });

  it("is gone when the sequencer is disposed of", async () => {
    const { place, wired, id } = await start(`yield* command("sh", ["-c", ${JSON.stringify(FAMILY)}]);`);
    const family = await familyOf(place);
    await wired.dispose();
    expect(family.map(lives)).toEqual([false, false, false]);
    const types = (await eventsOf(place, id)).map(({ type }) => type);
    expect(types).toEqual(["started", "step_issued", "effect_started"]);
  });

  it("is gone when its log is deleted", async () => {
    const { place, wired, id } = await start(`yield* command("sh", ["-c", ${JSON.stringify(FAMILY)}]);`);
    const family = await familyOf(place);
    await wired.shell.close({ instanceId: id, deleteLog: true });
    await eventually(() => !family.some(lives));
    await eventually(() => !wired.effects.busy(id));
  });
});
