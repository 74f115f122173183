// What clients do, in two renderings: the line of the documents, and an event whose fields no client can forge.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchLog } from "../match/match-log.ts";
import { ClientLog } from "../text/client-log.ts";

const AT = Date.UTC(2026, 10, 22);
const HOSTILE = "a\nb\u2028c\u202ed\u001b[2J";
const SHOWN = "a\\u{000a}b\\u{2028}c\\u{202e}d\\u{001b}[2J";

function createSink() {
  const lines: string[] = [];
  const events: [reason: string, fields: object][] = [];
  const note = (line: string): void => void lines.push(line);
  const event = (reason: string, fields: () => object): void => void events.push([reason, fields()]);
  return { lines, events, log: { append: note, file: note, console: () => undefined, event } };
}

describe("a text client", () => {
  const client = { number: "12", id: "ana", address: "127.0.0.1:50000", transport: "tcp" };
  const fields = { client: "12", id: "ana", address: "127.0.0.1:50000", transport: "tcp" };

  test("is an event and a line for all it does", () => {
    const { log, lines, events } = createSink();
    const clients = new ClientLog(log);
    clients.connected(client, AT);
    clients.named(client, AT);
    clients.command(client, "SAY lobby oi", AT);
    clients.disconnected(client, "idle_timeout", AT);
    expect(events).toEqual([
      ["text.connected", fields],
      ["text.named", fields],
      ["text.command", { ...fields, command: "SAY lobby oi" }],
      ["text.disconnected", { ...fields, why: "idle_timeout" }],
    ]);
    expect(lines).toHaveLength(events.length);
    expect(lines[2]).toEndWith(" - Cliente 12: SAY lobby oi\n");
  });

  test("writes no line of its own into either, and its words are cut", () => {
    const { log, lines, events } = createSink();
    new ClientLog(log).command(client, HOSTILE, AT);
    new ClientLog(log).command(client, "x".repeat(limits.logFieldCharsMax + 1), AT);
    expect(lines[0]).toEndWith(`Cliente 12: ${SHOWN}\n`);
    expect(events.map(([, { command }]: [string, { command?: string }]) => command)).toEqual([
      SHOWN,
      "x".repeat(limits.logFieldCharsMax),
    ]);
  });
});

describe("a player", () => {
  test("is an event and a line, and so is a match", () => {
    const { log, lines, events } = createSink();
    const matches = new MatchLog(log);
    const client = { remoteAddress: "127.0.0.1", remotePort: 50_000 };
    matches.listening(3_000, AT);
    matches.loginFailed(HOSTILE, "wrong_password", client, AT);
    matches.matchStarted({ id: "m1", host: "ana", guest: "bia" }, "hosted", AT);
    matches.matchEnded({ id: "m1", host: "ana", guest: "bia", winner: "ana", reason: "won" as never }, AT);
    expect(events).toEqual([
      ["match.listening", { port: 3_000 }],
      ["match.login_failed", { user: SHOWN, address: "127.0.0.1:50000", why: "wrong_password" }],
      ["match.started", { id: "m1", host: "ana", guest: "bia", kind: "hosted" }],
      ["match.ended", { id: "m1", host: "ana", guest: "bia", winner: "ana", why: "won" }],
    ]);
    expect(lines).toHaveLength(events.length);
    expect(lines[2]).toEndWith("] Match m1 started between 'ana' and 'bia' (hosted)\n");
  });
});
