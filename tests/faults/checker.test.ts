/**
 * The checker of the multi-process run finds what it is there for: into a true history, which it finds nothing
 * in, one violation at a time is planted; it reports exactly that one.
 */

import { beforeAll, describe, expect, it } from "vitest";
import { check } from "./many-servers/checker.ts";
import type { Call, Evidence } from "./many-servers/history.ts";
import { type LogLine, readLog, writeLog } from "./many-servers/log-lines.ts";
import { type RecordedHistory, recordHistory } from "./many-servers/recorded.ts";
import { KINDS, type Kind } from "./many-servers/violation.ts";

let recorded: RecordedHistory;
const planted = new Set<Kind>();

/** A copy that may be changed: answers, and logs as their events. */
interface Copy {
  readonly calls: Call[];
  readonly named: { readonly [name: string]: Call };
  readonly logs: Map<string, LogLine[]>;
  executions: Evidence["executions"];
  /** Of the instance that a call was about: its events. */
  logOf(call: Call | undefined): LogLine[];
  /** Bytes instead of what is written from the events. */
  readonly bytes: Map<string, Buffer>;
}

function copy(): Copy {
  const calls: Call[] = structuredClone(recorded.calls) as Call[];
  const at = (call: Call) => calls[recorded.calls.indexOf(call)]!;
  const logs = new Map([...recorded.logs].map(([id, bytes]) => [id, [...readLog(bytes).lines]]));
  return {
    calls,
    named: Object.fromEntries(Object.entries(recorded.named).map(([name, call]) => [name, at(call)])),
    logs,
    executions: recorded.executions,
    logOf: (call) => logs.get(call!.answer?.instance_id ?? call!.args["instance_id"])!,
    bytes: new Map(),
  };
}

function kindsIn({ calls, logs, executions, bytes }: Copy): Kind[] {
  const written = [...logs].map(([id, lines]) => [id, bytes.get(id) ?? writeLog(lines)] as const);
  return [...new Set(check({ calls, logs: new Map(written), executions }).map(({ kind }) => kind))];
}

/** Plants, and expects that this is found, and nothing else. */
function finds(kind: Kind, what: string, plant: (copy: Copy) => void): void {
  it(`${kind}: ${what}`, () => {
    planted.add(kind);
    const changed = copy();
    plant(changed);
    expect(kindsIn(changed)).toEqual([kind]);
  });
}

/** Replaces an event by what it is made into. */
function change(log: LogLine[], matches: Partial<LogLine>, into: (line: LogLine) => LogLine[]): void {
  const at = log.findIndex((line) => Object.entries(matches).every(([name, value]) => line[name] === value));
  if (at === -1) throw new Error(`no event has ${JSON.stringify(matches)}`);
  log.splice(at, 1, ...into(log[at]!));
}

/** An event of our own behind the last one. */
function add(log: LogLine[], event: { readonly type: string; readonly [field: string]: unknown }): void {
  log.push({ ...event, at: log.at(-1)!.at, w: "planted.0", seq: 0, off: 0 });
}

describe("the checker finds", () => {
  beforeAll(async () => {
    recorded = await recordHistory();
  });

  it("nothing in a true history, nor in the same logs written anew", () => {
    expect(check(recorded)).toEqual([]);
    expect(kindsIn(copy())).toEqual([]);
    for (const [name, call] of Object.entries(recorded.named)) expect(call.answer, name).toBeDefined();
  });

  describe("in a log", () => {
    finds("log-unreadable", "bytes taken out of its middle", ({ logOf, named, bytes }) => {
      const log = logOf(named["early"]);
      for (const type of ["closed", "reopened"]) add(log, { type });
      const whole = writeLog(log);
      const cut = whole.lastIndexOf("closed");
      bytes.set(
        named["early"]!.args["instance_id"],
        Buffer.concat([whole.subarray(0, cut), whole.subarray(cut + 3)]),
      );
    });
    finds("never-started", "a second beginning", ({ logOf, named }) => {
      add(logOf(named["early"]), { type: "started" });
    });
    finds("time-goes-back", "an event that is older than the one before it", ({ logOf, named }) => {
      change(logOf(named["failure"]), { type: "ended" }, (line) => [
        { ...line, at: "2020-01-01T00:00:00.000Z" },
      ]);
    });
    finds("steps-not-dense", "a number that was left out", ({ logOf, named }) => {
      add(logOf(named["effect"]), { type: "step_issued", kind: "instruction", scope: "", step_no: 900 });
    });
    finds("never-issued", "the end of a step that never was", ({ logOf, named }) => {
      add(logOf(named["effect"]), { type: "timer_fired", step_no: 900 });
    });
    finds("settled-twice", "a timeout of a step that had been answered", ({ logOf, named }) => {
      add(logOf(named["effect"]), { type: "timer_fired", step_no: 1 });
    });
    finds("after-the-end", "a step of a run that had ended", ({ logOf, named }) => {
      add(logOf(named["ended"]), { type: "step_issued", kind: "instruction", scope: "", step_no: 6 });
    });
    finds("heard-otherwise", "a summary that leaves a reply out", ({ logOf, named, calls }) => {
      const heard = ["a", "c", "g"];
      change(logOf(named["ended"]), { type: "ended" }, (line) => [
        { ...line, summary: { ...line["summary"], heard } },
      ]);
      for (const { answer } of calls)
        if (answer?.last_yield?.summary) answer.last_yield.summary.heard = heard;
    });
  });

  describe("between the logs and what was sent", () => {
    finds("from-nowhere", "a signal that nobody sent", ({ logOf, named }) => {
      const value = { token: "nobody's" };
      add(logOf(named["signal"]), { type: "signal_received", name: "go", value });
    });
    finds("from-nowhere", "a signal of somebody who was refused", ({ named }) => {
      named["early"]!.answer = { ok: false, error: "InstanceEnded", message: "" };
      delete named["early"]!.returned;
    });
    finds("applied-twice", "a signal that was sent once", ({ logOf, named }) => {
      const { name, value } = named["early"]!.args;
      add(logOf(named["early"]), { type: "signal_received", name, value });
    });
    finds("started-twice", "two runs of one request id", ({ logs, logOf, named }) => {
      logs.set("01ARZ3NDEKTSV4RRFFQ69G5FAV", logOf(named["chain"]).slice(0, 2));
    });
    finds("fork-otherwise", "a fork without a reply of its origin", ({ logOf, named }) => {
      const log = logOf(named["fork"]);
      change(log, { type: "reply_rejected" }, (line) => [{ ...line, reply: { token: 2 } }]);
    });
    finds(
      "refused-but-recorded",
      "a reply that is in the log and was refused when it was sent again",
      ({ named }) => {
        named["duplicate"]!.answer = { ok: false, error: "OutOfSync", message: "" };
      },
    );
  });

  describe("between the logs and what was told", () => {
    finds("acknowledged-lost", "a signal that was acknowledged, taken out of the log", ({ logOf, named }) => {
      const { token } = named["early"]!.args["value"];
      const log = logOf(named["early"]);
      log.splice(
        log.findIndex(({ type, value }) => type === "signal_received" && value.token === token),
        1,
      );
    });
    finds(
      "acknowledged-lost",
      "the last reply, taken out with all that followed from it",
      ({ logOf, named, calls }) => {
        const log = logOf(named["failure"]);
        log.splice(log.findIndex(({ type, code }) => type === "step_failed" && code === "agent_failure"));
        // What the answer shows besides is not what is looked for.
        const { failure } = named;
        failure!.answer = {
          ...failure!.answer,
          state: "awaiting_result",
          last_yield: calls[calls.length - 2]!.answer.last_yield,
        };
      },
    );
    finds("acknowledged-lost", "a run that was started and has no log", ({ logs, named, calls }) => {
      const id = named["effect"]!.args["instance_id"];
      logs.delete(id);
      calls.splice(0, calls.length, ...calls.filter(({ args }) => args["instance_id"] !== id));
    });
    finds("two-winners", "a loser who was told that it is accepted", ({ named }) => {
      named["loser"]!.answer = structuredClone(named["winner"]!.answer);
    });
    finds("two-winners", "the same reply accepted twice, without a word of the other", ({ named }) => {
      delete named["duplicate"]!.answer.duplicate;
    });
    finds("shown-not-recorded", "an instruction in other words", ({ named }) => {
      named["looked"]!.answer.last_yield.text += " Now.";
    });
    finds("shown-not-recorded", "an instruction with another schema", ({ named }) => {
      named["looked"]!.answer.last_yield.expect_schema.required = [];
    });
    finds("end-not-recorded", "another result than the recorded one", ({ named }) => {
      named["ended"]!.answer.last_yield.summary.sum++;
    });
    finds("end-not-recorded", "an end that the log does not have", ({ named }) => {
      const { effect } = named;
      effect!.answer = { ...effect!.answer, state: "cancelled", last_yield: { kind: "abort", reason: "no" } };
    });
    finds("never-was", "two steps at once of which one followed from the other", ({ named }) => {
      const { chain, first } = named;
      const instructions = [chain, first].map((call) => call!.answer.last_yield);
      first!.answer.last_yield = { kind: "parallel", instructions };
    });
  });

  describe("in time", () => {
    finds("went-back", "an answer that is older than one that was there before", ({ named }) => {
      const { chain, looked } = named;
      looked!.answer = structuredClone(chain!.answer);
    });
    finds(
      "order",
      "two signals turned around, one acknowledged before the other was sent",
      ({ logOf, named }) => {
        const log = logOf(named["early"]);
        const [early, later] = [named["early"], named["later"]].map((call) =>
          log.findIndex(
            ({ type, value }) => type === "signal_received" && value.token === call!.args["value"].token,
          ),
        ) as [number, number];
        const { value } = log[early]!;
        log[early] = { ...log[early]!, value: log[later]!["value"] };
        log[later] = { ...log[later]!, value };
      },
    );
  });

  describe("of effects", () => {
    finds("effect-otherwise", "one that is recorded as done and never ran", (changed) => {
      changed.executions = changed.executions.filter(({ label }) => label !== "again-1");
    });
    finds("effect-otherwise", "one that ran once more after it was done", (changed) => {
      const [first] = changed.executions;
      changed.executions = [...changed.executions, { ...first!, id: "another", began: 900, ended: 901 }];
    });
    finds("effect-otherwise", "one that was begun again while it ran", (changed) => {
      const [first, ...others] = changed.executions;
      const { began, ended } = first!;
      const earlier = { ...first!, id: "earlier", began: began - 1, ended: ended! - 0.5 };
      changed.executions = [earlier, first!, ...others];
      change(changed.logOf(changed.named["effect"]), { type: "effect_started", step_no: 2 }, (line) => [
        line,
        line,
      ]);
    });
  });

  describe("in answers", () => {
    finds("unexpected-error", "what should never go wrong", ({ named }) => {
      named["refused"]!.answer.error = "InternalError";
    });
    finds("no-answer", "a server that lives and does not answer", ({ named }) => {
      const { looked } = named;
      delete looked!.returned;
      delete looked!.answer;
      looked!.unanswered = "timeout";
    });
  });

  it("every kind that there is", () => {
    expect([...planted].sort()).toEqual(Object.keys(KINDS).sort());
  });
});
