/** The pure parts: texts with version folders, diffs, and samples of schemas. */

import { expect, test } from "vitest";
import { z } from "zod";
import { isSameText, withoutFolders } from "../../src/engine/sameness.ts";
import { sampleOf } from "../../src/engine/sample.ts";
import { problemsOf, toJsonSchema } from "../../src/engine/schema.ts";
import { diffOfLines } from "../../src/engine/text-diff.ts";

const NEW = "/home/me/.claude/state/versions/00000000000000000000000000000002/files";
const OLD = "/home/me/.claude/state/versions/00000000000000000000000000000001/files";
const FOLDERS = { asked: NEW, askedEntry: "", recordedEntries: {} };
const MOVED = "/mnt/my disk/state/versions/00000000000000000000000000000001/files";

test.each([
  ["the same text", "Do it.", "Do it."],
  ["another version's folder", `Read ${OLD}/a.md.`, `Read ${NEW}/a.md.`],
  ["a state folder elsewhere, with a space in its path", `Read ${MOVED}/a.md.`, `Read ${NEW}/a.md.`],
  ["several folders", `Read ${OLD}/a.md and ${MOVED}/b.md`, `Read ${NEW}/a.md and ${NEW}/b.md`],
  ["nothing but the folder", OLD, NEW],
  ["an address", `file://${OLD}/a.md`, `file://${NEW}/a.md`],
])("%s is the same text", (_, recorded, asked) => {
  expect(isSameText(recorded, asked, FOLDERS)).toBe(true);
});

test.each([
  ["another word", "Do it.", "Do that."],
  ["another file", `Read ${OLD}/a.md.`, `Read ${NEW}/b.md.`],
  ["a folder more", `Read ${OLD}/a.md.`, `Read ${NEW}/a.md and ${NEW}/a.md.`],
  ["another word before the folder", `Read ${OLD}/a.md.`, `Write ${NEW}/a.md.`],
  ["more before the folder than a path", `Read the file ${OLD}/a.md.`, `Read ${NEW}/a.md.`],
  ["a folder that is none of a version", "Read /state/versions/1/files/a.md.", `Read ${NEW}/a.md.`],
  ["nothing", undefined, "Do it."],
])("%s is another text", (_, recorded, asked) => {
  expect(isSameText(recorded, asked, FOLDERS)).toBe(false);
});

test("a file is the same where the program's module has come to lie deeper among the version's files, or less deep", () => {
  const old = "00000000000000000000000000000001";
  const deeper = { ...FOLDERS, askedEntry: "flows/programs", recordedEntries: { [old]: "programs" } };
  expect(isSameText(`${OLD}/programs/a.md`, `${NEW}/flows/programs/a.md`, deeper)).toBe(true);
  expect(isSameText(`${OLD}/programs`, `${NEW}/flows/programs`, deeper)).toBe(true);
  expect(isSameText(`${OLD}/a.md`, `${NEW}/flows/programs/../a.md`, deeper)).toBe(true);
  expect(isSameText(`${OLD}/programs/a.md`, `${NEW}/programs/a.md`, deeper)).toBe(false);
  expect(isSameText(`${OLD}/programs-2/a.md`, `${NEW}/flows/programs-2/a.md`, deeper)).toBe(false);
  const flat = { ...FOLDERS, recordedEntries: { [old]: "programs" } };
  expect(isSameText(`${OLD}/programs/a.md`, `${NEW}/a.md`, flat)).toBe(true);
});

test("a report shows files from the folder of the program's module", () => {
  const folders = { ...FOLDERS, askedEntry: "programs" };
  expect(withoutFolders(`Read ${NEW}/programs/a.md`, folders)).toBe("Read {program_dir}/a.md");
  expect(withoutFolders(`Read ${OLD}/a.md`, folders)).toBe("Read {program_dir}/a.md");
  expect(withoutFolders("Read /etc/passwd", folders)).toBe("Read /etc/passwd");
});

test("a diff shows what went and what came, with a line around it", () => {
  const before = ["one", "two", "three", "four", "five", "six"];
  expect(diffOfLines(before, before)).toBeUndefined();
  expect(diffOfLines(before, before.with(2, "3"))).toBe("  two\n- three\n+ 3\n  four");
  expect(diffOfLines(before, ["one", "two"])).toBe("  two\n- three\n- four\n- five\n- six");
  expect(diffOfLines([], ["one"])).toBe("+ one");
  expect(diffOfLines(["one", "two"], ["zero", "one", "two"])).toBe("+ zero\n  one");
});

test.each([
  ["a text", z.string()],
  ["a long text", z.string().min(50)],
  ["a short text", z.string().max(2)],
  ["a number", z.number()],
  ["a whole number in a range", z.int().min(3).max(9)],
  ["a number above another", z.number().gt(10)],
  ["a number below another", z.number().lt(-3)],
  ["a multiple", z.number().multipleOf(7).min(20)],
  ["a truth", z.boolean()],
  ["nothing", z.null()],
  ["a constant", z.literal("x")],
  ["a choice", z.enum(["a", "b"])],
  ["one of two forms", z.union([z.object({ a: z.string() }), z.number()])],
  ["both of two forms", z.intersection(z.object({ a: z.string() }), z.object({ b: z.number() }))],
  ["an object with what is optional", z.object({ a: z.string(), b: z.number().optional() })],
  ["an object of objects", z.object({ a: z.object({ b: z.array(z.object({ c: z.boolean() })).min(2) }) })],
  ["a pair", z.tuple([z.string(), z.number()])],
  ["a record", z.record(z.string(), z.number())],
  ["a date", z.iso.date()],
  ["a time", z.iso.datetime()],
  ["an address", z.email()],
  ["a link", z.url()],
  ["a uuid", z.uuid()],
  ["a default", z.object({ a: z.string().default("x") })],
])("the sample of %s fits it", (_, schema) => {
  const shown = toJsonSchema(schema as any, "the schema");
  expect(problemsOf(shown, sampleOf(shown), "the schema")).toEqual([]);
});

test("the sample of a schema that refers to itself ends", () => {
  const tree = {
    $ref: "#/$defs/tree",
    $defs: {
      tree: {
        type: "object",
        properties: { kids: { type: "array", items: { $ref: "#/$defs/tree" } } },
        required: ["kids"],
      },
    },
  };
  expect(JSON.stringify(sampleOf(tree)).length).toBeLessThan(1_000);
  expect(sampleOf({ $ref: "#/nowhere" })).toBeNull();
  expect(sampleOf(undefined)).toEqual({});
});
