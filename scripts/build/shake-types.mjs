/**
 * Declarations without what nobody outside can reach: the compiler declares all that its files export, users
 * see what the entries lead to.
 *
 * H1. Reached is decided name by name; what a reached declaration mentions is reached. When in doubt, it is.
 */

import { parseAst } from "vitest/node";

/**
 * @param {Map<string, string>} files declaration files by path
 * @param {string[]} entries paths, all of whose exports are reached
 * @param {(from: string, specifier: string) => string | undefined} locate the path of an imported file, if it is one of these
 * @returns {Map<string, string>} the files that are left, with what is left of them
 */
export function shakeTypes(files, entries, locate) {
  const modules = new Map([...files].map(([path, text]) => [path, read(text)]));
  for (const entry of entries) reachAll(entry);
  return new Map([...modules].filter(([, { used }]) => used).map(([path, module]) => [path, write(module)]));

  function reachAll(path) {
    for (const statement of modules.get(path).statements) reach(path, statement);
  }

  function reachName(path, name) {
    const module = modules.get(path);
    module.used = true;
    for (const statement of module.statements) {
      if (statement.exports.has(name)) {
        // Passed on under another name: only this one of the statement's names is meant.
        const { source, imported } = statement.exports.get(name) ?? {};
        if (source === undefined) reach(path, statement);
        else reachImport(path, statement, name, source, imported);
      } else if (statement.node.type === "ExportAllDeclaration") {
        reach(path, statement);
      }
    }
  }

  function reachImport(path, statement, local, source, imported) {
    if (statement.names.has(local)) return;
    statement.names.add(local);
    statement.live = true;
    const target = locate(path, source);
    if (target === undefined) return;
    if (imported === undefined) reachAll(target);
    else reachName(target, imported);
  }

  function reach(path, statement) {
    const module = modules.get(path);
    module.used = true;
    if (statement.live && statement.node.source === undefined) return;
    const { node } = statement;
    if (node.type === "ExportNamedDeclaration" && node.source) {
      for (const [name, { source, imported }] of statement.exports)
        reachImport(path, statement, name, source, imported);
      return;
    }
    if (statement.live) return;
    statement.live = true;
    if (node.type === "ExportAllDeclaration") {
      const target = locate(path, node.source.value);
      if (target !== undefined) reachAll(target);
      return;
    }
    if (node.type === "ImportDeclaration") return;
    for (const { name, source } of mentions(node)) {
      if (source !== undefined) {
        const target = locate(path, source);
        if (target !== undefined) name === undefined ? reachAll(target) : reachName(target, name);
        continue;
      }
      for (const other of module.statements) {
        if (other.imports.has(name)) {
          const { source: from, imported } = other.imports.get(name);
          reachImport(path, other, name, from, imported);
        } else if (other.declares.has(name)) {
          reach(path, other);
        }
      }
    }
  }
}

function read(text) {
  const statements = parseAst(text, { lang: "dts" }).body.map((node) => ({
    node,
    live: false,
    /** Of an import or a re-export: the names that are reached. */
    names: new Set(),
    declares: new Set(declared(node.declaration ?? node)),
    exports: exported(node),
    imports: imported(node),
  }));
  return { text, statements, used: false };
}

function declared(node) {
  if (node.type === "VariableDeclaration") return node.declarations.map(({ id }) => id.name);
  return node.id?.name === undefined ? [] : [node.id.name];
}

const nameOf = (node) => node.name ?? node.value;

/** Exported name -> where it comes from, where that is another module. */
function exported(node) {
  if (node.type === "ExportDefaultDeclaration") return new Map([["default", undefined]]);
  if (node.type !== "ExportNamedDeclaration") return new Map();
  const names = node.declaration ? declared(node.declaration).map((name) => [name, undefined]) : [];
  for (const { local, exported } of node.specifiers) {
    names.push([
      nameOf(exported),
      node.source ? { source: node.source.value, imported: nameOf(local) } : undefined,
    ]);
  }
  return new Map(names);
}

/** Local name -> module and its name there; no name for a namespace. */
function imported(node) {
  if (node.type !== "ImportDeclaration") return new Map();
  const source = node.source.value;
  return new Map(
    node.specifiers.map(({ type, local, imported }) => [
      local.name,
      { source, imported: type === "ImportDefaultSpecifier" ? "default" : imported && nameOf(imported) },
    ]),
  );
}

/** Every name that stands anywhere in a statement, and what it imports in a type. */
function mentions(node, found = []) {
  if (node.type === "Identifier") found.push({ name: node.name });
  if (node.type === "TSImportType") found.push({ name: node.qualifier?.name, source: node.source.value });
  for (const value of Object.values(node)) {
    for (const child of Array.isArray(value) ? value : [value]) {
      if (typeof child === "object" && child !== null && typeof child.type === "string")
        mentions(child, found);
    }
  }
  return found;
}

/** The live statements, each with the comment before it; the one that opens the file stays. */
function write({ text, statements }) {
  let end = statements[0]?.node.start ?? text.length;
  const kept = [text.slice(0, end)];
  for (const { node, live, names } of statements) {
    if (live) kept.push(text.slice(end, node.start) + withNames(text, node, names));
    end = node.end;
  }
  kept.push(text.slice(end));
  return kept.map((part) => `${part.trim()}\n`.replace(/^\n$/, "")).join("");
}

/** A statement; an import or re-export has only those of its names. */
function withNames(text, node, names) {
  const all = node.specifiers ?? [];
  const left = all.filter(({ local, exported }) => names.has(nameOf(exported ?? local)));
  if (
    left.length === all.length ||
    left.some(({ type }) => !type.endsWith("ImportSpecifier") && type !== "ExportSpecifier")
  ) {
    return text.slice(node.start, node.end);
  }
  const list = left.map(({ start, end }) => text.slice(start, end)).join(", ");
  return text.slice(node.start, all[0].start) + list + text.slice(all.at(-1).end, node.end);
}
