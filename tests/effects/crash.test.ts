import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type OtherServer, startOtherServer } from "./other-server.ts";
import { lives, outcomeOf, setUp } from "./setup.ts";
import {
  begin,
  createWired,
  eventsOf,
  eventually,
  newPlace,
  type Place,
  summaryOf,
  textOf,
  until,
  writeProgram,
} from "./wired.ts";

const { wire } = setUp();

const others: OtherServer[] = [];
afterEach(async () => {
  for (const other of others.splice(0)) await other.kill();
});

async function otherServer(place: Place): Promise<OtherServer> {
  const other = await startOtherServer(place);
  others.push(other);
  return other;
}

/** Announces itself, with two descendants, one of which has left the group and does not want to end. */
const ANNOUNCE = `
setsid sh -c 'echo $$ >> pids; trap "" TERM HUP; while :; do sleep 0.2; done' &
sh -c 'echo $$ >> pids; exec sleep 600' &
echo $$ >> pids
while [ "$(wc -l < pids)" -lt 3 ]; do sleep 0.01; done
touch begun`;

const pidsIn = ({ project }: Place) => textOf(join(project, "pids"))!.trim().split("\n").map(Number);

describe("a server that is killed", () => {
  it("leaves no process of its commands behind", async () => {
    const place = newPlace();
    writeProgram(place, "test", `yield* command("sh", ["-c", ${JSON.stringify(`${ANNOUNCE}\nwait`)}]);`);
    const owner = await otherServer(place);
    await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")) !== undefined);
    const pids = pidsIn(place);
    expect(pids.map(lives)).toEqual([true, true, true]);
    await owner.kill();
    await eventually(() => !pids.some(lives));
  });

  it("and took its guard along has its command's leftovers ended before the command runs again", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `const { stdout } = yield* command("sh", ["-c", ${JSON.stringify(
        `if [ -e begun ]; then for pid in $(cat pids); do cut -d " " -f 3 /proc/$pid/stat; done; echo again; exit; fi\n${ANNOUNCE}\nwait`,
      )}]);
      return stdout;`,
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")) !== undefined);
    const pids = pidsIn(place);
    const guard = guardOf(`${id}/1`);
    process.kill(guard, "SIGKILL");
    await owner.kill();
    expect(pids.map(lives)).toEqual([true, true, true]);

    expect(await summaryOf(wire(place), id)).toMatch(/^(Z\n)*again\n$/);
    expect(pids.map(lives)).toEqual([false, false, false]);
  });

  it("has its commands' leftovers ended before the program hears that one was interrupted", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      outcomeOf(`command("sh", ["-c", ${JSON.stringify(`${ANNOUNCE}\nwait`)}], { onInterrupted: "fail" })`),
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")) !== undefined);
    const pids = pidsIn(place);
    process.kill(guardOf(`${id}/1`), "SIGKILL");
    await owner.kill();
    expect(await summaryOf(wire(place), id)).toMatchObject({
      code: "interrupted",
      reason: expect.stringContaining("'sh' was interrupted before its result was recorded"),
    });
    expect(pids.map(lives)).toEqual([false, false, false]);
  });

  it.each([
    ["rerun", { value: 2 }, [1, 2]],
    ["fail", { code: "interrupted" }, [1]],
  ])("has its side effect taken over: %s", async (onInterrupted, expected, attempts) => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      outcomeOf(`sideEffect("slow", async ({ attempt }) => {
        writeFileSync(instance.projectDir + "/begun", "x");
        if (attempt === 1) await pause(600_000);
        return attempt;
      }, { onInterrupted: "${onInterrupted}" })`),
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")));
    const second = wire(place);
    expect((await second.shell.current({ instanceId: id })).state).toBe("waiting");
    await owner.kill();
    expect(await summaryOf(second, id)).toMatchObject(expected);
    const started = (await eventsOf(place, id)).filter((event) => event.type === "effect_started");
    expect(started.map(({ attempt }) => attempt)).toEqual(attempts);
  });

  it("has its lease removed by whoever takes over", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `yield* sideEffect("slow", async ({ attempt }) => { 
         writeFileSync(instance.projectDir + "/begun", "x");
         if (attempt === 1) await pause(600_000);
       });
       yield* instruct("Wait.");`,
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    const leases = () => readdirSync(join(place.state, "owners")).filter((name) => !name.startsWith("."));
    await eventually(() => textOf(join(place.project, "begun")));
    const [lease] = leases();
    await owner.kill();
    expect(leases()).toEqual([lease]);
    const second = wire(place);
    await until(second, id, ({ state }) => state === "awaiting_result");
    expect(leases()).not.toContain(lease);
    await second.dispose();
    expect(leases()).toEqual([]);
  });
});

describe("two servers on one instance", () => {
  it("wait for the one that is at an effect, and have its result", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `return yield* sideEffect("slow", async () => {
        appendFileSync(instance.projectDir + "/ran", "x");
        while (!existsSync(instance.projectDir + "/go")) await pause(10);
        return "done";
      });`,
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "ran")));
    const second = wire(place);
    for (let look = 0; look < 5; look++) await second.shell.current({ instanceId: id });
    writeFileSync(join(place.project, "go"), "");
    expect(await summaryOf(second, id)).toBe("done");
    expect(textOf(join(place.project, "ran"))).toBe("x");
  });

  it("reach each other's commands with a cancel", async () => {
    const place = newPlace();
    writeProgram(place, "test", `yield* command("sh", ["-c", ${JSON.stringify(`${ANNOUNCE}\nwait`)}]);`);
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")) !== undefined);
    const pids = pidsIn(place);
    const { state } = await wire(place).shell.cancel({ instanceId: id, reason: "enough" });
    expect(state).toBe("cancelled");
    await eventually(() => !pids.some(lives));
    expect(lives(owner.pid)).toBe(true);
  });

  it("end each other's commands before they start the next one, also when the other is stopped", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `try { yield* command("sh", ["-c", ${JSON.stringify(`${ANNOUNCE}\nwait`)}], { timeout: "2500ms" }); }
      catch {}
      const states = 'for pid in $(cat pids); do cut -d " " -f 3 /proc/$pid/stat; done';
      return (yield* command("sh", ["-c", states])).stdout;`,
    );
    const owner = await otherServer(place);
    const id: string = await owner.ask("begin", "test");
    await eventually(() => textOf(join(place.project, "begun")) !== undefined);
    owner.signal("SIGSTOP");
    expect(await summaryOf(wire(place), id)).toMatch(/^(Z\n)*$/);
    expect(pidsIn(place).map(lives)).toEqual([false, false, false]);
    owner.signal("SIGCONT");
  });

  it("give an effect up when the other was told that its owner is dead", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `return yield* sideEffect("slow", async ({ attempt, signal }) => {
        writeFileSync(instance.projectDir + "/begun", "x");
        while (attempt === 1 && !signal.aborted) await pause(10);
        appendFileSync(instance.projectDir + "/ended", attempt + " ");
        return attempt;
      });`,
    );
    const first = wire(place);
    const id = await begin(first, place, "test");
    await eventually(() => textOf(join(place.project, "begun")));
    const owners = join(place.state, "owners");
    for (const lease of readdirSync(owners)) rmSync(join(owners, lease));
    expect(await summaryOf(wire(place), id)).toBe(2);
    await eventually(() => textOf(join(place.project, "ended"))?.split(" ").length === 3);
    expect(first.effects.busy(id)).toBe(false);
    const finished = (await eventsOf(place, id)).filter(({ type }) => type === "effect_finished");
    expect(finished).toEqual([expect.objectContaining({ value: 2 })]);
  });

  it("reach each other's commands also where the program is stuck", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `yield* all([
        command("sh", ["-c", ${JSON.stringify(`${ANNOUNCE}\nwait`)}]),
        sideEffect("stuck", async () => {
          while (!existsSync(instance.projectDir + "/begun")) await pause(10);
          for (;;);
        }),
      ]);`,
    );
    const first = wire(place, { turnTimeoutMs: 1_000 });
    const id = await begin(first, place, "test");
    await until(first, id, ({ state }) => state === "stalled");
    const pids = pidsIn(place);
    expect(pids.map(lives)).toEqual([true, true, true]);
    await (await otherServer(place)).ask("cancel", id);
    await eventually(() => !pids.some(lives));
  });

  it("contend for an effect 50 times, and exactly one runs it each time", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `yield* instruct("Wait.");
      return yield* sideEffect("count", async () => {
        appendFileSync(instance.projectDir + "/" + instance.id, "x");
        await pause(1);
        return "counted";
      });`,
    );
    // An effect that nobody is at yet: its server died between the reply and the claim.
    const dying = createWired(place);
    Object.assign(dying.effects, { claim: async () => [] });
    const ids: string[] = [];
    for (let i = 0; i < 50; i++) {
      const { instance_id } = await dying.shell.start({ program: "test" });
      void dying.shell.next({ instanceId: instance_id, result: null }).catch(() => {});
      ids.push(instance_id);
    }
    await eventually(async () => (await eventsOf(place, ids.at(-1)!)).length >= 4);
    await dying.dispose();

    const [here, there] = [wire(place), await otherServer(place)];
    for (const id of ids) {
      await Promise.all([here.shell.current({ instanceId: id }), there.ask("current", id)]);
      expect(await summaryOf(here, id)).toBe("counted");
      expect(textOf(join(place.project, id))).toBe("x");
      const types = (await eventsOf(place, id)).map(({ type }) => type);
      expect(types.filter((type) => type === "effect_started")).toHaveLength(1);
    }
  });
});

function guardOf(marker: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const environment = textOf(`/proc/${pid}/environ`)?.split("\0");
    if (environment?.includes(`AGENT_SEQUENCER_GUARD=${marker}`)) return Number(pid);
  }
  throw new Error(`no guard for ${marker}`);
}
