import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ROOT } from "./installed.ts";

const json = (path: string) => JSON.parse(readFileSync(join(ROOT, path), "utf8"));
const manifest = json("package.json");
const server = json("server.json");

it("one version everywhere, and the changelog tells of it", () => {
  const { version } = manifest;
  expect(json(".claude-plugin/plugin.json").version).toBe(version);
  expect(server.version).toBe(version);
  expect(server.packages.map((each: { version: string }) => each.version)).toEqual([version]);
  expect(readFileSync(join(ROOT, "CHANGELOG.md"), "utf8")).toMatch(new RegExp(`^## ${version}\\b`, "m"));
});

/** The rules of the MCP registry for server.json, of 2025-12-11, as far as they touch what ours says. */
describe("server.json", () => {
  it("has the name by which the registry knows the package's owner", () => {
    expect(server.name).toMatch(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/);
    expect(server.name).toBe(manifest.mcpName);
  });

  it("stays within the lengths of title and description", () => {
    for (const text of [server.title, server.description]) {
      expect(text.length).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(100);
    }
  });

  it("names the npm package, its exact version and stdio", () => {
    expect(server.packages).toHaveLength(1);
    const { registryType, identifier, version, transport } = server.packages[0];
    expect({ registryType, identifier, transport }).toEqual({
      registryType: "npm",
      identifier: manifest.name,
      transport: { type: "stdio" },
    });
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  });

  it("gives each argument a value, and each variable a name that the product reads", () => {
    const { packageArguments, environmentVariables } = server.packages[0];
    for (const argument of packageArguments) expect(argument).toMatchObject({ type: "positional" });
    expect(packageArguments.map(({ value }: { value: string }) => value)).toEqual(["--watch"]);
    const places = readFileSync(join(ROOT, "src/cli/places.ts"), "utf8");
    for (const { name } of environmentVariables) expect(places).toContain(`"${name}"`);
  });

  it("has no member that the schema does not know", () => {
    const known = [
      "$schema",
      "name",
      "title",
      "description",
      "version",
      "repository",
      "websiteUrl",
      "packages",
    ];
    expect(known).toEqual(expect.arrayContaining(Object.keys(server)));
  });
});
