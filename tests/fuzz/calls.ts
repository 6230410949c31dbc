/** Calls of tools and of the other methods, with arguments that fit, nearly fit, or do not fit at all. */

import fc from "fast-check";
import { anyValue, type JsonText, membersText, textValue } from "./json-text.ts";
import { PROGRAMS } from "./runs.ts";
import {
  fittingMembers,
  type Meaningful,
  type Members,
  type Spoil,
  spoils,
  spoilt,
} from "./schema-values.ts";

export interface Call {
  readonly method: string;
  /** JSON; holds `<run 3>` where the id of a run should stand. */
  readonly params: JsonText;
  /** Sent without waiting for the answers before it. */
  readonly atOnce: boolean;
}

const texts = (...all: string[]) => fc.constantFrom(...all.map((text) => JSON.stringify(text)));
const run = fc.oneof(fc.nat(1), fc.nat(11)).map((number) => `"<run ${number}>"`);
const stepNo = fc.constantFrom("1", "1", "1", "2", "3", "4");

const meaningful: Meaningful = {
  instance_id: run,
  program: texts(...PROGRAMS),
  params: fc.constantFrom("{}", '{"steps":2}', '{"names":["Ada"]}', '{"steps":0.5}'),
  request_id: texts("a", "b", "../escaped", "__proto__", "x".repeat(200)),
  for_step_no: stepNo,
  before_step_no: stepNo,
  step_nos: stepNo.map((number) => `[${number}]`),
  result: fc.oneof(
    fc.constantFrom('{"value":1}', '{"value":"1"}', '{"message":"hi"}', "2", '"2"', "null"),
    fc.constantFrom('{"value":1,"__proto__":{"polluted":true}}', '{"value":1,"a":[{"__proto__":1}]}'),
    anyValue,
  ),
  failure: texts("no").map((reason) => `{"reason":${reason}}`),
  // A run that waits for a signal would be waited for.
  wait_seconds: fc.constantFrom("0", "0.05"),
  name: texts("go", "stop"),
  value: fc.oneof(fc.constant("{}"), anyValue),
  limit: fc.constantFrom("1", "3", "100"),
};

export interface ToolSchema {
  readonly name: string;
  readonly inputSchema: object;
}

/** @param tools as `tools/list` shows them */
export function callOf(tools: readonly ToolSchema[]): fc.Arbitrary<Call> {
  const ofTools = tools.map(({ name, inputSchema }) => toolCall(name, inputSchema));
  return fc.oneof(
    { weight: 8, arbitrary: fc.oneof(...ofTools) },
    // What is recorded is worth the most looks.
    { weight: 2, arbitrary: toolCall("sequencer_next", schemaOf(tools, "sequencer_next")) },
    { weight: 1, arbitrary: promptCall },
    { weight: 1, arbitrary: resourceCall },
    { weight: 1, arbitrary: completionCall },
  );
}

function schemaOf(tools: readonly ToolSchema[], name: string): object {
  return tools.find((tool) => tool.name === name)!.inputSchema;
}

function toolCall(name: string, inputSchema: object): fc.Arbitrary<Call> {
  const fits = fittingMembers(inputSchema, meaningful)
    .filter((members) => !waitsLong(members))
    .map(withoutFailureBesideResult);
  const args = fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fits, spoils).map(([members, edits]) => spoiltText(members, edits)) },
    { weight: 6, arbitrary: fits.map(membersText) },
    { weight: 1, arbitrary: anyValue },
  );
  return call(
    "tools/call",
    args.map((text) => `{"name":${JSON.stringify(name)},"arguments":${text}}`),
  );
}

/** Which fits the schema, and is refused by the tool. */
function withoutFailureBesideResult(members: Members): Members {
  const hasResult = members.some(([name]) => name === "result");
  return hasResult ? members.filter(([name]) => name !== "failure") : members;
}

function spoiltText(members: Members, edits: readonly Spoil[]): JsonText {
  return membersText(spoilt(members, edits).filter((member) => !waitsLong([member])));
}

function waitsLong(members: readonly (readonly [string, JsonText])[]): boolean {
  return members.some(([name, text]) => name === "wait_seconds" && Number(text) > 0.1 && Number(text) <= 45);
}

const promptCall = call(
  "prompts/get",
  withMembers({
    name: fc.oneof(texts(...PROGRAMS, "resume"), anyValue),
    arguments: fc.oneof(
      fc.constantFrom("{}", '{"names":"Ada"}', '{"steps":"2"}', '{"instance_id":"<run 1>"}'),
      anyValue,
    ),
  }),
);

const resourceCall = call(
  "resources/read",
  withMembers({
    uri: fc.oneof(
      run.map((id) => `"sequencer://instances/${id.slice(1)}`),
      run.map((id) => `"sequencer://instances/${id.slice(1, -1)}/log"`),
      textValue.map((text) => `"sequencer://instances/${text.slice(1)}`),
      anyValue,
    ),
  }),
);

const completionCall = call(
  "completion/complete",
  withMembers({
    ref: fc.oneof(
      withMembers({
        type: fc.oneof(texts("ref/prompt", "ref/resource"), anyValue),
        name: fc.oneof(texts(...PROGRAMS, "resume"), anyValue),
        uri: fc.oneof(texts("sequencer://instances/{instance_id}"), anyValue),
      }),
      anyValue,
    ),
    argument: fc.oneof(
      withMembers({ name: fc.oneof(texts("instance_id", "names"), anyValue), value: anyValue }),
      anyValue,
    ),
    context: anyValue,
  }),
);

function withMembers(members: Record<string, fc.Arbitrary<JsonText>>): fc.Arbitrary<JsonText> {
  const some = fc.record(members, { requiredKeys: [] }) as fc.Arbitrary<Record<string, JsonText>>;
  return some.map((object) => membersText(Object.entries(object)));
}

function call(method: string, params: fc.Arbitrary<JsonText>): fc.Arbitrary<Call> {
  return fc.record({ method: fc.constant(method), params, atOnce: fc.boolean() });
}
