import { builtinModules } from "node:module";
import { expect, test } from "vitest";
import { inHost } from "./determinism-host.ts";

test("modules that reach outside can be imported, and their functions are refused when called", async () => {
  const refused = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const call = (module: string, member: string) => () => {
      const required = createBuiltins()(`node:${module}`) as any;
      return member.split(".").reduce((value, key) => value[key], required)();
    };
    const calls = [
      ["fs", "readFileSync"],
      ["fs", "promises.readFile"],
      ["fs", "realpathSync.native"],
      ["fs/promises", "readFile"],
      ["child_process", "execSync"],
      ["net", "connect"],
      ["http", "request"],
      ["https", "get"],
      ["http2", "connect"],
      ["dns", "lookup"],
      ["dns", "promises.lookup"],
      ["dgram", "createSocket"],
      ["tls", "connect"],
      ["os", "hostname"],
      ["os", "cpus"],
      ["cluster", "fork"],
      ["timers", "setTimeout"],
      ["timers", "promises.setTimeout"],
      ["timers/promises", "setTimeout"],
      ["timers/promises", "scheduler.wait"],
      ["inspector", "open"],
      ["readline", "createInterface"],
      ["repl", "start"],
      ["v8", "getHeapStatistics"],
      ["vm", "runInNewContext"],
      ["perf_hooks", "monitorEventLoopDelay"],
      ["process", "cwd"],
      ["zlib", "gzip"],
      ["test", "describe"],
      ["module", "findPackageJSON"],
    ].filter(([module, member]) => module !== "module" || member! in (createBuiltins()("module") as object));
    return inTurn(() =>
      calls.map(([module, member]) => [`${module}.${member}`, failureOf(call(module!, member!))]),
    );
  });
  for (const [called, failure] of refused as [string, { name: string; message: string }][]) {
    expect(failure, called).toMatchObject({ name: "NondeterministicCall" });
    expect(failure.message).toMatch(/ was called at program\.ts:\d+:/);
    expect(failure.message.split(" ")[0]).toBe(called);
  }
});

test("inside an effect, and in no turn, they are the real ones", async () => {
  const seen = await inHost(async ({ inTurn, effectScope, createBuiltins }) => {
    const requireBuiltin = createBuiltins();
    const fs = requireBuiltin("fs") as typeof import("node:fs");
    const timers = requireBuiltin("timers/promises") as typeof import("node:timers/promises");
    const { promisify } = requireBuiltin("util") as typeof import("node:util");
    const { promises, readFileSync } = fs;
    const outside = fs.readdirSync("/").length > 0;
    const inside = await inTurn(() =>
      effectScope.run({ label: "x" }, async () => {
        const read = [readFileSync("/proc/self/stat").length > 0, (await promises.stat("/")).isDirectory()];
        await timers.setTimeout(1);
        await promisify(setTimeout)(1);
        return [...read, fs.existsSync("/"), fs.realpathSync.native("/") === "/", process.cwd() !== ""];
      }),
    );
    return [outside, ...inside];
  });
  expect(seen).toEqual([true, true, true, true, true, true]);
});

test("constants, classes, extends and instanceof work in a turn", async () => {
  const seen = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    return inTurn(() => {
      const requireBuiltin = createBuiltins();
      const fs = requireBuiltin("node:fs") as typeof import("node:fs");
      const http = requireBuiltin("http") as typeof import("node:http");
      const os = requireBuiltin("os") as typeof import("node:os");
      const net = requireBuiltin("net") as typeof import("node:net");
      const threads = requireBuiltin("worker_threads") as typeof import("node:worker_threads");
      class Patient extends http.Agent {
        readonly patience = 1;
      }
      class Upload extends fs.WriteStream {}
      return {
        constants: [fs.constants.O_RDONLY, http.METHODS.includes("GET"), os.EOL.length > 0, "readFile" in fs],
        keys: Object.keys(fs).includes("readFileSync"),
        spread: typeof { ...fs }.readFileSync,
        agent: new http.Agent({ keepAlive: true }) instanceof http.Agent,
        patient: [new Patient() instanceof http.Agent, new Patient().patience],
        upload: Upload.prototype instanceof fs.WriteStream,
        instance: {} instanceof fs.Stats,
        net: net.isIP("::1"),
        refused: [
          failureOf(() => new net.Socket())?.message.split(" ")[0],
          failureOf(() => new (Upload as any)("/tmp/x"))?.message.split(" ")[0],
          failureOf(() => new threads.Worker(""))?.message.split(" ")[0],
          failureOf(() => ({ ...fs }).readFileSync("/"))?.message.split(" ")[0],
        ],
        threads: [threads.isMainThread, threads.parentPort],
      };
    });
  });
  expect(seen).toEqual({
    constants: [0, true, true, true],
    keys: true,
    spread: "function",
    agent: true,
    patient: [true, 1],
    upload: true,
    instance: false,
    net: 6,
    refused: ["net.Socket", "fs.WriteStream", "worker_threads.Worker", "fs.readFileSync"],
    threads: [true, null],
  });
});

test("pure modules are the real ones", async () => {
  const seen = await inHost(({ inTurn, createBuiltins, require: real }) => {
    const names = [
      "path",
      "url",
      "util",
      "assert",
      "buffer",
      "events",
      "string_decoder",
      "querystring",
      "stream",
    ];
    return inTurn(() => names.filter((name) => createBuiltins()(`node:${name}`) !== real(name)));
  });
  expect(seen).toEqual([]);
});

test("path.resolve depends on the working directory only where a path is not absolute", async () => {
  const seen = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const path = createBuiltins()("path") as typeof import("node:path");
    return inTurn(() => [
      path.resolve("/a", "b"),
      path.join("a", "b"),
      failureOf(() => path.resolve("a"))?.message,
    ]);
  });
  expect(seen).toEqual(["/a/b", "a/b", expect.stringMatching(/^process\.cwd was called at program\.ts:/)]);
});

test("a facade that a package changes is changed for its own instance only", async () => {
  const seen = await inHost(({ inTurn, createBuiltins }) => {
    const [one, two] = [createBuiltins(), createBuiltins()];
    return inTurn(() => {
      const fs = one("fs") as any;
      fs.readFileSync = () => "patched";
      Object.defineProperty(fs, "queue", { get: () => "q" });
      const copy: any = Object.create(Object.getPrototypeOf(fs));
      for (const key of Object.getOwnPropertyNames(fs)) {
        Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(fs, key)!);
      }
      return [
        (one("node:fs") as any).readFileSync(),
        fs.queue,
        copy.readFileSync(),
        (two("fs") as any).queue,
        (two("fs") as any).readFileSync === fs.readFileSync,
      ];
    });
  });
  expect(seen).toEqual(["patched", "q", "patched", undefined, false]);
});

test("createRequire leads to the same facades, and refuses files", async () => {
  const seen = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const requireBuiltin = createBuiltins();
    return inTurn(() => {
      const { createRequire } = requireBuiltin("module") as typeof import("node:module");
      const own = createRequire("/x.js");
      return [own("fs") === requireBuiltin("node:fs"), failureOf(() => own("./y.js"))?.message];
    });
  });
  expect(seen).toEqual([true, expect.stringMatching(/^require\("\.\/y\.js"\) was called/)]);
});

test("every member of every module of Node can be looked at in a turn", async () => {
  // Node has no trace_events in workers; `process` says what it is asked at each value.
  const absent = ["process", "trace_events"];
  const modules = builtinModules.filter((name) => !name.startsWith("_") && !absent.includes(name));
  const problems = await inHost(({ inTurn, failureOf, createBuiltins }, names) => {
    const requireBuiltin = createBuiltins();
    return inTurn(() =>
      names.flatMap((name) => {
        const module = requireBuiltin(name) as Record<string, unknown>;
        return Object.keys(module).flatMap((key) => {
          const failure = failureOf(() => typeof module[key]);
          return failure === undefined ? [] : [`${name}.${key}: ${failure.message}`];
        });
      }),
    );
  }, modules);
  expect(problems).toEqual([]);
});
