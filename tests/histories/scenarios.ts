/**
 * The histories that each version records of itself: what a log can hold, each by name. A later version may
 * add some; one that is recorded is never changed.
 */

import type { Stage } from "./stage.ts";

type Scenario = (stage: Stage) => Promise<void>;

const person = { name: " ada ", age: 36 };

export const SCENARIOS: { readonly [name: string]: Scenario } = {
  async "hello-completed"(stage) {
    await stage.start("hello", { names: ["Ada", "Linus"] }, "hello of 0.1");
    await stage.reply({ message: "Hello, Ada!" }, { message: "Hello, Linus!" });
  },
  async "hello-pending"(stage) {
    await stage.start("hello", { names: ["Ada", "Linus", "Grace"] });
    await stage.reply({ message: "Hello, Ada!" });
    stage.goesOn([2, { message: "Hello, Linus!" }], [3, { message: "Hello, Grace!" }]);
  },
  async "review-completed"(stage) {
    stage.git("init", "--quiet");
    await stage.start("review-rounds", { confirm: false });
    await stage.reply({ findings: [] }, { findings: [] }, { findings: [] });
  },
  async "review-pending"(stage) {
    stage.git("init", "--quiet");
    await stage.start("review-rounds", { target: "src", max_rounds: 2 });
    const finding = { severity: "major", file: "src/a.ts", line: 3, reason: "It is off by one." };
    await stage.reply({ findings: [finding] }, { findings: [] });
  },

  async "groups-completed"(stage) {
    await stage.start("groups", {});
    const words = ["eins", "zwei", "drei", ...Array.from({ length: 6 }, (_, i) => `${i}`)];
    await stage.reply(...words.map((word) => ({ word })));
    await stage.reply({ word: "tried" }, "not an object", { word: "tried, too" });
    await stage.reply({ word: "quick" }, { word: "cleaned up" });
    await stage.settled();
  },
  async "groups-pending"(stage) {
    stage.isExported = true;
    await stage.start("groups", { topics: ["one", "two"] });
    await stage.call("sequencer_next", { instance_id: stage.id, for_step_no: 2, result: { word: "second" } });
    stage.goesOn([3, { word: "more" }], [1, { word: "first" }], [4, { word: "less" }]);
  },
  async "race-pending"(stage) {
    await stage.start("groups", { topics: ["one"] });
    await stage.reply({ word: "a" }, { word: "b" }, { word: "c" }, { word: "d" });
  },

  async "retries-completed"(stage) {
    await stage.start("retries", { end: "complete" });
    await stage.reply({ name: 1, age: -1 }, { ...person, age: "old" }, JSON.stringify(person));
    await stage.reply(0, "none");
    await stage.fail("there is no such thing");
    await stage.reply(null);
  },
  async "retries-pending"(stage) {
    await stage.start("retries", { end: "complete" });
    await stage.reply({ name: "" }, person, 0);
    stage.goesOn([4, 7], [5, { done: true }], [6, [1, 2]]);
  },
  async "retries-aborted"(stage) {
    await stage.start("retries", { end: "abort" });
    await stage.reply(person, 3, "done");
  },
  async "retries-strict"(stage) {
    await stage.start("retries", { end: "strict" });
    await stage.reply(person, 3, "done", 4);
  },
  async "retries-failed"(stage) {
    await stage.start("retries", { end: "throw" });
    await stage.reply(person, 3, "done");
  },

  async "outside-completed"(stage) {
    await stage.start("outside");
    await stage.reply({ left: "nothing" });
  },
  async "effects-interrupted"(stage) {
    await stage.open();
    const started = stage.server.call("sequencer_start", {
      program: "outside",
      params: { blocks: true },
      request_id: "interrupted",
    });
    started.catch(() => {});
    await untilBlocked(stage);
    await stage.kill();
    await stage.open();
    await stage.start("outside", { blocks: true }, "interrupted");
    await stage.reply({ left: "all" });
  },

  async "signals-completed"(stage) {
    await stage.start("signals");
    await stage.signal("approval", { by: " early " });
    await stage.reply("asked");
    await stage.signal("approval", { by: "late", approved: false });
    await stage.settled();
  },
  async "signals-pending"(stage) {
    await stage.start("signals", { waits: true });
    await stage.signal("approval", { by: "early" });
    await stage.reply("asked");
    stage.further.push({ tool: "sequencer_signal", args: { name: "approval", value: { by: "later" } } });
    stage.further.push({ tool: "sequencer_signal", args: { name: "stop", value: null } });
  },
  async "signals-sleeping"(stage) {
    await stage.start("signals", { waits: true });
    await stage.reply("asked");
    for (const by of ["one", "two"]) await stage.signal("approval", { by });
  },

  async "questions-pending"(stage) {
    await stage.start("questions");
    stage.goesOn([1, "main"], [2, { reason: "because" }]);
  },
  async "questions-by-form"(stage) {
    await stage.open({
      elicit: ({ message }) =>
        message.includes("branch")
          ? { action: "accept", content: { answer: "next" } }
          : { action: "decline" },
    });
    await stage.start("questions");
    while ((await stage.settled()).state === "waiting");
    await stage.reply({ reason: "they did not say" });
  },

  async "calls-completed"(stage) {
    await stage.start("caller", { topics: ["a", "b"] });
    await stage.reply(...["x", "y", "z"].map((word) => ({ word })));
  },
  async "calls-pending"(stage) {
    await stage.start("caller", { topics: ["a", "b"] });
    await stage.reply({ word: "x" });
    stage.goesOn([6, { word: "z" }], [4, { word: "y" }]);
  },

  async "ends-cancelled"(stage) {
    await stage.start("ends");
    await stage.reply("begun");
    await stage.call("sequencer_cancel", { instance_id: stage.id, reason: "nobody wants it" });
    await stage.reply({ cleaned: true });
  },
  async "ends-being-cancelled"(stage) {
    await stage.start("ends");
    await stage.call("sequencer_cancel", { instance_id: stage.id, reason: "nobody wants it" });
    stage.goesOn([2, { cleaned: true }]);
  },
  async "ends-forced"(stage) {
    await stage.open({ env: { AGENT_SEQUENCER_TURN_TIMEOUT_MS: "1000" } });
    await stage.start("ends", { stuck: true });
    await stage.server.call("sequencer_next", { instance_id: stage.id, for_step_no: 1, result: null });
    await stage.call("sequencer_cancel", { instance_id: stage.id, reason: "it is stuck" });
    stage.isStuck = true;
  },
  async "ends-closed"(stage) {
    await stage.start("ends");
    await stage.call("sequencer_close", { instance_id: stage.id });
    await stage.call("sequencer_resume", { instance_id: stage.id });
    await stage.reply("begun");
    await stage.call("sequencer_close", { instance_id: stage.id });
    stage.goesOn([2, "on"], [3, { cleaned: false }]);
  },

  async "hello-forked"(stage) {
    await stage.start("hello", { names: ["Ada", "Linus", "Grace"] });
    await stage.reply({ message: "1" }, { message: "2" }, { message: "3" });
    const { instance_id } = await stage.call("sequencer_fork", { instance_id: stage.id, before_step_no: 3 });
    stage.id = instance_id;
    stage.goesOn([3, { message: "another" }]);
  },
  async "retries-adopted"(stage) {
    await stage.start("retries", { end: "complete" });
    await stage.reply(person);
    // The step has an id, so its wording may change; and replies are parsed to something else.
    stage.edit("retries", (source) =>
      source
        .replace("Who, and how old?", "Which person, of which age?")
        .replace(
          'note: z.string().default("-")',
          'note: z.string().default("none"), from: z.string().default("v2")',
        )
        .replace("Give a number.", "Give a number above zero."),
    );
    await stage.call("sequencer_resume", { instance_id: stage.id, program_version: "latest" });
    stage.goesOn([3, 5], [4, "done"], [5, "end"]);
  },

  async "chance-completed"(stage) {
    await stage.start("chance");
    await stage.reply(1, 2, 3, 4);
  },
  async "chance-pending"(stage) {
    await stage.start("chance");
    await stage.reply(1, 2);
    stage.goesOn([4, "second first"], [3, "first second"]);
  },
  async "chance-forked"(stage) {
    await stage.start("chance");
    await stage.reply(1, 2, 3);
    const { instance_id } = await stage.call("sequencer_fork", { instance_id: stage.id, before_step_no: 2 });
    stage.id = instance_id;
    stage.goesOn([2, 2], [3, 3], [4, 4]);
  },

  async "texts-completed"(stage) {
    await stage.start("texts", {
      greeting: "Grüß dich 👋",
      ünïcödé: { "schlüssel\u2029": "wert\ud83e\udd89" },
    });
    let deep: unknown = "tief";
    for (let level = 0; level < 150; level++) deep = level % 2 === 0 ? [deep] : { deep };
    await stage.reply("ä🦉".repeat(8_000), deep, '{ "seq":7,"off":0,\n"crc":"00000000"}\u2028', {
      __proto__: null,
      a: "\ud800",
    });
  },
  async "texts-pending"(stage) {
    await stage.start("texts", { greeting: "こんにちは" });
    await stage.reply("kurz");
    stage.goesOn([2, [[]]], [3, "\u2028"], [4, "さようなら"]);
  },
  async "handbook-pending"(stage) {
    stage.isExported = true;
    await stage.start("handbook");
    await stage.reply("read one");
    stage.goesOn([3, "read two"]);
  },

  async "packaged-pending"(stage) {
    await stage.start("packaged");
    await stage.reply("first");
    stage.goesOn([2, "second"], [3, "third"]);
  },

  async "torn-and-lost"(stage) {
    await stage.start("hello", { names: Array.from({ length: 40 }, (_, i) => `name ${i}`) });
    const { startServer } = await import("../server/stdio.ts");
    stage.rival = await startServer(stage.sandbox);
    for (let step = 1; !hasLostRace(stage) && step < 38; step++) {
      const args = { instance_id: stage.id, for_step_no: step };
      await Promise.all(
        [stage.server, stage.rival].map((server, i) =>
          server.call("sequencer_next", { ...args, result: { message: `of server ${i}` } }),
        ),
      );
    }
    if (!hasLostRace(stage)) throw new Error("nobody lost a race");
    await stage.kill();
    // What a write that was cut short leaves behind.
    stage.appendToLog(stage.lines().at(-1)!.slice(0, 70));
    await stage.open();
    const { step_no } = await stage.reply({ message: "behind the torn write" });
    stage.goesOn([step_no, { message: "later" }]);
  },
};

function hasLostRace(stage: Stage): boolean {
  const seqs = stage.lines().map((line) => /^\{ "seq":(\d+),/.exec(line)?.[1]);
  return new Set(seqs).size < seqs.length;
}

/** Until the log says that both effects which never come back were begun. */
async function untilBlocked(stage: Stage): Promise<void> {
  const { existsSync, readdirSync } = await import("node:fs");
  const { stateDir } = stage.sandbox;
  for (;;) {
    const log = existsSync(stateDir)
      ? readdirSync(stateDir).find((name) => name.endsWith(".jsonl"))
      : undefined;
    if (log !== undefined) {
      stage.id = log.slice(0, -6);
      const blocked = stage
        .lines()
        .filter((line) => /"type":"effect_started","at":"[^"]*","step_no":[56],/.test(line));
      if (blocked.length >= 2) return;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
