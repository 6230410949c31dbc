/** Validation errors of ajv in plain words, with JSON paths, all at once. */

import type { ErrorObject } from "ajv";
import type { Problem } from "./event.ts";
import { pathTo, preview } from "./json.ts";

/** More would only drown the first ones. */
const MAX_PROBLEMS = 20;

/** @param value the value that was judged, to say what stands where something else was asked */
export function describeProblems(errors: readonly ErrorObject[], value: unknown): Problem[] {
  const problems = new Map<string, Problem>();
  for (const error of withoutRejectedForms(errors)) {
    const problem = describe(error, value);
    problems.set(`${problem.path} ${problem.message}`, problem);
  }
  const all = [...problems.values()];
  if (all.length <= MAX_PROBLEMS) return all;
  return [
    ...all.slice(0, MAX_PROBLEMS),
    { path: "$", message: `and ${all.length - MAX_PROBLEMS} more problems` },
  ];
}

/**
 * ajv reports every form of an `anyOf` that did not fit. The form that came closest (its deepest error
 * lies deepest) is kept; of forms that are no better than each other, only the summary.
 */
function withoutRejectedForms(errors: readonly ErrorObject[]): ErrorObject[] {
  let kept = [...errors];
  for (const choice of errors.filter(({ keyword }) => keyword === "anyOf" || keyword === "oneOf")) {
    const forms = new Map<string, ErrorObject[]>();
    for (const error of kept) {
      if (error === choice || !error.schemaPath.startsWith(`${choice.schemaPath}/`)) continue;
      const form = error.schemaPath.slice(choice.schemaPath.length + 1).split("/", 1)[0]!;
      forms.set(form, [...(forms.get(form) ?? []), error]);
    }
    const deeper = [...forms.values()].filter((form) =>
      form.every(
        (error) => error.instancePath.length > choice.instancePath.length || error.keyword === "required",
      ),
    );
    const rejected = new Set([...forms.values()].flat());
    if (deeper.length === 1) {
      for (const error of deeper[0]!) rejected.delete(error);
      rejected.add(choice);
    }
    kept = kept.filter((error) => !rejected.has(error));
  }
  return kept;
}

function describe(error: ErrorObject, root: unknown): Problem {
  const { path, value } = locate(error.instancePath, root);
  const params = error.params as Record<string, unknown>;
  const got = `got ${preview(value)}`;
  switch (error.keyword) {
    case "required":
      return { path: pathTo(path, params["missingProperty"] as string), message: "is missing" };
    case "additionalProperties":
    case "unevaluatedProperties": {
      const key = (params["additionalProperty"] ?? params["unevaluatedProperty"]) as string;
      return { path: pathTo(path, key), message: "is not a property that the schema knows" };
    }
    case "type":
      return { path, message: `must be ${oneOf([params["type"]].flat(), String)}, ${got}` };
    case "enum":
      return { path, message: `must be ${oneOf(params["allowedValues"] as unknown[], preview)}, ${got}` };
    case "const":
      return { path, message: `must be ${preview(params["allowedValue"])}, ${got}` };
    case "anyOf":
    case "oneOf":
      return { path, message: `fits none of the forms that the schema allows, ${got}` };
    case "minLength":
      return {
        path,
        message:
          params["limit"] === 1
            ? "must not be empty"
            : `must have at least ${params["limit"]} characters, ${got}`,
      };
    case "maxLength":
      return {
        path,
        message: `must have at most ${params["limit"]} characters, has ${[...String(value)].length}`,
      };
    case "minItems":
      return {
        path,
        message: `must have at least ${params["limit"]} items, has ${(value as unknown[]).length}`,
      };
    case "maxItems":
      return {
        path,
        message: `must have at most ${params["limit"]} items, has ${(value as unknown[]).length}`,
      };
    case "pattern":
      return { path, message: `must match the pattern ${params["pattern"]}, ${got}` };
    case "format":
      return { path, message: `must be a valid ${params["format"]}, ${got}` };
    case "false schema":
      return { path, message: "is not allowed here" };
    default:
      return { path, message: `${error.message ?? `breaks the rule "${error.keyword}"`}, ${got}` };
  }
}

function oneOf(values: readonly unknown[], show: (value: unknown) => string): string {
  if (values.length === 1) return show(values[0]);
  return `one of ${values.map((value) => show(value)).join(", ")}`;
}

/** From ajv's JSON pointer to a JSON path and the value that stands there. */
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
