import { expect, test } from "vitest";
import { inHost } from "./determinism-host.ts";
import type { HostApi } from "./determinism-worker.ts";

type Where = "turn" | "effect" | "no turn" | "import of a package";

test("a refusal names the call, the author's line and what to do instead", async () => {
  const errors = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const fs = createBuiltins()("node:fs") as typeof import("node:fs");
    return inTurn(() => [
      failureOf(() => fs.readFileSync("/etc/hostname")),
      failureOf(() => setTimeout(() => {}, 1)),
      failureOf(() => process.cwd()),
      failureOf(() => process.env["HOME"]),
    ]);
  });
  expect(errors).toEqual([
    {
      name: "NondeterministicCall",
      message: expect.stringMatching(/^fs\.readFileSync was called at program\.ts:4: .*replayed\.$/),
      fix: "Move the call into a sideEffect, whose result is recorded.",
    },
    {
      name: "NondeterministicCall",
      message: expect.stringMatching(/^setTimeout was called at program\.ts:5:/),
      fix: expect.stringContaining('yield* sleep("90s")'),
    },
    {
      name: "NondeterministicCall",
      message: expect.stringMatching(/^process\.cwd was called at program\.ts:6:/),
      fix: expect.stringContaining("instance.projectDir"),
    },
    {
      name: "NondeterministicCall",
      message: expect.stringMatching(/^process\.env\.HOME was read at program\.ts:7:/),
      fix: expect.stringContaining("params"),
    },
  ]);
});

test("the author's line is found below many lines of a package", async () => {
  const error = await inHost(({ inTurn, failureOf }) => {
    const deep = new Function("n", "again", "return n === 0 ? setTimeout(() => {}) : again(n - 1, again)");
    return inTurn(() => failureOf(() => deep(40, deep)));
  });
  expect(error?.message).toMatch(/^setTimeout was called at program\.ts:3:/);
});

/** What is refused there: the name in the message, or "" where it worked. */
function tryGlobals({ failureOf, inTurn, effectScope, importingPackage }: HostApi, where: Where): string[] {
  const calls: (() => unknown)[] = [
    () => clearTimeout(setTimeout(() => {}, 1)),
    () => clearInterval(setInterval(() => {}, 1)),
    () => clearImmediate(setImmediate(() => {})),
    () => fetch("data:,").catch(() => {}),
    () => new BroadcastChannel("x").close(),
    () => new MessageChannel().port1.close(),
    () => AbortSignal.timeout(1),
    () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1),
    () => crypto.subtle.digest("SHA-256", new Uint8Array(1)),
    () => performance.measure("x"),
    () => performance.getEntries(),
    () => process.hrtime(),
    () => process.hrtime.bigint(),
    () => process.uptime(),
    () => process.memoryUsage(),
    () => process.memoryUsage.rss(),
    () => process.once("exit", () => {}),
    () => process.cwd(),
    () => process.pid,
    () => process.argv,
    () => process.execPath,
    () => process.stdin,
    () => process.env["HOME"],
    () => "HOME" in process.env,
    () => Object.keys(process.env),
    () => ({ ...process.env }),
    () => {
      process.env["AGENT_SEQUENCER_X"] = "1";
    },
    () => delete process.env["AGENT_SEQUENCER_X"],
  ];
  const tryAll = () =>
    calls.map((call) => {
      const failure = failureOf(call);
      return failure === undefined ? "" : failure.message.replace(/ was .*/, "");
    });
  if (where === "turn") return inTurn(tryAll);
  if (where === "effect") return inTurn(() => effectScope.run({ label: "x" }, tryAll));
  if (where === "import of a package") return inTurn(() => importingPackage(tryAll));
  return tryAll();
}

const REFUSED_GLOBALS = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "fetch",
  "BroadcastChannel",
  "MessageChannel",
  "AbortSignal.timeout",
  "Atomics.wait",
  "crypto.subtle.digest",
  "performance.measure",
  "performance.getEntries",
  "process.hrtime",
  "process.hrtime.bigint",
  "process.uptime",
  "process.memoryUsage",
  "process.memoryUsage.rss",
  "process.once",
  "process.cwd",
  "process.pid",
  "process.argv",
  "process.execPath",
  "process.stdin",
  "process.env.HOME",
  "process.env.HOME",
  "process.env",
  "process.env",
  "process.env.AGENT_SEQUENCER_X",
  "process.env.AGENT_SEQUENCER_X",
];

test("globals that wait, or differ from process to process, are refused in a turn", async () => {
  expect(await inHost(tryGlobals, "turn")).toEqual(REFUSED_GLOBALS);
});

test.each<Where>(["effect", "no turn", "import of a package"])("they all work in: %s", async (where) => {
  expect(await inHost(tryGlobals, where)).toEqual(REFUSED_GLOBALS.map(() => ""));
});

test("WebSocket is refused in a turn, where Node has it, and is the real one outside", async () => {
  const seen = await inHost(({ inTurn, failureOf, require }) => {
    const { WebSocket: real } = require("node:http");
    if (real === undefined) return [typeof globalThis.WebSocket === "undefined"];
    const connect = () => new WebSocket("ws://127.0.0.1:9/").close();
    const refused = inTurn(() => failureOf(connect))?.message.startsWith(
      "WebSocket was called at program.ts",
    );
    return [
      refused,
      failureOf(connect) === undefined,
      WebSocket.OPEN === real.OPEN,
      real.prototype === WebSocket.prototype,
    ];
  });
  expect(new Set(seen)).toEqual(new Set([true]));
});

test("process.exit is refused, and the worker lives on", async () => {
  const error = await inHost(({ inTurn, failureOf }) => inTurn(() => failureOf(() => process.exit(3))));
  expect(error?.message).toMatch(/^process\.exit was called/);
  expect(error?.fix).toContain("new Abort");
});

test("what does not differ works: platform and versions, console, microtasks, WeakRef, WebAssembly", async () => {
  const seen = await inHost(async ({ inTurn }) => {
    const order: string[] = [];
    const sync = inTurn(() => {
      queueMicrotask(() => order.push("microtask"));
      process.nextTick((a: string) => order.push(a), "tick");
      void Promise.race([1, 2]).then(() => order.push("race"));
      // biome-ignore lint/suspicious/noConsole: what programs may do.
      console.debug();
      process.stderr.write("");
      clearTimeout(undefined);
      const wasm = (globalThis as any).WebAssembly;
      return {
        platform: process.platform === "win32" || typeof process.versions.node === "string",
        nodeEnv: [process.env["NODE_ENV"], "NODE_ENV" in process.env],
        wasm: new wasm.Module(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0)) instanceof wasm.Module,
        process: [typeof process.on, "pid" in process, String(process)],
        crypto: crypto instanceof (globalThis as any).Crypto,
        web: [
          new Headers({ a: "b" }).get("a"),
          new Response("x", { status: 201 }).status,
          new Request("http://localhost/").url,
          new URL("/a", "http://localhost").pathname,
          new Blob(["abc"]).size,
          new AbortController().signal.aborted,
          structuredClone({ a: 1 }).a,
          new TextDecoder().decode(new TextEncoder().encode("x")),
          new ReadableStream().locked,
        ],
      };
    });
    for (let i = 0; i < 10; i++) await undefined;
    return { ...sync, order };
  });
  expect(seen).toEqual({
    platform: true,
    nodeEnv: [undefined, false],
    wasm: true,
    process: ["function", true, "[object process]"],
    crypto: true,
    web: ["b", 201, "http://localhost/", "/a", 3, false, 1, "x", false],
    order: ["microtask", "tick", "race"],
  });
});

test("collection of garbage cannot be seen in a turn", async () => {
  const seen = await inHost(async ({ inTurn, pause, require }) => {
    const { setFlagsFromString } = require("node:v8") as typeof import("node:v8");
    const { runInNewContext } = require("node:vm") as typeof import("node:vm");
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    let reported = 0;
    const registry = new FinalizationRegistry(() => reported++);
    const make = () => {
      const target = { large: new Array(1_000).fill(0) };
      registry.register(target, "x");
      return new WeakRef(target);
    };
    const inside = inTurn(make);
    const outside = make();
    for (let i = 0; i < 5; i++) {
      await pause();
      collect();
    }
    return {
      inside: inside.deref() !== undefined,
      outside: outside.deref() !== undefined,
      reported,
      kind: [inside instanceof WeakRef, outside instanceof WeakRef],
    };
  });
  expect(seen).toEqual({ inside: true, outside: false, reported: 1, kind: [true, true] });
});

test("code that nobody awaits is refused when its turn is over, and works until then", async () => {
  const seen = await inHost(async ({ turns, failureOf }) => {
    const { enter, leave } = turns();
    const look = () => [
      failureOf(() => Date.now()),
      failureOf(() => new Date()),
      failureOf(() => Math.random()),
      failureOf(() => crypto.randomUUID()),
      failureOf(() => performance.now()),
      failureOf(() => fetch("data:,")),
      failureOf(() => new Date(0)),
    ];
    enter("", 1_000);
    const late = (async () => {
      const early = Date.now();
      for (let i = 0; i < 10; i++) await undefined;
      return { early, failures: look() };
    })();
    await undefined;
    leave();
    const { early, failures } = await late;
    return { early, messages: failures.map((failure) => failure?.message ?? ""), fix: failures[0]?.fix };
  });
  expect(seen.early).toBe(1_000);
  const calls = ["Date", "Date", "Math.random", "crypto.randomUUID", "performance.now", "fetch"];
  for (const [i, call] of calls.entries()) {
    expect(seen.messages[i]).toMatch(
      new RegExp(`^${call} was called at program\\.ts:\\d+ by code that nobody awaited`),
    );
  }
  expect(seen.messages[6]).toBe("");
  expect(seen.fix).toContain("`await`");
});

test("code of the program that the host calls between turns sees the real world", async () => {
  const seen = await inHost(async ({ turns, calledByHost, realNow }) => {
    const { enter, leave } = turns();
    enter("", 1_000);
    leave();
    const now = realNow();
    const schemaDefault = () => [Date.now(), crypto.randomUUID().length];
    return [now, ...(await calledByHost(schemaDefault))];
  });
  expect(seen[1]! - seen[0]!).toBeLessThan(10_000);
  expect(seen[1]).toBeGreaterThanOrEqual(seen[0]!);
  expect(seen[2]).toBe(36);
});

test("when the event loop has gone on, nothing is refused any more", async () => {
  const failure = await inHost(async ({ turns, failureOf, pause }) => {
    const { enter, leave } = turns();
    enter("", 1_000);
    leave();
    await pause();
    return failureOf(() => Date.now());
  });
  expect(failure).toBeUndefined();
});

test("an effect and all that it starts have the real world, while turns come and go", async () => {
  const seen = await inHost(async ({ turns, effectScope, failureOf, realNow }) => {
    const { enter, leave } = turns();
    const inEffect: boolean[] = [];
    const look = () =>
      inEffect.push(Math.abs(Date.now() - realNow()) < 10_000, !failureOf(() => process.pid));
    const effect = effectScope.run({ label: "x" }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      look();
      await new Promise<void>((resolve) => setTimeout(() => resolve(void look()), 1));
    });
    enter("", 1_000);
    const inTurn = [Date.now(), failureOf(() => setTimeout(() => {}))?.name];
    await effect;
    leave();
    return { inEffect, inTurn };
  });
  expect(seen).toEqual({ inEffect: [true, true, true, true], inTurn: [1_000, "NondeterministicCall"] });
});

test("entering a turn leaves the effect that it was entered from", async () => {
  const seen = await inHost(({ turns, effectScope, failureOf }) =>
    effectScope.run({ label: "x" }, () => {
      const { enter, leave } = turns();
      enter("", 1_000);
      const inside = [Date.now(), failureOf(() => process.pid)?.name];
      leave();
      return inside;
    }),
  );
  expect(seen).toEqual([1_000, "NondeterministicCall"]);
});

test("the main thread's globals are not to be changed", async () => {
  const { installDeterminism } = await import("../../src/host/determinism.ts");
  const before = [Date, setTimeout, process, Math.random];
  expect(() => installDeterminism()).toThrow("main thread");
  expect([Date, setTimeout, process, Math.random]).toEqual(before);
});

test("installing twice changes nothing", async () => {
  const same = await inHost(({ installDeterminism }) => {
    const before = [Date, setTimeout, process, crypto];
    installDeterminism();
    return [Date, setTimeout, process, crypto].every((each, i) => each === before[i]);
  });
  expect(same).toBe(true);
});
