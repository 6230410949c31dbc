/** Validation errors of ajv in plain words, with JSON paths, all at once. */

import type { ErrorObject } from "ajv";
import { closestForm, isChoice, outermost, type SchemaParts } from "./closest-form.ts";
import type { Problem } from "./event.ts";
import { pathTo, preview } from "./json.ts";

/** More would only drown the first ones. */
const MAX_PROBLEMS = 20;

const NO_PARTS: SchemaParts = { pointerOf: () => undefined, checkAt: () => undefined };

interface Context {
  readonly root: unknown;
  readonly parts: SchemaParts;
}

/**
 * @param root the value that was judged, to say what stands where something else was asked
 * @param parts of the schema that judged it, to find the form that was meant
 */
export function describeProblems(
  errors: readonly ErrorObject[],
  root: unknown,
  parts: SchemaParts = NO_PARTS,
): Problem[] {
  const problems = new Map<string, Problem>();
  for (const problem of explainAll(outermost(errors, parts), "", { root, parts })) {
    if (problems.size === MAX_PROBLEMS) {
      problems.set("", { path: "$", message: "has more problems than these" });
      break;
    }
    problems.set(`${problem.path} ${problem.message}`, problem);
  }
  // Whatever comes of explaining: what does not fit is not told as fitting.
  if (problems.size === 0 && errors.length > 0) return [{ path: "$", message: "does not fit the schema" }];
  return withoutDoubles([...problems.values()]);
}

/**
 * Lazily: there may be far more than anybody wants to read.
 *
 * @param at JSON pointer of the value that the errors' own pointers start from
 */
function* explainAll(errors: readonly ErrorObject[], at: string, context: Context): Generator<Problem> {
  for (const error of errors) {
    if (isChoice(error)) yield* explainChoice(error, at + error.instancePath, context);
    else yield describe(error, at, context.root);
  }
}

function* explainChoice(choice: ErrorObject, pointer: string, context: Context): Generator<Problem> {
  const { path, value } = locate(pointer, context.root);
  const forms = formsOf(choice, value, context.parts);
  const closest = forms && closestForm(forms);
  if (closest === undefined) {
    yield { path, message: `fits none of the forms that the schema allows, got ${preview(value)}` };
  } else if ("errors" in closest) {
    yield* explainAll(closest.errors, pointer, context);
  } else if ("missing" in closest) {
    const values = closest.values.map((value) => preview(value));
    yield { path: pathTo(path, closest.missing), message: `is missing: it must be ${either(values)}` };
  } else {
    const wrong = locate(pointer + closest.instancePath, context.root);
    const allowed = [...new Set(closest.allowed.flatMap(wordsFor))];
    yield { path: wrong.path, message: `must be ${either(allowed)}, got ${preview(wrong.value)}` };
  }
}

/** What each form of a choice has against the value; the forms of a form that is itself a choice are its own. */
function formsOf(choice: ErrorObject, value: unknown, parts: SchemaParts): ErrorObject[][] | undefined {
  const pointer = parts.pointerOf(choice.schema);
  if (pointer === undefined) return undefined;
  const forms: ErrorObject[][] = [];
  for (const index of (choice.schema as unknown[]).keys()) {
    const check = parts.checkAt(`${pointer}/${index}`);
    if (check === undefined) return undefined;
    const errors = outermost(check(value), parts);
    const [only] = errors;
    const isNested = errors.length === 1 && isChoice(only!) && only!.instancePath === "";
    forms.push(...((isNested ? formsOf(only!, value, parts) : undefined) ?? [errors]));
  }
  return forms;
}

/** zod says a format by its pattern too; the name of the format is what helps. */
function withoutDoubles(problems: Problem[]): Problem[] {
  const formats = new Set(
    problems.filter(({ message }) => message.startsWith("must be a valid ")).map(({ path }) => path),
  );
  return problems.filter(
    ({ path, message }) => !(formats.has(path) && message.startsWith("must match the pattern ")),
  );
}

function describe(error: ErrorObject, at: string, root: unknown): Problem {
  const { path, value } = locate(at + error.instancePath, root);
  const { keyword, params, propertyName } = error;
  if (propertyName !== undefined) {
    return {
      path: pathTo(path, propertyName),
      message: `has a name that is not allowed: it ${messageOf(error, propertyName)}`,
    };
  }
  switch (keyword) {
    case "required":
      return { path: pathTo(path, params["missingProperty"]), message: "is missing" };
    case "dependentRequired":
    case "dependencies":
      return {
        path: pathTo(path, params["missingProperty"]),
        message: `is missing: it belongs to ${preview(params["property"])}`,
      };
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = params["additionalProperty"] ?? params["unevaluatedProperty"];
      return { path: pathTo(path, key), message: "is not a property that the schema knows" };
    }
    default:
      return { path, message: messageOf(error, value) };
  }
}

function messageOf(error: ErrorObject, value: unknown): string {
  const { keyword } = error;
  const params = error.params as Record<string, any>;
  const { limit } = params;
  const got = `got ${preview(value)}`;
  switch (keyword) {
    case "type":
    case "const":
    case "enum":
      return `must be ${either(wordsFor(error))}, ${got}`;
    case "minimum":
      return `must be at least ${limit}, ${got}`;
    case "maximum":
      return `must be at most ${limit}, ${got}`;
    case "exclusiveMinimum":
      return `must be more than ${limit}, ${got}`;
    case "exclusiveMaximum":
      return `must be less than ${limit}, ${got}`;
    case "multipleOf":
      return `must be a multiple of ${params["multipleOf"]}, ${got}`;
    case "minLength":
      return limit === 1 ? "must not be empty" : `must have at least ${counted(limit, "character")}, ${got}`;
    case "maxLength":
      return `must have at most ${counted(limit, "character")}, has ${[...String(value)].length}`;
    case "minItems":
      return `must have at least ${counted(limit, "item")}, has ${lengthOf(value)}`;
    case "maxItems":
    case "items":
    case "additionalItems":
    case "unevaluatedItems":
      return `must have at most ${counted(limit ?? params["len"], "item")}, has ${lengthOf(value)}`;
    case "minProperties":
      return `must have at least ${counted(limit, "property")}, ${got}`;
    case "maxProperties":
      return `must have at most ${counted(limit, "property")}, ${got}`;
    case "uniqueItems":
      return `must not hold the same item twice: [${params["j"]}] and [${params["i"]}] are the same`;
    case "contains":
      return `must hold ${containsWords(params)} of the kind that the schema asks for`;
    case "pattern":
      return `must match the pattern ${params["pattern"]}, ${got}`;
    case "format":
      return `must be a valid ${params["format"]}, ${got}`;
    case "oneOf":
      return `fits more than one of the forms of which it must fit exactly one, ${got}`;
    case "not":
      return `is of a form that the schema excludes, ${got}`;
    case "false schema":
      return "is not allowed here";
    default:
      return `${error.message ?? `breaks the rule "${keyword}"`}, ${got}`;
  }
}

const TYPES: Record<string, string> = {
  string: "a string",
  number: "a number",
  integer: "an integer",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  null: "null",
};

/** What an error of `type`, `const` or `enum` allows. */
function wordsFor({ keyword, params }: ErrorObject): string[] {
  if (keyword === "type") return [params["type"]].flat().map((type: string) => TYPES[type] ?? type);
  if (keyword === "const") return [preview(params["allowedValue"])];
  return (params["allowedValues"] as unknown[]).map((value) => preview(value));
}

/** @example either(["a string", "null"]) // "a string or null" */
function either(words: readonly string[]): string {
  if (words.length <= 2) return words.join(" or ");
  return `one of ${words.join(", ")}`;
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun.replace(/y$/, "ie")}s`;
}

function containsWords({ minContains = 1, maxContains }: Record<string, number | undefined>): string {
  if (maxContains === undefined) return `at least ${counted(minContains, "item")}`;
  return `between ${minContains} and ${counted(maxContains, "item")}`;
}

function lengthOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

/** From a JSON pointer to a JSON path and the value that stands there. */
function locate(pointer: string, root: unknown): { path: string; value: unknown } {
  let path = "$";
  let value = root;
  for (const escaped of pointer.split("/").slice(1)) {
    const key = escaped.replaceAll("~1", "/").replaceAll("~0", "~");
    path = pathTo(path, Array.isArray(value) ? Number(key) : key);
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  }
  return { path, value };
}
