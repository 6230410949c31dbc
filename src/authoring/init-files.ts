/** The files that `init` makes, but for the types, which are copied. */

export const FIRST_PROGRAM_NAME = "first-look";

export const FIRST_PROGRAM = `import { defineProgram, instruct } from "agent-sequencer";
import { z } from "zod";

export default defineProgram({
  name: "${FIRST_PROGRAM_NAME}",
  description: "Look around in a project and say what is hard to read.",
  params: z.object({ path: z.string().default("."), most: z.int().min(1).default(3) }),

  async *run({ params, progress }) {
    const { files } = yield* instruct(
      \`Name up to \${params.most} source files under \${params.path} that are hard to read.\`,
      { reply: z.object({ files: z.array(z.string()).max(params.most) }) },
    );
    const findings = [];
    for (const [i, file] of files.entries()) {
      progress(i + 1, files.length, file);
      const { problem, suggestion } = yield* instruct(
        \`Read \${file}. What makes it hard to read, and what would you change first?\`,
        { reply: z.object({ problem: z.string().min(1), suggestion: z.string().min(1) }) },
      );
      findings.push({ file, problem, suggestion });
    }
    return { findings };
  },
});
`;

export const TSCONFIG = `{
  "compilerOptions": {
    "target": "ES2022",
    "lib": ["ES2023", "DOM", "DOM.Iterable"],
    "module": "Preserve",
    "moduleResolution": "Bundler",
    "strict": true,
    "noEmit": true,
    "allowImportingTsExtensions": true,
    "resolveJsonModule": true,
    "skipLibCheck": true,
    "types": [],
    "paths": {
      "agent-sequencer": ["./.types/agent-sequencer/index.d.ts"],
      "agent-sequencer/testing": ["./.types/agent-sequencer/testing.d.ts"],
      "zod": ["./.types/zod/index.d.ts"],
      "zod/v4": ["./.types/zod/index.d.ts"],
      "zod/v4/core": ["./.types/zod/v4/core/index.d.ts"]
    }
  },
  "files": [".types/modules.d.ts"],
  "include": ["**/*.ts", "**/*.mts"]
}
`;

export const MODULES = `// What programs may import besides code. Made by \`agent-sequencer init\`.

declare module "*.md" {
  const text: string;
  export default text;
}

declare module "*.txt" {
  const text: string;
  export default text;
}

// Modules of Node, for side effects. Untyped, unless @types/node is installed and "types": ["node"] is set.
declare module "node:*";

interface ImportMeta {
  /** The program's folder, where its files are while it runs. */
  dirname: string;
  filename: string;
  url: string;
}
`;
