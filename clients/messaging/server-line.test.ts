// What the messaging server sends, taken apart: replies, publications and pages of history, and whatever is none.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { clockOf, feedTopic, namesIn, pageOf, parsePublication, parseReply } from "./server-line.ts";

const GERAL = { kind: "channel", name: "geral" } as const;
const ANA = { kind: "user", name: "ana" } as const;

describe("a publication", () => {
  test("of a channel has its number and its line", () => {
    const published = { number: 7, line: "ana: oi [12:00:00] (clock=5)" };
    expect(parsePublication(GERAL, "@geral\t7 geral ana: oi [12:00:00] (clock=5)")).toEqual(published);
  });

  test("to a user is none of a channel, nor of a user whose name begins so", () => {
    const text = "@@ana\t7 ana bea: oi";
    expect(parsePublication(ANA, text)).toEqual({ number: 7, line: "bea: oi" });
    expect(parsePublication({ kind: "channel", name: "ana" }, text)).toBeUndefined();
    expect(parsePublication(ANA, "@@ana maria\t7 ana maria bea: oi")).toBeUndefined();
    expect(parsePublication({ kind: "user", name: "ana maria" }, "@@ana maria\t7 ana maria bea: oi")?.number).toBe(7);
  });

  test("cannot be forged by a name: what looks like a number in one is none", () => {
    expect(parsePublication(ANA, "@@ana 3 ana\t7 ana 3 ana bea: oi")).toBeUndefined();
  });

  test.each([
    "@geral\t0 geral a: b",
    "@geral\t-1 geral a",
    "@geral\t1e3 geral a",
    "@geral\t1",
    "@geral\t1 outro a: b",
    "x",
  ])("is not %j", (text) => {
    expect(parsePublication(GERAL, text)).toBeUndefined();
  });

  test("has the clock that stands at its end", () => {
    expect(clockOf("ana: oi (clock=1) [12:00:00] (clock=5)")).toBe(5);
    expect(clockOf("ana: oi (clock=1) [12:00:00]")).toBeUndefined();
    expect(clockOf(`ana: oi (clock=${"9".repeat(16)})`)).toBeUndefined();
  });
});

describe("a reply", () => {
  test("has what the server says to it, in either field", () => {
    const data = { status: "erro", message: "Canal não existe.", clock: 3 };
    expect(parseReply(JSON.stringify({ service: "publish", data }))).toMatchObject({
      isRefused: true,
      text: "Canal não existe.",
      clock: 3,
    });
    expect(parseReply('{"service":"login","data":{"status":"logado","description":"Olá","x":1}}')).toMatchObject({
      isRefused: false,
      text: "Olá",
      clock: undefined,
    });
    expect(parseReply('{"service":"error","data":{}}')?.isRefused).toBe(true);
  });

  test.each(["", "7", "[]", "null", "{}", '{"service":"x"}', '{"service":"x","data":null}', '{"service":1,"data":{}}'])(
    "is not %j",
    (line) => {
      expect(parseReply(line)).toBeUndefined();
    },
  );

  test("of history is read as far as it is what it should be", () => {
    const good = { number: 2, text: "geral ana: oi", clock: 5, new: true };
    const bad = [null, 7, {}, { number: 1 }, { number: 0, text: "geral x" }, { number: 1, text: "outro x" }];
    expect(pageOf(GERAL, { messages: [...bad, good], last: 9 })).toEqual({
      messages: [{ number: 2, line: "ana: oi" }],
      last: 9,
    });
    expect(pageOf(GERAL, { messages: [good], last: "9" }).last).toBe(2);
    expect(pageOf(GERAL, {})).toEqual({ messages: [], last: 0 });
  });

  test("of names has those that are texts", () => {
    expect(namesIn(["ana", 1, null, ["bea"], "caio"])).toEqual(["ana", "caio"]);
    expect(namesIn("ana")).toEqual([]);
  });
});

test("whatever comes, nothing is thrown", () => {
  const anything = fc.oneof(
    fc.string(),
    fc.json(),
    fc.string().map((text) => feedTopic(GERAL) + text),
  );
  fc.assert(
    fc.property(anything, (text) => {
      parseReply(text);
      parsePublication(GERAL, text);
      pageOf(GERAL, { messages: [text, { number: text.length, text }], last: text });
    }),
    { seed: 3 },
  );
});
