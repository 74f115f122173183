// Lines of the match server: what each means, and that a malformed one is just text.
import { describe, expect, test } from "bun:test";

import { parseServerMessage, type ServerMessage } from "./server-message.ts";

describe("a line of the match server", () => {
  test.each<[string, ServerMessage]>([
    ["listACK;ana;bea", { kind: "done", command: "list", fields: ["ana", "bea"] }],
    ["beginACK", { kind: "done", command: "begin", fields: [] }],
    ["listACK;", { kind: "done", command: "list", fields: [] }],
    ["loginERR;Wrong Password", { kind: "refused", command: "login", reason: "Wrong Password" }],
    ["Comando Não Reconhecido", { kind: "refused", command: undefined, reason: "Comando Não Reconhecido" }],
    ["ping", { kind: "ping" }],
    ["pong;7", { kind: "pong", text: "7" }],
    ["invite;ana", { kind: "invited", host: "ana", isHosted: false }],
    ["invite;ana;hosted", { kind: "invited", host: "ana", isHosted: true }],
    ["answer;bea;False", { kind: "declined", guest: "bea" }],
    ["answer;bea;True", { kind: "accepted", guest: "bea", where: undefined }],
    [
      "answer;bea;True;::1;4000;4001",
      { kind: "accepted", guest: "bea", where: { host: "::1", matchPort: 4_000, pingPort: 4_001 } },
    ],
    [
      "match;id;ana;bea;X...O....;2;ana;20000",
      {
        kind: "snapshot",
        id: "id",
        host: "ana",
        guest: "bea",
        board: "X...O....",
        count: 2,
        next: "ana",
        leftMs: 20_000,
      },
    ],
    ["moved;id;9;3;2;ana;;0", { kind: "moved", id: "id", number: 9, cell: 7, who: "ana", next: "", leftMs: 0 }],
    ["absent;id;bea", { kind: "absent", id: "id", who: "bea" }],
    ["ended;id;;board_full;9", { kind: "ended", id: "id", winner: "", reason: "board_full", count: 9 }],
    ["disconnect", { kind: "disconnected", reason: "" }],
    ["disconnect;replaced", { kind: "disconnected", reason: "replaced" }],
  ])("%s", (line, message) => {
    expect(parseServerMessage(line)).toEqual(message);
  });

  test.each(
    [
      [
        "",
        "oi",
        "invite",
        "answer;bea",
        "answer;bea;True;::1",
        "answer;bea;True;::1;0;4001",
        "answer;bea;True;::1;4000;70000",
      ],
      [
        "match;id;ana;bea;........;0;ana;1",
        "match;id;ana;bea;.........;10;ana;1",
        "match;id;ana;bea;.........;0;ana;-1",
      ],
      ["moved;id;0;1;1;ana;bea;1", "moved;id;1;0;1;ana;bea;1", "moved;id;1;1;4;ana;bea;1", "ended;id;ana;line;x"],
    ].flat(),
  )("%j is just text", (line) => {
    expect(parseServerMessage(line)).toEqual({ kind: "other", text: line });
  });
});
