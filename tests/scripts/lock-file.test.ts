import { readFileSync } from "node:fs";
import { expect, it } from "vitest";

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  optionalDependencies?: Record<string, string>;
}

const read = (file: string) => JSON.parse(readFileSync(new URL(`../../${file}`, import.meta.url), "utf8"));
const packages: Record<string, Entry> = read("package-lock.json").packages;

it("the lock file names no registry, so that any mirror will do, and a digest of every package", () => {
  for (const [path, { resolved, integrity }] of Object.entries(packages)) {
    if (path === "") continue;
    expect({ path, resolved, digest: integrity?.slice(0, 7) }).toEqual({
      path,
      resolved: undefined,
      digest: "sha512-",
    });
  }
});

it("the lock file holds the binaries of every platform, not only of the one it was written on", () => {
  const missing = Object.values(packages).flatMap(({ optionalDependencies = {} }) =>
    Object.keys(optionalDependencies).filter(
      (name) => packages[`node_modules/${name}`]?.version === undefined,
    ),
  );
  expect(missing).toEqual([]);
});

it("the package brings zod along, whose types programs need, and nothing else", () => {
  expect(Object.keys(read("package.json").dependencies)).toEqual(["zod"]);
});
