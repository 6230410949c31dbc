/**
 * A text that a regular expression matches, made up from its source. Look-around is not followed, so the
 * text is a guess: whoever uses it tries it.
 */

import type { Choices } from "./choices.ts";

const MORE = 3;
const DIGITS = "0123456789";
const LOWER = "abcdefghijklmnopqrstuvwxyz";
const WORD = `${LOWER}${LOWER.toUpperCase()}${DIGITS}_`;
const PRINTABLE = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("");

/** @param place names the pattern among the choices */
export function textFor(source: string, choices: Choices, place: string): string {
  return new PatternReader(source, choices, place).read();
}

type Piece = () => string;

class PatternReader {
  private at = 0;
  private groups = 0;
  private readonly made: string[] = [];
  private readonly named = new Map<string, number>();
  private readonly source: string;
  private readonly choices: Choices;
  private readonly place: string;

  constructor(source: string, choices: Choices, place: string) {
    this.source = source;
    this.choices = choices;
    this.place = place;
  }

  read(): string {
    return this.alternatives()();
  }

  private alternatives(): Piece {
    const start = this.at;
    const branches = [this.sequence()];
    while (this.take("|")) branches.push(this.sequence());
    const place = `${this.place} |${start}`;
    return () => this.choices.pick(place, branches)();
  }

  private sequence(): Piece {
    const pieces: Piece[] = [];
    while (this.at < this.source.length && this.peek() !== "|" && this.peek() !== ")") {
      pieces.push(this.repeated(this.atom()));
    }
    return () => pieces.map((piece) => piece()).join("");
  }

  private repeated(piece: Piece): Piece {
    const start = this.at;
    const [min, max] = this.quantifier();
    this.take("?");
    const place = `${this.place} *${start}`;
    return () => {
      const count = min === max ? min : min + this.choices.next(place, Math.min(max - min, MORE) + 1);
      return Array.from({ length: count }, piece).join("");
    };
  }

  private quantifier(): [min: number, max: number] {
    if (this.take("*")) return [0, Number.POSITIVE_INFINITY];
    if (this.take("+")) return [1, Number.POSITIVE_INFINITY];
    if (this.take("?")) return [0, 1];
    const braces = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.source.slice(this.at));
    if (braces === null) return [1, 1];
    this.at += braces[0].length;
    const min = Number(braces[1]);
    if (braces[2] === undefined) return [min, min];
    return [min, braces[3] ? Number(braces[3]) : Number.POSITIVE_INFINITY];
  }

  private atom(): Piece {
    const character = this.source[this.at++]!;
    switch (character) {
      case "(":
        return this.group();
      case "[":
        return this.oneOf(this.characterClass());
      case ".":
        return this.oneOf(WORD);
      case "^":
      case "$":
        return () => "";
      case "\\":
        return this.escape();
      default:
        return () => character;
    }
  }

  private group(): Piece {
    const head = /^\?(?:([:=!])|<([=!])|<([^>]+)>)/.exec(this.source.slice(this.at));
    if (head !== null) this.at += head[0].length;
    const [, plain, behind, name] = head ?? [];
    const isCapturing = plain === undefined && behind === undefined;
    const number = isCapturing ? this.groups++ : -1;
    if (name !== undefined) this.named.set(name, number);
    const inner = this.alternatives();
    this.take(")");
    if (behind !== undefined || plain === "=" || plain === "!") return () => "";
    return () => {
      const text = inner();
      if (isCapturing) this.made[number] = text;
      return text;
    };
  }

  private escape(): Piece {
    const rest = this.source.slice(this.at);
    const back = /^(?:([1-9])|k<([^>]+)>)/.exec(rest);
    if (back !== null) {
      this.at += back[0].length;
      return () => this.made[back[1] ? Number(back[1]) - 1 : (this.named.get(back[2]!) ?? -1)] ?? "";
    }
    if (/^[bB]/.test(rest)) {
      this.at++;
      return () => "";
    }
    return this.oneOf(this.escapedSet());
  }

  /** The characters that an escape stands for; `at` is behind the backslash. */
  private escapedSet(): string {
    const rest = this.source.slice(this.at);
    const coded = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|u\{([0-9a-fA-F]+)\})/.exec(rest);
    if (coded !== null) {
      this.at += coded[0].length;
      return String.fromCodePoint(Number.parseInt(coded[1] ?? coded[2] ?? coded[3]!, 16));
    }
    const property = /^([pP])\{([^}]*)\}/.exec(rest);
    if (property !== null) {
      this.at += property[0].length;
      return having(new RegExp(`\\${property[1]}{${property[2]}}`, "u"));
    }
    this.at++;
    return ESCAPES[rest[0]!] ?? rest[0] ?? "";
  }

  /** `at` is behind the bracket. */
  private characterClass(): string {
    const isNegated = this.take("^");
    let members = "";
    while (this.at < this.source.length && this.peek() !== "]") {
      const from = this.classMember();
      const isRange = this.peek() === "-" && this.source[this.at + 1] !== "]" && from.length === 1;
      if (!isRange) {
        members += from;
        continue;
      }
      this.at++;
      const to = this.classMember();
      for (let code = from.charCodeAt(0); code <= to.charCodeAt(0) && members.length < 500; code++) {
        members += String.fromCharCode(code);
      }
    }
    this.at++;
    if (!isNegated) return members;
    return [...PRINTABLE].filter((character) => !members.includes(character)).join("");
  }

  private classMember(): string {
    const character = this.source[this.at++]!;
    if (character !== "\\") return character;
    if (this.peek() === "b") {
      this.at++;
      return "\b";
    }
    return this.escapedSet();
  }

  private oneOf(characters: string): Piece {
    const options = [...characters];
    const place = `${this.place} .${this.at}`;
    return () => (options.length === 0 ? "" : this.choices.pick(place, options));
  }

  private peek(): string | undefined {
    return this.source[this.at];
  }

  private take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.at++;
    return true;
  }
}

function having(property: RegExp): string {
  return [...PRINTABLE, "é", "Ω", "漢"].filter((character) => property.test(character)).join("");
}

const ESCAPES: { readonly [letter: string]: string } = {
  d: DIGITS,
  D: `${LOWER} -`,
  w: WORD,
  W: " -.,!",
  s: " ",
  S: WORD,
  n: "\n",
  r: "\r",
  t: "\t",
  f: "\f",
  v: "\v",
  0: "\0",
};
