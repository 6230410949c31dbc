import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { ProgramHost } from "../../src/host/program-host.ts";
import { outcomeOf, setUp } from "./setup.ts";
import { begin, eventsOf, eventually, newPlace, summaryOf, textOf, until, writeProgram } from "./wired.ts";

const { wire, run, start } = setUp();

describe("a side effect", () => {
  it("gives its result to the program, with all of Node at hand", async () => {
    const summary = await run(`
      return yield* sideEffect("write", async ({ signal, attempt }) => {
        writeFileSync(instance.projectDir + "/x", "hello");
        await pause(5);
        return { text: readFileSync(instance.projectDir + "/x", "utf8"), attempt, aborted: signal.aborted };
      });`);
    expect(summary).toEqual({ text: "hello", attempt: 1, aborted: false });
  });

  it("that returns nothing gives null", async () => {
    expect(await run(`return [yield* sideEffect("nothing", () => {})];`)).toEqual([null]);
  });

  it("that throws arrives as StepFailed with name, message and causes", async () => {
    const summary = await run(
      outcomeOf(`sideEffect("fetch", async () => {
        throw new RangeError("no answer", { cause: new Error("refused") });
      })`),
    );
    expect(summary).toEqual({
      name: "StepFailed",
      code: "effect",
      reason: "RangeError: no answer; cause: Error: refused",
    });
  });

  it("leaves the author's place in the log when it throws", async () => {
    const { place, wired, id } = await start(
      outcomeOf(`sideEffect("x", () => { throw new Error("here"); })`),
    );
    await summaryOf(wired, id);
    const finished = (await eventsOf(place, id)).find(({ type }) => type === "effect_finished");
    expect(finished).toMatchObject({
      error: { type: "Error", stack: expect.stringMatching(/test\.ts:\d+/) },
    });
  });

  it.each([
    ["a function", "() => () => 1", "ResultNotJson: the result of 'it' is not JSON: $ is a function"],
    [
      "a date inside",
      "() => ({ at: new Date() })",
      "ResultNotJson: the result of 'it' is not JSON: $.at is a Date",
    ],
    ["too large", "() => 'x'.repeat(1_000_000)", "ResultTooLarge: the result of 'it' is 1000002 bytes"],
  ])("whose result is %s fails and says so", async (_, fn, message) => {
    const summary = await run(outcomeOf(`sideEffect("it", ${fn})`));
    expect(summary).toMatchObject({ code: "effect", reason: expect.stringContaining(message) });
  });

  it("is tried again as often as its policy says", async () => {
    const summary = await run(`
      const tries = [];
      const flaky = sideEffect("flaky", ({ attempt }) => {
        tries.push(attempt);
        if (attempt < 3) throw new Error("not yet");
        return tries;
      }, { retry: { attempts: 3, backoff: 1 } });
      return yield* flaky;`);
    expect(summary).toEqual([1, 2, 3]);
  });

  it("fails with its last error when no try is left", async () => {
    const summary = await run(
      outcomeOf(`sideEffect("flaky", ({ attempt }) => { throw new Error("try " + attempt); },
        { retry: { attempts: 2, backoff: 1 } })`),
    );
    expect(summary).toMatchObject({ code: "effect", reason: "Error: try 2" });
  });

  it("is not tried again once it is cancelled", async () => {
    const { place, wired, id } = await start(`yield* sideEffect("flaky", () => {
        appendFileSync(instance.projectDir + "/tries", "x");
        throw new Error("always");
      }, { retry: { attempts: 2, backoff: 300 } });`);
    const tries = join(place.project, "tries");
    await eventually(() => textOf(tries));
    const { state } = await wired.shell.cancel({ instanceId: id, reason: "enough" });
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect([state, textOf(tries)]).toEqual(["cancelled", "x"]);
  });

  it("hears of its cancelling by its signal", async () => {
    const { place, wired, id } = await start(`yield* sideEffect("long", async ({ signal }) => {
        writeFileSync(instance.projectDir + "/begun", "x");
        await pause(60_000, undefined, { signal }).catch(() => {});
        writeFileSync(instance.projectDir + "/aborted", String(signal.aborted));
      });`);
    await eventually(() => textOf(join(place.project, "begun")));
    await wired.shell.cancel({ instanceId: id, reason: "enough" });
    expect(await eventually(() => textOf(join(place.project, "aborted")))).toBe("true");
    expect(wired.effects.busy(id)).toBe(false);
    const types = (await eventsOf(place, id)).map(({ type }) => type);
    expect(types).not.toContain("effect_finished");
  });

  it("that takes longer than its timeout fails, and its signal is aborted", async () => {
    const { place, wired, id } = await start(
      outcomeOf(`sideEffect("long", async ({ signal }) => {
        await pause(60_000, undefined, { signal }).catch(() => {});
        writeFileSync(instance.projectDir + "/aborted", String(signal.aborted));
      }, { timeout: 100 })`),
    );
    expect(await summaryOf(wired, id)).toMatchObject({ code: "timeout" });
    expect(await eventually(() => textOf(join(place.project, "aborted")))).toBe("true");
  });

  it("runs beside others, each once", async () => {
    const { place, wired, id } =
      await start(`return yield* all(Array.from({ length: 40 }, (_, i) => sideEffect("n" + i, async () => {
        await pause((i * 7) % 20);
        appendFileSync(instance.projectDir + "/ran", i + " ");
        return i;
      })), { concurrency: 8 });`);
    const numbers = Array.from({ length: 40 }, (_, i) => i);
    expect(await summaryOf(wired, id)).toEqual(numbers);
    const ran = textOf(join(place.project, "ran"))!.trim().split(" ").map(Number);
    expect(ran.sort((a, b) => a - b)).toEqual(numbers);
  });

  it("whose result is recorded never runs again", async () => {
    const place = newPlace();
    writeProgram(
      place,
      "test",
      `const value = yield* sideEffect("once", () => {
        appendFileSync(instance.projectDir + "/ran", "x");
        return Date.now();
      });
      yield* instruct("Wait.");
      return value;`,
    );
    const first = wire(place);
    const { instance_id } = await first.shell.start({ program: "test" });
    await until(first, instance_id, ({ state }) => state === "awaiting_result");
    await first.dispose();
    const second = wire(place);
    await second.shell.next({ instanceId: instance_id, result: null });
    await summaryOf(second, instance_id);
    expect(textOf(join(place.project, "ran"))).toBe("x");
  });

  it("keeps its result until it can be recorded", async () => {
    const { place, wired, id } = await start(`return yield* sideEffect("once", async ({ signal }) => {
        appendFileSync(instance.projectDir + "/ran", "x");
        while (!existsSync(instance.projectDir + "/go")) await pause(10, undefined, { signal });
        return "kept";
      });`);
    const inner = wired.shell as unknown as { turn: (...args: unknown[]) => Promise<unknown> };
    const { turn } = inner;
    let refused = 0;
    inner.turn = async () => {
      refused++;
      throw new Error("the disk is full");
    };
    writeFileSync(join(place.project, "go"), "");
    await eventually(() => refused > 1);
    inner.turn = turn;
    expect(await summaryOf(wired, id)).toBe("kept");
    expect(textOf(join(place.project, "ran"))).toBe("x");
  });
});

describe("an effect that holds the thread", () => {
  const FOREVER = `yield* sideEffect("stuck", async () => {
    if (existsSync(instance.projectDir + "/free")) return;
    PLACE
    writeFileSync(instance.projectDir + "/begun", "x");
    for (;;);
  });
  return "free";`;

  it.each([
    ["at once", ""],
    ["after it has waited for something", "await pause(1);"],
  ])("%s stalls its own instance, not the one that called", async (_, wait) => {
    const place = newPlace();
    writeProgram(place, "stuck", FOREVER.replace("PLACE", wait));
    writeProgram(place, "innocent", `yield* instruct("Wait."); return "fine";`);
    const wired = wire(place, { turnTimeoutMs: 1_000 });
    const innocent = await wired.shell.start({ program: "innocent" });
    const stuck = await begin(wired, place, "stuck");
    await eventually(() => textOf(join(place.project, "begun")));
    await wired.shell.next({ instanceId: innocent.instance_id, result: null });
    expect(await summaryOf(wired, innocent.instance_id)).toBe("fine");
    const stalled = await until(wired, stuck, ({ state }) => state === "stalled");
    expect(stalled.last_yield).toMatchObject({
      type: "ProgramStalled",
      message: expect.stringContaining("side effect"),
    });

    writeFileSync(join(place.project, "free"), "");
    await wired.shell.resume({ instanceId: stuck });
    expect(await summaryOf(wired, stuck)).toBe("free");
  });

  it("at once interrupts the effects of others, which are run again", async () => {
    const place = newPlace();
    writeProgram(place, "stuck", FOREVER.replace("PLACE", ""));
    writeProgram(
      place,
      "innocent",
      `return yield* sideEffect("wait", async ({ signal, attempt }) => {
        writeFileSync(instance.projectDir + "/attempt" + attempt, "x");
        while (attempt === 1) await pause(10, undefined, { signal });
        return attempt;
      });`,
    );
    const wired = wire(place, { turnTimeoutMs: 1_000 });
    const innocent = await begin(wired, place, "innocent");
    await eventually(() => textOf(join(place.project, "attempt1")));
    const stuck = await begin(wired, place, "stuck");
    await eventually(() => textOf(join(place.project, "begun")));
    expect(await summaryOf(wired, innocent)).toBe(2);
    await until(wired, stuck, ({ state }) => state === "stalled");
  });

  it("and timed out meanwhile lets its program go on", async () => {
    const place = newPlace();
    writeProgram(place, "test", outcomeOf(`sideEffect("stuck", () => { for (;;); }, { timeout: 100 })`));
    const wired = wire(place, { turnTimeoutMs: 1_000 });
    const { instance_id } = await wired.shell.start({ program: "test" });
    expect(await summaryOf(wired, instance_id)).toMatchObject({ code: "timeout" });
  });
});

describe("an effect that ends the program host", () => {
  it.each([
    ["rerun", { value: 2 }],
    ["fail", { code: "interrupted" }],
  ])("is treated as interrupted: %s", async (onInterrupted, expected) => {
    const summary = await run(
      outcomeOf(`sideEffect("exit", async ({ attempt }) => {
        if (attempt === 1) (await import("node:process")).exit(3);
        await pause(1);
        return attempt;
      }, { onInterrupted: "${onInterrupted}" })`),
    );
    expect(summary).toMatchObject(expected);
  });

  it("each time is given up", async () => {
    const summary = await run(
      outcomeOf(`sideEffect("exit", async () => (await import("node:process")).exit(3))`),
    );
    expect(summary).toMatchObject({ code: "interrupted", reason: expect.stringContaining("20 times") });
  });
});

describe("a program host that does not start", () => {
  it("is said so, instead of being tried for ever", async () => {
    const entry = join(newPlace().project, "host.js");
    writeFileSync(entry, "throw new Error('no such thing');");
    const host = new ProgramHost({ entry: pathToFileURL(entry) });
    await expect(host.call("ping", {})).rejects.toMatchObject({
      code: "InternalError",
      message: expect.stringContaining("no such thing"),
    });
  });
});
