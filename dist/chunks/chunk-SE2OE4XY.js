import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  Execution,
  apply,
  initialState,
  isDerived
} from "./chunk-I2YG3OXN.js";
import {
  preview,
  sameJson
} from "./chunk-4PNFGV6Y.js";
import {
  SequencerError
} from "./chunk-ZWYVAR4N.js";

// src/testing/turn.ts
var { setImmediate } = globalThis;
var previous = Promise.resolve();
function inTurn(work) {
  const result = previous.then(() => Promise.race([work(), eventLoopComesRound()]));
  previous = result.catch(() => {
  });
  return result;
}
function eventLoopComesRound() {
  return new Promise((_, reject) => {
    setImmediate(
      () => reject(
        new SequencerError(
          "ProgramStalled",
          "The program awaits something that is not a step (a timer, a request, a promise that is settled elsewhere).",
          "Wait with `yield* sleep(...)`, and move what touches the world into a sideEffect."
        )
      )
    );
  });
}

// src/testing/tape.ts
var Tape = class _Tape {
  events = [];
  state = initialState();
  execution;
  constructor(execution) {
    this.execution = execution;
  }
  /** The run from its first event on, or from a history: a turn of it that is incomplete is completed. */
  static async play(surroundings, history) {
    const [started] = history;
    const program = surroundings.evaluate(Date.parse(started.at));
    const tape = new _Tape(new Execution(program, surroundings));
    await tape.take(history);
    return tape;
  }
  /** @param at ISO 8601; never before the last event's */
  async happen(event, at) {
    return this.take([{ ...event, at }]);
  }
  /** `undefined`: the step is not pending. */
  judge(stepNo, reply) {
    return inTurn(() => this.execution.judge(stepNo, reply));
  }
  judgeSignal(name, value) {
    return inTurn(() => this.execution.judgeSignal(name, value));
  }
  /** The pending step as the program made it. */
  stepOf(stepNo) {
    return this.execution.stepOf(stepNo);
  }
  async take(events) {
    const { execution } = this;
    const derived = await inTurn(async () => {
      await execution.feed(copyOf(events));
      const drafts = copyOf(execution.drafts);
      await execution.feed(copyOf(drafts));
      return drafts;
    });
    for (const event of [...copyOf(events), ...derived]) {
      this.events.push(event);
      apply(this.state, event);
    }
    return derived;
  }
};
function copyOf(value) {
  return JSON.parse(JSON.stringify(value));
}

// src/testing/deviation.ts
async function firstDeviation(surroundings, events, change = (event) => event) {
  const [started, ...rest] = events;
  const tape = await Tape.play(surroundings, [change(started)]);
  let derived = tape.events.slice(1);
  for (let i = 0; ; ) {
    const recorded = [];
    for (let next = rest[i]; next !== void 0 && isDerived(next); next = rest[++i]) recorded.push(next);
    const at = recorded.findIndex((event, place) => !sameJson(event, derived[place]));
    const differs = at === -1 ? derived.length > recorded.length ? recorded.length : -1 : at;
    if (differs !== -1) {
      const now = derived[differs];
      return { before: recorded[differs], now, place: placeOf(now, tape, surroundings) };
    }
    if (i === rest.length) return void 0;
    const { at: time, ...external } = change(rest[i++]);
    derived = await tape.happen(external, time);
  }
}
function placeOf(event, tape, surroundings) {
  if (event?.type === "ended") return /\(?([^()\s]+:\d+:\d+)\)?$/m.exec(event.error?.stack ?? "")?.[1];
  if (event === void 0) return void 0;
  return surroundings.placeOf(tape.stepOf(event.step_no)?.trace.made?.stack);
}
function deviationError({ before, now }) {
  return new SequencerError(
    "ProgramDiverged",
    `Run again over the same events, the program does something else. ${inWords(before, now)}`,
    "See that nothing it does depends on what is not in its params, replies and other results."
  );
}
function inWords(before, now) {
  if (before === void 0) return `It now does more: ${nameOf(now)}.`;
  if (now === void 0) return `It no longer does: ${nameOf(before)}.`;
  if (before.type !== now.type) return `Before: ${nameOf(before)}. Now: ${nameOf(now)}.`;
  const field = differingField(before, now);
  const value = (event) => preview(event[field], 200);
  return `${nameOf(before)}: ${field} was ${value(before)}, is now ${value(now)}.`;
}
function differingField(one, other) {
  const fields = /* @__PURE__ */ new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...fields].find((field) => !sameJson(one[field], other[field])) ?? "type";
}
function nameOf(event) {
  if (event.type === "ended") return `the end (${event.state})`;
  if (event.type !== "step_issued") return `${event.type} of step ${event.step_no}`;
  const { step_no, kind, text, label } = event;
  return `step ${step_no} (${kind} ${preview(text ?? label ?? "", 60)})`;
}

export {
  inTurn,
  Tape,
  firstDeviation,
  deviationError,
  differingField,
  nameOf
};
