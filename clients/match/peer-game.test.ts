// Games from peer to peer without sockets: meeting, moves checked by both, reports, and what a peer may do.
import { describe, expect, test } from "bun:test";

import { CONFIRMED_WITHIN_MS, PEER_WITHIN_MS } from "./limits.ts";
import { TestPlayer } from "./test-player.ts";

/** Ana, the host, in a game with Bea. */
function host(): TestPlayer {
  const ana = TestPlayer.in("ana");
  ana.type("begin bea");
  ana.receive("beginACK", "answer;bea;True;192.0.2.7;4000;4001");
  ana.open("play");
  ana.open("ping");
  ana.forget();
  return ana;
}

/** Bea, who has accepted Ana's invitation. */
function invited(): TestPlayer {
  const bea = TestPlayer.in("bea");
  bea.receive("invite;ana");
  bea.type("S");
  bea.receive("whereACK;ana;192.0.2.4");
  bea.happen({ kind: "listening", ports: [4_000, 4_001] });
  bea.receive("answerACK");
  return bea;
}

function guest(): TestPlayer {
  const bea = invited();
  bea.open("play");
  bea.open("ping");
  bea.forget();
  return bea;
}

const WON = ["     1   2   3", " 1   O | O | O", "    ---+---+---", " 2   X | X |", "    ---+---+---", " 3     |   |"];

describe("two who want to play", () => {
  test("meet on ports of the guest, which the server tells the host", () => {
    const bea = invited();
    expect(bea.wanted).toEqual([{ kind: "listen", links: ["play", "ping"], beside: "main", from: "192.0.2.4" }]);
    expect(bea.sent).toEqual(["where;ana", "answer;ana;True;4000;bea;4001"]);
    bea.open("play");
    expect(bea.shown.slice(-8)[0]).toBe("Partida contra ana: você joga com X.");
    expect(bea.shown.at(-1)).toBe("Vez de ana (O).");
    const ana = TestPlayer.in("ana");
    ana.type("begin bea");
    ana.receive("beginACK", "answer;bea;True;192.0.2.7;4000;4001");
    expect(ana.wanted).toEqual([
      { kind: "open", link: "play", host: "192.0.2.7", port: 4_000 },
      { kind: "open", link: "ping", host: "192.0.2.7", port: 4_001 },
    ]);
    ana.open("play");
    expect(ana.shown.at(-1)).toBe("Sua vez (O): send LINHA COLUNA");
  });

  test("try again for a while, since the guest may listen late", () => {
    const ana = TestPlayer.in("ana");
    ana.receive("answer;bea;True;192.0.2.7;4000;4001");
    ana.lose("ping", "ECONNREFUSED");
    ana.open("play");
    ana.forget();
    ana.pass(500);
    expect(ana.wanted).toEqual([{ kind: "open", link: "ping", host: "192.0.2.7", port: 4_001 }]);
    ana.open("ping");
    expect(ana.toPeer).toEqual(["ping"]);
  });

  test("meet whoever comes first, where the server cannot say where the host is", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;ana");
    bea.type("S");
    bea.receive("whereERR;Try again");
    expect(bea.wanted).toEqual([{ kind: "listen", links: ["play", "ping"], beside: "main", from: undefined }]);
  });

  test("wait for each other so long, and are free at once then", () => {
    const bea = invited();
    bea.forget();
    bea.pass(PEER_WITHIN_MS);
    expect([bea.shown, bea.sent]).toEqual([["ana não se conectou em 20 s."], ["end"]]);
    expect(bea.wanted.map(({ kind }) => kind)).toEqual(["close", "close"]);
    bea.receive("endACK", "ended;k3f9x2a1;;abandoned;0");
    expect(bea.shown).toHaveLength(1);
    bea.type("begin ana");
    expect(bea.sent.at(-1)).toBe("begin;ana;bea");
  });

  test("are free at once where the other has said so first", () => {
    const bea = invited();
    bea.forget();
    bea.pass(PEER_WITHIN_MS);
    bea.receive("endERR;ended");
    expect(bea.shown).toEqual(["ana não se conectou em 20 s."]);
  });

  test("do not meet where the guest cannot listen", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;ana");
    bea.type("S");
    bea.receive("whereACK;ana;192.0.2.4");
    bea.lose("play", "EADDRNOTAVAIL");
    bea.lose("ping", "EADDRNOTAVAIL");
    expect(bea.sent).toEqual(["where;ana", "answer;ana;False"]);
  });

  test("do not meet where the server refuses the answer", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;ana");
    bea.type("S");
    bea.receive("whereERR;No such invitation");
    bea.happen({ kind: "listening", ports: [4_000, 4_001] });
    bea.receive("answerERR;No such invitation");
    expect(bea.sent).toEqual(["where;ana", "answer;ana;True;4000;bea;4001"]);
    expect(bea.shown.at(-1)).toBe("Esse convite não vale mais.");
    expect(bea.wanted.slice(-2).map(({ kind }) => kind)).toEqual(["close", "close"]);
  });

  test("do not meet at what is no address", () => {
    const ana = TestPlayer.in("ana");
    ana.receive("answer;bea;True;exemplo.example;4000;4001");
    expect(ana.shown.at(-1)).toBe("O endereço de bea não serve: exemplo.example. A partida acaba sem resultado.");
    expect([ana.wanted, ana.sent]).toEqual([[], ["end"]]);
  });
});

describe("moves between peers", () => {
  test("are sent without an end, drawn by both, and the last one is reported by both", () => {
    const ana = host();
    const bea = guest();
    for (const [index, place] of ["1 1", "2 1", "1 2", "2 2", "1 3"].entries()) {
      const [mover, other] = index % 2 === 0 ? [ana, bea] : [bea, ana];
      mover.type(`send ${place}`);
      expect(mover.toPeer.at(-1)).toBe(`play;${place.replace(" ", ";")}`);
      other.hear(mover.toPeer.at(-1) ?? "");
    }
    expect(ana.sent).toEqual(["result;ana;bea;WIN"]);
    expect(bea.sent).toEqual(["result;bea;ana;LOST"]);
    expect(bea.shown.slice(-8)).toEqual(["ana jogou 1 3.", ...WON, "Você perdeu."]);
    ana.receive("resultACK", "ended;k3f9x2a1;ana;agreed;0");
    bea.receive("resultACK", "ended;k3f9x2a1;ana;agreed;0");
    expect(ana.shown.slice(-2)).toEqual(["Resultado relatado ao servidor.", "Resultado confirmado: você venceu."]);
    expect(bea.shown.at(-1)).toBe("Resultado confirmado: ana venceu.");
  });

  test("may end in a draw", () => {
    const ana = host();
    for (const place of ["1 1", "1 2", "1 3", "2 2", "2 1", "2 3", "3 2", "3 1", "3 3"].entries()) {
      if (place[0] % 2 === 0) ana.type(`send ${place[1]}`);
      else ana.hear(`play;${place[1].replace(" ", ";")}`);
    }
    expect(ana.sent).toEqual(["result;ana;bea;DRAW"]);
    ana.receive("resultACK", "ended;k3f9x2a1;;agreed;0");
    expect(ana.shown.at(-1)).toBe("Resultado confirmado: empate.");
  });

  test("out of turn or on a taken place are not sent", () => {
    const bea = guest();
    bea.type("send 1 1");
    bea.hear("play;1;1");
    bea.type("send 1 1");
    expect([bea.toPeer, bea.shown[0], bea.shown.at(-1)]).toEqual([[], "Não é a sua vez.", "Essa casa está ocupada."]);
  });

  test.each([
    ["play;0;1", "Ignorado: bea mandou o que não é jogada: play;0;1"],
    ["play;1;1", "Ignorado: bea jogou 1 1, ocupada."],
    ["\u001b[2J", "Ignorado: bea mandou o que não é jogada: \\u{001b}[2J"],
  ])("that break the rules are shown, and not obeyed: %j", (message, shown) => {
    const ana = host();
    ana.type("send 1 1");
    ana.forget();
    ana.hear(message);
    expect(ana.shown).toEqual([shown]);
    ana.hear("play;2;2", "play;3;3");
    expect(ana.shown[1]).toBe("bea jogou 2 2.");
    expect(ana.shown.at(-1)).toBe("Ignorado: bea jogou 3 3, fora da vez.");
  });
});

describe("a lost connection to the server", () => {
  const ANSWER = "answer;bea;True;192.0.2.7;4000;4001";

  test("does not disturb a game: where to connect to is said again, and is known", () => {
    const ana = host();
    ana.reconnect();
    ana.receive("resumeACK;ana", ANSWER);
    expect(ana.wanted.filter((action) => action.kind === "open" && action.link !== "main")).toEqual([]);
    ana.type("send 2 2");
    expect(ana.shown.at(-1)).toBe("Vez de bea (X).");
  });

  test("does not lose one that began meanwhile", () => {
    const ana = TestPlayer.in("ana");
    ana.type("begin bea");
    ana.receive("beginACK");
    ana.reconnect();
    ana.receive("resumeACK;ana", ANSWER);
    ana.open("play");
    expect(ana.shown.at(-1)).toBe("Sua vez (O): send LINHA COLUNA");
  });
});

describe("a game that is not finished", () => {
  test("because the connection is lost has no result, and both are free at once", () => {
    const ana = host();
    ana.lose("play");
    expect(ana.sent).toEqual(["end"]);
    ana.receive("endACK", "ended;k3f9x2a1;;abandoned;0");
    expect(ana.shown).toEqual(["A conexão com bea caiu (conexão encerrada). A partida acaba sem resultado."]);
  });

  test("because the connection is lost while the server is away is ended when that is back", () => {
    const ana = host();
    ana.lose();
    ana.lose("play");
    expect([ana.sent, ana.shown.at(-1)]).toEqual([[], "O servidor saberá disso quando houver conexão."]);
    ana.wait();
    ana.open();
    ana.receive("resumeACK;ana");
    expect(ana.sent).toEqual(["resume;ana;chave-de-ana", "end"]);
    ana.receive("endERR;Try again");
    ana.pass(2_000);
    expect(ana.sent.slice(2)).toEqual(["end"]);
  });

  test("because we give up is lost, and the peer is told so before our connections close", () => {
    const ana = host();
    ana.type("end");
    expect([ana.sent, ana.toPeer]).toEqual([["result;ana;bea;LOST"], ["end"]]);
    expect(ana.wanted).toEqual([
      { kind: "close", link: "play" },
      { kind: "close", link: "ping" },
    ]);
  });

  test("because the other gives up is won", () => {
    const ana = host();
    ana.hear("end");
    ana.lose("play");
    expect([ana.sent, ana.shown]).toEqual([["result;ana;bea;WIN"], ["bea desistiu. Você venceu!"]]);
  });

  test("because we give up before it began is nobody's loss", () => {
    const bea = invited();
    bea.forget();
    bea.type("end");
    expect([bea.sent, bea.shown]).toEqual([["end"], ["Partida cancelada."]]);
  });

  test("because we give up before the host has heard of it is an invitation declined", () => {
    const bea = TestPlayer.in("bea");
    bea.receive("invite;ana");
    bea.type("S", "end");
    bea.receive("whereACK;ana;192.0.2.4", "answerACK");
    expect([bea.sent, bea.wanted.filter(({ kind }) => kind === "listen")]).toEqual([
      ["where;ana", "answer;ana;False"],
      [],
    ]);
  });

  test("is given up once: what was reported is not taken back", () => {
    const ana = host();
    ana.type("end");
    ana.receive("resultACK");
    ana.type("end");
    expect(ana.sent).toEqual(["result;ana;bea;LOST"]);
    expect(ana.shown.at(-1)).toBe("O resultado foi relatado; falta o que o adversário diz.");
    ana.receive("resultERR;Match abandoned", "ended;k3f9x2a1;;abandoned;0");
    expect(ana.shown.at(-1)).toBe("A partida foi abandonada; ela acaba sem resultado.");
  });

  test("while the server is away is not said to be reported", () => {
    const ana = host();
    ana.lose();
    ana.type("end");
    ana.forget();
    ana.type("end");
    expect(ana.shown).toEqual(["O servidor saberá disso quando houver conexão."]);
  });

  test("and of which only the server knows is ended with end, which its refusal says", () => {
    const ana = TestPlayer.in("ana");
    ana.type("begin bea");
    ana.receive("beginERR;Inviting User currently in a match");
    expect(ana.shown).toEqual(["Para o servidor, você ainda está em uma partida; end desiste dela."]);
    ana.type("end");
    ana.receive("endACK");
    expect([ana.sent.at(-1), ana.shown.at(-1)]).toEqual(["end", "Você saiu da partida."]);
    ana.type("end");
    ana.receive("endERR;not_in_match");
    expect(ana.shown.at(-1)).toBe("Você não está em uma partida.");
  });

  test("because the server takes the other for gone is over here too, and said once", () => {
    const ana = host();
    ana.receive("resultERR;Opponent disconnected", "ended;k3f9x2a1;;opponent_gone;0");
    expect(ana.shown).toEqual(["O adversário já saiu da partida; ela acaba sem resultado."]);
    expect(ana.wanted).toHaveLength(2);
    ana.type("begin bea");
    expect(ana.sent).toEqual(["begin;bea;ana"]);
  });

  test("because the server ended it is over here too", () => {
    const ana = host();
    ana.receive("ended;k3f9x2a1;;abandoned;0");
    expect(ana.shown).toEqual(["O servidor encerrou a partida: um dos jogadores saiu."]);
    expect(ana.wanted).toHaveLength(2);
  });

  test("goes on without the ping port, and while the server is away", () => {
    const ana = host();
    ana.lose("ping");
    ana.lose();
    ana.type("send 1 1");
    ana.hear("play;2;2");
    expect(ana.shown.at(-1)).toBe("Sua vez (O): send LINHA COLUNA");
  });
});

describe("a report", () => {
  test("that the server has not acknowledged is made again after a lost connection", () => {
    const ana = host();
    ana.type("end");
    ana.reconnect();
    ana.receive("resumeACK;ana");
    expect(ana.sent).toEqual(["result;ana;bea;LOST", "resume;ana;chave-de-ana", "result;ana;bea;LOST"]);
    ana.receive("resultERR;Already reported", "ended;k3f9x2a1;bea;agreed;0");
    expect(ana.shown.at(-1)).toBe("Resultado confirmado: bea venceu.");
  });

  test("is made when there is a connection again", () => {
    const ana = host();
    ana.lose();
    ana.type("end");
    expect(ana.shown.at(-1)).toBe("O servidor saberá disso quando houver conexão.");
    ana.wait();
    ana.open();
    ana.receive("resumeACK;ana");
    expect(ana.sent.at(-1)).toBe("result;ana;bea;LOST");
  });

  test("that the other contradicts counts for nothing, which is said once", () => {
    const ana = host();
    ana.type("end");
    ana.receive("resultACK");
    ana.forget();
    ana.receive("resultERR;Conflicting reports of match result", "ended;k3f9x2a1;;conflict;0");
    expect(ana.shown).toEqual(["Os dois relatos da partida não concordam: ninguém pontua."]);
  });

  test("of which nothing is heard is given up, and in a pipe waited for so long", () => {
    const ana = host();
    ana.type("end");
    ana.receive("resultACK");
    expect(ana.client.isReadyFor("exit")).toBe(false);
    ana.pass(CONFIRMED_WITHIN_MS);
    expect(ana.shown.at(-1)).toBe("O servidor não disse o que foi do resultado.");
    expect(ana.client.isReadyFor("exit")).toBe(true);
  });
});

describe("the delay", () => {
  test("between peers is that of the latest pings, and honest about one way", () => {
    const ana = host();
    ana.type("delay");
    expect(ana.shown).toEqual(["Ainda não há medidas do atraso até bea."]);
    for (const delayMs of [99, 10, 12.5, 11, 10, 10, 10, 10, 10, 10, 10]) {
      ana.clock.block(delayMs);
      ana.happen({ kind: "received", link: "ping", line: "pong" });
      ana.pass(2_000);
    }
    ana.forget();
    ana.type("delay");
    expect(ana.shown).toEqual([
      "Atraso até bea, ida e volta (RTT): mínimo 10,0 ms, mediana 10,0 ms, máximo 12,5 ms (10 medidas).",
      "Num sentido só: entre 0 e 10,0 ms; 5,00 ms (RTT/2) só se os dois sentidos forem iguais.",
    ]);
  });

  test("is measured by the peer too", () => {
    const ana = host();
    ana.happen({ kind: "received", link: "ping", line: "ping" });
    expect(ana.toPeer).toEqual(["pong"]);
  });

  test("to the server is measured by our signs of life", () => {
    const ana = new TestPlayer();
    ana.open();
    ana.clock.block(4);
    ana.receive("pong;1");
    ana.type("delay");
    expect(ana.shown.slice(-2)).toEqual([
      "Atraso até o servidor, ida e volta (RTT): mínimo 4,00 ms, mediana 4,00 ms, máximo 4,00 ms (1 medida).",
      "Num sentido só: entre 0 e 4,00 ms; 2,00 ms (RTT/2) só se os dois sentidos forem iguais.",
    ]);
  });
});
