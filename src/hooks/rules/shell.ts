/**
 * A shell command line as the commands that it runs, as far as that can be told without running it.
 *
 * H1. Every command is found, also inside substitutions and groups: what is forbidden is looked for in all.
 * H2. Whatever can write or run something that no command shows makes the line *opaque*: what is allowed
 *     holds for plain commands only. When in doubt, opaque.
 */

export interface CommandLine {
  /** Each command with its arguments, quotes kept, blanks between words made one. */
  readonly commands: readonly string[];
  /** What cannot be checked, in plain words; `undefined`: everything can. */
  readonly opaque: string | undefined;
}

const SUBSTITUTION = "a substitution";
const REDIRECTION = "a redirection";
const GROUP = "a group or subshell";
const UNFINISHED = "an unfinished quotation";

/** Redirections that touch no file: `2>&1`, `> /dev/null`, `&>/dev/null`. */
const HARMLESS_REDIRECTION = /^(?:\d?>&\d|(?:\d|&)?>>?\s*\/dev\/null|<\s*\/dev\/null)(?=[ \t\n;&|)]|$)/;

export function readCommandLine(text: string): CommandLine {
  return new Reader(text).read();
}

class Reader {
  readonly #text: string;
  readonly #commands: string[] = [];
  #opaque: string | undefined;
  #current = "";
  /** No word has begun: an escaped blank is one. */
  #between = true;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  read(): CommandLine {
    while (this.#at < this.#text.length) this.#step();
    this.#endCommand();
    return { commands: this.#commands, opaque: this.#opaque };
  }

  #step(): void {
    const char = this.#text[this.#at]!;
    const rest = this.#text.slice(this.#at, this.#at + 40);
    const redirection = this.#mayRedirect(char) ? HARMLESS_REDIRECTION.exec(rest) : null;
    if (redirection !== null) {
      this.#at += redirection[0].length;
      this.#blank();
    } else if (rest.startsWith("\\\n")) {
      this.#at += 2;
      this.#blank();
    } else if (char === "\\") {
      this.#take(2);
    } else if (rest.startsWith("$'")) {
      this.#escapedQuoted();
    } else if (char === "'") {
      this.#quoted();
    } else if (char === '"') {
      this.#doubleQuoted();
    } else if (char === "#" && this.#between) {
      const newline = this.#text.indexOf("\n", this.#at);
      this.#at = newline === -1 ? this.#text.length : newline;
    } else if (rest.startsWith("$(") || /^[<>]\(/.test(rest)) {
      this.#nested(this.#at + 2, ")");
    } else if (char === "`") {
      this.#nested(this.#at + 1, "`");
    } else if (char === "<" || char === ">") {
      this.#opaque ??= REDIRECTION;
      this.#at += 1;
      this.#blank();
    } else if (char === "(" || char === ")") {
      this.#opaque ??= GROUP;
      this.#separate();
    } else if (/[;&|\n]/.test(char)) {
      this.#separate();
    } else if (char === " " || char === "\t") {
      this.#at += 1;
      this.#blank();
    } else {
      this.#take(1);
    }
  }

  /** Where `2>` or `&>` can begin: a digit in the middle of a word is part of the word. */
  #mayRedirect(char: string): boolean {
    return /[<>&]/.test(char) || (/\d/.test(char) && this.#between);
  }

  #take(length: number): void {
    this.#current += this.#text.slice(this.#at, this.#at + length);
    this.#at += length;
    this.#between = false;
  }

  #blank(): void {
    if (!this.#between) this.#current += " ";
    this.#between = true;
  }

  #separate(): void {
    this.#at += 1;
    this.#endCommand();
  }

  #endCommand(): void {
    const command = this.#current.replace(/ $/, "");
    if (command !== "") this.#commands.push(command);
    this.#current = "";
    this.#between = true;
  }

  #quoted(): void {
    const end = this.#text.indexOf("'", this.#at + 1);
    if (end === -1) this.#opaque ??= UNFINISHED;
    this.#take((end === -1 ? this.#text.length : end + 1) - this.#at);
  }

  /** `$'…'`: a backslash hides the quote after it. */
  #escapedQuoted(): void {
    this.#opaque ??= SUBSTITUTION;
    let end = this.#at + 2;
    while (end < this.#text.length && this.#text[end] !== "'") end += this.#text[end] === "\\" ? 2 : 1;
    this.#take(end + 1 - this.#at);
  }

  /** Substitutions happen between double quotes, too. */
  #doubleQuoted(): void {
    this.#take(1);
    while (this.#at < this.#text.length) {
      const char = this.#text[this.#at]!;
      if (char === '"') {
        this.#take(1);
        return;
      }
      if (char === "\\") this.#take(2);
      else if (char === "`") this.#nested(this.#at + 1, "`");
      else if (this.#text.startsWith("$(", this.#at)) this.#nested(this.#at + 2, ")");
      else this.#take(1);
    }
    this.#opaque ??= UNFINISHED;
  }

  /** Reads the commands of a substitution; in the outer command it stands as written. */
  #nested(start: number, close: ")" | "`"): void {
    this.#opaque ??= SUBSTITUTION;
    const end = endOfNested(this.#text, start, close);
    this.#commands.push(...readCommandLine(this.#text.slice(start, end)).commands);
    this.#take(end + 1 - this.#at);
  }
}

function endOfNested(text: string, start: number, close: ")" | "`"): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at]!;
    if (char === "\\") at++;
    else if (char === "'" && close === ")") at = endOr(text.indexOf("'", at + 1), text);
    else if (char === "(" && close === ")") depth++;
    else if (char === close && depth === 0) return at;
    else if (char === ")") depth--;
  }
  return text.length;
}

const endOr = (index: number, text: string) => (index === -1 ? text.length : index);

const RESERVED = /^(?:then|do|else|elif|if|while|until|time|!|\{)\s+/;
const ASSIGNMENT = /^\w+=(?:'[^']*'|"[^"]*"|[^\s'"])*\s+/;
const WRAPPER =
  /^(?:sudo|env|command|builtin|exec|nohup|nice|ionice|stdbuf|setsid|xargs|time|timeout)\s+(?:-{1,2}\S+\s+)*(?:\d+[smhd]?\s+)*/;

/** The command as other ways of writing it hide it: without quotes, assignments, `env`, `timeout 5`, `then`. */
export function barely(command: string): string {
  let bare = command;
  for (let before = ""; before !== bare; ) {
    before = bare;
    bare = bare.replace(RESERVED, "").replace(ASSIGNMENT, "").replace(WRAPPER, "");
  }
  bare = bare.replace(/\\(.)/gs, "$1").replace(/['"]/g, "");
  return bare.replace(/^\S*\/(?=[^/\s]+(?:\s|$))/, "");
}
