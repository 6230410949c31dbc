/**
 * What of a zod schema its JSON Schema cannot say: the agent is shown the JSON Schema and judged by it first,
 * so these do something else than they seem to, or nothing.
 *
 * S1. Reads zod 4's own description of a schema. Of other libraries' schemas nothing is known.
 */

import { pathTo } from "../engine/json.ts";

export interface SchemaGap {
  /** `warning`: it does not do what it says; `info`: the agent cannot see it. */
  readonly severity: "warning" | "info";
  /** JSON path of what the schema describes. */
  readonly path: string;
  readonly message: string;
}

type Definition = { readonly type: string; readonly [key: string]: unknown };

export function gapsOf(schema: unknown): SchemaGap[] {
  const gaps: SchemaGap[] = [];
  const seen = new Set<unknown>();

  const visit = (current: unknown, path: string): void => {
    const definition = definitionOf(current);
    if (definition === undefined || seen.has(current)) return;
    seen.add(current);
    gaps.push(...ownGaps(definition, path));
    for (const [inner, at] of within(definition, path)) visit(inner, at);
  };

  visit(schema, "$");
  return gaps;
}

function definitionOf(schema: unknown): Definition | undefined {
  const definition = (schema as { _zod?: { def?: unknown } } | null | undefined)?._zod?.def;
  return typeof definition === "object" && definition !== null ? (definition as Definition) : undefined;
}

function ownGaps(definition: Definition, path: string): SchemaGap[] {
  const gaps: SchemaGap[] = [];
  const warn = (message: string) => gaps.push({ severity: "warning", path, message });
  const { type } = definition;
  if (definition["coerce"] === true) {
    warn(`z.coerce does nothing: the agent must send a ${type}. Write z.${type}(), or transform a text.`);
  }
  if (type === "pipe" && definitionOf(definition["in"])?.type === "transform") {
    warn(
      "z.preprocess comes too late: the reply must fit the inner schema before it. Use .transform() after.",
    );
  }
  if (type === "catch") {
    warn(
      ".catch() does nothing: a reply that does not fit is asked again. Use .default() for what is absent.",
    );
  }
  for (const check of (definition["checks"] ?? []) as unknown[]) {
    const { check: kind, format, pattern } = definitionOf(check) ?? ({} as Partial<Definition>);
    if (format === "regex" && pattern instanceof RegExp && /[ims]/.test(pattern.flags)) {
      warn(`the flags of ${pattern} are lost: the agent is judged by /${pattern.source}/. Write it without.`);
    }
    if (kind === "custom" || kind === "property") gaps.push({ severity: "info", path, message: UNSEEN });
  }
  return gaps;
}

const UNSEEN =
  "the agent cannot see this refinement, only its message when a reply breaks it. Say it in the text, or with .describe().";

/** The schemas inside, each with its path. */
function* within(definition: Definition, path: string): Generator<[unknown, string]> {
  const { shape, options, items, element, parts } = definition as { [key: string]: any };
  for (const [key, member] of Object.entries(shape ?? {})) yield [member, pathTo(path, key)];
  for (const option of options ?? []) yield [option, path];
  for (const [i, item] of (items ?? []).entries()) yield [item, `${path}[${i}]`];
  for (const part of parts ?? []) yield [part, path];
  if (element !== undefined) yield [element, `${path}[]`];
  if (definition["rest"]) yield [definition["rest"], `${path}[]`];
  if (definition["valueType"]) yield [definition["valueType"], `${path}.*`];
  for (const key of ["keyType", "innerType", "left", "right", "in"]) {
    if (definition[key] !== undefined) yield [definition[key], path];
  }
  // Of a preprocess, what the agent sees is the schema behind it.
  if (definitionOf(definition["in"])?.type === "transform") yield [definition["out"], path];
  const getter = definition["getter"];
  if (typeof getter === "function") yield [getter(), path];
}
