/**
 * `dist/types/`: the declarations of what program authors import, written by the compiler.
 *
 * T1. They import only each other and `zod`, so that they mean the same wherever the package lies.
 */

import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve, sep } from "node:path";
import { promisify } from "node:util";

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
  for (const file of await readdir(outDir, { recursive: true })) {
    if (file.endsWith(".d.ts")) await pointToOutput(join(outDir, file), outDir);
  }
}

const SPECIFIER = /(\bfrom\s+|\bimport\s*\(?\s*)"([^"]+)"/g;
const COMMENT = /^\s*(\/\*\*|\*|\/\/)/;

/** The compiler leaves `./step.ts` as it is; beside the output it has to be `./step.js`. */
async function pointToOutput(file, outDir) {
  const lines = (await readFile(file, "utf8")).split("\n");
  const pointed = lines.map((line) =>
    COMMENT.test(line)
      ? line
      : line.replace(SPECIFIER, (_, keyword, specifier) => `${keyword}"${output(specifier, file, outDir)}"`),
  );
  await writeFile(file, pointed.join("\n"));
}

function output(specifier, file, outDir) {
  if (specifier === "zod" || specifier.startsWith("zod/")) return specifier;
  if (specifier.startsWith(".") && resolve(dirname(file), specifier).startsWith(outDir + sep)) {
    return specifier.replace(/\.ts$/, ".js");
  }
  throw new Error(`types/${relative(outDir, file)} imports '${specifier}', which users of the package lack`);
}
