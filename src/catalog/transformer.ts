/**
 * Turns one module's source into CommonJS for current Node. The only place that knows the transformer,
 * which is a chunk of its own: import this file lazily.
 *
 * T1. The result depends on source and dialect alone: neither on the file's place nor on the machine.
 * T2. Lines are kept; columns are found again with `map`.
 * T3. Only types, TypeScript's own constructs, decorators, `using` and module syntax are changed. Async
 *     generators, classes and spread stay what they are.
 */

import { createJiti } from "jiti/static";
import type { Compiled, Dialect } from "./compiled-code.ts";
import { adjustSyntax, type ImportSite, SyntaxProblem } from "./syntax.ts";

const jiti = createJiti("/", { fsCache: false, moduleCache: false });

const SOURCE_TYPES: { readonly [dialect in Dialect]: string } = {
  ts: "module",
  cts: "unambiguous",
  js: "unambiguous",
  mjs: "module",
  cjs: "script",
};

/** @throws SyntaxProblem with its place in the source */
export function transform(source: string, dialect: Dialect): Compiled {
  const findings: Findings = { imports: [], names: {} };
  const output = jiti.transform({
    source,
    ts: dialect === "ts" || dialect === "cts",
    interopDefault: true,
    retainLines: true,
    babel: {
      sourceType: SOURCE_TYPES[dialect],
      plugins: [() => finder(findings)],
      sourceMaps: "inline",
      sourceFileName: "source",
      comments: false,
    },
  });
  if (findings.problem !== undefined) throw findings.problem;
  refuseFailure(output);
  const { code, map } = splitSourceMap(output);
  return { code, map, imports: findings.imports, names: findings.names };
}

interface Findings {
  imports: ImportSite[];
  names: { [specifier: string]: string[] };
  problem?: SyntaxProblem;
}

/** A plugin: adjusts the tree as soon as it is parsed, and notes the imports that are left without types. */
function finder(findings: Findings): object {
  return {
    name: "agent-sequencer",
    parserOverride(source: string, options: object, parse: (source: string, options: object) => unknown) {
      try {
        const tree = parse(source, options);
        findings.imports.push(...adjustSyntax(tree));
        return tree;
      } catch (error) {
        findings.problem = error instanceof SyntaxProblem ? error : parseProblem(error);
        throw error;
      }
    },
    visitor: {
      ImportDeclaration(path: any) {
        noteImport(findings, path.node);
        noteNames(findings, path);
      },
      ExportAllDeclaration: (path: any) => noteImport(findings, path.node),
      ExportNamedDeclaration: (path: any) => noteImport(findings, path.node),
      LogicalExpression: (path: any) => leaveDescriptorAlone(path.node),
    },
  };
}

function noteImport(findings: Findings, node: any): void {
  if (!node.source || !node.loc) return;
  const { line, column } = node.loc.start;
  findings.imports.push({ specifier: node.source.value, line, column: column + 1, optional: false });
}

/** A name that is only passed on may be a type, which cannot be told apart here. */
function noteNames(findings: Findings, path: any): void {
  const names = new Set<string>();
  for (const specifier of path.node.specifiers) {
    if (specifier.type === "ImportNamespaceSpecifier") continue;
    const references: any[] = path.scope.getBinding(specifier.local.name)?.referencePaths ?? [];
    if (references.every(({ parent }) => /^(ExportSpecifier$|TS)/.test(parent.type))) continue;
    const { imported } = specifier;
    names.add(imported === undefined ? "default" : (imported.name ?? imported.value));
  }
  if (names.size === 0) return;
  const specifier = path.node.source.value as string;
  findings.names[specifier] = [...new Set([...(findings.names[specifier] ?? []), ...names])];
}

/**
 * The transformer decorates with `Reflect.metadata?.(...) || ((t) => t)`. Without `Reflect.metadata`, that
 * hands the decorators of a method the class in place of the method's descriptor; nothing returned keeps it.
 */
function leaveDescriptorAlone(node: any): void {
  const isGenerated = node.loc === undefined && node.right.type === "ArrowFunctionExpression";
  if (!isGenerated || node.left.callee?.object?.name !== "Reflect") return;
  node.right.params = [];
  node.right.body = { type: "BlockStatement", body: [], directives: [] };
  node.right.expression = false;
}

function parseProblem(error: unknown): SyntaxProblem {
  const { message, loc } = error as { message: string; loc?: { line: number; column: number } };
  return new SyntaxProblem(inOneLine(message), loc?.line, loc === undefined ? undefined : loc.column + 1);
}

const FAILURE = "exports.__JITI_ERROR__ = ";

/** What goes wrong after parsing is told by the transformer as code. */
function refuseFailure(output: string): void {
  if (!output.startsWith(FAILURE)) return;
  const { message, line, column } = JSON.parse(output.slice(FAILURE.length)) as {
    message?: string;
    line: number;
    column: number;
  };
  const place: [number?, number?] = line > 0 ? [line, column + 1] : [];
  throw new SyntaxProblem(inOneLine(message ?? "It cannot be compiled."), ...place);
}

/** Without the place, which is told apart, and without advice about how to configure the transformer. */
function inOneLine(message: string): string {
  const line = message.split("\n")[0]!.replace(/\s*\(\d+:\d+\)/, "");
  return /[.!?:]$/.test(line.trim()) ? line.trim() : `${line.trim()}.`;
}

const MAP_COMMENT = "\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,";

function splitSourceMap(output: string): { code: string; map: string } {
  const at = output.lastIndexOf(MAP_COMMENT);
  if (at < 0) return { code: output, map: "" };
  const json = Buffer.from(output.slice(at + MAP_COMMENT.length), "base64").toString("utf8");
  return { code: output.slice(0, at), map: (JSON.parse(json) as { mappings: string }).mappings };
}
