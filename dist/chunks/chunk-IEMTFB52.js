import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);
import {
  DYNAMIC_IMPORT,
  IMPORT_META
} from "./chunk-62232MNN.js";

// src/catalog/syntax.ts
var SyntaxProblem = class extends Error {
  line;
  column;
  constructor(message, line, column) {
    super(message);
    this.line = line;
    this.column = column;
  }
};
var FUNCTIONS = /* @__PURE__ */ new Set([
  "FunctionDeclaration",
  "FunctionExpression",
  "ArrowFunctionExpression",
  "ObjectMethod",
  "ClassMethod",
  "ClassPrivateMethod"
]);
function adjustSyntax(tree) {
  const sites = [];
  let ownRequire = false;
  const visit = (node, inFunction, inTry) => {
    refuseUnsupported(node, inFunction);
    if (declares(node, "require")) ownRequire = true;
    const site = importSite(node, inTry);
    if (site !== void 0) sites.push(site);
    provideAtEvaluation(node);
    const within = inFunction || FUNCTIONS.has(node.type);
    for (const [key, child] of Object.entries(node)) {
      if (key === "loc" || key.endsWith("Comments") || key === "extra") continue;
      const tried = inTry || node.type === "TryStatement" && key === "block";
      for (const each of Array.isArray(child) ? child : [child]) {
        if (isNode(each)) visit(each, within, tried);
      }
    }
  };
  visit(tree.program, false, false);
  return ownRequire ? sites.map((site) => ({ ...site, optional: true })) : sites;
}
function isNode(value) {
  return typeof value === "object" && value !== null && typeof value.type === "string";
}
function refuseUnsupported(node, inFunction) {
  const awaits = node.type === "AwaitExpression" || node.type === "ForOfStatement" && node.await === true || node.type === "VariableDeclaration" && node.kind === "await using";
  if (awaits && !inFunction) {
    const message = "A program cannot use await at the top level of a module: it is evaluated in one go, once per instance. Move it into run, or into a sideEffect.";
    throw new SyntaxProblem(message, ...placeOf(node));
  }
  const decorated = node.decorators?.length;
  if (decorated && node.type.startsWith("Class") && node.type.endsWith("Property")) {
    const message = "Decorators on class fields are not supported; those on classes, methods and parameters are.";
    throw new SyntaxProblem(message, ...placeOf(node));
  }
}
function importSite(node, inTry) {
  const [line, column] = placeOf(node);
  if (node.type === "TSImportEqualsDeclaration") {
    const reference = node.moduleReference;
    if (reference.type !== "TSExternalModuleReference" || node.importKind === "type") return void 0;
    return literalSite(reference.expression, line, column, inTry);
  }
  if (node.type === "ImportExpression") return literalSite(node.source, line, column, false);
  if (node.type !== "CallExpression") return void 0;
  const callee = node.callee;
  const isImport = callee.type === "Import";
  if (!isImport && !(callee.type === "Identifier" && callee.name === "require")) return void 0;
  return literalSite(node.arguments[0], line, column, inTry);
}
function literalSite(argument, line, column, optional) {
  if (argument?.type === "StringLiteral") {
    return { specifier: argument.value, line, column, optional };
  }
  if (argument?.type !== "TemplateLiteral" || argument.expressions.length > 0) return void 0;
  const text = argument.quasis[0].value.cooked;
  return { specifier: text, line, column, optional };
}
function provideAtEvaluation(node) {
  if (node.type === "MetaProperty" && node.meta.name === "import") {
    delete node.meta;
    delete node.property;
    become(node, "Identifier", { name: IMPORT_META });
  } else if (node.type === "ImportExpression") {
    const args = [node.source];
    delete node.source;
    delete node.options;
    become(node, "CallExpression", { callee: identifier(DYNAMIC_IMPORT, node), arguments: args });
  } else if (node.type === "CallExpression" && node.callee.type === "Import") {
    node.callee = identifier(DYNAMIC_IMPORT, node);
    node.arguments = node.arguments.slice(0, 1);
  }
}
function become(node, type, fields) {
  node.type = type;
  Object.assign(node, fields);
}
function identifier(name, at) {
  return { type: "Identifier", name, loc: at.loc };
}
function declares(node, name) {
  const id = node.id;
  const binds = node.type === "VariableDeclarator" || node.type === "FunctionDeclaration";
  return binds && id?.type === "Identifier" && id.name === name;
}
function placeOf(node) {
  const start = node.loc?.start ?? { line: 1, column: 0 };
  return [start.line, start.column + 1];
}

export {
  SyntaxProblem,
  adjustSyntax
};
