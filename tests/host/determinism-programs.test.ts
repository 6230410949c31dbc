import { basename } from "node:path";
import { expect, test } from "vitest";
import type { ProgramVersion } from "../../src/catalog/version.ts";
import { makeWorkspace } from "../catalog/workspace.ts";
import { inAnotherProcess, inHost } from "./determinism-host.ts";
import type { HostApi } from "./determinism-worker.ts";

/** Links the first of the files, a program, with packages beside it. */
async function linked(files: { [path: string]: string }): Promise<ProgramVersion> {
  const at = makeWorkspace();
  for (const [path, content] of Object.entries(files)) at.program(path, content);
  return at.link(basename(Object.keys(files)[0]!).replace(/\..*$/, ""));
}

const PACKAGES = {
  "node_modules/common/package.json": `{ "name": "common", "version": "1.0.0" }`,
  "node_modules/common/index.js": `const { randomUUID } = require("crypto");
let count = 0;
exports.look = () => [randomUUID(), Math.random(), Date.now(), performance.now(), ++count];
exports.later = () => require("timers").setTimeout(() => {}, 1);`,
  "node_modules/modern/package.json": `{ "name": "modern", "version": "1.0.0", "type": "module", "exports": "./index.js" }`,
  "node_modules/modern/index.js": `import { webcrypto } from "node:crypto";
const id = crypto.randomUUID();
export const look = () => [id, [...webcrypto.getRandomValues(new Uint8Array(3))], new Date().toISOString()];`,
};

const PROGRAM = `import { readFileSync } from "node:fs";
import { look, later } from "common";
import * as modern from "modern";
const id: string = crypto.randomUUID();
export default {
  look: () => [id, look(), modern.look()],
  read: (path: string) => readFileSync(path, "utf8"),
  later: () => later(),
};`;

function lookTwice({ createBuiltins, evaluateVersion, turns }: HostApi, version: ProgramVersion) {
  const instances = ["one", "two"].map((seed) => {
    const { enter, leave, evaluating } = turns(seed);
    const options = { requireBuiltin: createBuiltins() };
    const program = evaluating(1_000, () => evaluateVersion(version, () => undefined, options)) as any;
    const look = (scope: string, atMs: number): unknown[] => {
      enter(scope, atMs);
      try {
        return program.look();
      } finally {
        leave();
      }
    };
    return look;
  });
  const [one, two] = instances as [(typeof instances)[0], (typeof instances)[0]];
  return [one("", 2_000), two("", 3_000), one("1.0", 4_000), two("", 5_000)];
}

test("programs and the packages they import see the time and chance of their instance", async () => {
  const version = await linked({ "main.ts": PROGRAM, ...PACKAGES });
  const [one, two, oneLater, twoLater] = (await inHost(lookTwice, version)) as any[];
  expect(one[1].slice(2)).toEqual([2_000, 1_000, 1]);
  expect(oneLater[1].slice(2)).toEqual([4_000, 3_000, 2]);
  expect(two[1].slice(2)).toEqual([3_000, 2_000, 1]);
  expect(twoLater[1].slice(2)).toEqual([5_000, 4_000, 2]);
  expect([one[2][2], twoLater[2][2]]).toEqual(["1970-01-01T00:00:02.000Z", "1970-01-01T00:00:05.000Z"]);
  // What was drawn at evaluation stays with the instance; the rest is drawn anew.
  expect([one[0], one[2][0]]).toEqual([oneLater[0], oneLater[2][0]]);
  const drawn = [one, two].flatMap(([id, [uuid, random], [modernId, bytes]]) => [
    id,
    uuid,
    random,
    modernId,
    `${bytes}`,
  ]);
  expect(new Set(drawn).size).toBe(10);
});

test("replay in another process sees the same, packages included", async () => {
  const version = await linked({ "main.ts": PROGRAM, ...PACKAGES });
  expect(await inAnotherProcess(lookTwice, version)).toEqual(await inHost(lookTwice, version));
});

test("a refusal names the author's place in the source as written, also for a call made by a package", async () => {
  const version = await linked({
    "main.ts": `${PROGRAM}\n`.replace(
      "export default {",
      "interface Unused {\n  a: string;\n}\nexport default {",
    ),
    ...PACKAGES,
  });
  const messages = await inHost((host, version) => {
    const placeOf = (stack: string | undefined) => {
      const place = host.positionOf(stack ?? "", version);
      return place && `${place.id}:${place.line}`;
    };
    const { enter, evaluating } = host.createTurns({ seed: "s", placeOf });
    const options = { requireBuiltin: host.createBuiltins() };
    const program = evaluating(0, () => host.evaluateVersion(version, () => undefined, options)) as any;
    enter("", 0);
    return [() => program.read("/"), () => program.later()].map((call) => host.failureOf(call)?.message);
  }, version);
  expect(messages[0]).toMatch(/^fs\.readFileSync was called at main\.ts:10:/);
  expect(messages[1]).toMatch(/^timers\.setTimeout was called at main\.ts:11:/);
});

test("what a program does at its top level is refused at evaluation, with its line", async () => {
  const version = await linked({ "main.ts": `const a = 1;\n\nsetTimeout(() => a, 1);\nexport default a;` });
  const message = await inHost((host, version) => {
    const placeOf = (stack: string | undefined) => `line ${host.positionOf(stack ?? "", version)?.line}`;
    const { evaluating } = host.createTurns({ seed: "s", placeOf });
    return host.failureOf(() => evaluating(0, () => host.evaluateVersion(version, () => undefined)))?.message;
  }, version);
  expect(message).toMatch(/^setTimeout was called at line 3:/);
});

test("the time of real effects between turns does not show in the turns", async () => {
  const version = await linked({
    "main.ts": `import { setTimeout as pause } from "node:timers/promises";
import { statSync } from "node:fs";
export default {
  effect: async () => { await pause(3); return [statSync("/").isDirectory(), Date.now() > 1_000_000]; },
  look: () => Date.now(),
};`,
  });
  const seen = await inHost(async ({ turns, createBuiltins, evaluateVersion, effectScope }, version) => {
    const { enter, leave, evaluating } = turns();
    const options = { requireBuiltin: createBuiltins() };
    const program = evaluating(1_000, () => evaluateVersion(version, () => undefined, options)) as any;
    const look = () => {
      enter("", 2_000);
      const seen = program.look();
      leave();
      return seen;
    };
    const before = look();
    const effect = effectScope.run({ label: "x" }, program.effect);
    const during = look();
    return [before, during, ...((await effect) as boolean[]), look()];
  }, version);
  expect(seen).toEqual([2_000, 2_000, true, true, 2_000]);
});
