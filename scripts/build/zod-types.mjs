/**
 * `dist/types/zod/`: zod's own declarations, for programs in a folder without `node_modules`.
 *
 * Z1. They hold what `import { z } from "zod"` and `"zod/v4/core"` lead to, and need nothing else.
 * Z2. The locales, a file each, are one: of some fifty functions only the names differ.
 */

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const ENTRIES = ["index.d.ts", "v4/core/index.d.ts"];
const LOCALES = "v4/locales/index.d.ts";

/** @param {{ root: string, outDir: string }} options `outDir`: the folder for the declarations of all packages */
export async function writeZodTypes({ root, outDir }) {
  const zod = join(root, "node_modules/zod");
  const target = join(outDir, "zod");
  const seen = new Set();
  const waiting = [...ENTRIES];
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = await readFile(join(zod, file), "utf8");
    if (file !== LOCALES) waiting.push(...importsOf(text, file));
    await mkdir(dirname(join(target, file)), { recursive: true });
    await writeFile(join(target, file), file === LOCALES ? inOne(text) : text);
  }
  await cp(join(zod, "LICENSE"), join(target, "LICENSE"));
}

/** Of the lines that are no comments. */
function importsOf(text, file) {
  const code = text.replace(/^\s*(\/\*\*|\*|\/\/).*$/gm, "");
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => {
    if (!specifier.startsWith("."))
      throw new Error(`zod's ${file} imports '${specifier}', which would be missing`);
    return join(dirname(file), specifier).replace(/\.js$/, ".d.ts");
  });
}

/** `export { default as ar } from "./ar.js";` and so on. */
function inOne(text) {
  const names = [...text.matchAll(/export \{ default as (\w+) \} from "\.\/[\w-]+\.js";/g)].map(
    ([, name]) => name,
  );
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  if (names.length !== lines.length)
    throw new Error("zod's locales are not what they were: see zod-types.mjs");
  return [
    'import type { $ZodErrorMap } from "../core/errors.js";',
    "type Locale = () => { localeError: $ZodErrorMap };",
    ...names.map((name) => `export declare const ${name}: Locale;`),
    "",
  ].join("\n");
}
