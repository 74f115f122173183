// The chat page without browser and server: lines come, and what it shows and sends follows from them.
import { describe, expect, test } from "bun:test";

import { unreadOf } from "./pages/chat/place.ts";
import { reduce } from "./pages/chat/reduce.ts";
import { parseServerLine } from "./pages/chat/server-line.ts";
import { type ChatEvent, type ChatState, currentPlace, keptOf, newChat, placeOf } from "./pages/chat/state.ts";

const AT = "2026-11-22T12:00:00.000Z";

/** Numbers its commands w.1, w.2, … */
class Page {
  state: ChatState = newChat("w");
  readonly #sent: string[] = [];

  does(event: ChatEvent): this {
    const { state, lines } = reduce(this.state, event);
    this.state = state;
    this.#sent.push(...lines);
    return this;
  }

  hears(...lines: readonly string[]): this {
    for (const line of lines) this.does({ kind: "received", line });
    return this;
  }

  /** What it has sent since it was asked last. */
  get sent(): readonly string[] {
    return this.#sent.splice(0);
  }

  /** Answers the last command of that name. */
  answers(name: string, reply: string): this {
    const command = this.#sent.findLast((line) => line.split(" ")[1] === name) ?? "";
    return this.hears(`${command.split(" ")[0]} ${reply}`);
  }

  said(place = "lobby"): readonly string[] {
    return (placeOf(this.state, place)?.messages ?? []).map(({ from, text }) => `${from}: ${text}`);
  }
}

const entering = { kind: "enter", id: "ana", password: "", isNew: false, room: "lobby" } as const;

function inLobby(): Page {
  const page = new Page().does(entering).does({ kind: "opened" });
  page.answers("HELLO", "HELLO: ana chave 0").answers("JOIN", "JOIN: lobby 1 1");
  page.answers("WHO", "WHO: lobby ana@127.0.0.1:5/web").answers("HISTORY", "HISTORY: lobby 1 1");
  page.hears(`* lobby 1 ${AT} bea: antes`);
  return page;
}

describe("whoever comes in", () => {
  test("says who it is, enters the room, and asks who is there and what was said", () => {
    const page = new Page().does(entering).does({ kind: "opened" });
    expect(page.answers("HELLO", "HELLO: ana chave 0").sent).toEqual(["#w.1 HELLO ana", "#w.2 JOIN lobby"]);
    page.hears("#w.2 JOIN: lobby 3 2");
    expect(page.sent).toEqual(["#w.3 WHO lobby", "#w.4 HISTORY lobby 0 50"]);
    page.hears("#w.3 WHO: lobby ana@127.0.0.1:5/web bea@127.0.0.1:6/tcp", "#w.4 HISTORY: lobby 3 3");
    for (const number of [1, 2, 3]) page.hears(`* lobby ${number} ${AT} bea: oi ${number}`);
    expect([page.state.phase, page.said()]).toEqual(["in", ["bea: oi 1", "bea: oi 2", "bea: oi 3"]]);
    expect(currentPlace(page.state)?.members.map(({ id }) => id)).toEqual(["ana", "bea"]);
  });

  test("with a password logs in; with a new account makes it first; and forgets the password then", () => {
    const page = new Page().does({ ...entering, password: "segredo", isNew: true }).does({ kind: "opened" });
    page.answers("ADDUSER", "ADDUSER: ana").answers("LOGIN", "LOGIN: ana chave 0");
    expect(page.sent.slice(0, 2)).toEqual(["#w.1 ADDUSER ana segredo", "#w.2 LOGIN ana segredo"]);
    expect(page.state.me).toEqual({ id: "ana", key: "chave", password: "", isNew: false });
  });

  test("is told why it may not", () => {
    const page = new Page().does(entering).does({ kind: "opened" });
    page.answers("HELLO", "ERROR: Identificador em uso (chat.id_in_use).");
    expect(page.state.phase).toBe("out");
    expect(page.state.notice?.text).toStartWith("Identificador em uso. Depois de uma queda");
  });

  test.each(["", "a b", "<b>", "é", "x".repeat(33)])("cannot be called %j", (id) => {
    const page = new Page().does({ ...entering, id });
    expect([page.state.phase, page.state.notice?.tone]).toEqual(["out", "bad"]);
  });
});

describe("what one says", () => {
  test("waits for its acknowledgement, and is then shown with its number", () => {
    const page = inLobby().does({ kind: "say", text: " oi\n\tgente " });
    expect(page.state.outbox.map(({ text }) => text)).toEqual(["oi gente"]);
    page.answers("SAY", "SAY: lobby 2");
    expect(page.state.outbox).toEqual([]);
    expect(page.hears(`* lobby 2 ${AT} ana: oi gente`).said()).toEqual(["bea: antes", "ana: oi gente"]);
  });

  test("is asked for where nobody has sent it", () => {
    const page = inLobby().does({ kind: "say", text: "oi" });
    void page.answers("SAY", "SAY: lobby 2");
    expect(page.sent.at(-1)).toEndWith("HISTORY lobby 1 50");
  });

  test("is sent again with its tag after a lost connection, once the room is entered again", () => {
    const page = inLobby().does({ kind: "say", text: "oi" });
    const [said = ""] = page.sent.slice(-1);
    page.does({ kind: "lost" }).does({ kind: "say", text: "e outra" }).does({ kind: "opened" });
    expect(page.sent).toEqual([expect.stringMatching(/^#\S+ HELLO ana chave$/)]);
    page.does({ kind: "lost" }).does({ kind: "opened" }).answers("HELLO", "HELLO: ana chave 0");
    page.answers("JOIN", "JOIN: lobby 1 1");
    const [, joined, ...rest] = page.sent;
    expect(joined).toEndWith("JOIN lobby 1");
    expect(rest.slice(-2)).toEqual([said, expect.stringMatching(/^#\S+ SAY lobby e outra$/)]);
  });

  test("that is refused is shown as such, and that could not be stored waits for a better moment", () => {
    const page = inLobby().does({ kind: "say", text: "oi" });
    page.answers("SAY", "ERROR: Não foi possível (store.busy).");
    expect([page.sent.length > 0, page.state.outbox.length]).toEqual([true, 1]);
    page.does({ kind: "tick" });
    expect(page.answers("SAY", "ERROR: Linha longa demais (text.line_too_long).").state.outbox).toEqual([]);
    expect(page.state.notice?.text).toBe("Não enviada: “oi”. Linha longa demais.");
  });

  test("to one person goes there, and is kept in view", () => {
    const page = inLobby().does({ kind: "message", to: "bea", text: "oi" });
    expect(page.answers("MSG", "MSG: bea 7").sent.at(-1)).toEndWith("MSG bea oi");
    expect(placeOf(page.state, "@ana")?.notes.map(({ text }) => text)).toEqual(["Você para bea: oi"]);
  });

  test("too long or too much is not sent", () => {
    const page = inLobby();
    void page.sent;
    expect(page.does({ kind: "say", text: "é".repeat(1_951) }).sent).toEqual([]);
    expect(page.state.notice?.text).toStartWith("Não enviada");
    for (let count = 0; count < 150; count++) page.does({ kind: "say", text: "oi" });
    expect(page.sent.length).toBe(100);
  });
});

describe("another room", () => {
  test("is unread while one is elsewhere, and read when one comes", () => {
    const page = inLobby().does({ kind: "join", place: "Outra" });
    page.answers("JOIN", "JOIN: outra 0 1").hears(`* lobby 2 ${AT} bea: oi`);
    const unread = (): number => unreadOf(placeOf(page.state, "lobby") ?? expect.unreachable());
    expect([page.state.current, unread()]).toEqual(["outra", 1]);
    page.does({ kind: "show", place: "lobby" });
    expect(unread()).toBe(0);
    page.does({ kind: "hidden" }).hears(`* lobby 3 ${AT} bea: oi`);
    expect(unread()).toBe(1);
  });

  test("that is full or has no such name is left again", () => {
    const page = inLobby().does({ kind: "join", place: "cheia" });
    page.answers("JOIN", "ERROR: Sala cheia (chat.room_full).");
    expect(page.state.places.map(({ name }) => name)).toEqual(["lobby", "@ana"]);
    expect([page.state.current, page.state.notice?.text]).toEqual(["lobby", "cheia: Sala cheia."]);
    expect(page.does({ kind: "join", place: "<img>" }).state.current).toBe("lobby");
  });

  test("is left on request", () => {
    const page = inLobby().does({ kind: "leave", place: "lobby" });
    expect(page.sent.at(-1)).toEndWith("LEAVE lobby");
    expect(page.state.places.map(({ name }) => name)).toEqual(["@ana"]);
  });
});

describe("who is there", () => {
  test("comes and goes", () => {
    const page = inLobby().hears("* lobby + bea 127.0.0.1:6/tcp", "* lobby - bea connection_lost");
    expect(currentPlace(page.state)?.notes.map(({ text }) => text)).toEqual([
      "bea entrou.",
      "bea saiu: perdeu a conexão.",
    ]);
    expect(currentPlace(page.state)?.members.map(({ id }) => id)).toEqual(["ana"]);
  });

  test("is asked for line by line where they are many", () => {
    const page = new Page().does(entering).does({ kind: "opened" });
    page.answers("HELLO", "HELLO: ana chave 0").answers("JOIN", "JOIN: lobby 0 3");
    page.answers("WHO", "WHO: lobby ana@a bea@b +");
    expect(page.sent.at(-1)).toEndWith("WHO lobby bea");
  });
});

describe("a connection", () => {
  test("that somebody else takes over is not taken back by itself", () => {
    const page = inLobby().hears("* ! replaced Outra conexão assumiu este identificador.");
    expect([page.state.phase, keptOf(page.state)?.key]).toEqual(["replaced", "chave"]);
    page.does({ kind: "resume" }).does({ kind: "opened" });
    expect(page.sent.at(-1)).toEndWith("HELLO ana chave");
  });

  test("comes back after a reload with the key, to all rooms", () => {
    const kept = keptOf(inLobby().state) ?? expect.unreachable();
    const page = new Page().does({ kind: "restore", kept }).does({ kind: "opened" });
    page.answers("HELLO", "HELLO: ana chave 0");
    expect(page.sent.map((line) => line.replace(/^#\S+ /, ""))).toEqual(["HELLO ana chave", "JOIN lobby"]);
  });

  test("that the server ends says why, until it is back", () => {
    const page = inLobby().hears("* ! shutdown Servidor encerrando.");
    expect(page.does({ kind: "lost" }).state.notice?.text).toBe("Servidor encerrando.");
    page.does({ kind: "opened" }).answers("HELLO", "HELLO: ana chave 0");
    expect([page.state.phase, page.state.notice]).toEqual(["in", undefined]);
  });

  test("that is left says so", () => {
    const page = inLobby();
    void page.sent;
    expect(page.does({ kind: "quit" }).sent).toEqual(["EXIT"]);
    expect([page.state.phase, keptOf(page.state)]).toEqual(["out", undefined]);
  });
});

describe("a line of the server", () => {
  test.each([
    [
      "* a 1 t ana: * ! x: (y).",
      { kind: "message", place: "a", message: { number: 1, at: "t", from: "ana", text: "* ! x: (y)." } },
    ],
    ["#t SAY: lobby 4", { kind: "reply", tag: "t", text: "lobby 4" }],
    ["ERROR: Comando não reconhecido.", { kind: "refusal", tag: "", code: "", text: "Comando não reconhecido." }],
    [
      "#t ERROR: Sala cheia (chat.room_full).",
      { kind: "refusal", tag: "t", code: "chat.room_full", text: "Sala cheia." },
    ],
    ["* ! idle_timeout Fim.", { kind: "notice", code: "idle_timeout", text: "Fim." }],
    ["* a - ana left", { kind: "went", room: "a", id: "ana", reason: "left" }],
    ["", { kind: "other", text: "" }],
    ["* a x y", { kind: "other", text: "* a x y" }],
  ] as const)("%j is what it says", (line, meaning) => {
    expect(parseServerLine(line)).toEqual(meaning);
  });

  test("that is anything at all changes nothing that was shown", () => {
    const page = inLobby();
    page.hears("", "#", "# SAY:", "* ", "#w.999 JOIN: x 5 5", "* nowhere 3 t eve: oi", "JOIN: lobby 900 9", "\u0000");
    expect(page.said()).toEqual(["bea: antes"]);
  });
});
