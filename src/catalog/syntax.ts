/**
 * Reads and adjusts the syntax tree of one module, before the transformer changes it.
 *
 * S1. `import.meta` and `import()` become names that the evaluation provides, so that compiled code is the
 *     same wherever the program lies.
 * S2. What cannot work in a program (top-level `await`) is refused here, at its place.
 */

import { DYNAMIC_IMPORT, IMPORT_META } from "./module-function.ts";

/** What a module wants from another one; found before evaluation. */
export interface ImportSite {
  readonly specifier: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** The program may go on without it: `require` in a `try`, or a `require` of the author's own. */
  readonly optional: boolean;
}

export class SyntaxProblem extends Error {
  readonly line: number | undefined;
  readonly column: number | undefined;

  constructor(message: string, line?: number, column?: number) {
    super(message);
    this.line = line;
    this.column = column;
  }
}

interface Node {
  type: string;
  loc?: { start: { line: number; column: number } };
  [key: string]: unknown;
}

const FUNCTIONS = new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ObjectMethod",
  "ClassMethod",
  "ClassPrivateMethod",
]);

/** Adjusts the tree in place, and returns the `import()`, `require()` and `import x = require()` in it. */
export function adjustSyntax(tree: unknown): ImportSite[] {
  const sites: ImportSite[] = [];
  let ownRequire = false;

  const visit = (node: Node, inFunction: boolean, inTry: boolean): void => {
    refuseUnsupported(node, inFunction);
    if (declares(node, "require")) ownRequire = true;
    const site = importSite(node, inTry);
    if (site !== undefined) sites.push(site);
    provideAtEvaluation(node);
    const within = inFunction || FUNCTIONS.has(node.type);
    for (const [key, child] of Object.entries(node)) {
      if (key === "loc" || key.endsWith("Comments") || key === "extra") continue;
      const tried = inTry || (node.type === "TryStatement" && key === "block");
      for (const each of Array.isArray(child) ? child : [child]) {
        if (isNode(each)) visit(each, within, tried);
      }
    }
  };

  visit((tree as { program: Node }).program, false, false);
  return ownRequire ? sites.map((site) => ({ ...site, optional: true })) : sites;
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function refuseUnsupported(node: Node, inFunction: boolean): void {
  const awaits =
    node.type === "AwaitExpression" ||
    (node.type === "ForOfStatement" && node.await === true) ||
    (node.type === "VariableDeclaration" && node.kind === "await using");
  if (awaits && !inFunction) {
    const message =
      "A program cannot use await at the top level of a module: it is evaluated in one go, once per instance. " +
      "Move it into run, or into a sideEffect.";
    throw new SyntaxProblem(message, ...placeOf(node));
  }
  const decorated = (node.decorators as unknown[] | undefined)?.length;
  if (decorated && node.type.startsWith("Class") && node.type.endsWith("Property")) {
    const message =
      "Decorators on class fields are not supported; those on classes, methods and parameters are.";
    throw new SyntaxProblem(message, ...placeOf(node));
  }
}

function importSite(node: Node, inTry: boolean): ImportSite | undefined {
  const [line, column] = placeOf(node);
  if (node.type === "TSImportEqualsDeclaration") {
    const reference = node.moduleReference as Node;
    if (reference.type !== "TSExternalModuleReference" || node.importKind === "type") return undefined;
    return literalSite(reference.expression as Node, line, column, inTry);
  }
  if (node.type === "ImportExpression") return literalSite(node.source as Node, line, column, false);
  if (node.type !== "CallExpression") return undefined;
  const callee = node.callee as Node;
  const isImport = callee.type === "Import";
  if (!isImport && !(callee.type === "Identifier" && callee.name === "require")) return undefined;
  return literalSite((node.arguments as Node[])[0], line, column, inTry);
}

function literalSite(
  argument: Node | undefined,
  line: number,
  column: number,
  optional: boolean,
): ImportSite | undefined {
  if (argument?.type === "StringLiteral") {
    return { specifier: argument.value as string, line, column, optional };
  }
  if (argument?.type !== "TemplateLiteral" || (argument.expressions as Node[]).length > 0) return undefined;
  const text = (argument.quasis as { value: { cooked: string } }[])[0]!.value.cooked;
  return { specifier: text, line, column, optional };
}

function provideAtEvaluation(node: Node): void {
  if (node.type === "MetaProperty" && (node.meta as Node).name === "import") {
    delete node.meta;
    delete node.property;
    become(node, "Identifier", { name: IMPORT_META });
  } else if (node.type === "ImportExpression") {
    const args = [node.source];
    delete node.source;
    delete node.options;
    become(node, "CallExpression", { callee: identifier(DYNAMIC_IMPORT, node), arguments: args });
  } else if (node.type === "CallExpression" && (node.callee as Node).type === "Import") {
    node.callee = identifier(DYNAMIC_IMPORT, node);
    node.arguments = (node.arguments as Node[]).slice(0, 1);
  }
}

function become(node: Node, type: string, fields: object): void {
  node.type = type;
  Object.assign(node, fields);
}

function identifier(name: string, at: Node): Node {
  return { type: "Identifier", name, loc: at.loc };
}

function declares(node: Node, name: string): boolean {
  const id = node.id as Node | undefined;
  const binds = node.type === "VariableDeclarator" || node.type === "FunctionDeclaration";
  return binds && id?.type === "Identifier" && id.name === name;
}

function placeOf(node: Node): [line: number, column: number] {
  const start = node.loc?.start ?? { line: 1, column: 0 };
  return [start.line, start.column + 1];
}
