/**
 * Chance as JSON text, not as values: so it can hold what `JSON.stringify` never writes (`-0`, `1e999`, a member
 * twice, an own `__proto__`, thousands of levels).
 */

import fc from "fast-check";

/** JSON of one value. */
export type JsonText = string;

const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "toJSON",
  "then",
  "hasOwnProperty",
  "length",
  "",
  "a",
  "names",
  "value",
  "instance_id",
  "$ref",
];

/** Texts that somebody may take for something else. */
export const ODD_TEXTS = [
  "",
  " ",
  "../../etc/passwd",
  "/etc/passwd",
  "..",
  ".",
  "~",
  "C:\\Windows\\system32",
  "file:///etc/passwd",
  "a\0b",
  "a\nb",
  "\u2028",
  "\u{1f600}",
  "é\u0301",
  "‮abc",
  "%00",
  "%2e%2e%2f",
  "$" + "{process.exit(1)}",
  "`id`",
  "$(id)",
  "{}",
  "null",
  "-1",
  "01ARZ3NDEKTSV4RRFFQ69G5FAV",
  "01arz3ndektsv4rrffq69g5fav",
  "01ARZ3NDEKTSV4RRFFQ69G5FA/",
  ...KEYS,
];

/** Never between 1 and 45, which as seconds to wait would be waited. */
const ODD_NUMBERS = [
  "0",
  "-0",
  "-1",
  "0.1",
  "1",
  "1e308",
  "1e999",
  "-1e999",
  "5e-324",
  "1e2",
  "2147483648",
  "4294967296",
  "9007199254740991",
  "9007199254740992",
  "9007199254740993",
  "123456789012345678901234567890",
];

export const textValue: fc.Arbitrary<JsonText> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...ODD_TEXTS).map((text) => JSON.stringify(text)) },
  { weight: 2, arbitrary: fc.string({ unit: "binary", maxLength: 30 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.constantFrom('"\\ud800"', '"\\udfff\\ud800"', '"a\\u0000b"') },
  { weight: 1, arbitrary: fc.nat(60_000).map((length) => JSON.stringify("x".repeat(length))) },
);

const numberValue: fc.Arbitrary<JsonText> = fc.oneof(
  fc.constantFrom(...ODD_NUMBERS),
  fc.integer({ min: -100, max: 0 }).map(String),
);

const deep: fc.Arbitrary<JsonText> = fc
  .tuple(fc.constantFrom("[", '{"a":'), fc.constantFrom(3, 199, 201, 5_000, 100_000))
  .map(([open, levels]) => `${open.repeat(levels)}1${(open === "[" ? "]" : "}").repeat(levels)}`);

export const anyValue: fc.Arbitrary<JsonText> = fc.letrec<{ value: JsonText }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 3, arbitrary: fc.constantFrom("null", "true", "false", "{}", "[]") },
    { weight: 3, arbitrary: numberValue },
    { weight: 4, arbitrary: textValue },
    { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 4 }).map((all) => `[${all.join(",")}]`) },
    { weight: 3, arbitrary: objectOf(fc.constantFrom(...KEYS), tie("value")) },
    { weight: 1, arbitrary: deep },
  ),
})).value;

/** An object of random members; a name may come twice. */
export function objectOf(key: fc.Arbitrary<string>, value: fc.Arbitrary<JsonText>): fc.Arbitrary<JsonText> {
  return fc.array(fc.tuple(key, value), { maxLength: 4 }).map(membersText);
}

export function membersText(members: readonly (readonly [string, JsonText])[]): JsonText {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${value}`).join(",")}}`;
}
