// Lines of the server, as its actors write them.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { joinedLine, leftLine, messageLine, noticeLine } from "#actors/chat/lines.ts";
import { anyCodePoint } from "#runtime/testing/code-points.ts";

import { parseServerLine, type ServerLine } from "./server-line.ts";

const AT = Date.UTC(2026, 10, 21, 12);
const line = (text: string): string => text.replace(/\n$/, "");

describe("a line of the server", () => {
  test.each<[string, ServerLine]>([
    ["#t1 SAY: lobby 43", { kind: "reply", tag: "t1", name: "SAY", text: "lobby 43" }],
    ["PING: pong", { kind: "reply", tag: "", name: "PING", text: "pong" }],
    ["#t1 ECHO:", { kind: "reply", tag: "t1", name: "ECHO", text: "" }],
    [
      "#t1 ERROR: Identificador em uso (chat.id_in_use).",
      { kind: "refusal", tag: "t1", code: "chat.id_in_use", text: "Identificador em uso (chat.id_in_use)." },
    ],
    [
      "ERROR: A linha não é UTF-8 (text.not_utf8).",
      { kind: "refusal", tag: "", code: "text.not_utf8", text: "A linha não é UTF-8 (text.not_utf8)." },
    ],
    ["ERROR: Comando não reconhecido.", { kind: "refusal", tag: "", code: "", text: "Comando não reconhecido." }],
    ["something else", { kind: "other", text: "something else" }],
    ["", { kind: "other", text: "" }],
    ["* nonsense", { kind: "other", text: "* nonsense" }],
  ])("%j", (text, parsed) => {
    expect(parseServerLine(text)).toEqual(parsed);
  });

  test("about people", () => {
    const came = { kind: "joined", room: "lobby", id: "ana", address: "127.0.0.1:5/tcp" } as const;
    expect(parseServerLine(line(joinedLine("lobby", "ana", "127.0.0.1:5/tcp")))).toEqual(came);
    const went = { kind: "left", room: "lobby", id: "ana", reason: "exit" } as const;
    expect(parseServerLine(line(leftLine("lobby", "ana", "exit")))).toEqual(went);
  });

  test("that is a notice", () => {
    const parsed = parseServerLine(line(noticeLine("shutdown", "Servidor encerrando.")));
    expect(parsed).toEqual({ kind: "notice", code: "shutdown", text: "Servidor encerrando." });
  });

  test("that is a message, whatever its text is", () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodePoint }), fc.constantFrom("lobby", "@bea"), (text, place) => {
        fc.pre(!text.includes("\n"));
        const parsed = parseServerLine(line(messageLine(place, { number: 43, at: AT, from: "ana", text })));
        const message = { place, number: 43, at: new Date(AT).toISOString(), from: "ana", text };
        expect(parsed).toEqual({ kind: "message", message });
      }),
    );
  });

  test("is something, whatever it is", () => {
    fc.assert(fc.property(fc.string({ unit: anyCodePoint }), (text) => void parseServerLine(text)));
  });
});
