/**
 * `dist/types/`: the declarations of what program authors import, written by the compiler.
 *
 * T1. They hold what the entries lead to, and nothing else of ours.
 * T2. They import only each other and `zod`, so that they mean the same wherever the package lies.
 * T3. zod's own lie beside them: `init` copies all of them to where there is no `node_modules`.
 */

import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";
import { shakeTypes } from "./shake-types.mjs";
import { writeZodTypes } from "./zod-types.mjs";

/** @param {{ root: string, dist: string }} options */
export async function writeTypes({ root, dist }) {
  const typescript = dirname(createRequire(join(root, "package.json")).resolve("typescript/package.json"));
  const outDir = join(dist, "types");
  const project = join(root, "tsconfig.types.json");
  try {
    await promisify(execFile)(
      process.execPath,
      [join(typescript, "bin/tsc"), "-p", project, "--outDir", outDir],
      {
        cwd: root,
      },
    );
  } catch (error) {
    throw new Error(`the declarations do not compile:\n${error.stdout || error.message}`, { cause: error });
  }
  const files = new Map();
  for (const file of await readdir(outDir, { recursive: true })) {
    if (file.endsWith(".d.ts")) files.set(join(outDir, file), await readFile(join(outDir, file), "utf8"));
  }
  await rm(outDir, { recursive: true });
  const entries = ["index.d.ts", "testing.d.ts"].map((name) => join(outDir, name));
  const reached = shakeTypes(
    files,
    entries.filter((entry) => files.has(entry)),
    (from, specifier) => {
      const file = resolve(dirname(from), specifier.replace(/\.ts$/, ".d.ts"));
      return specifier.startsWith(".") && files.has(file) ? file : undefined;
    },
  );
  for (const [file, text] of reached) {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, pointToOutput(text, file, outDir));
  }
  if (reached.size > 0) await writeZodTypes({ root, outDir });
}

const SPECIFIER = /(\bfrom\s+|\bimport\s*\(?\s*)"([^"]+)"/g;
const COMMENT = /^\s*(\/\*\*|\*|\/\/)/;

/** The compiler leaves `./step.ts` as it is; beside the output it has to be `./step.js`. */
function pointToOutput(text, file, outDir) {
  const pointed = text
    .split("\n")
    .map((line) =>
      COMMENT.test(line)
        ? line
        : line.replace(
            SPECIFIER,
            (_, keyword, specifier) => `${keyword}"${output(specifier, file, outDir)}"`,
          ),
    );
  return pointed.join("\n");
}

function output(specifier, file, outDir) {
  if (specifier === "zod" || specifier.startsWith("zod/")) return specifier;
  if (specifier.startsWith(".") && resolve(dirname(file), specifier).startsWith(outDir + sep)) {
    return specifier.replace(/\.ts$/, ".js");
  }
  throw new Error(`types/${relative(outDir, file)} imports '${specifier}', which users of the package lack`);
}
