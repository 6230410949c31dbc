/** Patterns of tools: what is meant by them, and what only looks like it. */

import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { matches, type Side } from "../../src/hooks/rules/pattern.ts";
import { barely } from "../../src/hooks/rules/shell.ts";

const root = realpathSync(mkdtempSync(join(tmpdir(), "patterns-")));
afterAll(() => rmSync(root, { recursive: true }));
const project = join(root, "project");
mkdirSync(join(project, "src"), { recursive: true });
const folders = { project, cwd: join(project, "src"), home: join(root, "home") };

function allows(pattern: string, name: string, input: Record<string, unknown> = {}): boolean {
  return matches(pattern, { name, input }, "allow", folders);
}

function forbids(pattern: string, name: string, input: Record<string, unknown> = {}): boolean {
  return matches(pattern, { name, input }, "deny", folders);
}

const bash = (pattern: string, command: string, side: Side = "allow") =>
  matches(pattern, { name: "Bash", input: { command } }, side, folders);

describe("a name", () => {
  it.each([
    ["Read", "Read", true],
    ["Read", "Grep", true],
    ["Read", "Edit", false],
    ["Edit", "Write", true],
    ["Edit", "NotebookEdit", true],
    ["Write", "Edit", false],
    ["Bash", "BashOutput", false],
    ["Bash", "bash", false],
    ["*", "Anything", true],
    ["Task*", "TaskCreate", true],
    ["mcp__github", "mcp__github__get_issue", true],
    ["mcp__github__*", "mcp__github__get_issue", true],
    ["mcp__github__get_*", "mcp__github__get_issue", true],
    ["mcp__github__get_*", "mcp__github__delete", false],
    ["mcp__github", "mcp__github_enterprise__get", false],
    ["mcp__git", "mcp__github__get", false],
    ["mcp__*", "mcp__github__get", true],
    ["mcp__plugin_a_b", "mcp__plugin_a_b__tool", true],
    ["", "Read", false],
    ["Rea.", "Read", false],
  ])("%s stands for %s: %s", (pattern, tool, expected) => {
    expect(allows(pattern, tool)).toBe(expected);
    expect(forbids(pattern, tool)).toBe(expected);
  });

  it.each(["Bash()", "Bash(*)", "Bash(:*)", " Bash ", "Bash ( * )"])(
    "%s is Bash, whatever it runs",
    (pattern) => {
      expect(bash(pattern, "rm -rf / $(x) > y")).toBe(true);
      expect(bash(pattern, "ls", "deny")).toBe(true);
    },
  );

  it("that is written wrongly allows nothing, and forbids the tool that it begins with", () => {
    expect(bash("Bash(git diff", "git diff")).toBe(false);
    expect(bash("Bash(git diff", "ls", "deny")).toBe(true);
    expect(forbids("Bash(git diff", "Read")).toBe(false);
  });

  it("with an argument that cannot be held against the call allows nothing and forbids everything", () => {
    expect(allows("WebSearch(cats)", "WebSearch", { query: "cats" })).toBe(false);
    expect(forbids("WebSearch(cats)", "WebSearch", { query: "dogs" })).toBe(true);
  });
});

describe("a command that is allowed", () => {
  it.each([
    ["Bash(git diff:*)", "git diff"],
    ["Bash(git diff:*)", "git diff HEAD -- src/a.ts"],
    ["Bash(git diff:*)", "  git   diff  --stat  "],
    ["Bash(git diff *)", "git diff"],
    ["Bash(git diff *)", "git diff --stat"],
    ["Bash(git diff:*)", "git diff 2>&1"],
    ["Bash(git diff:*)", "git diff 2>/dev/null"],
    ["Bash(git diff:*)", "git diff &> /dev/null"],
    ["Bash(git diff:*)", "git diff; git diff --stat && git diff x | git diff y"],
    ["Bash(git diff:*)", "git diff -- 'a file; rm x' \"b && c\""],
    ["Bash(git diff:*)", "# what changed\ngit diff"],
    ["Bash(git diff:*)", "git diff \\\n  --stat"],
    ["Bash(npm test)", "npm test"],
    ["Bash(npm run *:unit)", "npm run test:unit"],
    ["Bash(npm run test*)", "npm run test:unit"],
    ["Bash(git * main)", "git merge main"],
  ])("by %s: %s", (pattern, command) => {
    expect(bash(pattern, command)).toBe(true);
  });

  it.each([
    ["Bash(git diff:*)", "git difftool"],
    ["Bash(git diff:*)", "git push"],
    ["Bash(git diff:*)", "git diff; rm x"],
    ["Bash(git diff:*)", "git diff && rm x"],
    ["Bash(git diff:*)", "git diff || rm x"],
    ["Bash(git diff:*)", "git diff | tee x"],
    ["Bash(git diff:*)", "git diff |& tee x"],
    ["Bash(git diff:*)", "git diff & rm x"],
    ["Bash(git diff:*)", "git diff\nrm x"],
    ["Bash(git diff:*)", "git diff > x"],
    ["Bash(git diff:*)", "git diff>x"],
    ["Bash(git diff:*)", "git diff >> x"],
    ["Bash(git diff:*)", "git diff >| x"],
    ["Bash(git diff:*)", "git diff >&x"],
    ["Bash(git diff:*)", "git diff >&1.txt"],
    ["Bash(git diff:*)", "git diff 2>/dev/nullx"],
    ["Bash(git diff:*)", "git diff >/dev/null/../../tmp/x"],
    ["Bash(git diff:*)", "git diff < x"],
    ["Bash(git diff:*)", "git diff <<< x"],
    ["Bash(git diff:*)", "git diff $(rm x)"],
    ["Bash(git diff:*)", "git diff `rm x`"],
    ["Bash(git diff:*)", 'git diff "$(rm x)"'],
    ["Bash(git diff:*)", 'git diff "`rm x`"'],
    ["Bash(git diff:*)", "git diff <(rm x)"],
    ["Bash(git diff:*)", "git diff >(rm x)"],
    ["Bash(git diff:*)", "git diff $'\\'' ; rm x '"],
    ["Bash(git diff:*)", "git diff 'unfinished"],
    ["Bash(git diff:*)", "(git diff)"],
    ["Bash(git diff:*)", "git() { rm x; }; git diff"],
    ["Bash(git diff:*)", "PATH=/evil git diff"],
    ["Bash(git diff:*)", "GIT_EXTERNAL_DIFF=evil git diff"],
    ["Bash(git diff:*)", "if git diff; then rm x; fi"],
    ["Bash(git diff:*)", "echo git diff"],
    ["Bash(git diff:*)", ""],
    ["Bash(git diff:*)", "# git diff"],
    ["Bash(npm test)", "npm test -- --watch"],
    ["Bash(git * main)", "git merge; rm main"],
  ])("by %s is not: %s", (pattern, command) => {
    expect(bash(pattern, command)).toBe(false);
  });

  it("runs nothing else and writes no file, whatever is appended to it: bash itself is asked", () => {
    const { run, ran } = commandsInBash();
    const pieces = fc.constantFrom(
      ...[
        "'",
        '"',
        "\\",
        "#",
        "$",
        "2",
        "1",
        "&",
        ">",
        "<",
        "(",
        ")",
        "{",
        "}",
        "`",
        ";",
        "|",
        "!",
        "~",
        "*",
      ],
      ...[
        " ",
        "\n",
        "rm",
        "-",
        "=",
        ">&",
        "2>&1",
        "/dev/null",
        "$'",
        "\\'",
        "$(",
        "#\n",
        "a",
        "--stat",
        "\t",
        "\r",
        "\v",
        "\u00a0",
        "\u2003",
      ],
    );
    let asked = 0;
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 1, maxLength: 10 }), (appended) => {
        const command = `git diff ${appended.join("")} rm x`;
        if (!bash("Bash(git diff:*)", command)) return;
        asked++;
        run(command);
        expect(ran(), command).toEqual([]);
      }),
      { numRuns: 3_000 },
    );
    expect(asked).toBeGreaterThan(20);
  });
});

/** A bash in an empty folder that knows `git` and `rm`: the one does nothing, the other leaves a trace. */
function commandsInBash() {
  const bin = join(root, "bin");
  const folder = join(root, "empty");
  for (const each of [bin, folder]) mkdirSync(each);
  writeFileSync(join(bin, "git"), "#!/bin/sh\n", { mode: 0o755 });
  writeFileSync(join(bin, "rm"), `#!/bin/sh\n: > ${folder}/rm-ran\n`, { mode: 0o755 });
  return {
    run: (command: string) =>
      spawnSync("/bin/bash", ["-c", command], {
        cwd: folder,
        env: { PATH: bin, HOME: folder },
        timeout: 5_000,
      }),
    ran: () => {
      const traces = readdirSync(folder);
      for (const trace of traces) rmSync(join(folder, trace), { recursive: true });
      return traces;
    },
  };
}

describe("a command that is forbidden", () => {
  it.each([
    "rm x",
    "ls; rm x",
    "ls && rm -rf x",
    "ls | xargs rm",
    "sudo rm x",
    "env A=1 rm x",
    "A=1 B='2 3' rm x",
    "timeout 5 rm x",
    "nohup rm x &",
    "/bin/rm x",
    "\\rm x",
    "'rm' x",
    '"r"m x',
    "echo $(rm x)",
    'echo "$(rm x)"',
    "echo `rm x`",
    "(rm x)",
    "{ rm x; }",
    "if true; then rm x; fi",
    "! rm x",
    "cat <(rm x)",
    "echo $(echo $(rm x))",
  ])("by Bash(rm:*) is found in: %s", (command) => {
    expect(bash("Bash(rm:*)", command, "deny")).toBe(true);
  });

  it.each(["ls", "echo rm", "echo 'a; rm x'", 'echo "a && rm x"', "npm run rm", "rmdir x", "# rm x"])(
    "by Bash(rm:*) is not in: %s",
    (command) => {
      expect(bash("Bash(rm:*)", command, "deny")).toBe(false);
    },
  );

  it("is told in plain words even from what hides it", () => {
    expect(barely("then A=1 sudo -E timeout -k 3 10s '/usr/bin/git' push")).toBe("git push");
  });
});

describe("a path", () => {
  const edit = (pattern: string, file_path: string) => allows(pattern, "Edit", { file_path });

  it.each([
    ["Edit(src/**)", "src/a.ts", true],
    ["Edit(src/**)", "src/deep/er/a.ts", true],
    ["Edit(src)", "src/a.ts", true],
    ["Edit(src/)", "src/a.ts", true],
    ["Edit(./src/*.ts)", "src/a.ts", true],
    ["Edit(./src/*.ts)", "src/deep/a.ts", false],
    ["Edit(/src/**)", "src/a.ts", true],
    ["Edit(src/**)", "srcs/a.ts", false],
    ["Edit(src/**)", "other/src/a.ts", false],
    ["Edit(*.md)", "docs/a.md", true],
    ["Edit(*.md)", "docs/a.mdx", false],
    ["Edit(docs/**/*.md)", "docs/a.md", true],
    ["Edit(docs/**/*.md)", "docs/x/y/a.md", true],
    ["Edit(a?.ts)", "ab.ts", true],
    ["Edit(a?.ts)", "a/.ts", false],
    ["Edit(src/**)", "src/../secret.ts", false],
  ])("%s and %s: %s", (pattern, path, expected) => {
    expect(edit(pattern, join(project, "x", "..", path.replace("src/../", "src/../")))).toBe(expected);
    expect(forbids(pattern, "Write", { file_path: join(project, path) })).toBe(expected);
  });

  it("of a rule is relative to the project, of a call to where the agent is", () => {
    expect(edit("Edit(src/**)", "a.ts")).toBe(true);
    expect(edit("Edit(src/**)", "../a.ts")).toBe(false);
  });

  it("may be meant from the root, or from home", () => {
    expect(allows("Read(//etc/**)", "Read", { file_path: "/etc/hosts" })).toBe(true);
    expect(allows("Read(/etc/**)", "Read", { file_path: "/etc/hosts" })).toBe(false);
    expect(allows("Read(~/notes/**)", "Read", { file_path: "~/notes/a" })).toBe(true);
    expect(allows("Read(~/notes/**)", "Read", { file_path: join(root, "home/notes/a") })).toBe(true);
  });

  it("that leads elsewhere through a link is not allowed, and is forbidden on both sides", () => {
    mkdirSync(join(root, "outside"));
    writeFileSync(join(root, "outside", "a.ts"), "");
    symlinkSync(join(root, "outside"), join(project, "src", "link"));
    const through = join(project, "src", "link", "a.ts");
    expect(edit("Edit(src/**)", through)).toBe(false);
    expect(edit("Edit(src/**)", join(project, "src", "link", "new", "b.ts"))).toBe(false);
    expect(forbids(`Edit(/${root}/outside/**)`, "Edit", { file_path: through })).toBe(true);
    expect(forbids("Edit(src/link/**)", "Edit", { file_path: through })).toBe(true);
  });

  it("of a search is the whole folder that it searches", () => {
    const grep = (pattern: string, path?: string) => allows(pattern, "Grep", { pattern: "x", path });
    expect(grep("Read(src/**)", "../src")).toBe(true);
    expect(grep("Read(src/**)")).toBe(true);
    expect(grep("Read(src/**)", "..")).toBe(false);
    expect(grep("Read(src/*.ts)", "../src")).toBe(false);
    const glob = (pattern: string) => allows("Read(src/**)", "Glob", { pattern });
    expect(glob("**/*.ts")).toBe(true);
    expect(glob("/etc/*")).toBe(false);
    expect(glob("../*")).toBe(false);
    expect(glob("{/etc/*,x}")).toBe(false);
  });
});

describe("an address", () => {
  it.each([
    ["WebFetch(domain:example.com)", "https://example.com/a", true],
    ["WebFetch(domain:example.com)", "https://EXAMPLE.com/a", true],
    ["WebFetch(domain:example.com)", "https://example.com.evil.org/", false],
    ["WebFetch(domain:example.com)", "https://evil.org/example.com", false],
    ["WebFetch(domain:example.com)", "https://example.com@evil.org/", false],
    ["WebFetch(domain:example.com)", "https://sub.example.com/", false],
    ["WebFetch(domain:*.example.com)", "https://sub.example.com/", true],
  ])("%s and %s: %s", (pattern, url, expected) => {
    expect(allows(pattern, "WebFetch", { url })).toBe(expected);
    expect(forbids(pattern, "WebFetch", { url })).toBe(expected);
  });

  it("that is none is not allowed and is forbidden", () => {
    expect(allows("WebFetch(domain:example.com)", "WebFetch", { url: "example.com" })).toBe(false);
    expect(forbids("WebFetch(domain:example.com)", "WebFetch", { url: "example.com" })).toBe(true);
  });
});
