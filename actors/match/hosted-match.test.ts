// A hosted match as its players see it: moves and their checks, the clock, the end, and coming back.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchNode, type TestConnection } from "./test-players.ts";

interface Playing {
  readonly node: MatchNode;
  readonly ana: TestConnection;
  readonly beto: TestConnection;
  readonly id: string;
}

/** Ana hosts: she moves first, with O. */
async function playing(node = new MatchNode()): Promise<Playing> {
  const ana = await node.player("ana");
  const beto = await node.player("beto");
  return { node, ana, beto, id: await node.host(ana, beto, ["ana", "beto"]) };
}

/** Moves of both in turns, as rows and columns: `11 22`. Returns the replies. */
async function play({ ana, beto }: Playing, moves: string): Promise<readonly string[]> {
  const replies: string[] = [];
  for (const [index, move] of moves.split(" ").entries()) {
    const [reply = ""] = await (index % 2 === 0 ? ana : beto).send(`play;${move[0]};${move[1]}`);
    replies.push(reply);
  }
  return replies;
}

/** The leaderboard as `top` shows it. */
async function leaders({ node }: Playing): Promise<string> {
  const [reply = ""] = await node.connect().send("top;10");
  return reply;
}

const lastOf = (connection: TestConnection): string | undefined => connection.take().at(-1);

describe("a move", () => {
  test("is acknowledged with its number, then told to both players", async () => {
    const { ana, beto, id } = await playing();
    expect(await ana.send("play;2;2")).toEqual(["playACK;1", `moved;${id};1;2;2;ana;beto;30000`]);
    expect(beto.take()).toEqual([`moved;${id};1;2;2;ana;beto;30000`]);
  });

  test.each([
    ["play;2;2", "playERR;not_your_turn"],
    ["play;0;1", "playERR;off_board"],
    ["play;1;4", "playERR;off_board"],
    ["play;-1;1", "playERR;off_board"],
    ["play;a;b", "playERR;off_board"],
    ["play;1.5;1", "playERR;off_board"],
    ["play;;", "playERR;off_board"],
    ["play;1", "playERR;Wrong Number of Arguments"],
    ["play;1;1;1;1", "playERR;Wrong Number of Arguments"],
    ["play;1;1;9", "playERR;wrong_number"],
    ["play;1;1;x", "playERR;wrong_number"],
  ])("of whose turn it is not: %s is answered %s, and nobody else hears of it", async (message, reply) => {
    const { ana, beto } = await playing();
    expect(await beto.send(message)).toEqual([reply]);
    expect(ana.take()).toEqual([]);
  });

  test("on a cell that is taken is refused", async () => {
    const match = await playing();
    expect(await play(match, "11 11")).toEqual(["playACK;1", "playERR;occupied"]);
  });

  test("without a match is refused", async () => {
    const caio = await new MatchNode().player("caio");
    expect(await caio.send("play;1;1")).toEqual(["playERR;not_in_match"]);
    expect(await caio.send("end")).toEqual(["endERR;not_in_match"]);
  });

  test("before login is refused", async () => {
    expect(await new MatchNode().connect().send("play;1;1")).toEqual(["playERR;Not logged in"]);
  });

  test("is made once, however often it is sent with its number", async () => {
    const { ana, beto } = await playing();
    expect((await ana.send("play;1;1;1", "play;1;1;1")).filter((line) => line.startsWith("play"))).toEqual([
      "playACK;1",
      "playACK;1",
    ]);
    expect(beto.take()).toHaveLength(1);
  });

  test("with a number that belongs to another move is refused", async () => {
    const match = await playing();
    await play(match, "11");
    expect(await match.ana.send("play;2;2;1")).toEqual(["playERR;wrong_number"]);
    expect(await match.beto.send("play;1;1;1")).toEqual(["playERR;wrong_number"]);
  });
});

describe("the end", () => {
  test("comes with three in a line: both are told, and the leaderboard has changed by then", async () => {
    const match = await playing();
    await play(match, "11 21 12 22 13");
    expect(lastOf(match.beto)).toBe(`ended;${match.id};ana;line;5`);
    expect(await leaders(match)).toBe("topACK;1:ana:1;2:beto:0");
  });

  test("may be a full board, which nobody wins", async () => {
    const match = await playing();
    await play(match, "11 22 33 12 32 31 13 23");
    expect((await match.ana.send("play;2;1")).at(-1)).toBe(`ended;${match.id};;board_full;9`);
    expect(lastOf(match.beto)).toBe(`ended;${match.id};;board_full;9`);
    expect(await leaders(match)).toBe("topACK;1:ana:0;1:beto:0");
  });

  test("may be given by a player, in or out of turn", async () => {
    const match = await playing();
    expect(await match.beto.send("end")).toEqual(["endACK", `ended;${match.id};ana;resigned;0`]);
    expect(await leaders(match)).toBe("topACK;1:ana:1;2:beto:0");
  });

  test("ends everything: no move, no end of it comes after", async () => {
    const match = await playing();
    await match.beto.send("end");
    expect(await match.ana.send("play;1;1", "end")).toEqual(["playERR;ended", "endERR;ended"]);
  });

  test("acknowledges a move that was made before it, again", async () => {
    const match = await playing();
    await play(match, "11 21 12 22 13");
    expect(await match.ana.send("play;1;3;5")).toEqual(["playACK;5"]);
  });

  test("lets both begin another match", async () => {
    const match = await playing();
    await match.beto.send("end");
    expect(await match.beto.send("begin;ana;beto;hosted")).toEqual(["beginACK"]);
  });

  test("stays in the record", async () => {
    const match = await playing();
    await play(match, "11 21 12");
    expect(await match.ana.send(`record;${match.id}`)).toEqual([`recordACK;${match.id};ana;beto;112112;playing;;`]);
    await match.ana.send("end");
    expect(await match.ana.send(`record;${match.id}`)).toEqual([
      `recordACK;${match.id};ana;beto;112112;ended;beto;resigned`,
    ]);
  });

  test("is written to the log, as the beginning is", async () => {
    const match = await playing();
    await match.ana.send("end");
    expect(match.node.log.slice(-2)).toEqual([
      `Match ${match.id} started between 'ana' and 'beto' (hosted)`,
      `Match ${match.id} ended between 'ana' and 'beto': winner 'beto' (resigned)`,
    ]);
  });

  test("comes once, though store and process fail behind the last move", async () => {
    for (let commits = 0; commits < 8; commits++) {
      const match = await playing();
      const { node } = match;
      await play(match, "11 21 12 22");
      match.ana.connection.deliver("play;1;3;5\n");
      for (let step = 0; step < commits; step++) await node.stepped.step();
      node.stepped.kill();
      await node.stepped.restart();
      await node.stepped.advance(limits.turnMs * 2);
      const reply = await leaders(match);
      expect(reply).toBe(reply.includes("ana:1") ? "topACK;1:ana:1;2:beto:0" : "topACK;1:beto:1;2:ana:0");
    }
  });
});

test("two whose server was killed behind their last move are free a second after it is back", async () => {
  for (let steps = 0; steps < 9; steps++) {
    const match = await playing();
    const { node } = match;
    const [anaKey, betoKey] = [await match.ana.resumeKey(), await match.beto.resumeKey()];
    await play(match, "11 21 12 22");
    match.ana.connection.deliver("play;1;3;5\n");
    for (let step = 0; step < steps; step++) await node.stepped.step();
    node.stepped.kill();
    await node.stepped.restart();
    const [ana, beto] = [node.connect(), node.connect()];
    await ana.send(`resume;ana;${anaKey}`);
    await beto.send(`resume;beto;${betoKey}`);
    await ana.send("play;1;3;5");
    await node.stepped.advance(1_000);
    expect([steps, ...(await ana.send("begin;beto;ana;hosted"))]).toEqual([steps, "beginACK"]);
  }
});

describe("the clock", () => {
  test("ends the match for whoever does not move", async () => {
    const match = await playing();
    await play(match, "11");
    await match.node.stepped.advance(limits.turnMs + 1);
    expect(lastOf(match.ana)).toBe(`ended;${match.id};ana;turn_clock;1`);
  });

  test("begins anew with each move", async () => {
    const match = await playing();
    await match.node.stepped.advance(limits.turnMs - 1_000);
    expect(await play(match, "11")).toEqual(["playACK;1"]);
    await match.node.stepped.advance(limits.turnMs - 1_000);
    expect(await match.beto.send("play;2;2;2")).toContain("playACK;2");
  });

  test("goes on while the server is down", async () => {
    const match = await playing();
    const { stepped } = match.node;
    stepped.kill();
    stepped.clock.block(10_000);
    await stepped.restart();
    const lines = await match.node.connect().send(`watch;${match.id}`);
    const snapshot = lines.find((line) => line.startsWith("match;")) ?? "";
    expect(Number(snapshot.split(";").at(-1))).toBeLessThanOrEqual(limits.turnMs - 10_000);
  });

  test("gives some time where it ran out meanwhile", async () => {
    const match = await playing();
    const { stepped } = match.node;
    stepped.kill();
    stepped.clock.block(limits.turnMs + 60_000);
    await stepped.restart();
    await stepped.advance(limits.turnGraceMs - 1_000);
    const watcher = match.node.connect();
    expect(await watcher.send(`watch;${match.id}`)).toHaveLength(2);
    await stepped.advance(1_002);
    expect(lastOf(watcher)).toBe(`ended;${match.id};beto;turn_clock;0`);
  });
});

describe("a match that never was played", () => {
  test("is not known for a week", async () => {
    const { node, ana, id } = await playing();
    await ana.send("end");
    await node.stepped.advance(limits.unplayedKeptMs - 1_000);
    expect((await node.connect().send(`record;${id}`))[0]).toStartWith("recordACK;");
    await node.stepped.advance(2_000);
    expect(await node.connect().send(`record;${id}`)).toEqual(["recordERR;No such match"]);
  });

  test("where nobody knows whether it has begun, leaves both free", async () => {
    for (let commits = 0; commits < 8; commits++) {
      const node = new MatchNode();
      const [ana, beto] = [await node.player("ana"), await node.player("beto")];
      await ana.send("begin;beto;ana;hosted");
      const { storeFaults } = node.stepped;
      for (let count = 0; count < commits; count++) storeFaults.next("commit", { delayTurns: 1 });
      storeFaults.next("commit", { answerLost: true });
      const [reply] = await beto.send("answer;ana;True");
      await node.stepped.advance(20_000);

      if (reply === "answerACK") await beto.send("end");
      await node.stepped.advance(10_000);
      ana.take();
      expect([commits, reply, await ana.send("begin;beto;ana")]).toEqual([commits, reply, ["beginACK"]]);
    }
  });
});

describe("a player", () => {
  test("comes back with the key, and finds the match as it is", async () => {
    const { node, ana, beto, id } = await playing();
    const key = await ana.resumeKey();
    await ana.lose();
    expect(beto.take()).toEqual([`absent;${id};ana`]);
    const again = node.connect();
    expect(await again.send(`resume;ana;${key}`)).toEqual([
      "resumeACK;ana",
      `match;${id};ana;beto;.........;0;ana;30000`,
    ]);
    expect(await again.send("play;1;1")).toContain("playACK;1");
    expect(beto.take()).toEqual([`present;${id};ana`, `moved;${id};1;1;1;ana;beto;30000`]);
  });

  test("comes back after the server was killed", async () => {
    const { node, ana, id } = await playing();
    const key = await ana.resumeKey();
    await ana.send("play;1;1");
    node.stepped.kill();
    await node.stepped.restart();
    expect((await node.connect().send(`resume;ana;${key}`)).slice(0, 2)).toEqual([
      "resumeACK;ana",
      `match;${id};ana;beto;O........;1;beto;30000`,
    ]);
  });

  test("takes the match over from a connection that is still there", async () => {
    const { node, ana, id } = await playing();
    const key = await ana.resumeKey();
    const again = node.connect();
    expect((await again.send(`resume;ana;${key}`))[0]).toBe("resumeACK;ana");
    expect(ana.endReason).toBe("replaced");
    expect(await again.send("play;1;1")).toEqual(["playACK;1", `moved;${id};1;1;1;ana;beto;30000`]);
  });

  test("does not come back with another key, nor after logout", async () => {
    const { node, ana } = await playing();
    const key = await ana.resumeKey();
    expect(await node.connect().send("resume;ana;nothing", "resume;caio;x", "resume;ana;")).toEqual([
      "resumeERR;Wrong Key",
      "resumeERR;Wrong Key",
      "resumeERR;Wrong Key",
    ]);
    await ana.send("logout");
    expect(await node.connect().send(`resume;ana;${key}`)).toEqual(["resumeERR;Wrong Key"]);
  });
});

describe("whoever watches", () => {
  test("sees how it stands, and all that follows", async () => {
    const match = await playing();
    const caio = match.node.connect();
    expect(await caio.send("watch;beto")).toEqual([
      `watchACK;${match.id}`,
      `match;${match.id};ana;beto;.........;0;ana;30000`,
    ]);
    await play(match, "11");
    expect(caio.take()).toEqual([`moved;${match.id};1;1;1;ana;beto;30000`]);
    expect(await caio.send(`unwatch;${match.id}`)).toEqual([`unwatchACK;${match.id}`]);
    await match.ana.send("end");
    expect(caio.take()).toEqual([]);
  });

  test("finds it among the matches", async () => {
    const match = await playing();
    const caio = match.node.connect();
    expect(await caio.send("matches")).toEqual([`matchesACK;${match.id}:ana:beto`]);
    await match.ana.send("end");
    expect(await caio.send("matches")).toEqual(["matchesACK"]);
  });

  test("is not led elsewhere by a player who calls himself as a match", async () => {
    const match = await playing();
    const { node, id } = match;
    const [caio, davi] = [await node.player(id), await node.player("davi")];
    await node.host(caio, davi, [id, "davi"]);
    const [reply] = await node.connect().send(`watch;${id}`);
    expect(reply).toBe(`watchACK;${id}`);
    await match.ana.send("end");
    expect((await node.connect().send("watch;davi"))[0]).not.toBe(`watchACK;${id}`);
  });

  test("is told where there is no such match", async () => {
    expect(
      await new MatchNode()
        .connect()
        .send("watch;zzzzzzzzzzzz", "record;zzzzzzzzzzzz", "watch;caio", "record;../x", "unwatch;a"),
    ).toEqual([
      "watchERR;No such match",
      "recordERR;No such match",
      "watchERR;No such match",
      "recordERR;No such match",
      "unwatchERR;No such match",
    ]);
  });

  test("watches eight at a time", async () => {
    const match = await playing();
    const { node } = match;
    const caio = node.connect();
    for (let count = 0; count < limits.watchedMatchesMax; count++) {
      const [one, other] = [`a${count}`, `b${count}`] as const;
      const id = await node.host(await node.player(one), await node.player(other), [one, other]);
      expect((await caio.send(`watch;${id}`))[0]).toBe(`watchACK;${id}`);
      // Until passwords may be tried again from this address.
      await node.stepped.advance(limits.loginsPerAddressEveryMs * 4);
    }
    expect(await caio.send(`watch;${match.id}`)).toEqual(["watchERR;Too many"]);
  });
});
