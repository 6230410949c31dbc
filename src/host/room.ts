/**
 * What the program host holds: versions, and an execution for each loaded instance.
 *
 * H1. One request is handled at a time, so the one that is being handled is to blame for a stuck turn.
 * H2. Module state belongs to one instance: a version is evaluated anew for each.
 */

import { randomUUID } from "node:crypto";
import type { ProgramVersion } from "../catalog/version.ts";
import type { Event } from "../engine/event.ts";
import { Execution, isDerived, type Surroundings } from "../engine/execution.ts";
import { History } from "../engine/history.ts";
import { judge } from "../engine/judge.ts";
import { rehearse } from "../engine/rehearsal.ts";
import { toJsonSchema } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import { Command, SideEffect } from "../program/effect.ts";
import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import { createBuiltins, createTurns, realNow, type Turns } from "./determinism.ts";
import type { EffectRunner } from "./effect-runner.ts";
import { evaluateProgram } from "./evaluate-program.ts";
import type { HostCall, HostCalls } from "./messages.ts";
import { errorInfo, placeOf } from "./stack.ts";

type Handlers = {
  readonly [C in HostCall]: (
    request: HostCalls[C]["request"],
  ) => HostCalls[C]["answer"] | Promise<HostCalls[C]["answer"]>;
};

/**
 * @param provide the server's own modules, by what programs import: `agent-sequencer`, `zod`
 * @param effects runs what the programs' side effects do
 */
export function createRoom(provide: (specifier: string) => unknown, effects: EffectRunner): Handlers {
  const versions = new Map<string, ProgramVersion>();
  const executions = new Map<string, Execution>();
  const versionsOf = new Map<string, ProgramVersion>();

  function versionOf(hash: string): ProgramVersion {
    const version = versions.get(hash);
    if (version === undefined) throw new Error(`version ${hash} was not defined in this host`);
    return version;
  }

  /** The turns of one evaluation of a version; what it sees of clock and chance follows from the seed. */
  function turnsOf(version: ProgramVersion, seed: string): Turns {
    return createTurns({ seed, placeOf: (stack) => placeOf(stack, version) });
  }

  function evaluate(version: ProgramVersion, turns: Turns, atMs: number): Program {
    return turns.evaluating(atMs, () =>
      evaluateProgram(version, provide, { requireBuiltin: createBuiltins() }),
    );
  }

  /** For what is asked of a version before there is an instance of it. */
  function look(hash: string): { version: ProgramVersion; program: Program; turns: Turns } {
    const version = versionOf(hash);
    const turns = turnsOf(version, randomUUID());
    return { version, program: evaluate(version, turns, realNow()), turns };
  }

  function surroundingsFor(version: ProgramVersion, turns: Turns): Surroundings {
    return {
      enter: turns.enter,
      leave: turns.leave,
      describeError: (error) => errorInfo(error, version),
      placeOf: (stack) => placeOf(stack, version),
    };
  }

  function executionOf(instance: string): Execution {
    const execution = executions.get(instance);
    if (execution === undefined) throw new Error(`instance ${instance} is not loaded in this host`);
    return execution;
  }

  async function feed(instance: string, lines: string): Promise<Execution> {
    const execution = executionOf(instance);
    for (const events of inParts(lines)) await execution.feed(events);
    return execution;
  }

  return {
    define({ version }) {
      versions.set(version.version, version);
      return {};
    },
    describe({ version }) {
      const { name, description, params } = look(version).program;
      const paramsSchema = params === undefined ? null : toJsonSchema(params, `params of program '${name}'`);
      return { name, description, paramsSchema };
    },
    async prepare({ version, params: text }) {
      const { program, turns } = look(version);
      const { name, params: schema } = program;
      const raw = text === undefined ? {} : (JSON.parse(text) as Json);
      const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
      if (schema === undefined) {
        if (raw === null || (typeof raw === "object" && Object.keys(raw).length === 0)) {
          return { params: {}, timeZone, locale };
        }
        return { problems: [{ path: "$", message: `program '${name}' takes no params` }] };
      }
      const shown = toJsonSchema(schema, `params of program '${name}'`);
      turns.enter("", realNow());
      const judgement = await judge(raw, shown, schema, "params").finally(turns.leave);
      if (judgement.verdict === "valid") return { params: judgement.value, timeZone, locale };
      if (judgement.verdict === "invalid") return { problems: judgement.problems };
      throw new SequencerError(
        "SchemaNotJson",
        `The params schema of program '${name}' is at fault: ${judgement.reason}.`,
      );
    },
    load({ instance, version: hash, seed, atMs, adoptions, trial, seek }) {
      const version = versionOf(hash);
      const turns = turnsOf(version, seed);
      const history = new History(adoptions, trial);
      const execution = new Execution(
        evaluate(version, turns, atMs),
        surroundingsFor(version, turns),
        history,
      );
      if (seek !== undefined) execution.seek(seek);
      executions.set(instance, execution);
      versionsOf.set(instance, version);
      return {};
    },
    async feed({ instance, lines }) {
      const { drafts } = await feed(instance, lines);
      return { drafts: [...drafts] };
    },
    async judge({ instance, lines, stepNo, reply }) {
      const execution = await feed(instance, lines);
      return { verdict: await execution.judge(stepNo, JSON.parse(reply) as Json) };
    },
    async judgeSignal({ instance, lines, name, value }) {
      const execution = await feed(instance, lines);
      return execution.judgeSignal(name, JSON.parse(value) as Json);
    },
    startEffect({ effect, ...order }) {
      const version = versionsOf.get(order.instance);
      const step = executions.get(order.instance)?.stepOf(order.stepNo);
      if (version === undefined || !(step instanceof SideEffect)) return { started: false };
      effects.start({ effect, order, step, describeError: (error) => errorInfo(error, version) });
      return { started: true };
    },
    cancelEffect({ effect }) {
      effects.cancel(effect);
      return {};
    },
    commandSecrets({ instance, stepNo }) {
      const step = executions.get(instance)?.stepOf(stepNo);
      if (!(step instanceof Command)) return undefined;
      const { env, input } = step.options;
      return { ...(env !== undefined && { env: { ...env } }), ...(input !== undefined && { input }) };
    },
    ping: () => ({}),
    async finishTrial({ instance, soFar }) {
      const execution = executionOf(instance);
      return soFar ? execution.adoption : execution.finishTrial();
    },
    soughtPlace({ instance }) {
      return { place: executionOf(instance).soughtPlace };
    },
    async rehearse({ instance, recorded, ...options }) {
      return { asked: await rehearse(executionOf(instance), recorded, options) };
    },
    unload({ instance }) {
      executions.delete(instance);
      versionsOf.delete(instance);
      return {};
    },
  };
}

/** Events of a part; what is parsed of a long log then dies young. */
const EVENTS_A_PART = 100;

/** The events of the lines, in parts of whole turns: a turn is fed at once, or what it did would be done anew. */
function* inParts(lines: string): Generator<Event[]> {
  let part: Event[] = [];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf("\n", start);
    const stop = end === -1 ? lines.length : end;
    const event = JSON.parse(lines.slice(start, stop)) as Event;
    if (part.length >= EVENTS_A_PART && !isDerived(event)) {
      yield part;
      part = [];
    }
    part.push(event);
    start = stop + 1;
  }
  if (part.length > 0) yield part;
}
