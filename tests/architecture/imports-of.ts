/** Every import of a source file, found by parsing it: static, re-exported, dynamic and in types. */

import { readFileSync } from "node:fs";
import { parseAst } from "vitest/node";

export interface Import {
  readonly specifier: string;
  /** Erased by the compiler: nothing is loaded at run time. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

interface Node {
  readonly type: string;
  readonly [property: string]: unknown;
}

export function importsOf(file: string): Import[] {
  const found: Import[] = [];
  visit(parseAst(readFileSync(file, "utf8"), { lang: "ts" }) as unknown as Node, (node) => {
    const specifier = (node["source"] as { value?: unknown } | null | undefined)?.value;
    switch (node.type) {
      case "ImportDeclaration":
      case "ExportNamedDeclaration":
      case "ExportAllDeclaration":
        if (typeof specifier === "string") {
          found.push({ specifier, typeOnly: isTypeOnly(node), dynamic: false });
        }
        return;
      case "ImportExpression":
        if (typeof specifier !== "string") throw new Error(`${file} imports something that is no literal`);
        found.push({ specifier, typeOnly: false, dynamic: true });
        return;
      case "TSImportType":
        found.push({ specifier: String(specifier), typeOnly: true, dynamic: false });
    }
  });
  return found;
}

/** `import type ...`, or an import of which every name is marked `type`. */
function isTypeOnly(node: Node): boolean {
  if (node["importKind"] === "type" || node["exportKind"] === "type") return true;
  const names = (node["specifiers"] as Node[] | undefined) ?? [];
  return (
    names.length > 0 && names.every((name) => name["importKind"] === "type" || name["exportKind"] === "type")
  );
}

function visit(node: Node, see: (node: Node) => void): void {
  see(node);
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof child.type === "string") visit(child, see);
    }
  }
}
