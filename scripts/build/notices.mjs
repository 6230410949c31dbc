/** `dist/THIRD-PARTY-NOTICES`: every package in the bundle, with its version and the text of its licence. */

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

const PACKAGE = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/**
 * @param {{ root: string, inputs: string[] }} options `inputs`: the files that were bundled, relative to `root`
 * @returns {Promise<string>}
 */
export async function notices({ root, inputs }) {
  const folders = new Set(inputs.map((file) => file.match(PACKAGE)?.[1]).filter(Boolean));
  const packages = await Promise.all([...folders].map((folder) => describe(root, folder)));
  packages.sort((a, b) => (a.title < b.title ? -1 : 1));
  const texts = packages.map(({ title, licence, text }) => `${title}\nLicence: ${licence}\n\n${text}\n`);
  return [
    "The files in this folder contain the packages below, each under its own licence.\n",
    ...new Set(texts),
  ].join(`\n${"-".repeat(80)}\n\n`);
}

async function describe(root, folder) {
  const { name, version, license } = JSON.parse(await readFile(join(root, folder, "package.json"), "utf8"));
  const files = (await readdir(join(root, folder))).filter((file) => LICENCE_FILE.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(root, folder, file), "utf8")));
  const text = texts.map((each) => each.replaceAll("\r\n", "\n").trim()).join("\n\n");
  return {
    title: `${name} ${version}`,
    licence: license,
    text: text || "(The package carries no licence file.)",
  };
}
