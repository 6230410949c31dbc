/** What the agent reads: its form, and how it is made to fit. */

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ListEntry, ProgramEntry } from "../../src/instances/answer.ts";
import { formatAnswer } from "../../src/server/format.ts";
import { fitPage, formatPrograms } from "../../src/server/format-list.ts";
import { toRanges } from "../../src/server/ranges.ts";
import { fitText, limitOf, sizeOf } from "../../src/server/size.ts";
import { answer, INSTANCE_ID, instruction } from "./fake-sequencer.ts";

const LIMIT = 12_000;
const pretty = (value: unknown) => JSON.stringify(value, null, 2);

describe("an answer about an instance", () => {
  it("puts the instruction before what is only about it", () => {
    const given = answer(
      instruction(2, {
        text: "Write a greeting for 'Ada'.",
        expect_schema: { type: "object", required: ["message"] },
        attempt: 2,
        validation_error: { step_no: 1, problems: [{ path: "$.message", message: "is missing" }] },
      }),
      { progress_hint: { current: 1, of: 2, label: "greeting Ada" } },
    );
    expect(pretty(formatAnswer(given, LIMIT))).toMatchInlineSnapshot(`
      "{
        "instance_id": "01JDQ3V5Z8M4X7C2B9N6K1H0GT",
        "program": "hello",
        "state": "awaiting_result",
        "step_no": 2,
        "last_yield": {
          "kind": "instruction",
          "step_no": 2,
          "validation_error": {
            "step_no": 1,
            "problems": [
              {
                "path": "$.message",
                "message": "is missing"
              }
            ]
          },
          "text": "Write a greeting for 'Ada'.",
          "expect_schema": {
            "type": "object",
            "required": [
              "message"
            ]
          },
          "on_invalid": "retry",
          "attempt": 2,
          "max_attempts": 5,
          "expected_minutes": null,
          "timeout_at": null
        },
        "yielded_at": "2025-03-01T10:00:00.000Z",
        "progress_hint": {
          "current": 1,
          "of": 2,
          "label": "greeting Ada"
        },
        "version": "0123456789abcdef0123456789abcdef"
      }"
    `);
  });

  it("of an ended run shows the summary", () => {
    const given = answer({ kind: "done", summary: { greeted_count: 1 } });
    expect(pretty(formatAnswer(given, LIMIT))).toMatchInlineSnapshot(`
      "{
        "instance_id": "01JDQ3V5Z8M4X7C2B9N6K1H0GT",
        "program": "hello",
        "state": "completed",
        "step_no": 1,
        "last_yield": {
          "kind": "done",
          "summary": {
            "greeted_count": 1
          }
        },
        "yielded_at": "2025-03-01T10:00:00.000Z",
        "progress_hint": null,
        "version": "0123456789abcdef0123456789abcdef"
      }"
    `);
  });

  it("says that a reply was recorded before", () => {
    expect(formatAnswer(answer(instruction(2), { duplicate: true }), LIMIT)).toMatchObject({
      duplicate: true,
    });
  });

  it("says which steps are pending besides those it holds", () => {
    const given = answer(instruction(7), { still_pending: [3, 4, 5, 7] });
    expect(formatAnswer(given, LIMIT)).toMatchObject({ still_pending: { count: 4, step_nos: "3-5, 7" } });
  });

  it("keeps an instruction whole, however long it is", () => {
    const text = "long ".repeat(20_000);
    expect(formatAnswer(answer(instruction(1, { text })), LIMIT)).toMatchObject({ last_yield: { text } });
  });

  it("leaves out whole instructions that do not fit, and says which", () => {
    const lengths = [5_000, 5_000, 5_000, 10, 5_000, 10];
    const instructions = lengths.map((length, i) => instruction(i + 3, { text: "x".repeat(length) }));
    const shown = formatAnswer(answer({ kind: "parallel", instructions }), LIMIT) as any;
    expect(shown.last_yield.instructions.map((each: any) => each.step_no)).toEqual([3, 4, 6, 8]);
    expect(shown).toMatchObject({
      not_shown: [5, 7],
      still_pending: { count: 6, step_nos: "3-8" },
      note: expect.stringContaining("step_nos"),
    });
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
  });

  it("stays under the limit with thousands of steps", () => {
    const instructions = Array.from({ length: 10_000 }, (_, i) => instruction(2 * i + 1));
    const shown = formatAnswer(answer({ kind: "parallel", instructions }), LIMIT) as any;
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
    expect(shown.not_shown).toHaveLength(100);
    expect(shown.not_shown_count + shown.last_yield.instructions.length).toBe(10_000);
    expect(shown.still_pending.count).toBe(10_000);
  });

  it("shows the beginning of a summary that is too large, and where the whole is", () => {
    const summary = { pages: Array.from({ length: 5_000 }, (_, i) => `page "${i}"`) };
    const shown = formatAnswer(answer({ kind: "done", summary }), LIMIT) as any;
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
    expect(shown.last_yield.summary_truncated).toBe(true);
    expect(JSON.stringify(summary).startsWith(shown.last_yield.summary.slice(0, -1))).toBe(true);
    expect(shown.last_yield.note).toContain(`agent-sequencer show ${INSTANCE_ID} --json`);
  });

  it("cuts errors and reasons that are too long", () => {
    const message = "m".repeat(30_000);
    const error = { kind: "error", type: "Error", message, stack: message, fix: "Do it." } as const;
    const failed = formatAnswer(answer(error), LIMIT) as any;
    expect(sizeOf(failed)).toBeLessThanOrEqual(LIMIT);
    expect(failed.last_yield).toMatchObject({ type: "Error", fix: "Do it.", note: expect.any(String) });
    const aborted = formatAnswer(answer({ kind: "abort", reason: message }), LIMIT) as any;
    expect(sizeOf(aborted)).toBeLessThanOrEqual(LIMIT);
  });

  it("cuts a long list of what is waited for", () => {
    const waiting_for = Array.from({ length: 1_000 }, (_, i) => ({
      step_no: i + 1,
      kind: "sleep" as const,
      what: "sleep",
      until: null,
    }));
    const shown = formatAnswer(answer({ kind: "waiting", waiting_for, advice: "Wait." }), LIMIT) as any;
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
    expect(shown.last_yield.waiting_for.length).toBeGreaterThan(50);
    expect(shown.still_pending.count).toBe(1_000);
  });

  it("of parallel steps is never over the limit unless its first instruction alone is", () => {
    const lengths = fc.array(fc.nat(9_000), { minLength: 2, maxLength: 60 });
    fc.assert(
      fc.property(lengths, (all) => {
        const instructions = all.map((length, i) => instruction(i + 1, { text: '"'.repeat(length) }));
        const shown = formatAnswer(answer({ kind: "parallel", instructions }), LIMIT) as any;
        const alone = formatAnswer(answer({ kind: "parallel", instructions: [instructions[0]!] }), LIMIT);
        expect(sizeOf(shown)).toBeLessThanOrEqual(Math.max(LIMIT, sizeOf(alone) + 1_000));
        const numbers = shown.last_yield.instructions.map((each: any) => each.step_no);
        expect([...numbers, ...(shown.not_shown ?? [])].sort((a, b) => a - b)).toEqual(
          instructions.map(({ step_no }) => step_no),
        );
      }),
    );
  });
});

describe("the list of programs", () => {
  const program = (name: string, schemaSize: number): ProgramEntry => ({
    name,
    description: `Does ${name}.`,
    params_schema: { description: "s".repeat(schemaSize) },
    source: "user",
    file: `/programs/${name}.ts`,
    version: "v",
  });

  it("leaves out schemas that do not fit, and says so", () => {
    const programs = [program("a", 5_000), program("b", 9_000), program("c", 100)];
    const shown = formatPrograms({ programs, problems: [] }, LIMIT) as any;
    expect(shown.programs.map((each: any) => [each.name, each.params_schema !== undefined])).toEqual([
      ["a", true],
      ["b", false],
      ["c", true],
    ]);
    expect(shown.programs[1].params_schema_omitted).toBe(true);
    expect(shown.note).toContain("filter");
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
  });

  it("keeps the schema of a single program, however large", () => {
    const shown = formatPrograms({ programs: [program("a", 20_000)], problems: [] }, LIMIT) as any;
    expect(shown.programs[0].params_schema.description).toHaveLength(20_000);
  });

  it("counts what does not fit at all", () => {
    const programs = Array.from({ length: 500 }, (_, i) => program(`p${i}`, 10));
    const problems = Array.from({ length: 500 }, (_, i) => ({
      file: `/f${i}.ts`,
      message: "Unexpected token",
    }));
    const shown = formatPrograms({ programs, problems }, LIMIT) as any;
    expect(sizeOf(shown)).toBeLessThanOrEqual(LIMIT);
    expect(shown.programs.length + shown.programs_not_shown).toBe(500);
    expect(shown.problems.length + shown.problems_not_shown).toBe(500);
    expect(shown.programs.length).toBeGreaterThan(10);
  });
});

describe("a page of instances", () => {
  it("that is too large is fetched again, shorter, with a cursor that leads on", async () => {
    const entries = Array.from({ length: 100 }, (_, i) => ({ step_no: i, program: "p".repeat(300) }));
    const fetch = async (count: number) => ({
      instances: entries.slice(0, count) as unknown as ListEntry[],
      total: 100,
      next_cursor: String(count),
    });
    const page = (await fitPage(fetch, 100, LIMIT)) as any;
    expect(sizeOf(page)).toBeLessThanOrEqual(LIMIT);
    expect(page.instances.length).toBeGreaterThan(20);
    expect(page.next_cursor).toBe(String(page.instances.length));
  });
});

describe("sizes", () => {
  it("are larger for Claude Code", () => {
    expect(limitOf("claude-code")).toBe(40_000);
    expect(limitOf("claude-code/2.1")).toBe(40_000);
    expect(limitOf("codex-mcp-client")).toBe(12_000);
    expect(limitOf(undefined)).toBe(12_000);
  });

  it("of a cut text count what JSON makes of it, and never split a character", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: "binary", maxLength: 80 }),
        fc.integer({ min: 1, max: 60 }),
        (text, room) => {
          const cut = fitText(text, room);
          if (cut === text) return;
          expect(cut.endsWith("…")).toBe(true);
          expect(sizeOf(cut.slice(0, -1))).toBeLessThanOrEqual(room + 2);
          expect(text.startsWith(cut.slice(0, -1))).toBe(true);
          expect([...text].slice(0, [...cut].length - 1).join("")).toBe(cut.slice(0, -1));
        },
      ),
    );
  });

  it("of step numbers are small", () => {
    expect(toRanges([])).toBe("");
    expect(toRanges([9, 3, 4, 5])).toBe("3-5, 9");
    expect(toRanges(Array.from({ length: 1_000 }, (_, i) => 2 * i))).toMatch(/118, … up to 1998$/);
  });
});
