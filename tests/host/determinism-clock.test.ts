// biome-ignore-all lint/complexity/useDateNow: that both give the same is what is tested
import { expect, test } from "vitest";
import { inHost } from "./determinism-host.ts";

const AT = Date.UTC(2024, 1, 29, 12, 30, 45, 678);

test("Date, Date(), Date.now() and performance.now() give the time of the event", async () => {
  const seen = await inHost(({ turns }, at) => {
    const { enter, leave } = turns();
    enter("", at);
    const first = [
      new Date().getTime(),
      Date.now(),
      Date(),
      performance.timeOrigin,
      performance.now(),
      performance.mark("a").startTime,
    ];
    leave();
    enter("", at + 1_500);
    const second = [new Date().getTime(), Date.now(), Date(), performance.timeOrigin, performance.now()];
    leave();
    return { first, second };
  }, AT);
  expect(seen.first).toEqual([AT, AT, new Date(AT).toString(), AT, 0, 0]);
  expect(seen.second).toEqual([AT + 1_500, AT + 1_500, new Date(AT + 1_500).toString(), AT, 1_500]);
});

test("time does not go back within an instance", async () => {
  const seen = await inHost(({ turns }, at) => {
    const { enter } = turns();
    return [at, at - 5_000, at + 1].map((time) => {
      enter("", time);
      return [Date.now(), performance.now()];
    });
  }, AT);
  expect(seen).toEqual([
    [AT, 0],
    [AT, 0],
    [AT + 1, 1],
  ]);
});

test("time stands still in a turn, however long it takes", async () => {
  const [before, after] = await inHost(async ({ turns, realNow }, at) => {
    turns().enter("", at);
    const start = realNow();
    const before = Date.now();
    while (realNow() < start + 5) await undefined;
    return [before, Date.now()];
  }, AT);
  expect([before, after]).toEqual([AT, AT]);
});

test("real time returns when the turn is left", async () => {
  const seen = await inHost(({ turns, realNow }, at) => {
    const { enter, leave, evaluating } = turns();
    enter("", at);
    leave();
    const afterTurn = [Date.now(), new Date().getTime(), performance.timeOrigin + performance.now()];
    const failed = (() => {
      try {
        return evaluating(at, () => {
          throw new Error("at import");
        });
      } catch (error) {
        return (error as Error).message;
      }
    })();
    return { now: realNow(), times: [...afterTurn, Date.now()], failed };
  }, AT);
  expect(seen.failed).toBe("at import");
  for (const time of seen.times) expect(Math.abs(time - seen.now)).toBeLessThan(10_000);
});

test("two instances that alternate have a clock each", async () => {
  const seen = await inHost(({ turns }, at) => {
    const [one, two] = [turns("one"), turns("two")];
    const times: number[][] = [];
    for (let i = 0; i < 3; i++) {
      one.enter("", at + i);
      times.push([Date.now(), performance.now()]);
      one.leave();
      two.enter("", 5_000 + 10 * i);
      times.push([Date.now(), performance.now()]);
      two.leave();
    }
    return times;
  }, AT);
  expect(seen).toEqual([
    [AT, 0],
    [5_000, 0],
    [AT + 1, 1],
    [5_010, 10],
    [AT + 2, 2],
    [5_020, 20],
  ]);
});

test("everything else about Date is as it was", async () => {
  const seen = await inHost(({ inTurn }, at) => {
    const outside = new Date(1);
    return inTurn(
      () => {
        class Deadline extends Date {
          minutesLeft() {
            return (this.getTime() - Date.now()) / 60_000;
          }
        }
        const deadline = new Deadline(at + 120_000);
        const empty = new Deadline();
        const cloned = structuredClone(new Date());
        const boxed = Reflect.construct(Date, [at]);
        return {
          given: new Date(at).toISOString(),
          parts: new Date(2024, 1, 29, 1).getHours(),
          text: new Date("2024-02-29T00:00:00Z").getTime(),
          copy: new Date(new Date(7)).getTime(),
          invalid: Number.isNaN(new Date(undefined as never).getTime()),
          parse: Date.parse("1970-01-01T00:00:01Z"),
          utc: Date.UTC(1970, 0, 1, 0, 0, 2),
          named: [Date.name, Date.length, typeof Date(), String(new Date(0).constructor === Date)],
          instances: [new Date(), outside, cloned, boxed, deadline, empty].map(
            (date) => date instanceof Date,
          ),
          subclass: [
            deadline instanceof Deadline,
            deadline.minutesLeft(),
            empty.getTime(),
            empty.minutesLeft(),
          ],
          cloned: [cloned.getTime(), Object.getPrototypeOf(cloned) === Date.prototype],
          primitive: [+new Date(), `${new Date()}` === Date(), JSON.stringify(new Date())],
          tag: Object.prototype.toString.call(new Date()),
        };
      },
      { atMs: at },
    );
  }, AT);
  expect(seen).toEqual({
    given: "2024-02-29T12:30:45.678Z",
    parts: 1,
    text: Date.UTC(2024, 1, 29),
    copy: 7,
    invalid: true,
    parse: 1_000,
    utc: 2_000,
    named: ["Date", 7, "string", "true"],
    instances: [true, true, true, true, true, true],
    subclass: [true, 2, AT, 0],
    cloned: [AT, true],
    primitive: [AT, true, '"2024-02-29T12:30:45.678Z"'],
    tag: "[object Date]",
  });
});

test("Intl formats the time of the event when it is given none", async () => {
  const seen = await inHost(({ inTurn }, at) => {
    const format = new Intl.DateTimeFormat("en-GB", {
      dateStyle: "medium",
      timeStyle: "medium",
      timeZone: "UTC",
    });
    const inside = inTurn(
      () => [
        format.format(),
        Intl.DateTimeFormat("en-GB", { timeZone: "UTC" }).format(),
        format
          .formatToParts()
          .map(({ value }) => value)
          .join(""),
        [undefined, 0].map(format.format)[0],
        format.format(0),
        new Date().toLocaleString("en-GB", { timeZone: "UTC" }),
        new Date().toLocaleDateString("en-GB", { timeZone: "UTC" }),
      ],
      { atMs: at },
    );
    return { inside, outside: format.format(), today: format.format(Date.now()).slice(0, 11) };
  }, AT);
  const written = "29 Feb 2024, 12:30:45";
  const epoch = "1 Jan 1970, 00:00:00";
  expect(seen.inside).toEqual([
    written,
    "29/02/2024",
    written,
    written,
    epoch,
    "29/02/2024, 12:30:45",
    "29/02/2024",
  ]);
  expect(seen.outside.slice(0, 11)).toBe(seen.today);
});

test("modules of Node that tell the time tell that of the event", async () => {
  const seen = await inHost(({ inTurn, createBuiltins }, at) => {
    return inTurn(
      () => {
        const { performance } = createBuiltins()("node:perf_hooks") as typeof import("node:perf_hooks");
        return [performance.timeOrigin, performance.now()];
      },
      { atMs: at },
    );
  }, AT);
  expect(seen).toEqual([AT, 0]);
});
