/**
 * The form in which a compiled module is evaluated: a function, whose parameters are what is given to it.
 * The catalog compiles for it, the host calls it.
 */

/** The names under which compiled code finds what is syntax to the author: `import.meta`, `import()`. */
export const IMPORT_META = "__importMeta";
export const DYNAMIC_IMPORT = "__dynamicImport";

const PARAMETERS = ["exports", "require", "module", "__filename", "__dirname", IMPORT_META, DYNAMIC_IMPORT];
const HEAD = `(function (${PARAMETERS.join(", ")}) {`;

/** How much longer the first line of the function is than that of the code. */
export const HEAD_COLUMNS = HEAD.length;

/** Compiled code as an expression whose value is the function. */
export function asFunction(code: string): string {
  return `${HEAD}${code}\n})`;
}
