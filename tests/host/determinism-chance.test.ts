import { expect, test } from "vitest";
import { Chance, chanceOf } from "../../src/host/determinism/chance.ts";
import { inAnotherProcess, inHost } from "./determinism-host.ts";

test("the generator is xoshiro128**", () => {
  const chance = new Chance([1, 2, 3, 4]);
  // The output of its authors' reference implementation (version 1.1) for this state.
  const reference = [
    11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
  ];
  expect(reference.map(() => chance.uint32())).toEqual(reference);
});

test("values are in their range, and spread over all of it", () => {
  const chance = chanceOf("seed", "");
  const floats = Array.from({ length: 20_000 }, () => chance.float());
  expect(floats.every((value) => value >= 0 && value < 1)).toBe(true);
  const tenths = new Array(10).fill(0);
  for (const value of floats) tenths[Math.floor(value * 10)]++;
  for (const count of tenths) expect(Math.abs(count - 2_000)).toBeLessThan(250);

  const dice = new Array(6).fill(0);
  for (let i = 0; i < 6_000; i++) dice[chance.integer(1, 7) - 1]++;
  for (const count of dice) expect(Math.abs(count - 1_000)).toBeLessThan(200);
  expect(chance.integer(-5, -4)).toBe(-5);
  const huge = Array.from({ length: 100 }, () => chance.integer(0, 2 ** 48 - 1));
  expect(Math.max(...huge)).toBeGreaterThan(2 ** 47);

  const bits = new Array(32).fill(0);
  for (let i = 0; i < 10_000; i++) {
    const word = chance.uint32();
    for (let bit = 0; bit < 32; bit++) bits[bit] += (word >>> bit) & 1;
  }
  for (const count of bits) expect(Math.abs(count - 5_000)).toBeLessThan(300);
});

test("filling any number of bytes fills all of them and none beyond", () => {
  for (let length = 0; length < 20; length++) {
    const seen = new Uint8Array(length);
    for (let i = 0; i < 30; i++) {
      const bytes = new Uint8Array(length + 1).fill(0);
      chanceOf("seed", String(i)).fill(bytes.subarray(0, length));
      for (let at = 0; at < length; at++) seen[at] = seen[at]! | bytes[at]!;
      expect(bytes[length]).toBe(0);
    }
    expect(seen.every((byte) => byte !== 0)).toBe(true);
  }
});

function drawAll({ inTurn, createBuiltins }: import("./determinism-worker.ts").HostApi) {
  return inTurn(
    () => {
      const node = createBuiltins()("node:crypto") as typeof import("node:crypto");
      return {
        random: [Math.random(), Math.random()],
        uuid: crypto.randomUUID(),
        values: [...crypto.getRandomValues(new Uint16Array(3))],
        nodeUuid: node.randomUUID(),
        bytes: node.randomBytes(5).toString("hex"),
        int: [node.randomInt(100), node.randomInt(-5, 5), node.randomInt(2 ** 40)],
        filled: [...(node.randomFillSync(new Uint8Array(6), 2, 3) as Uint8Array)],
        wide: [...(node.randomFillSync(new Uint16Array(4), 1, 2) as Uint16Array)],
        buffer: new Uint8Array(node.randomFillSync(new ArrayBuffer(3) as never) as never).join(" "),
        webcrypto: [...node.webcrypto.getRandomValues(new Uint8Array(2))],
        getRandomValues: [...(node.getRandomValues as any)(new Uint8Array(2))],
      };
    },
    { seed: "01J00000000000000000000000", scope: "3.1/2" },
  );
}

// A run in flight replays with these: see C2 of chance.ts. The random numbers, the first UUID, the bytes
// and the integers were computed a second time by another implementation of the published algorithm.
const OF_THE_HISTORY_FORMAT = {
  random: [0.12925686788523527, 0.43344081410519886],
  uuid: "20219529-b691-436a-bb89-b0306a51924f",
  values: [46011, 52700, 54436],
  nodeUuid: "267d5425-85e1-4675-8ffe-ebd23cde95fd",
  bytes: "a2a5a774c8",
  int: [43, -1, 992190192277],
  filled: [0, 0, 201, 78, 19, 0],
  wide: [0, 37379, 51687, 0],
  buffer: "65 46 10",
  webcrypto: [251, 213],
  getRandomValues: [248, 153],
};

test("every source of chance gives what it gave when this test was written", async () => {
  expect(await inHost(drawAll)).toEqual(OF_THE_HISTORY_FORMAT);
});

test("another process sees the same, wherever and whenever it runs", async () => {
  expect(await inAnotherProcess(drawAll)).toEqual(OF_THE_HISTORY_FORMAT);
});

test("a UUID is a valid version 4, and each is another", async () => {
  const uuids = await inHost(({ inTurn }) =>
    inTurn(() => Array.from({ length: 1_000 }, () => crypto.randomUUID())),
  );
  for (const uuid of uuids)
    expect(uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(new Set(uuids).size).toBe(1_000);
});

test("each scope draws from its own stream, in whatever order the branches run", async () => {
  const runs = await inHost(
    ({ turns }, orders) =>
      orders.map((order) => {
        const { enter, leave } = turns();
        const drawn: { [scope: string]: number[] } = {};
        for (const scope of order) {
          enter(scope, 0);
          drawn[scope] = [...(drawn[scope] ?? []), Math.random()];
          leave();
        }
        return drawn;
      }),
    [
      ["", "1.0", "1.1", "1.0", "1.1", "", "1.0"],
      ["1.1", "1.1", "", "1.0", "1.0", "1.0", ""],
    ],
  );
  expect(runs[0]).toEqual(runs[1]);
  const all = Object.values(runs[0]!).flat();
  expect(new Set(all).size).toBe(7);
});

test("a branch that runs over several turns goes on with its stream", async () => {
  const [apart, together] = await inHost(({ turns, inTurn }) => {
    const { enter, leave } = turns();
    const apart: number[] = [];
    for (let i = 0; i < 4; i++) {
      enter("1.0", i);
      apart.push(Math.random());
      leave();
    }
    return [apart, inTurn(() => [0, 0, 0, 0].map(() => Math.random()), { scope: "1.0" })];
  });
  expect(apart).toEqual(together);
});

test("two instances that alternate do not disturb each other", async () => {
  const { alternating, alone } = await inHost(({ turns, inTurn }) => {
    const instances = { one: turns("one"), two: turns("two") };
    const alternating: { [seed: string]: string[] } = { one: [], two: [] };
    for (const seed of ["one", "two", "two", "one", "two", "one"] as const) {
      instances[seed].enter("", 0);
      alternating[seed]!.push(crypto.randomUUID());
      instances[seed].leave();
    }
    const draw = (seed: string) => inTurn(() => [0, 0, 0].map(() => crypto.randomUUID()), { seed });
    return { alternating, alone: { one: draw("one"), two: draw("two") } };
  });
  expect(alternating).toEqual(alone);
  expect(alone.one).not.toEqual(alone.two);
});

test("what a program draws while it is evaluated does not shift what run draws", async () => {
  const { evaluated, run, bare } = await inHost(({ turns, inTurn }) => {
    const { evaluating, enter, leave } = turns();
    const evaluated = evaluating(0, () => [Math.random(), Math.random()]);
    enter("", 0);
    const run = Math.random();
    leave();
    return { evaluated, run, bare: inTurn(() => Math.random()) };
  });
  expect(run).toBe(bare);
  expect(evaluated).not.toContain(run);
});

test("in no turn, and inside an effect, chance is real", async () => {
  const draw = ({ inTurn, effectScope }: import("./determinism-worker.ts").HostApi) => {
    const values = () => [Math.random(), crypto.randomUUID(), [...crypto.getRandomValues(new Uint8Array(8))]];
    return [values(), inTurn(() => effectScope.run({ label: "x" }, values))];
  };
  const [one, two] = [await inHost(draw), await inHost(draw)];
  expect(one[0]).not.toEqual(two[0]);
  expect(one[1]).not.toEqual(two[1]);
});

test("bad arguments are refused as Node refuses them", async () => {
  const errors = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const node = createBuiltins()("crypto") as typeof import("node:crypto");
    return inTurn(() =>
      [
        () => crypto.getRandomValues(new Float32Array(1) as never),
        () => crypto.getRandomValues(new Uint8Array(70_000)),
        () => node.randomBytes(-1),
        () => node.randomInt(5, 5),
        () => node.randomFillSync(new Uint8Array(2), 5),
      ].map((call) => failureOf(call)?.name),
    );
  });
  expect(errors).toEqual([
    "TypeMismatchError",
    "QuotaExceededError",
    "RangeError",
    "RangeError",
    "RangeError",
  ]);
});

test("hashing and deriving work; keys, primes and callbacks are refused", async () => {
  const seen = await inHost(({ inTurn, failureOf, createBuiltins }) => {
    const node = createBuiltins()("crypto") as typeof import("node:crypto");
    return inTurn(() => ({
      hash: node.createHash("sha256").update("a").digest("hex").slice(0, 8),
      hmac: node.createHmac("sha256", "k").update("a").digest("hex").slice(0, 8),
      derived: node.scryptSync("a", "b", 4).length,
      equal: node.timingSafeEqual(Buffer.from("a"), Buffer.from("a")),
      refused: [
        () => node.generateKeyPairSync("ed25519"),
        () => node.generatePrimeSync(32),
        () => node.randomBytes(4, () => {}),
        () => node.randomInt(4, () => {}),
        () => node.scrypt("a", "b", 4, () => {}),
        () => crypto.subtle.digest("SHA-256", new Uint8Array(1)),
        () => node.webcrypto.subtle.digest("SHA-256", new Uint8Array(1)),
      ].map((call) => failureOf(call)?.message.replace(/ was .*/, "")),
    }));
  });
  expect(seen).toEqual({
    hash: "ca978112",
    hmac: expect.stringMatching(/^[0-9a-f]{8}$/),
    derived: 4,
    equal: true,
    refused: [
      "crypto.generateKeyPairSync",
      "crypto.generatePrimeSync",
      "crypto.randomBytes with a callback",
      "crypto.randomInt with a callback",
      "crypto.scrypt",
      "crypto.subtle.digest",
      "crypto.subtle.digest",
    ],
  });
});
