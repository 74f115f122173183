// Hosted matches without a server: the board, moves that are made once, what was missed, and what is watched.
import { describe, expect, test } from "bun:test";

import { WATCHED_MAX } from "./limits.ts";
import { TestPlayer } from "./test-player.ts";

const ID = "k3f9x2a1";
const EMPTY = ["     1   2   3", " 1     |   |", "    ---+---+---", " 2     |   |", "    ---+---+---", " 3     |   |"];

/** Ana is the host, and it is her turn. */
function playing(): TestPlayer {
  const ana = TestPlayer.in("ana");
  ana.receive(`match;${ID};ana;bea;.........;0;ana;30000`);
  ana.forget();
  return ana;
}

/** Known to the server again. */
function resumed(player: TestPlayer): void {
  player.forget();
  player.reconnect();
  player.receive("resumeACK;ana");
}

/** Caio watches Ana play. */
function watching(): TestPlayer {
  const caio = TestPlayer.in("caio");
  caio.type("watch ana");
  caio.receive(`watchACK;${ID}`, `match;${ID};ana;bea;.........;0;ana;30000`);
  return caio;
}

describe("a hosted match", () => {
  test("begins with the board, who has which mark, whose turn it is and for how long", () => {
    const ana = TestPlayer.in("ana");
    ana.receive(`match;${ID};ana;bea;.........;0;ana;29001`);
    expect(ana.shown).toEqual([
      `Partida ${ID}: ana (O) contra bea (X)`,
      ...EMPTY,
      "Sua vez (O), 30 s: send LINHA COLUNA",
    ]);
  });

  test("is played with numbered moves, each drawn when the server says that it is made", () => {
    const ana = playing();
    ana.type("send 2 2");
    expect([ana.sent, ana.shown]).toEqual([["play;2;2;1"], []]);
    ana.receive(`playACK;1`, `moved;${ID};1;2;2;ana;bea;30000`, `moved;${ID};2;1;3;bea;ana;12345`);
    expect(ana.shown.slice(0, 8)).toEqual([
      "Você jogou 2 2.",
      ...EMPTY.with(3, " 2     | O |"),
      "Vez de bea (X), 30 s.",
    ]);
    expect(ana.shown.slice(8)).toEqual([
      "bea jogou 1 3.",
      ...EMPTY.with(3, " 2     | O |").with(1, " 1     |   | X"),
      "Sua vez (O), 13 s: send LINHA COLUNA",
    ]);
  });

  test("is not sent what cannot be played", () => {
    const ana = playing();
    ana.type("send 4 1", "send 1", "send um um");
    expect(ana.shown).toEqual(Array.from({ length: 3 }, () => "Use: send LINHA COLUNA"));
    ana.type("send 1 1", "send 1 2");
    expect(ana.shown.at(-1)).toBe("Sua última jogada ainda está a caminho.");
    ana.receive("playACK;1", `moved;${ID};1;1;1;ana;bea;30000`);
    ana.type("send 1 2");
    expect(ana.shown.at(-1)).toBe("Não é a sua vez.");
    ana.receive(`moved;${ID};2;2;2;bea;ana;30000`);
    ana.type("send 2 2");
    expect([ana.shown.at(-1), ana.sent]).toEqual(["Essa casa está ocupada.", ["play;1;1;1"]]);
  });

  test("shows why the server refused a move, which may be made anew", () => {
    const ana = playing();
    ana.type("send 1 1");
    ana.receive("playERR;not_your_turn");
    ana.type("send 1 1");
    expect([ana.shown, ana.sent]).toEqual([["Não é a sua vez."], ["play;1;1;1", "play;1;1;1"]]);
  });

  test("that the server cannot reach now is sent the same move again, a little later", () => {
    const ana = playing();
    ana.type("send 1 1");
    ana.receive("playERR;Try again");
    ana.pass(2_000);
    expect([ana.shown, ana.sent]).toEqual([[], ["play;1;1;1", "play;1;1;1"]]);
  });

  test.each([
    ["ana;line", "Você venceu: três em linha."],
    ["bea;turn_clock", "Você perdeu: tempo esgotado."],
    ["ana;resigned", "Você venceu: desistência."],
    [";board_full", "Empate: tabuleiro cheio."],
  ])("ends as the server says: %s", (end, text) => {
    const ana = playing();
    ana.receive(`ended;${ID};${end};0`);
    ana.type("send 1 1");
    expect(ana.shown).toEqual([text, "Você não está em uma partida."]);
  });

  test("says when our time to move is nearly over, once, and not while a move is on its way", () => {
    const ana = playing();
    ana.pass(19_999);
    expect(ana.shown).toEqual([]);
    ana.pass(9_000);
    expect(ana.shown).toEqual(["Faltam 10 s para a sua jogada."]);
    ana.type("send 1 1");
    ana.receive("playACK;1", `moved;${ID};1;1;1;ana;bea;30000`);
    ana.pass(29_000);
    expect(ana.shown.at(-1)).toBe("Vez de bea (X), 30 s.");
  });

  test("is given up with end", () => {
    const ana = playing();
    ana.type("end");
    ana.receive("endACK", `ended;${ID};bea;resigned;0`);
    expect([ana.sent, ana.shown]).toEqual([["end"], ["Você perdeu: desistência."]]);
    ana.type("end");
    ana.receive("endERR;ended");
    expect(ana.shown.at(-1)).toBe("A partida já acabou.");
  });

  test("tells when the other is gone and is back", () => {
    const ana = playing();
    ana.receive(`absent;${ID};bea`, `present;${ID};bea`, `present;${ID};ana`);
    expect(ana.shown).toEqual(["bea perdeu a conexão; o relógio continua.", "bea voltou."]);
  });

  test("ends invitations that were open", () => {
    const ana = TestPlayer.in("ana");
    ana.receive("invite;caio", `match;${ID};ana;bea;.........;0;ana;30000`);
    expect(ana.client.prompt).toBe(">");
  });
});

describe("after a lost connection", () => {
  test("a move that nobody acknowledged is sent again with its number", () => {
    const ana = playing();
    ana.type("send 2 2");
    resumed(ana);
    ana.receive(`match;${ID};ana;bea;.........;0;ana;20000`, `recordACK;${ID};ana;bea;;playing;;`);
    expect(ana.sent).toEqual(["resume;ana;chave-de-ana", `record;${ID}`, "play;2;2;1"]);
    ana.receive("playACK;1", `moved;${ID};1;2;2;ana;bea;30000`);
    expect(ana.shown).toContain("Você jogou 2 2.");
    expect(ana.client.isReadyFor("list")).toBe(true);
  });

  test("one that was made is not sent again, and the answer to it is shown", () => {
    const ana = playing();
    ana.type("send 2 2");
    resumed(ana);
    ana.receive(`match;${ID};ana;bea;X...O....;2;ana;20000`, `recordACK;${ID};ana;bea;2211;playing;;`);
    expect(ana.sent).toEqual(["resume;ana;chave-de-ana", `record;${ID}`]);
    expect(ana.shown.at(-1)).toBe("Sua vez (O), 20 s: send LINHA COLUNA");
    ana.type("send 3 3");
    expect(ana.sent.at(-1)).toBe("play;3;3;3");
  });

  test("one that was typed meanwhile is sent", () => {
    const ana = playing();
    ana.lose();
    ana.type("send 3 1");
    expect(ana.shown.at(-1)).toBe("Para quando houver conexão: 3 1");
    ana.wait();
    ana.open();
    ana.receive("resumeACK;ana", `match;${ID};ana;bea;.........;0;ana;20000`);
    expect(ana.sent.at(-1)).toBe("play;3;1;1");
  });

  test("a match that has ended is looked up in the records, and shown", () => {
    const ana = playing();
    ana.type("send 2 2");
    resumed(ana);
    ana.receive(`recordACK;${ID};ana;bea;;ended;bea;turn_clock`);
    expect(ana.shown.slice(-8)).toEqual([...EMPTY, "Sua jogada 2 2 não foi feita.", "Você perdeu: tempo esgotado."]);
    expect(ana.client.isReadyFor("begin bea")).toBe(true);
  });

  test("a match that nobody knows any more is over", () => {
    const ana = playing();
    resumed(ana);
    ana.receive("recordERR;No such match");
    expect(ana.shown.at(-1)).toBe(`Não se sabe como está a partida ${ID}: Não há essa partida.`);
    ana.type("begin bea");
    expect(ana.sent.at(-1)).toBe("begin;bea;ana");
  });

  test("that the server does not take up, the match is none of ours", () => {
    const ana = playing();
    ana.reconnect();
    ana.receive("resumeERR;Wrong Key");
    ana.type("send 1 1");
    expect(ana.shown.at(-1)).toBe("Você não está em uma partida.");
  });
});

describe("moves that were not seen", () => {
  test("are looked up, whether others follow or the end", () => {
    const ana = playing();
    ana.receive(`moved;${ID};2;1;1;bea;ana;30000`);
    expect(ana.sent).toEqual([`record;${ID}`]);
    ana.receive(`recordACK;${ID};ana;bea;2211;playing;;`);
    expect(ana.shown.slice(-7)).toEqual([
      ...EMPTY.with(1, " 1   X |   |").with(3, " 2     | O |"),
      "Sua vez (O): send LINHA COLUNA",
    ]);
    ana.forget();
    ana.receive(`ended;${ID};bea;line;6`, `recordACK;${ID};ana;bea;221133123213;ended;bea;line`);
    expect([ana.sent, ana.shown.at(-1)]).toEqual([[`record;${ID}`], "Você perdeu: três em linha."]);
  });

  test("and those that were seen already change nothing", () => {
    const ana = playing();
    ana.receive(`match;${ID};ana;bea;O........;1;bea;30000`);
    ana.forget();
    ana.receive(`moved;${ID};1;1;1;ana;bea;30000`);
    expect(ana.shown).toEqual([]);
  });

  test.each(["2", "22x1", "22112", "44"])("are not taken from a record such as %s", (moves) => {
    const ana = playing();
    ana.receive(`moved;${ID};2;1;1;bea;ana;30000`, `recordACK;${ID};ana;bea;${moves};playing;;`);
    expect(ana.shown).toEqual([`O registro da partida ${ID} não se entende.`]);
  });
});

describe("a match that is watched", () => {
  test("is shown from where it stands, move by move, to its end", () => {
    const caio = watching();
    expect(caio.sent).toEqual(["watch;ana"]);
    expect(caio.shown.slice(0, 2)).toEqual([
      `Assistindo à partida ${ID}; para parar: unwatch ${ID}`,
      `Partida ${ID}: ana (O) contra bea (X)`,
    ]);
    expect(caio.shown.at(-1)).toBe("Vez de ana (O), 30 s.");
    caio.forget();
    caio.receive(`moved;${ID};1;1;1;ana;bea;30000`, `ended;${ID};ana;resigned;1`);
    expect(caio.shown[0]).toBe("ana jogou 1 1.");
    expect(caio.shown.at(-1)).toBe(`Partida ${ID}: ana venceu: desistência.`);
  });

  test("is not one to play in", () => {
    const caio = watching();
    caio.type("send 1 1");
    expect(caio.shown.at(-1)).toBe("Você não está em uma partida.");
  });

  test("is watched again on a new connection, or its record shown", () => {
    const caio = watching();
    caio.forget();
    caio.reconnect();
    caio.receive("resumeACK;caio");
    expect(caio.sent).toEqual(["resume;caio;chave-de-caio", `watch;${ID}`]);
    caio.receive("watchERR;No such match", `recordACK;${ID};ana;bea;11;ended;ana;resigned`);
    expect(caio.shown.at(-1)).toBe(`Partida ${ID}: ana venceu: desistência.`);
  });

  test("is watched no more with unwatch", () => {
    const caio = watching();
    caio.type("unwatch");
    caio.receive(`unwatchACK;${ID}`);
    caio.forget();
    caio.receive(`moved;${ID};1;1;1;ana;bea;30000`);
    caio.type("unwatch");
    expect(caio.shown).toEqual(["Você não está assistindo a nenhuma partida."]);
  });

  test("is one of so many and no more", () => {
    const caio = TestPlayer.in("caio");
    for (let count = 0; count < WATCHED_MAX; count++) {
      caio.type(`watch k3f9x2a${count}`);
      caio.receive(`watchACK;k3f9x2a${count}`);
    }
    caio.type("watch k3f9x2a9");
    expect([caio.sent.length, caio.shown.at(-1)]).toEqual([WATCHED_MAX, "Partidas assistidas demais."]);
  });
});
