/**
 * What the program host holds: versions, and an execution for each loaded instance.
 *
 * H1. One request is handled at a time, so the one that is being handled is to blame for a stuck turn.
 * H2. Module state belongs to one instance: a version is evaluated anew for each.
 */

import type { ProgramVersion } from "../catalog/version.ts";
import type { ErrorInfo, Event } from "../engine/event.ts";
import { Execution, type Surroundings } from "../engine/execution.ts";
import { History } from "../engine/history.ts";
import { judge } from "../engine/judge.ts";
import { rehearse } from "../engine/rehearsal.ts";
import { toJsonSchema } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import { Command, SideEffect } from "../program/effect.ts";
import { isProgram, type Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import type { EffectRunner } from "./effect-runner.ts";
import { evaluateVersion } from "./evaluate.ts";
import type { HostCall, HostCalls, Place } from "./messages.ts";
import { formatAuthorStack, positionOf } from "./stack.ts";

/** Something thrown while a version was evaluated, with the author's place. */
export class EvaluationFailed extends SequencerError {
  constructor(
    message: string,
    readonly place: Place | undefined,
  ) {
    super("ProgramNotLoadable", message);
  }
}

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

  function evaluate(version: ProgramVersion): Program {
    let exported: unknown;
    try {
      exported = evaluateVersion(version, provide);
    } catch (error) {
      if (error instanceof SequencerError) throw error;
      const { type, message } = errorInfo(error, version);
      const place = error instanceof Error ? positionOf(error.stack ?? "", version) : undefined;
      const at = place === undefined ? version.entry : `${place.file}:${place.line}:${place.column}`;
      throw new EvaluationFailed(`${at}: ${type} while the program was loaded: ${message}`, place);
    }
    if (!isProgram(exported)) {
      throw new SequencerError(
        "ProgramNotLoadable",
        `${version.entry} has no default export made by defineProgram.`,
        "End the file with `export default defineProgram({ name, description, run })`.",
      );
    }
    if (exported.name !== version.name) {
      throw new SequencerError(
        "ProgramNotLoadable",
        `${version.entry} defines a program named '${exported.name}'.`,
        `Name the program '${version.name}', or the file '${exported.name}'.`,
      );
    }
    return exported;
  }

  function surroundingsFor(version: ProgramVersion): Surroundings {
    return {
      enter: () => {},
      leave: () => {},
      describeError: (error) => errorInfo(error, version),
      placeOf: (stack) => {
        const place = stack === undefined ? undefined : positionOf(stack, version);
        return place && `${place.file}:${place.line}:${place.column}`;
      },
    };
  }

  function executionOf(instance: string): Execution {
    const execution = executions.get(instance);
    if (execution === undefined) throw new Error(`instance ${instance} is not loaded in this host`);
    return execution;
  }

  async function feed(instance: string, lines: string): Promise<Execution> {
    const execution = executionOf(instance);
    if (lines !== "") await execution.feed(parseLines(lines));
    return execution;
  }

  return {
    define({ version }) {
      versions.set(version.version, version);
      return {};
    },
    describe({ version }) {
      const { name, description, params } = evaluate(versionOf(version));
      const paramsSchema = params === undefined ? null : toJsonSchema(params, `params of program '${name}'`);
      return { name, description, paramsSchema };
    },
    async prepare({ version, params: text }) {
      const { name, params: schema } = evaluate(versionOf(version));
      const raw = text === undefined ? {} : (JSON.parse(text) as Json);
      const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
      if (schema === undefined) {
        if (raw === null || (typeof raw === "object" && Object.keys(raw).length === 0)) {
          return { params: {}, timeZone, locale };
        }
        return { problems: [{ path: "$", message: `program '${name}' takes no params` }] };
      }
      const judgement = await judge(
        raw,
        toJsonSchema(schema, `params of program '${name}'`),
        schema,
        "params",
      );
      if (judgement.verdict === "valid") return { params: judgement.value, timeZone, locale };
      if (judgement.verdict === "invalid") return { problems: judgement.problems };
      throw new SequencerError(
        "SchemaNotJson",
        `The params schema of program '${name}' is at fault: ${judgement.reason}.`,
      );
    },
    load({ instance, version: hash, adoptions, trial, seek }) {
      const version = versionOf(hash);
      const history = new History(adoptions, trial);
      const execution = new Execution(evaluate(version), surroundingsFor(version), history);
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

function parseLines(lines: string): Event[] {
  const events: Event[] = [];
  for (let start = 0; start < lines.length; ) {
    const end = lines.indexOf("\n", start);
    const stop = end === -1 ? lines.length : end;
    events.push(JSON.parse(lines.slice(start, stop)) as Event);
    start = stop + 1;
  }
  return events;
}

function errorInfo(error: unknown, version: ProgramVersion): ErrorInfo {
  if (!(error instanceof Error)) return { type: typeof error, message: String(error) };
  const stack = formatAuthorStack(error, version);
  return { type: error.name, message: error.message, ...(stack !== "" && { stack }) };
}
