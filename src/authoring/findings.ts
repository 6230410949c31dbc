/** What check has to say of a program: each thing once, with its place. */

import type { Event, StepIssued } from "../engine/event.ts";
import { gapsOf } from "./schema-gaps.ts";

export interface Finding {
  /** `problem`: it does not work; `warning`: it will not do what it seems to; `info`: good to know. */
  readonly severity: "problem" | "warning" | "info";
  readonly code: string;
  /** "hello.ts:12:5" */
  readonly place?: string | undefined;
  readonly message: string;
}

/** Clients cut longer results, or put them into a file. */
const LONGEST_PROMPT = 10 * 1024;

/** @param what "params", "signal 'go'" */
export function findingsInSchema(what: string, schema: unknown, place?: string): Finding[] {
  return gapsOf(schema).map(({ severity, path, message }) => {
    const at = path === "$" ? "" : ` at ${path}`;
    return { severity, code: "schema", place, message: `${what}${at}: ${message}` };
  });
}

export function findingsInStep(issued: StepIssued, schema: unknown, place: string | undefined): Finding[] {
  const { kind, text = "", attempt } = issued;
  if ((kind !== "instruction" && kind !== "ask") || (attempt ?? 1) > 1) return [];
  const findings = findingsInSchema(`reply of the ${kind}`, schema, place);
  if (kind === "instruction" && schema === undefined) {
    findings.push({
      severity: "warning",
      code: "no-reply-schema",
      place,
      message: "the instruction has no reply schema, so any reply is taken: add { reply: z.object({ ... }) }",
    });
  }
  const bytes = Buffer.byteLength(text);
  if (bytes > LONGEST_PROMPT) {
    findings.push({
      severity: "warning",
      code: "long-prompt",
      place,
      message: `the prompt has ${(bytes / 1024).toFixed(1)} KB, and clients cut beyond 10 KB: put the input into a file and name its path`,
    });
  }
  return findings;
}

/** Codes with which a run fails because of how the program is written, whatever the replies. */
const AUTHORS_ERRORS = new Set([
  "StepNotYielded",
  "NotAStep",
  "InvalidSchema",
  "SchemaNotJson",
  "SummaryNotJson",
  "UnknownSignal",
  "NondeterministicCall",
  "CleanupTooLong",
]);

/** What the end of a dry run says: an error may come from replies that nobody would give. */
export function findingsInEnd(events: readonly Event[], misfit: string | undefined): Finding[] {
  const ended = events.at(-1);
  if (ended?.type !== "ended" || ended.error === undefined) return [];
  const { type, message, stack = "" } = ended.error;
  const place = /([^()\s]+:\d+:\d+)\)?$/m.exec(stack)?.[1];
  // The agent fails in dry runs so that this is tried; a program may well leave it at that.
  if (type === "StepFailed") return [];
  if (AUTHORS_ERRORS.has(type)) return [{ severity: "problem", code: type, place, message }];
  const cause =
    misfit === undefined
      ? "over replies that were made up"
      : `with the made-up result of the side effect '${misfit}', which check does not run`;
  return [
    { severity: "info", code: "ended-early", place, message: `the run failed ${cause}: ${type}: ${message}` },
  ];
}

/** Without what was said before: the same step of a loop, with other words in it. */
export function withoutRepeats(findings: readonly Finding[]): Finding[] {
  const said = new Set<string>();
  return findings.filter(({ code, place, message }) => {
    const key = `${code} ${place ?? ""} ${message.replace(/[\d.]+/g, "")}`;
    return !said.has(key) && said.add(key);
  });
}
