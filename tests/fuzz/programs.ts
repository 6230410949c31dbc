/**
 * Program files that nobody should write: text that is no program, and programs that misuse everything they are
 * given. None of them touches the machine: no processes, no files, no endless memory.
 */

import { readFileSync } from "node:fs";
import fc from "fast-check";
import { hostile } from "./hostile-values.ts";

/** Files by name; the program is the one called `PROGRAM`. */
export interface ProgramFiles {
  readonly [name: string]: string | Uint8Array;
}

export const NAME = "fuzzed";
export const PROGRAM = `${NAME}.ts`;

const IMPORTS = `import {
  Abort, all, allSettled, ask, command, defineProgram, Instruction, instruct, race, sideEffect, signal, sleep, StepFailed,
} from "agent-sequencer";
import { z } from "zod";
`;

function program(body: string, { top = "", more = "" } = {}): ProgramFiles {
  const text = `${IMPORTS}${top}
export default defineProgram({
  name: "${NAME}",
  description: "Fuzzed.",
  ${more}
  async *run({ params, progress, instance }: any): any {
    ${body}
  },
});
`;
  return { [PROGRAM]: text };
}

/** Whose run does what is given. */
export function failing(body: string, more = ""): ProgramFiles {
  return program(body, { more });
}

const HELLO = readFileSync(new URL("../../programs/hello.ts", import.meta.url), "utf8").replace(
  /name: "hello"/,
  `name: "${NAME}"`,
);
const BUSY = program(`
    const [first, second] = yield* all([instruct("One."), instruct("Two.", { reply: z.object({ n: z.int() }) })]);
    try {
      yield* race([sleep("1h"), instruct("Three.", { timeout: "2h", maxAttempts: 2 })]);
    } finally {
      yield* sideEffect("label", async () => 1);
    }
    return { first, second };`)[PROGRAM] as string;

type Edit = readonly [at: number, how: "delete" | "double" | "swap" | "insert", other: number];

const STRAY = [
  ..."(){}[];,.*=<>`'\"/\\@#",
  "yield*",
  "await",
  "return",
  "=>",
  "/*",
  "*/",
  "${",
  "\0",
  "\u2028",
  "import",
];

/** Tokens taken out, doubled, exchanged and put in. */
const retold: fc.Arbitrary<ProgramFiles> = fc
  .tuple(
    fc.constantFrom(HELLO, BUSY),
    fc.array(
      fc.tuple(
        fc.nat(500),
        fc.constantFrom("delete", "double", "swap", "insert"),
        fc.nat(500),
      ) as fc.Arbitrary<Edit>,
      { minLength: 1, maxLength: 4 },
    ),
  )
  .map(([text, edits]) => {
    let tokens: string[] = text.match(/\w+|\s+|[^\w\s]/g) ?? [];
    for (const [place, how, other] of edits) {
      const at = place % tokens.length;
      const token = tokens[at]!;
      const [before, after] = [tokens.slice(0, at), tokens.slice(at + 1)];
      if (how === "delete") tokens = [...before, ...after];
      else if (how === "double") tokens = [...before, token, token, ...after];
      else if (how === "insert") tokens = [...before, STRAY[other % STRAY.length]!, token, ...after];
      else {
        tokens[at] = tokens[other % tokens.length]!;
        tokens[other % tokens.length] = token;
      }
    }
    return { [PROGRAM]: tokens.join("") };
  });

const noText: fc.Arbitrary<ProgramFiles> = fc
  .oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.nat(HELLO.length).map((length) => HELLO.slice(0, length)),
    fc.constantFrom("", "\ufeff", "\0", "#!/usr/bin/env node\n", "export default 1", "module.exports = 1"),
    fc.constantFrom(
      `/* ${"x".repeat(5_000_000)} */ export default 1;`,
      `export default "${"y".repeat(5_000_000)}";`,
    ),
    fc.constantFrom(`${"(".repeat(20_000)}1${")".repeat(20_000)}`, `export default ${"[".repeat(5_000)}`),
  )
  .map((content) => ({ [PROGRAM]: content }));

const imports: fc.Arbitrary<ProgramFiles> = fc.constantFrom<ProgramFiles>(
  { [PROGRAM]: `import "./${PROGRAM}";\n${HELLO}` },
  {
    [PROGRAM]: `import { b } from "./b.ts";\nexport const a = 1;\n${HELLO}`,
    "b.ts": `import { a } from "./${PROGRAM}";\nexport const b = a;`,
  },
  { [PROGRAM]: `import "./nowhere.ts";\n${HELLO}` },
  { [PROGRAM]: `import "./data.json";\n${HELLO}`, "data.json": "{ not json" },
  { [PROGRAM]: `import "no-such-package";\n${HELLO}` },
  { [PROGRAM]: `import "agent-sequencer/nothing";\n${HELLO}` },
  { [PROGRAM]: `import { nothing } from "agent-sequencer";\nnothing();\n${HELLO}` },
  { [PROGRAM]: `import "../../../../../../../../etc/passwd";\n${HELLO}` },
  { [PROGRAM]: `import "file:///etc/passwd";\n${HELLO}` },
  { [PROGRAM]: `import "data:text/javascript,1";\n${HELLO}` },
  { [PROGRAM]: `import "./";\n${HELLO}` },
  { [PROGRAM]: `import "\\0";\n${HELLO}` },
  { [PROGRAM]: `await import("./b.ts");\n${HELLO}`, "b.ts": "export {};" },
  { [PROGRAM]: `import "./b.ts";\n${HELLO}`, "b.ts": "throw undefined;" },
);

const OPTIONS =
  "reply timeout maxAttempts onInvalid expected tools id choices retry onInterrupted concurrency cwd".split(
    " ",
  );

const options = fc
  .dictionary(fc.constantFrom(...OPTIONS), hostile, { maxKeys: 3, noNullPrototype: true })
  .map(
    (object) =>
      `{ ${Object.entries(object)
        .map(([key, value]) => `${key}: ${value} as any`)
        .join(", ")} }`,
  );

const step = fc
  .tuple(
    fc.constantFrom(
      ..."instruct ask sideEffect signal sleep all allSettled race new\u0020Instruction".split(" "),
    ),
    fc.array(fc.oneof(hostile, options, fc.constantFrom('"text"', "[sleep('1h')]", "async () => 1")), {
      maxLength: 3,
    }),
  )
  .map(([name, args]) => `${name}(${args.map((arg) => `${arg} as any`).join(", ")})`);

const statement: fc.Arbitrary<string> = fc.oneof(
  hostile.map((value) => `yield ${value};`),
  hostile.map((value) => `yield* ${value} as any;`),
  hostile.map((value) => `throw ${value};`),
  hostile.map((value) => `return ${value};`),
  hostile.map((value) => `return { value: ${value} };`),
  hostile.map((value) => `await ${value};`),
  hostile.map((value) => `void Promise.reject(${value});`),
  hostile.map((value) => `progress(${value} as any, 1, ${value} as any);`),
  hostile.map((value) => `yield* sideEffect("throws", async () => { throw ${value}; });`),
  hostile.map((value) => `yield* sideEffect("gives", async () => ${value});`),
  hostile.map(
    (value) => `yield* sideEffect("leaves", async () => { queueMicrotask(() => { throw ${value}; }); });`,
  ),
  hostile.map((value) => `try { yield* instruct("Go."); } finally { throw ${value}; }`),
  hostile.map((value) => `yield* all([instruct("Go."), (async function* (): any { throw ${value}; })()]);`),
  step.map((made) => `yield* ${made};`),
  step.map((made) => `yield ${made};`),
  step.map((made) => `${made};`),
  fc.constantFrom(
    'const { value } = yield* instruct("Go."); return value;',
    "process.exit(1);",
    "setTimeout(() => {}, 1);",
    "yield* (this as any).run({ params });",
    "for (let i = 0; i < 5_000; i++) void instruct('Left.');",
  ),
);

const misuse: fc.Arbitrary<ProgramFiles> = fc
  .array(statement, { minLength: 1, maxLength: 3 })
  .map((statements) => program(statements.join("\n    ")));

const atLoad: fc.Arbitrary<ProgramFiles> = fc.oneof(
  hostile.map((value) => program("return 1;", { top: `throw ${value};` })),
  hostile.map((value) => program("return 1;", { top: `void Promise.reject(${value});` })),
  hostile.map((value) => program("return params;", { more: `params: ${value} as any,` })),
  hostile.map((value) => program("return 1;", { more: `signals: { go: ${value} as any },` })),
  hostile.map((value) => program("return 1;", { more: `limits: ${value} as any,` })),
  hostile.map((value) => ({ [PROGRAM]: `${IMPORTS}export default ${value};` })),
  fc
    .record(
      { name: fc.oneof(fc.constant(`"${NAME}"`), hostile), description: hostile, run: hostile },
      { requiredKeys: [] },
    )
    .map((members) => {
      const given = Object.entries(members).map(([key, value]) => `${key}: ${value} as any`);
      return { [PROGRAM]: `${IMPORTS}export default defineProgram({ ${given.join(", ")} } as any);` };
    }),
  fc.constant(program("return 1;", { top: "await new Promise(() => {});" })),
  fc.constant({ [PROGRAM]: `${IMPORTS}export default (${HELLO.length}).run.name;` }),
);

/** Each of these takes as long as a turn may. */
const stuck: fc.Arbitrary<ProgramFiles> = fc.constantFrom(
  program("for (;;) {}"),
  program("for (;;) await null;"),
  program("await new Promise(() => {});"),
  program('yield* instruct("Go."); for (;;) {}'),
  program("return 1;", { top: "for (;;) {}" }),
);

export const programFiles: fc.Arbitrary<ProgramFiles> = fc.oneof(
  { weight: 20, arbitrary: retold },
  { weight: 8, arbitrary: noText },
  { weight: 8, arbitrary: imports },
  { weight: 40, arbitrary: misuse },
  { weight: 20, arbitrary: atLoad },
  { weight: 1, arbitrary: stuck },
);
