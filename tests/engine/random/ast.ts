/** Random programs as data. */

import fc from "fast-check";
import { SCHEMAS } from "./schemas.ts";

export interface Ask {
  readonly do: "ask";
  readonly name: string;
  readonly schema: number;
  readonly maxAttempts: number;
  readonly onInvalid: "retry" | "abort";
}

export interface Try {
  readonly do: "try";
  readonly body: Node;
  readonly catch?: Node;
  readonly finally?: Node;
}

export interface Group {
  readonly do: "group";
  readonly mode: "all" | "allSettled" | "race";
  readonly concurrency: number;
  /** Whether its branches are async generators. */
  readonly isAsync: boolean;
  readonly branches: readonly Node[];
}

export type Node =
  | Ask
  | Try
  | Group
  /** A step that cannot be issued. */
  | { readonly do: "broken" }
  | { readonly do: "throw"; readonly name: string }
  | { readonly do: "abort"; readonly name: string }
  | { readonly do: "return" }
  /** Of the innermost loop. */
  | { readonly do: "continue" }
  | { readonly do: "seq"; readonly body: readonly Node[] }
  | { readonly do: "loop"; readonly times: number; readonly body: Node }
  /** A generator of its own, called with `yield*`. */
  | { readonly do: "helper"; readonly body: Node }
  | { readonly do: "call"; readonly isAsync: boolean; readonly body: Node };

export interface RandomProgram {
  readonly isAsync: boolean;
  readonly body: Node;
}

const NAME = fc.constantFrom("a", "b", "c", "d", "e", "f");
const kind = <K extends string>(name: K) => fc.constant(name);

const ask: fc.Arbitrary<Node> = fc.record({
  do: kind("ask"),
  name: NAME,
  schema: fc.nat(SCHEMAS.length - 1),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  onInvalid: fc.constantFrom("retry", "retry", "retry", "abort"),
});

const leaf = fc.oneof(
  { weight: 16, arbitrary: ask },
  { weight: 1, arbitrary: fc.record({ do: kind("broken") }) },
  { weight: 1, arbitrary: fc.record({ do: kind("throw"), name: NAME }) },
  { weight: 1, arbitrary: fc.record({ do: kind("abort"), name: NAME }) },
  { weight: 1, arbitrary: fc.record({ do: kind("return") }) },
  { weight: 1, arbitrary: fc.record({ do: kind("continue") }) },
);

const node = fc.letrec<{ node: Node }>((tie) => {
  const inner = tie("node");
  const parts = { do: kind("try"), body: inner, catch: inner, finally: inner };
  return {
    node: fc.oneof(
      { depthSize: "medium", withCrossShrink: true },
      { weight: 3, arbitrary: leaf },
      { weight: 3, arbitrary: fc.record({ do: kind("seq"), body: fc.array(inner, { maxLength: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ do: kind("loop"), times: fc.nat(3), body: inner }) },
      { weight: 3, arbitrary: fc.record(parts, { requiredKeys: ["do", "body"] }) },
      { weight: 2, arbitrary: fc.record({ do: kind("helper"), body: inner }) },
      { weight: 1, arbitrary: fc.record({ do: kind("call"), isAsync: fc.boolean(), body: inner }) },
      {
        weight: 3,
        arbitrary: fc.record({
          do: kind("group"),
          mode: fc.constantFrom("all", "allSettled", "race"),
          concurrency: fc.constantFrom(1, 2, 3, 100),
          isAsync: fc.boolean(),
          branches: fc.array(inner, { minLength: 1, maxLength: 4 }),
        }),
      },
    ),
  };
}).node;

export const randomProgram: fc.Arbitrary<RandomProgram> = fc
  .record({ isAsync: fc.boolean(), body: node })
  .map(({ isAsync, body }) => ({ isAsync, body: withoutStray(body, false) }));

/** Without a `continue` that stands in no loop of its own generator. */
function withoutStray(node: Node, inLoop: boolean): Node {
  const inner = (body: Node) => withoutStray(body, inLoop);
  switch (node.do) {
    case "continue":
      return inLoop ? node : { do: "seq", body: [] };
    case "seq":
      return { ...node, body: node.body.map(inner) };
    case "loop":
      return { ...node, body: withoutStray(node.body, true) };
    case "try":
      return {
        ...node,
        body: inner(node.body),
        ...(node.catch && { catch: inner(node.catch) }),
        ...(node.finally && { finally: inner(node.finally) }),
      };
    case "helper":
    case "call":
      return { ...node, body: withoutStray(node.body, false) };
    case "group":
      return { ...node, branches: node.branches.map((branch) => withoutStray(branch, false)) };
    default:
      return node;
  }
}
