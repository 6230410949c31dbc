/**
 * One dry run: a program driven over made-up replies to its end, or to a bound. Nothing outside is touched.
 *
 * R1. Side effects and commands are not done. A command's exit code is 0 and 1 in turn; of what a side effect
 *     gives nothing is known, so it gets one of some forms, and a form that the program cannot use is told.
 */

import { basename } from "node:path";
import { type Event, FORMAT_VERSION, type Started, type StepIssued } from "../engine/event.ts";
import { schemaOf } from "../engine/issue.ts";
import { judge } from "../engine/judge.ts";
import { toJsonSchema } from "../engine/schema.ts";
import { SequencerError } from "../errors.ts";
import { VERSION } from "../package.ts";
import type { Program } from "../program/program.ts";
import type { Json } from "../program/schema.ts";
import type { Source } from "../testing/source.ts";
import { hostSurroundings } from "../testing/surroundings.ts";
import { type External, Tape } from "../testing/tape.ts";
import { inTurn } from "../testing/turn.ts";
import type { Choices } from "./choices.ts";
import { type Finding, findingsInStep } from "./findings.ts";
import type { MadeUp } from "./made-up.ts";

/** What replies are made up from; shared by the scenarios of a check, so that each goes another way. */
export interface Materials {
  readonly madeUp: MadeUp;
  readonly choices: Choices;
  /** By label of a side effect: which of `RESULT_FORMS` it gives. */
  readonly forms: Map<string, number>;
}

export interface ScenarioOptions {
  /** JSON; none: made up, too. */
  readonly params?: string;
  readonly projectDir: string;
  readonly maxSteps: number;
  /** The agent always can, and params are the defaults where these are enough. */
  readonly plain: boolean;
  /** Told before every turn: the run is alive. */
  readonly onTurn?: () => void;
}

export interface Scenario {
  readonly events: readonly Event[];
  /** Where each step is made, by its number: "hello.ts:12:5". */
  readonly places: { readonly [stepNo: string]: string };
  readonly findings: readonly Finding[];
  /** `limit`: it went on beyond `maxSteps`; `waiting`: for something that cannot be made up. */
  readonly stopped: "ended" | "limit" | "waiting";
  /** The side effect whose made-up result the program could not use. */
  readonly misfit?: string;
}

export const SEED = "check";
/** When it is another year, month and day where `check` runs a program a second time. */
export const BEGINNING = "2025-12-31T10:30:00.000Z";
const INSTANCE_ID = "01KDVSNM000000000000000000";
/** Between two things that happen. */
const PAUSE_MS = 1_000;
const MAX_TRIES = 25;
/** Of so many times that an instruction is asked, the agent cannot do it once. */
const FAILS_ONCE_IN = 4;

/** What a side effect may have given, in the order in which it is tried. */
export const RESULT_FORMS: readonly Json[] = ["made up\nby check", {}, [], ["made up"], 1, true, null];

/** @throws SequencerError `InvalidParams`, `ProgramNotLoadable`, `InvalidSchema` */
export async function runScenario(
  source: Source,
  materials: Materials,
  options: ScenarioOptions,
): Promise<Scenario> {
  return new Rehearsal(source, materials, options).run();
}

class Rehearsal {
  private readonly source: Source;
  private readonly materials: Materials;
  private readonly options: ScenarioOptions;
  private readonly findings: Finding[] = [];
  private readonly places: { [stepNo: string]: string } = {};
  private nowMs = Date.parse(BEGINNING);
  private misfit: string | undefined;
  private tape!: Tape;

  constructor(source: Source, materials: Materials, options: ScenarioOptions) {
    this.source = source;
    this.materials = materials;
    this.options = options;
  }

  async run(): Promise<Scenario> {
    const surroundings = hostSurroundings(this.source, SEED);
    const program = surroundings.evaluate(this.nowMs);
    this.tape = await Tape.play(surroundings, [await this.started(program)]);
    this.look(this.tape.events.slice(1));
    const stopped = await this.goOn();
    const { findings, places, misfit } = this;
    return { events: this.tape.events, places, findings, stopped, ...(misfit !== undefined && { misfit }) };
  }

  private async goOn(): Promise<Scenario["stopped"]> {
    for (;;) {
      const { ended, pending, lastStepNo } = this.tape.state;
      if (ended !== undefined) return "ended";
      if (lastStepNo >= this.options.maxSteps) return "limit";
      const waiting = [...pending.values()].map(({ issued }) => issued);
      const next = waiting.find(({ kind }) => kind !== "sleep") ?? earliest(waiting);
      if (next === undefined) return "waiting";
      this.options.onTurn?.();
      const event = await this.answerTo(next);
      if (event === undefined) return "waiting";
      const due = next.kind === "sleep" ? Date.parse(next.timeout_at!) : this.nowMs + PAUSE_MS;
      this.nowMs = Math.max(this.nowMs, due);
      this.look(await this.tape.happen(event, new Date(this.nowMs).toISOString()));
      // It failed in the very turn in which it was given the made-up result.
      const failed = this.tape.state.ended?.error?.type === "TypeError";
      if (next.kind === "effect" && failed) this.misfit = next.label;
    }
  }

  /** Notes what is to be said of the steps that were just asked, and where they are made. */
  private look(derived: readonly Event[]): void {
    for (const event of derived) {
      if (event.type !== "step_issued" || event.kind === "call") continue;
      const step = this.tape.stepOf(event.step_no);
      const place = this.source.placeOf(step?.trace.made?.stack);
      if (place !== undefined) this.places[event.step_no] = place;
      this.findings.push(...findingsInStep(event, step && schemaOf(step), place));
    }
  }

  private async answerTo(issued: StepIssued): Promise<External | undefined> {
    const { step_no, kind, label = "", schema } = issued;
    const { choices, forms, madeUp } = this.materials;
    switch (kind) {
      case "instruction":
      case "ask":
        return this.reply(issued);
      case "command": {
        const exit_code = choices.next(`command ${JSON.stringify([label, issued.args])}`, 2);
        return finished(step_no, { exit_code, signal: null, stdout: "", stderr: "" });
      }
      case "effect":
        return finished(step_no, RESULT_FORMS[forms.get(label) ?? 0]!);
      case "signal": {
        for (let tries = 0; tries < MAX_TRIES; tries++) {
          const judgement = await this.tape.judgeSignal(label, madeUp.value(schema));
          if (judgement.verdict === "valid")
            return { type: "signal_received", name: label, value: judgement.value };
        }
        return undefined;
      }
      default:
        return { type: "timer_fired", step_no };
    }
  }

  /** One that the author's own schema takes, too; if none is found, the agent says it cannot. */
  private async reply({ step_no, schema }: StepIssued): Promise<External> {
    const { choices, madeUp } = this.materials;
    const place = this.places[step_no];
    const reason = "check made this failure up";
    // By the file's name: where a checkout lies must not change what is tried.
    const where = place === undefined ? "an unknown place" : basename(place);
    if (!this.options.plain && choices.next(`failure at ${where}`, FAILS_ONCE_IN) === 0) {
      return { type: "step_failed", step_no, code: "agent_failure", reason };
    }
    let problems = "";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const verdict = (await this.tape.judge(step_no, madeUp.value(schema)))!;
      if (verdict.type !== "reply_rejected") return verdict;
      problems = inWords(verdict.problems);
    }
    const message = `no reply could be made up that its schema takes, so check went on as if the agent had failed (${problems})`;
    this.findings.push({ severity: "info", code: "no-reply", place, message });
    return { type: "step_failed", step_no, code: "agent_failure", reason };
  }

  private async started(program: Program): Promise<Started> {
    const { timeZone, locale } = Intl.DateTimeFormat().resolvedOptions();
    const { name, version } = this.source;
    return {
      type: "started",
      at: BEGINNING,
      format: FORMAT_VERSION,
      engine: VERSION,
      instance_id: INSTANCE_ID,
      program: { name, version },
      params: await this.params(program),
      seed: SEED,
      project_dir: this.options.projectDir,
      time_zone: timeZone,
      locale,
      node: Number(process.versions.node.split(".")[0]),
    };
  }

  private async params({ name, params: schema }: Program): Promise<Json> {
    const given = this.options.params === undefined ? undefined : (JSON.parse(this.options.params) as Json);
    if (schema === undefined) {
      if (given === undefined || JSON.stringify(given) === "{}") return {};
      throw new SequencerError("InvalidParams", `Program '${name}' takes no params.`, FIX);
    }
    const what = `params of program '${name}'`;
    const shown = toJsonSchema(schema, what);
    let problems = "";
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const tried = given ?? (tries === 0 && this.options.plain ? {} : this.materials.madeUp.value(shown));
      const judgement = await inTurn(() => judge(tried, shown, schema, what));
      if (judgement.verdict === "valid") return judgement.value;
      problems = judgement.verdict === "broken" ? judgement.reason : inWords(judgement.problems);
      if (given !== undefined) break;
    }
    const which = given === undefined ? "No params could be made up" : "The params are not valid";
    throw new SequencerError("InvalidParams", `${which} for program '${name}': ${problems}.`, FIX);
  }
}

const FIX = "Pass params that the program takes: --params JSON.";

function earliest(steps: readonly StepIssued[]): StepIssued | undefined {
  return [...steps].sort((a, b) => (a.timeout_at! < b.timeout_at! ? -1 : 1))[0];
}

function finished(step_no: number, value: Json): External {
  return { type: "effect_finished", step_no, value };
}

function inWords(problems: readonly { readonly path: string; readonly message: string }[]): string {
  return problems.map(({ path, message }) => `${path} ${message}`).join("; ");
}
