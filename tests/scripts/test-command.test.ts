import { rmSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { createProject, type Project } from "./project.ts";

const GREEN = {
  "src/index.ts": "export const number = 1;\n",
  "tests/green.test.ts": `import { expect, it } from "vitest";\n\nit("holds", () => expect(1).toBe(1));\n`,
};
const projects: Project[] = [];
afterAll(() => {
  for (const { folder } of projects) rmSync(folder, { recursive: true });
});

/** Exit code and last line of the test command on a project with these files besides. */
async function outcome(files: Record<string, string>, { built = true } = {}) {
  const project = createProject({ ...GREEN, ...files });
  projects.push(project);
  if (built) await project.run("scripts/build.mjs");
  const { code, output } = await project.run("scripts/test.mjs");
  return { code, last: output.split("\n").at(-2), output };
}

const test = (body: string) => `import { beforeAll, describe, expect, it } from "vitest";\n\n${body}\n`;

describe("the test command ends with the count, and fails with it", () => {
  it("when all is well", async () => {
    expect(await outcome({})).toMatchObject({ code: 0, last: "4 passed, 0 failed" });
  });

  it("when a test fails", async () => {
    const red = test(
      `describe("x", () => {\n  beforeAll(() => {});\n  it("fails", () => expect(1).toBe(2));\n});`,
    );
    expect(await outcome({ "tests/red.test.ts": red })).toMatchObject({
      code: 1,
      last: "4 passed, 1 failed",
    });
  });

  it("when a test file does not load, or its hook throws", async () => {
    const files = {
      "tests/broken.test.ts": `throw new Error("load");\n`,
      "tests/hook.test.ts": test(
        `describe("x", () => {\n  beforeAll(() => {\n    throw new Error("hook");\n  });\n  it("is skipped", () => expect(1).toBe(1));\n});`,
      ),
    };
    const { code, last } = await outcome(files);
    expect(code).toBe(1);
    expect(last).toMatch(/ passed, [2-9] failed$/);
  });

  it("when an error escapes all tests", async () => {
    const escaping = test(
      `describe("x", () => {\n  beforeAll(() => {\n    setTimeout(() => {\n      throw new Error("late");\n    });\n  });\n  it("passes", () => new Promise((resolve) => setTimeout(resolve, 50)).then(() => expect(1).toBe(1)));\n});`,
    );
    expect(await outcome({ "tests/late.test.ts": escaping })).toMatchObject({
      code: 1,
      last: "5 passed, 1 failed",
    });
  });

  it("when the run dies before it can report", async () => {
    const files = { "vitest.config.ts": `process.exit(0);\n` };
    expect(await outcome(files)).toMatchObject({ code: 1, last: "3 passed, 1 failed" });
  });

  it("when types, lint and dist/ are wrong: each counts as one", async () => {
    const files = { "src/index.ts": `export const number:string=1\n` };
    expect(await outcome(files, { built: false })).toMatchObject({ code: 1, last: "1 passed, 3 failed" });
  });
});
