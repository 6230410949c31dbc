import { describe, expect, it } from "vitest";
import { SyntaxProblem } from "../../src/catalog/syntax.ts";
import { transformAside } from "../../src/catalog/transform-aside.ts";
import { transform } from "../../src/catalog/transformer.ts";

const ENTRY = new URL("../../dist/transform.js", import.meta.url);
const SOURCE = 'import { a } from "./a.ts";\nexport const b: number = a + 1;\n';

describe("compiling aside", () => {
  const aside = transformAside(ENTRY);

  it("gives what compiling here gives, for sources that come at once too", async () => {
    const compiled = await Promise.all([
      aside(SOURCE, "ts"),
      aside("module.exports = 1;", "cjs"),
      aside(SOURCE, "ts"),
    ]);
    expect(compiled).toEqual([transform(SOURCE, "ts"), transform("module.exports = 1;", "cjs"), compiled[0]]);
  });

  it("tells what is wrong with a source, and where, and goes on", async () => {
    const problem = await Promise.resolve(aside("const a = 1;\nconst b = ;\n", "ts")).catch((error) => error);
    expect(problem).toBeInstanceOf(SyntaxProblem);
    expect(problem).toMatchObject({ line: 2, message: expect.stringContaining("Unexpected token") });
    expect((await aside(SOURCE, "ts")).code).toContain("exports.b");
  });

  it("fails what it was at when its thread ends, and begins a new one for the next", async () => {
    const ending = transformAside(new URL("data:text/javascript,process.exit(3)"));
    for (let i = 0; i < 2; i++) await expect(ending(SOURCE, "ts")).rejects.toThrow("exit code 3");
  });
});
