// A match between peers as both players report it, agree or not, or never come back to say.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { LOBBY_KEY } from "./match-addresses.ts";
import { MatchNode, type TestConnection } from "./test-players.ts";

interface Playing {
  readonly node: MatchNode;
  readonly ana: TestConnection;
  readonly beto: TestConnection;
}

async function playing(): Promise<Playing> {
  const node = new MatchNode();
  const [ana, beto] = [await node.player("ana"), await node.player("beto")];
  await ana.send("begin;beto;ana");
  await beto.send("answer;ana;True;5001;beto;5002");
  ana.take();
  return { node, ana, beto };
}

/** What he has sent before. */
const TOLD = [
  ["he has reported", "result;beto;ana;WIN"],
  ["not", "list"],
] as const;

const leaders = async ({ node }: Playing): Promise<string> => (await node.connect().send("leaders")).join();
const ended = (connection: TestConnection): readonly string[] =>
  connection.take().filter((line) => line.startsWith("ended;"));
/** Without the match's id. */
const endOf = (connection: TestConnection): readonly string[] =>
  ended(connection).map((line) => line.split(";").slice(2).join(";"));

const recordOf = ({ node }: Playing, id: string) =>
  node.stepped.outcome(node.stepped.ref(node.types.introducedMatch, id).record());

describe("its record", () => {
  test("says who plays, and how it ended", async () => {
    const match = await playing();
    const { node, ana, beto } = match;
    const going = await node.stepped.outcome(node.stepped.ref(node.types.lobby, LOBBY_KEY).goingOn({ count: 1 }));
    const { id = "" } = going.kind === "answered" ? (going.value[0] ?? {}) : {};
    const seats = { host: "ana", guest: "beto" };
    expect(await recordOf(match, id)).toMatchObject({ value: { ...seats, isOver: false, winner: "", reason: "" } });
    await ana.send("result;ana;beto;WIN");
    await beto.send("result;beto;ana;LOST");
    expect(await recordOf(match, id)).toMatchObject({
      value: { ...seats, isOver: true, winner: "ana", reason: "agreed" },
    });
    expect(await recordOf(match, "000000000000")).toMatchObject({ code: "match.unknown" });
  });
});

describe("a result", () => {
  test("counts when both say the same, and has been counted when the second is acknowledged", async () => {
    const match = await playing();
    expect(await match.ana.send("result;ana;beto;WIN")).toEqual(["resultACK"]);
    expect(await leaders(match)).toBe("leadersACK");
    const [reply, end = ""] = await match.beto.send("result;beto;ana;LOST", "leaders");
    expect(reply).toBe("resultACK");
    expect(end).toBe("leadersACK;ana:1;beto:0");
    expect(endOf(match.ana)).toEqual(["ana;agreed;0"]);
  });

  test("may be a draw", async () => {
    const match = await playing();
    await match.beto.send("result;beto;ana;DRAW");
    await match.ana.send("result;ana;beto;DRAW");
    expect(endOf(match.beto)).toEqual([";agreed;0"]);
    expect(await leaders(match)).toBe("leadersACK;ana:0;beto:0");
  });

  test.each([
    ["WIN", "WIN"],
    ["LOST", "LOST"],
    ["WIN", "DRAW"],
    ["DRAW", "LOST"],
  ])("%s and %s are a conflict, told to both, and no score changes", async (one, other) => {
    const match = await playing();
    await match.ana.send(`result;ana;beto;${one}`);
    const lines = await match.beto.send(`result;beto;ana;${other}`);
    expect(lines[0]).toBe("resultERR;Conflicting reports of match result");
    expect(match.ana.take().filter((line) => line.startsWith("result"))).toEqual([lines[0] ?? ""]);
    expect(await leaders(match)).toBe("leadersACK");
    expect(await match.ana.send("begin;beto;ana")).toEqual(["beginACK"]);
  });

  test("may be reported again, but not otherwise", async () => {
    const { ana, beto } = await playing();
    expect(await ana.send("result;ana;beto;WIN", "result;ana;beto;WIN", "result;ana;beto;LOST")).toEqual([
      "resultACK",
      "resultACK",
      "resultERR;Already reported",
    ]);
    await beto.send("result;beto;ana;LOST");
    ana.take();
    expect(await ana.send("result;ana;beto;WIN", "result;ana;beto;DRAW")).toEqual([
      "resultACK",
      "resultERR;Already reported",
    ]);
  });

  test.each([
    ["result;ana;caio;WIN", "resultERR;No match with that user"],
    ["result;beto;ana;WIN", "resultERR;Reporting user is not you"],
    ["result;ana;beto;win", "resultERR;Invalid result"],
    ["result;ana;beto", "resultERR;Wrong Number of Arguments"],
  ])("%s is answered %s", async (message, reply) => {
    expect(await (await playing()).ana.send(message)).toEqual([reply]);
  });

  test("without a match is refused", async () => {
    const { node } = await playing();
    const caio = await node.player("caio");
    expect(await caio.send("result;caio;ana;WIN")).toEqual(["resultERR;No match with that user"]);
    expect(await node.connect().send("result;caio;ana;WIN")).toEqual(["resultERR;Not logged in"]);
  });

  test("that the other does not confirm counts for nothing, which is told", async () => {
    const match = await playing();
    await match.ana.send("result;ana;beto;WIN");
    await match.node.stepped.advance(limits.reportMs + 1_000);
    const [told, end = ""] = match.ana.take();
    expect(told).toBe("resultERR;Report was not confirmed");
    expect(end.split(";").slice(2).join(";")).toBe(";unconfirmed;0");
    expect(await match.beto.send("result;beto;ana;LOST")).toContain("resultERR;Report was not confirmed");
    expect(await leaders(match)).toBe("leadersACK");
  });

  test("counts once, though the process is killed at any point behind the second report", async () => {
    for (let steps = 0; steps < 10; steps++) {
      const match = await playing();
      const { stepped } = match.node;
      await match.ana.send("result;ana;beto;WIN");
      match.beto.connection.deliver("result;beto;ana;LOST\n");
      for (let step = 0; step < steps; step++) await stepped.step();
      stepped.kill();
      await stepped.restart();
      await stepped.advance(limits.introducedMatchMs);
      const reply = await leaders(match);
      expect(["leadersACK", "leadersACK;ana:1;beto:0"]).toContain(reply);
      expect(await match.node.connect().send("login;ana;segredo", "begin;beto;ana")).toEqual([
        "loginACK;ana",
        "beginERR;Invited user not connected",
      ]);
    }
  });
});

describe("a player who is gone", () => {
  test("may come back with the key, and report", async () => {
    const { node, ana, beto } = await playing();
    const key = await ana.resumeKey();
    await ana.lose();
    await node.stepped.advance(limits.playerGoneMs - 1_000);
    const again = node.connect();
    await again.send(`resume;ana;${key}`);
    await node.stepped.advance(limits.playerGoneMs);
    expect(await again.send("result;ana;beto;WIN")).toEqual(["resultACK"]);
    expect((await beto.send("result;beto;ana;LOST"))[0]).toBe("resultACK");
  });

  test.each(TOLD)("has left the match after a while, which the other is told, whether %s", async (_, command) => {
    const match = await playing();
    await match.beto.send(command);
    await match.ana.lose();
    await match.node.stepped.advance(limits.playerGoneMs + 1_000);
    const [told, end = ""] = match.beto.take();
    expect(told).toBe("resultERR;Opponent disconnected");
    expect(end.split(";").slice(2).join(";")).toBe(";opponent_gone;0");
    expect(await match.beto.send("begin;ana;beto")).toEqual(["beginERR;Invited user not connected"]);
  });

  test("has left it at once by logging in anew", async () => {
    const match = await playing();
    await match.ana.lose();
    const again = match.node.connect();
    await again.send("login;ana;segredo");
    await match.node.stepped.advance(1);
    const [told, end = ""] = match.beto.take();
    expect(told).toBe("resultERR;Match abandoned");
    expect(end.split(";").slice(2).join(";")).toBe(";abandoned;0");
    expect(again.take()).toEqual([]);
    expect(await match.beto.send("result;beto;ana;WIN")).toEqual(["resultERR;Match abandoned"]);
    expect(await again.send("begin;beto;ana")).toEqual(["beginACK"]);
  });
});

test("who has reported and logs in anew is told that it counts for nothing", async () => {
  const { node, ana } = await playing();
  await ana.send("result;ana;beto;WIN");
  await ana.lose();
  expect((await node.connect().send("login;ana;segredo")).slice(0, 2)).toEqual([
    "loginACK;ana",
    "resultERR;Match abandoned",
  ]);
});

test("a match that nobody reports is over after an hour, which both are told", async () => {
  const match = await playing();
  await match.node.stepped.advance(limits.introducedMatchMs + 1_000);
  for (const player of [match.ana, match.beto]) {
    const [told, end = ""] = player.take();
    expect([told, end.split(";").slice(2).join(";")]).toEqual(["resultERR;Match expired", ";expired;0"]);
  }
  expect(await match.ana.send("begin;beto;ana")).toEqual(["beginACK"]);
});

test.each(TOLD)("a player may end it without a result, which the other is told, whether %s", async (_, command) => {
  const match = await playing();
  await match.beto.send(command);
  expect((await match.ana.send("end"))[0]).toBe("endACK");
  const [told, end = ""] = match.beto.take();
  expect(told).toBe("resultERR;Match abandoned");
  expect(end.split(";").slice(2).join(";")).toBe(";abandoned;0");
  expect(await match.ana.send("end", "begin;beto;ana")).toEqual(["endERR;ended", "beginACK"]);
});

test("where a player's connection comes from is told to whom he has invited, or plays with", async () => {
  const node = new MatchNode();
  const [ana, beto, caio] = [await node.player("ana"), await node.player("beto"), await node.player("caio")];
  await ana.send("begin;beto;ana");
  beto.take();
  expect(await beto.send("where;ana")).toEqual(["whereACK;ana;127.0.0.1"]);
  expect(await ana.send("where;beto")).toEqual(["whereERR;No such invitation"]);
  expect(await caio.send("where;ana", "where;nobody")).toEqual([
    "whereERR;No such invitation",
    "whereERR;No such invitation",
  ]);
  await beto.send("answer;ana;True;5001;beto;5002");
  ana.take();
  expect(await ana.send("where;beto")).toEqual(["whereACK;beto;127.0.0.1"]);
});
