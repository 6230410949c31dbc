/**
 * What ajv says of a choice (`anyOf`, `oneOf`) that a value does not fit: every fault of every form. An agent
 * needs the faults of the one form that it meant.
 *
 * F1. A form is ruled out by a wrong type, or by a wrong constant in one of its own properties (the
 *     discriminator of a union). Of those that are not, the one that lacks least and has fewest faults was
 *     meant; of several, what they have in common.
 */

import type { ErrorObject } from "ajv";

/** @returns what is wrong with the value; nothing: it fits */
export type Check = (value: unknown) => readonly ErrorObject[];

/** The parts of a schema, for which an error names the one that it is about. */
export interface SchemaParts {
  /** JSON pointer of a part, which is told by identity. */
  pointerOf(part: unknown): string | undefined;
  checkAt(pointer: string): Check | undefined;
}

type Errors = readonly ErrorObject[];

/** Keywords whose error comes after errors that it sums up. */
const SUMMARIES = new Set(["anyOf", "oneOf", "contains"]);

export function isChoice({ keyword, params }: ErrorObject): boolean {
  return keyword === "anyOf" || (keyword === "oneOf" && params["passingSchemas"] === null);
}

/** The errors without those that another one sums up. Linear: there may be hundreds of thousands. */
export function outermost(errors: Errors, parts: SchemaParts): ErrorObject[] {
  const kept: ErrorObject[] = [];
  for (let i = errors.length - 1; i >= 0; i--) {
    const error = errors[i]!;
    // The branch that was to be taken, or the name that was refused, tells itself what does not fit.
    if (error.keyword === "if" || error.keyword === "propertyNames") continue;
    kept.push(error);
    if (!SUMMARIES.has(error.keyword)) continue;
    const isSummedUp = summedUpBy(error, parts);
    while (i > 0 && isSummedUp(errors[i - 1]!)) i--;
  }
  return kept.reverse();
}

/**
 * Inner errors stand right before their summary and are about the same value or something in it. So may be
 * errors of keywords beside the choice, or beside an `allOf` that holds it.
 */
function summedUpBy(summary: ErrorObject, parts: SchemaParts): (error: ErrorObject) => boolean {
  const { instancePath, parentSchema } = summary;
  const forms = parts.pointerOf(summary.schema);
  const beside = parts.pointerOf(parentSchema)?.replace(/(\/allOf\/\d+)+$/, "");
  return (error) => {
    if (error.instancePath !== instancePath && !error.instancePath.startsWith(`${instancePath}/`))
      return false;
    const pointer = parts.pointerOf(error.parentSchema);
    if (pointer === undefined || forms === undefined || beside === undefined) {
      return error.parentSchema !== parentSchema;
    }
    if (isUnder(`${pointer}/${error.keyword}`, forms)) return true;
    return !isUnder(pointer, beside) || definitionOf(pointer) !== definitionOf(beside);
  };
}

function isUnder(pointer: string, root: string): boolean {
  return pointer === root || pointer.startsWith(`${root}/`);
}

/** @example definitionOf("/$defs/node/properties/left") // "/$defs/node" */
function definitionOf(pointer: string): string {
  return /^\/(\$defs|definitions|%24defs)\/[^/]+/.exec(pointer)?.[0] ?? "";
}

export type Closest =
  /** The errors of the form that was meant. */
  | { readonly errors: Errors }
  /** Nothing but other constants or types would do, at `instancePath` below the choice. */
  | { readonly instancePath: string; readonly allowed: Errors }
  /** The property that tells the forms apart is missing, with the values that it may have. */
  | { readonly missing: string; readonly values: readonly unknown[] }
  | undefined;

/** @param forms the errors of each form, by itself */
export function closestForm(forms: readonly Errors[]): Closest {
  const open = forms.filter((errors) => !errors.some(isAboutWhole) && !errors.some(isDiscriminator));
  if (open.length > 0) return missingDiscriminator(open) ?? best(open);
  const rightType = forms.filter((errors) => !errors.some(isAboutWhole));
  if (rightType.length === 1) return { errors: rightType[0]! };
  if (rightType.length > 1) return sameDiscriminator(rightType);
  const isConstant = (error: ErrorObject) => isAboutWhole(error) && error.keyword !== "type";
  const allowed = forms.map((errors) => errors.find(isConstant) ?? errors.find(isAboutWhole)!);
  return { instancePath: "", allowed };
}

function missingDiscriminator(forms: readonly Errors[]): Closest {
  if (forms.length < 2) return undefined;
  for (const { keyword, instancePath, params } of forms[0]!) {
    if (keyword !== "required" || instancePath !== "") continue;
    const missing = params["missingProperty"] as string;
    const values = forms.map((errors) => valuesOfMissing(errors, missing));
    if (values.every((each) => each !== undefined)) return { missing, values: values.flat() };
  }
  return undefined;
}

/** The constants that a form asks of a property, if that is missing. */
function valuesOfMissing(errors: Errors, property: string): readonly unknown[] | undefined {
  for (const { keyword, instancePath, params, parentSchema } of errors) {
    if (keyword !== "required" || instancePath !== "" || params["missingProperty"] !== property) continue;
    const { const: constant, enum: values } = parentSchema?.["properties"]?.[property] ?? {};
    return constant === undefined ? values : [constant];
  }
  return undefined;
}

function best(forms: readonly Errors[]): Closest {
  const lacking = (errors: Errors) => errors.filter(({ keyword }) => keyword === "required").length;
  const sorted = [...forms].sort((a, b) => lacking(a) - lacking(b) || a.length - b.length);
  const [first, ...others] = sorted as [Errors, ...Errors[]];
  const equal = others.filter((form) => lacking(form) === lacking(first) && form.length === first.length);
  const common = first.filter((error) => equal.every((form) => form.some((other) => isSame(error, other))));
  return common.length > 0 ? { errors: common } : undefined;
}

function isSame(a: ErrorObject, b: ErrorObject): boolean {
  return (
    a.keyword === b.keyword &&
    a.instancePath === b.instancePath &&
    JSON.stringify(a.params) === JSON.stringify(b.params)
  );
}

/** A union whose forms tell themselves apart by one property: that property is what is wrong. */
function sameDiscriminator(forms: readonly Errors[]): Closest {
  const allowed = forms.map((errors) => errors.find(isDiscriminator)!);
  const { instancePath } = allowed[0]!;
  return allowed.every((error) => error.instancePath === instancePath)
    ? { instancePath, allowed }
    : undefined;
}

/** Not the right type, or not the right constant, at the very place of the choice. */
function isAboutWhole({ keyword, instancePath }: ErrorObject): boolean {
  return instancePath === "" && (keyword === "type" || keyword === "const" || keyword === "enum");
}

function isDiscriminator({ keyword, instancePath }: ErrorObject): boolean {
  return (keyword === "const" || keyword === "enum") && /^\/[^/]+$/.test(instancePath);
}
