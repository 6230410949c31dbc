/**
 * Random programs, random histories, random edits: what an adoption promises, whatever they are.
 *
 * The program is a tree that the test generates and edits; it notes which reply it was given for which
 * question. On a failure fast-check prints the seed and the smallest case.
 */

import fc from "fast-check";
import { expect, test } from "vitest";
import type { Event, VersionAdopted } from "../../src/engine/event.ts";
import { Execution } from "../../src/engine/execution.ts";
import { History } from "../../src/engine/history.ts";
import { mismatchOf } from "../../src/engine/mismatch.ts";
import { apply, initialState, type State } from "../../src/engine/state.ts";
import type { Adoption } from "../../src/engine/trial.ts";
import { all, defineProgram, instruct, race, sideEffect, signal, sleep } from "../../src/index.ts";
import { cutBefore } from "../../src/instances/fork.ts";
import { Past } from "../../src/instances/past.ts";
import type { Program } from "../../src/program/program.ts";
import { startedEvent, surroundings, throughJson, timeAt } from "../engine/run.ts";

type Node =
  | { readonly kind: "ask"; readonly text: string; readonly id?: string }
  | { readonly kind: "sleep"; readonly ms: number }
  | { readonly kind: "signal" }
  | { readonly kind: "effect"; readonly label: string }
  | { readonly kind: "call"; readonly n: number; readonly body: readonly Node[] }
  | { readonly kind: "if"; readonly body: readonly Node[] }
  | { readonly kind: "all" | "race"; readonly branches: readonly (readonly Node[])[] };

/** What a program was given: question and reply. */
type Notes = [string, unknown][];

const FOLDERS = {
  asked: "/state/versions/0123456789abcdef0123456789abcdef/files",
  askedEntry: "",
  recordedEntries: {},
};

async function* runNodes(nodes: readonly Node[], notes: Notes): AsyncGenerator<any, void, any> {
  let last = 0;
  for (const node of nodes) {
    switch (node.kind) {
      case "ask": {
        const { text, id } = node;
        const reply = { type: "number" };
        const got: unknown = yield* instruct(text, {
          reply,
          maxAttempts: 3,
          ...(id !== undefined && { id }),
        });
        notes.push([text, got]);
        last = Number(got);
        break;
      }
      case "sleep":
        yield* sleep(node.ms);
        break;
      case "signal":
        notes.push(["signal", yield* signal("go")]);
        break;
      case "effect":
        notes.push([node.label, yield* sideEffect(node.label, () => 0)]);
        break;
      case "call":
        yield* programOf(node.body, notes, "callee").call({ n: node.n });
        break;
      case "if":
        if (last % 2 === 0) yield* runNodes(node.body, notes);
        break;
      default: {
        const branches = node.branches.map((branch) => runNodes(branch, notes));
        yield* node.kind === "all" ? all(branches) : race(branches);
      }
    }
  }
}

function programOf(nodes: readonly Node[], notes: Notes, name = "tested"): Program {
  return defineProgram({
    name,
    description: "A program of a test.",
    signals: { go: { type: "number" } },
    async *run() {
      yield* runNodes(nodes, notes);
      return notes.length;
    },
  }) as Program;
}

const text = fc.constantFrom("A", "B", "C", "D");
const { nodes } = fc.letrec<{ nodes: Node[]; node: Node }>((tie) => ({
  nodes: fc.array(tie("node"), { maxLength: 4, depthIdentifier: "d" }),
  node: fc.oneof(
    { depthIdentifier: "d", maxDepth: 3, depthSize: "small" },
    { weight: 6, arbitrary: text.map((text): Node => ({ kind: "ask", text })) },
    { weight: 1, arbitrary: text.map((text): Node => ({ kind: "ask", text, id: `id-${text}` })) },
    { weight: 1, arbitrary: fc.constantFrom(1_000, 60_000).map((ms): Node => ({ kind: "sleep", ms })) },
    { weight: 1, arbitrary: fc.constant<Node>({ kind: "signal" }) },
    { weight: 1, arbitrary: text.map((label): Node => ({ kind: "effect", label })) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("call" as const), n: fc.nat(1), body: tie("nodes") }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("if" as const), body: tie("nodes") }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constantFrom("all" as const, "race" as const),
        branches: fc.array(tie("nodes"), { minLength: 1, maxLength: 3 }),
      }),
    },
  ) as fc.Arbitrary<Node>,
}));

/** One edit of a program: at a place that `at` picks, the nodes there replaced by others. */
interface Edit {
  readonly at: readonly number[];
  readonly remove: number;
  readonly insert: readonly Node[];
}

const edit: fc.Arbitrary<Edit> = fc.record({
  at: fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }),
  remove: fc.nat(2),
  insert: fc.oneof(
    fc.constant([]),
    nodes.map((list) => list.slice(0, 2)),
  ),
});

function edited(list: readonly Node[], { at, remove, insert }: Edit): Node[] {
  const [index = 0, ...deeper] = at;
  const position = index % (list.length + 1);
  const node = list[position];
  if (deeper.length > 0 && node !== undefined) {
    const into = (inner: readonly Node[]) => edited(inner, { at: deeper, remove, insert });
    if (node.kind === "call") return list.with(position, { ...node, body: into(node.body) });
    if (node.kind === "if") return list.with(position, { ...node, body: into(node.body) });
    if (node.kind === "all" || node.kind === "race") {
      const which = deeper[0]! % node.branches.length;
      return list.with(position, {
        ...node,
        branches: node.branches.with(which, into(node.branches[which]!)),
      });
    }
  }
  return [...list.slice(0, position), ...insert, ...list.slice(position + remove)];
}

/** A log, and the version that runs on it. */
class Log {
  readonly events: Event[] = [];
  readonly state: State = initialState();
  notes: Notes = [];
  execution: Execution;
  turn = 0;

  constructor(public nodes: readonly Node[]) {
    this.execution = new Execution(programOf(nodes, this.notes), surroundings);
  }

  get adoptions(): VersionAdopted[] {
    return this.events.filter((event) => event.type === "version_adopted");
  }

  async happen(event: Event): Promise<void> {
    await this.append([event]);
    await this.completeTurn();
  }

  async completeTurn(): Promise<void> {
    if (this.execution.drafts.length > 0) await this.append([...this.execution.drafts]);
    expect(this.execution.drafts).toEqual([]);
    expect([...this.execution["pending"].keys()]).toEqual([...this.state.pending.keys()]);
  }

  private async append(events: Event[]): Promise<void> {
    for (const event of throughJson(events)) this.push(event);
    await this.execution.feed(throughJson(events));
  }

  /** Something happens to one of the pending steps, or a signal comes. */
  async act(choice: number): Promise<void> {
    if (this.state.ended !== undefined) return;
    const at = timeAt(++this.turn);
    const pending = [...this.state.pending.values()];
    if (choice % 11 === 0) return this.happen({ type: "signal_received", at, name: "go", value: choice });
    const step = pending[choice % Math.max(1, pending.length)];
    if (step === undefined) return;
    const { step_no, kind } = step.issued;
    switch (kind) {
      case "instruction": {
        const verdict = await this.execution.judge(step_no, choice % 5 === 0 ? "no number" : choice);
        return this.happen({ ...verdict!, at } as Event);
      }
      case "sleep":
        return this.happen({ type: "timer_fired", at, step_no });
      case "effect":
        if (step.effect === undefined)
          return this.happen({ type: "effect_started", at, step_no, owner: "o", attempt: 1 });
        return this.happen({ type: "effect_finished", at, step_no, value: choice });
      default:
        return this.happen({ type: "signal_received", at, name: "go", value: choice });
    }
  }

  /** What another process makes of the same log, whatever parts it reads it in. */
  async replay(partSize: number): Promise<{ execution: Execution; notes: Notes }> {
    const notes: Notes = [];
    const execution = new Execution(programOf(this.nodes, notes), surroundings, new History(this.adoptions));
    for (let from = 0; from < this.events.length; from += partSize) {
      await execution.feed(throughJson(this.events.slice(from, from + partSize)));
    }
    return { execution, notes };
  }

  async adopt(nodes: readonly Node[], adoption: Adoption): Promise<void> {
    const previous = this.state.version;
    const version = `v${this.turn}-${this.adoptions.length}`;
    const at = timeAt(++this.turn);
    this.push({ type: "version_adopted", at, version, previous, ...throughJson(adoption) });
    this.nodes = nodes;
    this.notes = [];
    this.execution = new Execution(programOf(nodes, this.notes), surroundings, new History(this.adoptions));
    await this.execution.feed(throughJson(this.events));
    await this.completeTurn();
  }

  private push(event: Event): void {
    apply(this.state, event);
    this.events.push(Object.assign({}, event, { seq: this.events.length }));
  }
}

/** Tries a version on events that it has not made. */
async function tryOn(nodes: readonly Node[], events: readonly Event[]): Promise<Adoption> {
  const past = new Past();
  past.see(events);
  const history = new History(past.adoptions, past.unanswered.trial(FOLDERS));
  const execution = new Execution(programOf(nodes, []), surroundings, history);
  for (const part of [events.slice(0, 3), events.slice(3)]) await execution.feed(throughJson(part));
  return execution.finishTrial();
}

/** Which question each recorded reply answered. */
function answersOf(events: readonly Event[]): Map<unknown, Set<string>> {
  const questions = new Map<number, string>();
  const answers = new Map<unknown, Set<string>>();
  for (const event of events) {
    if (event.type === "step_issued") questions.set(event.step_no, event.text ?? event.label ?? "");
    if (event.type !== "reply_accepted" && event.type !== "effect_finished") continue;
    const value = event.type === "reply_accepted" ? event.reply : event.value;
    answers.set(value, (answers.get(value) ?? new Set()).add(questions.get(event.step_no)!));
  }
  return answers;
}

const RUNS = Number(process.env["PROPERTY_RUNS"] ?? 400);

test("an edited program takes over a run only with the answers to its own questions, and replays forever", async () => {
  const round = fc.record({
    edits: fc.array(edit, { maxLength: 2 }),
    actions: fc.array(fc.nat(1_000), { maxLength: 8 }),
  });
  let adopted = 0;
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(
      nodes,
      fc.array(fc.nat(1_000), { maxLength: 12 }),
      fc.array(round, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1, max: 4 }),
      async (first, actions, rounds, partSize) => {
        const log = new Log(first);
        await log.happen(startedEvent());
        for (const choice of actions) await log.act(choice);
        for (const { edits, actions: further } of rounds) {
          if (log.state.ended !== undefined) break;
          const next = edits.reduce(edited, log.nodes);
          const before = throughJson(log.events);
          try {
            const adoption = await tryOn(next, log.events);
            if (edits.length === 0) expect(adoption.withdrawn).toBeUndefined();
            await log.adopt(next, adoption);
            adopted++;
          } catch (error) {
            const mismatch = mismatchOf(error);
            if (mismatch === undefined) throw error;
            refused++;
            expect(edits.length).toBeGreaterThan(0);
            expect(log.events).toEqual(before);
            await expectForkable(log, next, mismatch.step_no);
          }
          for (const choice of further) await log.act(choice);
          const answers = answersOf(log.events);
          for (const [question, value] of log.notes) {
            if (question !== "signal") expect([...answers.get(value)!]).toContain(question);
          }
          const replayed = await log.replay(partSize);
          expect(replayed.notes).toEqual(log.notes);
          expect(replayed.execution.drafts).toEqual([]);
          expect([...replayed.execution["pending"].keys()]).toEqual([...log.state.pending.keys()]);
        }
      },
    ),
    { numRuns: RUNS },
  );
  // Neither may be the exception, or the test says nothing.
  expect(adopted).toBeGreaterThan(RUNS / 4);
  expect(refused).toBeGreaterThan(RUNS / 40);
});

/** The way out that the report names: a fork before the step that differs, with the new version. */
async function expectForkable(log: Log, next: readonly Node[], stepNo: number | undefined): Promise<void> {
  if (stepNo === undefined) return;
  const history = cutBefore(log.events, stepNo, log.state.lastStepNo, false);
  const adoption = await tryOn(next, history);
  const fork = new Log(next);
  fork.turn = log.turn;
  for (const event of history) {
    apply(fork.state, event);
    fork.events.push(event);
  }
  await fork.adopt(next, adoption);
  const replayed = await fork.replay(2);
  expect(replayed.execution.drafts).toEqual([]);
  expect(replayed.notes).toEqual(fork.notes);
}
