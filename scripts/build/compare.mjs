/** Two folders, compared byte for byte. */

import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/**
 * @param {string} expected
 * @param {string} actual
 * @returns {Promise<string[]>} one line for each file that differs, in order of path; empty: they are equal
 */
export async function differences(expected, actual) {
  const [wanted, found] = await Promise.all([files(expected), files(actual)]);
  const lines = [];
  for (const file of [...new Set([...wanted, ...found])].sort()) {
    if (!found.has(file)) lines.push(`missing  ${file}`);
    else if (!wanted.has(file)) lines.push(`left over  ${file}`);
    else if (!(await same(join(expected, file), join(actual, file)))) lines.push(`differs  ${file}`);
  }
  return lines;
}

async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return new Set(
    entries
      .filter((entry) => !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)),
  );
}

async function same(left, right) {
  const [a, b] = await Promise.all([left, right].map((file) => stat(file)));
  if ((a.mode & 0o100) !== (b.mode & 0o100) || a.size !== b.size) return false;
  const [x, y] = await Promise.all([left, right].map((file) => readFile(file)));
  return x.equals(y);
}
