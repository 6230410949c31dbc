/** Frames as a client without manners writes them: good ones, odd ones, and bytes that are none. */

import fc from "fast-check";
import { anyValue, type JsonText, membersText, textValue } from "./json-text.ts";

/** Bytes of the stream, one a character; `FILLER` stands for as many letters as `filler` says, `RUN` for a run that waits. */
export interface Frame {
  readonly bytes: string;
  readonly filler?: number;
}

const FILLER = "<filler>";
const RUN = "<a run that waits>";

/** @param run the id of a run that waits for a signal */
export function bytesOf({ bytes, filler }: Frame, run: string): Buffer {
  const [before = "", after] = bytes.split(FILLER);
  if (filler === undefined || after === undefined) return Buffer.from(bytes.replaceAll(RUN, run), "latin1");
  return Buffer.concat([
    Buffer.from(before, "latin1"),
    Buffer.alloc(filler, "y"),
    Buffer.from(after, "latin1"),
  ]);
}

const utf8 = (text: string) => Buffer.from(text).toString("latin1");

const goodId: fc.Arbitrary<JsonText> = fc.oneof(
  fc.integer({ min: 0, max: 5 }).map(String),
  fc.constantFrom('"a"', '""', '"\\u00e9 \\" \\\\"', "-7", "9007199254740991", "1e2", '"__proto__"', '"0"'),
);
const badId: fc.Arbitrary<JsonText> = fc.constantFrom(
  ..."null 1.5 3.0001 1e999 9007199254740992 12345678901234567890 true {} [] [1]".split(" "),
);
const id = fc.oneof(
  { weight: 8, arbitrary: goodId },
  { weight: 2, arbitrary: badId },
  { weight: 1, arbitrary: anyValue },
);

const method: fc.Arbitrary<JsonText> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc
      .constantFrom(
        ..."ping tools/list tools/call initialize prompts/list prompts/get resources/list resources/read".split(
          " ",
        ),
        ..."resources/templates/list completion/complete logging/setLevel tasks/list tasks/get".split(" "),
        ..."notifications/initialized notifications/cancelled notifications/progress".split(" "),
        ..."notifications/roots/list_changed sampling/createMessage elicitation/create toString".split(" "),
      )
      .map((name) => JSON.stringify(name)),
  },
  { weight: 1, arbitrary: textValue },
  { weight: 1, arbitrary: anyValue },
);

const tool = fc.constantFrom(
  ...[
    "sequencer_list",
    "sequencer_list_programs",
    "sequencer_current",
    "sequencer_start",
    "no_such_tool",
  ].map((name) => JSON.stringify(name)),
);

const meta: fc.Arbitrary<JsonText> = fc.oneof(
  fc.constantFrom('{"progressToken":1}', '{"progressToken":"t"}', '{"progressToken":{}}'),
  fc.constant('{"io.modelcontextprotocol/related-task":{"taskId":"t"}}'),
  anyValue,
);

/** Each member of `params` that some method knows, mostly with a value that fits none. */
const params: fc.Arbitrary<JsonText> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(
        fc.oneof(
          fc.tuple(fc.constant("name"), fc.oneof(tool, anyValue)),
          fc.tuple(fc.constant("arguments"), anyValue),
          fc.tuple(fc.constant("requestId"), id),
          fc.tuple(fc.constant("_meta"), meta),
          fc.tuple(fc.constantFrom("uri", "ref", "argument", "cursor", "task", "progressToken"), anyValue),
          fc.tuple(fc.constantFrom("protocolVersion", "capabilities", "clientInfo"), anyValue),
        ),
        { maxLength: 4 },
      )
      .map(membersText),
  },
  { weight: 2, arbitrary: anyValue },
);

/** A message with members left out, doubled, out of order, and of any type. */
const message: fc.Arbitrary<string> = fc
  .record(
    {
      jsonrpc: fc.oneof(
        { weight: 12, arbitrary: fc.constant('"2.0"') },
        { weight: 1, arbitrary: fc.constantFrom('"1.0"', "2.0", "2", "null") },
      ),
      id,
      method,
      params,
      result: anyValue,
      error: anyValue,
      extra: anyValue,
    },
    { requiredKeys: ["jsonrpc"] },
  )
  .chain((members) =>
    fc.shuffledSubarray(Object.entries(members) as [string, JsonText][], {
      minLength: Object.keys(members).length,
    }),
  )
  .map((members) => utf8(membersText(members)));

const request: fc.Arbitrary<string> = fc
  .tuple(goodId, method, fc.option(params, { nil: undefined }))
  .map(([id, method, params]) =>
    utf8(
      `{"jsonrpc":"2.0","id":${id},"method":${method}${params === undefined ? "" : `,"params":${params}`}}`,
    ),
  );

/** Under way for a moment, so that what comes next may cancel it, or have the same id. */
const slow = fc
  .tuple(goodId, fc.constantFrom("", ',"_meta":{"progressToken":"t"}', ',"_meta":{"progressToken":1}'))
  .map(([id, meta]) => {
    const call = `"name":"sequencer_current","arguments":{"instance_id":"${RUN}","wait_seconds":0.1}`;
    return utf8(`{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{${call}${meta}}}`);
  });

const cancel = goodId.map((id) =>
  utf8(`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id},"reason":"fuzz"}}`),
);

const bytes = (maxLength: number) =>
  fc
    .array(fc.oneof(fc.nat(255), fc.constantFrom(0, 10, 13, 0xff, 0xc3, 0xef, 0xed, 0x22, 0x5c)), {
      maxLength,
    })
    .map((all) => Buffer.from(all).toString("latin1"));

/** A request with bytes put in, taken out, or changed anywhere. */
const mutated = fc
  .tuple(
    fc.oneof(request, message),
    fc.array(fc.tuple(fc.nat(), fc.nat(3), bytes(4)), { minLength: 1, maxLength: 3 }),
  )
  .map(([text, edits]) =>
    edits.reduce((current, [at, remove, insert]) => {
      const place = at % (current.length + 1);
      return current.slice(0, place) + insert + current.slice(place + remove);
    }, text),
  );

/** What the id of a line that is too long is looked for as. */
const plainId = goodId.filter((id) => !/^(1e2|\d{16})$/.test(id));

const huge: fc.Arbitrary<Frame> = fc
  .tuple(fc.constantFrom(1, 3, 9, 33, 40), fc.boolean(), plainId, method)
  .map(([megabytes, first, id, method]) => {
    const params = `"params":{"filler":"${FILLER}"}`;
    const rest = `"jsonrpc":"2.0","id":${id}`;
    const text = first ? `{${rest},"method":${method},${params}}` : `{"method":${method},${params},${rest}}`;
    return { bytes: `${utf8(text)}\n`, filler: megabytes * 1_000_000 };
  });

const line: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: request },
  { weight: 6, arbitrary: message },
  { weight: 1, arbitrary: slow },
  { weight: 2, arbitrary: cancel },
  { weight: 4, arbitrary: mutated },
  { weight: 1, arbitrary: fc.array(request, { maxLength: 3 }).map((all) => `[${all.join(",")}]`) },
  { weight: 1, arbitrary: bytes(60) },
  { weight: 1, arbitrary: anyValue.map(utf8) },
  { weight: 1, arbitrary: request.map((text) => `\xef\xbb\xbf${text}`) },
  { weight: 1, arbitrary: request.map((text) => text.replace("jsonrpc", "json\0rpc")) },
);

/** Without its newline a line goes on in the next one. */
export const frame: fc.Arbitrary<Frame> = fc.oneof(
  {
    weight: 120,
    arbitrary: fc
      .tuple(line, fc.constantFrom("\n", "\n", "\n", "\n", "\r\n", "\n\n", "\r\n \n", ""))
      .map(([text, end]) => ({ bytes: text + end })),
  },
  { weight: 1, arbitrary: huge },
);
