// The match page without browser and server: lines come, and what it shows and sends follows from them.
import { describe, expect, test } from "bun:test";

import { reduce } from "./pages/match/reduce.ts";
import { winningCells } from "./pages/match/seen-match.ts";
import { parseServerMessage } from "./pages/match/server-message.ts";
import { keptOf, type MatchEvent, type MatchState, NEW_MATCH_PAGE } from "./pages/match/state.ts";
import { lastMoveText, standingText } from "./pages/match/words.ts";

const ID = "kq5gp2o81x7c";
const LISTS = ["list", "matches", "top;20"];

class Page {
  state: MatchState = NEW_MATCH_PAGE;
  nowMs = 1_000;
  readonly #sent: string[] = [];

  does(event: MatchEvent): this {
    const { state, lines } = reduce(this.state, event);
    this.state = state;
    this.#sent.push(...lines);
    return this;
  }

  hears(...lines: readonly string[]): this {
    for (const line of lines) this.does({ kind: "received", line, nowMs: this.nowMs });
    return this;
  }

  /** What it has sent since it was asked last. */
  get sent(): readonly string[] {
    return this.#sent.splice(0);
  }

  get standing(): string {
    const { own, me } = this.state;
    return own === undefined ? "" : standingText(own, me.name);
  }
}

const entering = { kind: "enter", name: "ana", password: "segredo", isNew: false } as const;

function loggedIn(): Page {
  const page = new Page().does(entering).does({ kind: "opened" });
  page.hears("heartbeatACK;7000;13000", "loginACK;ana", "keyACK;chave", "listACK;ana;bea", "matchesACK", "topACK");
  void page.sent;
  return page;
}

/** As the host, who begins. */
function playing(): Page {
  const page = loggedIn().does({ kind: "invite", guest: "bea" });
  page.hears("beginACK", "answer;bea;True", `match;${ID};ana;bea;.........;0;ana;30000`);
  void page.sent;
  return page;
}

describe("whoever comes in", () => {
  test("logs in, takes a key to come back with, and looks around", () => {
    const page = new Page().does(entering).does({ kind: "opened" });
    expect(page.sent).toEqual(["heartbeat", "login;ana;segredo"]);
    expect(page.hears("loginACK;ana").sent).toEqual(["key", ...LISTS]);
    page.hears("keyACK;chave", "listACK;ana;bea", `matchesACK;${ID}:caio:davi`, "topACK;1:bea:3;2:ana:1");
    const { me, players, matches, ranks } = page.state;
    expect(me).toEqual({ name: "ana", key: "chave", password: "", isNew: false });
    expect([players, matches[0]?.host, ranks[1]]).toEqual([
      ["ana", "bea"],
      "caio",
      { rank: "2", name: "ana", score: "1" },
    ]);
  });

  test("with a new account makes it first", () => {
    const page = new Page().does({ ...entering, isNew: true }).does({ kind: "opened" });
    expect(page.hears("warning;plain_login", "adduserACK").sent.slice(1)).toEqual([
      "adduser;ana;segredo",
      "login;ana;segredo",
    ]);
    expect(page.state.notice?.text).toStartWith("A senha viajou sem cifra");
  });

  test("is told why it may not, in Portuguese", () => {
    const page = new Page().does(entering).does({ kind: "opened" }).hears("loginERR;Wrong Password");
    expect([page.state.phase, page.state.notice?.text, page.state.me.password]).toEqual(["out", "Senha errada.", ""]);
  });

  test.each(["", "a;b", "x".repeat(129), "a\nb"])(
    "does not send the password %j, which would be another line",
    (password) => {
      expect(new Page().does({ ...entering, password }).state.phase).toBe("out");
    },
  );

  test("without an account only watches", () => {
    const page = new Page().does({ kind: "look" }).does({ kind: "opened" });
    expect([page.sent, page.state.phase]).toEqual([["heartbeat", ...LISTS], "in"]);
    page.does({ kind: "watch", id: ID }).hears(`watchACK;${ID}`, `match;${ID};ana;bea;....O....;1;bea;9000`);
    expect(page.state.watched?.board).toBe("....O....");
    expect(page.sent).toEqual([`watch;${ID}`, `record;${ID}`]);
  });
});

describe("an invitation", () => {
  test("of ours is waited for, and begins a match", () => {
    const page = loggedIn().does({ kind: "invite", guest: "bea" });
    expect([page.sent, page.state.inviting]).toEqual([["begin;bea;ana;hosted"], "bea"]);
    expect(page.does({ kind: "invite", guest: "caio" }).sent).toEqual([]);
    page.hears("beginACK", "answer;bea;True", `match;${ID};ana;bea;.........;0;ana;30000`);
    expect([page.state.inviting, page.standing]).toEqual(["", "Sua vez (O)."]);
  });

  test("of ours may be declined or refused", () => {
    const page = loggedIn().does({ kind: "invite", guest: "bea" }).hears("beginACK", "answer;bea;False");
    expect([page.state.inviting, page.state.notice?.text]).toEqual(["", "bea não aceitou o convite."]);
    page.does({ kind: "invite", guest: "eva" }).hears("beginERR;Invited user not connected");
    expect([page.state.inviting, page.state.notice?.text]).toEqual(["", "Essa pessoa não está conectada."]);
  });

  test("of another is shown until it is answered, or a minute has passed", () => {
    const page = loggedIn().hears("invite;bea;hosted", "invite;caio;hosted", "invite;bea;hosted");
    expect(page.state.invitations.map(({ host }) => host)).toEqual(["caio", "bea"]);
    expect(page.does({ kind: "answer", host: "bea", accepts: false }).sent).toEqual(["answer;bea;False"]);
    page.does({ kind: "tick", nowMs: page.nowMs + 60_000 });
    expect(page.state.invitations).toEqual([]);
  });

  test("to a game between peers is declined: a browser listens nowhere", () => {
    const page = loggedIn().hears("invite;bea");
    expect([page.sent, page.state.invitations]).toEqual([["answer;bea;False"], []]);
    expect(page.state.notice?.text).toStartWith("bea convidou para uma partida direta");
  });
});

describe("a match", () => {
  test("takes a move only on a free square in one's own turn, one at a time", () => {
    const page = playing();
    expect(page.does({ kind: "play", cell: 5 }).does({ kind: "play", cell: 6 }).sent).toEqual(["play;2;3;1"]);
    page.hears("playACK;1", `moved;${ID};1;2;3;ana;bea;30000`);
    expect([page.state.own?.board, page.standing]).toEqual([".....O...", "Vez de bea (X)."]);
    expect(page.does({ kind: "play", cell: 0 }).sent).toEqual([]);
    page.hears(`moved;${ID};2;1;1;bea;ana;30000`);
    expect(page.does({ kind: "play", cell: 0 }).sent).toEqual([]);
    expect(page.state.own && lastMoveText(page.state.own, "ana")).toBe("bea jogou 1 1.");
  });

  test("counts down from what the server says is left", () => {
    const page = playing();
    page.nowMs = 5_000;
    expect(page.hears(`moved;${ID};1;2;3;ana;bea;30000`).state.own?.turnEndsAtMs).toBe(35_000);
  });

  test("ends with three that won, and with who is best", () => {
    const page = playing();
    const moves = ["1;1;1;ana;bea", "2;2;1;bea;ana", "3;1;2;ana;bea", "4;2;2;bea;ana", "5;1;3;ana;"];
    page.hears(...moves.map((move) => `moved;${ID};${move};30000`), `ended;${ID};ana;line;5`);
    expect([page.standing, page.sent]).toEqual(["Você venceu: três em linha.", LISTS]);
    expect(page.state.own && winningCells(page.state.own)).toEqual([0, 1, 2]);
    expect(page.does({ kind: "leave" }).state.own).toBeUndefined();
  });

  test.each([
    ["bea;resigned", "Você perdeu: desistência."],
    ["ana;turn_clock", "Você venceu: tempo esgotado."],
    [";board_full", "Empate: tabuleiro cheio."],
    [";not_started", "A partida não começou."],
  ])("that ends as %j says: %s", (how, text) => {
    expect(playing().hears(`ended;${ID};${how};0`).standing).toBe(text);
  });

  test("of which a move was missed is read from its record", () => {
    const page = playing().hears(`moved;${ID};2;1;1;bea;ana;30000`);
    expect([page.sent, page.state.own?.count]).toEqual([[`record;${ID}`], 0]);
    page.hears(`recordACK;${ID};ana;bea;2211;playing;;`);
    expect([page.state.own?.board, page.standing]).toEqual(["X...O....", "Sua vez (O)."]);
  });

  test("shows a move once that comes twice", () => {
    const page = playing().hears(`moved;${ID};1;2;2;ana;bea;30000`, `moved;${ID};1;2;2;ana;bea;30000`);
    expect([page.state.own?.count, page.state.own?.moves]).toEqual([1, [4]]);
  });

  test("says that the other one is away, and back", () => {
    const page = playing().hears(`absent;${ID};bea`);
    expect(page.state.own?.away).toEqual(["bea"]);
    expect(page.hears(`present;${ID};bea`).state.own?.away).toEqual([]);
  });

  test("of others moves nothing of ours", () => {
    const page = playing().hears("moved;aaaaaaaaaaaa;1;1;1;caio;davi;1", "ended;aaaaaaaaaaaa;caio;resigned;1");
    expect([page.state.own?.count, page.state.own?.result]).toEqual([0, undefined]);
  });
});

describe("a lost connection", () => {
  test("is taken up with the key, and a move that was on its way is sent again where it did not arrive", () => {
    const page = playing().does({ kind: "play", cell: 4 }).does({ kind: "lost" });
    expect(page.state.phase).toBe("away");
    void page.sent;
    page.does({ kind: "opened" }).hears("heartbeatACK;1;1", "resumeACK;ana");
    expect(page.sent).toEqual(["heartbeat", "resume;ana;chave", ...LISTS, `record;${ID}`]);
    page.hears(`match;${ID};ana;bea;.........;0;ana;20000`);
    expect(page.sent).toEqual(["play;2;2;1"]);
    page.hears("playACK;1", `moved;${ID};1;2;2;ana;bea;30000`);
    expect(page.state.move).toBeUndefined();
  });

  test("during which the move arrived sends it no second time", () => {
    const page = playing().does({ kind: "play", cell: 4 }).does({ kind: "lost" }).does({ kind: "opened" });
    page.hears("resumeACK;ana", `match;${ID};ana;bea;....O....;1;bea;20000`, `recordACK;${ID};ana;bea;22;playing;;`);
    expect(page.sent.filter((line) => line.startsWith("play"))).toEqual(["play;2;2;1"]);
    expect([page.state.move, page.state.own?.moves]).toEqual([undefined, [4]]);
  });

  test("during which the match ended is told by its record", () => {
    const page = playing().does({ kind: "lost" }).does({ kind: "opened" });
    page.hears("resumeACK;ana", `recordACK;${ID};ana;bea;22;ended;bea;turn_clock`);
    expect(page.standing).toBe("Você perdeu: tempo esgotado.");
  });

  test("comes back after a reload with the key", () => {
    const kept = keptOf(playing().state) ?? expect.unreachable();
    const page = new Page().does({ kind: "restore", kept }).does({ kind: "opened" });
    expect(page.sent).toEqual(["heartbeat", "resume;ana;chave"]);
    page.hears("resumeACK;ana", `match;${ID};ana;bea;X...O....;2;ana;20000`);
    expect(page.standing).toBe("Sua vez (O).");
  });

  test("with a key that is good no more asks for the password", () => {
    const page = playing().does({ kind: "lost" }).does({ kind: "opened" }).hears("resumeERR;Wrong Key");
    expect([page.state.phase, page.state.me.key, page.state.me.name]).toEqual(["out", "", "ana"]);
  });

  test("that somebody else has taken over is not taken back by itself", () => {
    const page = playing().hears("disconnect;replaced").does({ kind: "lost" });
    expect(page.state.phase).toBe("replaced");
  });

  test("watches again what was watched", () => {
    const page = new Page().does({ kind: "look" }).does({ kind: "opened" }).does({ kind: "watch", id: ID });
    page.hears(`watchACK;${ID}`).does({ kind: "lost" });
    void page.sent;
    expect(page.does({ kind: "opened" }).sent).toContain(`watch;${ID}`);
  });
});

test("a ping is answered, and what nobody understands changes nothing", () => {
  const page = playing();
  const before = page.state;
  const lines = ["", ";", "match;x", `moved;${ID};1;4;1;ana;bea;1`, `moved;${ID};x;1;1;ana;bea;1`, "recordACK;x"];
  expect(page.hears(...lines, "answer;x;Maybe", "invite;", "dance").state).toEqual(before);
  expect(page.hears("ping").sent).toEqual(["pong"]);
  expect(parseServerMessage(`ended;${ID};ana;line;ten`)).toBeUndefined();
});
