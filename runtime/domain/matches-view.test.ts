// Matches and the leaderboard as the gateway is given them: as they go on, when they are over, and while they are kept.
import { describe, expect, test } from "bun:test";

import type { TestConnection } from "#actors/match/test-players.ts";

import { limits } from "../limits.ts";
import { DomainNode } from "./test-domain-node.ts";

interface Playing {
  readonly node: DomainNode;
  readonly ana: TestConnection;
  readonly beto: TestConnection;
  readonly id: string;
}

async function hosted(): Promise<Playing> {
  const node = new DomainNode();
  const [ana, beto] = [await node.player("Ana"), await node.player("beto")];
  return { node, ana, beto, id: await node.host(ana, beto, ["Ana", "beto"]) };
}

async function introduced(): Promise<Playing> {
  const node = new DomainNode();
  const [ana, beto] = [await node.player("Ana"), await node.player("beto")];
  await ana.send("begin;beto;Ana");
  await beto.send("answer;Ana;True;5001;beto;5002");
  const { items } = await node.answer(node.views.matches.matches({ limit: 1 }));
  return { node, ana, beto, id: items[0]?.id ?? "" };
}

const shown = ({ node, id }: Playing) => node.answer(node.views.matches.match(id));

describe("a hosted match", () => {
  test("shows board, moves, whose turn it is, and his time", async () => {
    const match = await hosted();
    const seats = { id: match.id, kind: "hosted", host: "Ana", guest: "beto" };
    const turn = { isOver: false, leftMs: limits.turnMs };
    expect(await shown(match)).toEqual({ ...seats, ...turn, board: ".........", moves: [], next: "Ana" } as never);
    await match.ana.send("play;1;1");
    await match.beto.send("play;2;3");
    await match.node.stepped.advance(5_000);
    expect(await shown(match)).toEqual({
      ...seats,
      ...turn,
      leftMs: limits.turnMs - 5_000,
      board: "O....X...",
      moves: [
        { by: "Ana", row: 1, column: 1 },
        { by: "beto", row: 2, column: 3 },
      ],
      next: "Ana",
    } as never);
  });

  test("shows how it ended for as long as it is kept, also after a restart", async () => {
    const match = await hosted();
    const { node, ana, beto } = match;
    for (const [player, move] of [
      [ana, "1;1"],
      [beto, "2;1"],
      [ana, "1;2"],
      [beto, "2;2"],
      [ana, "1;3"],
    ] as const) {
      await player.send(`play;${move}`);
    }
    const end = { isOver: true, winner: "Ana", reason: "line", board: "OOOXX....", kind: "hosted" };
    const over = await shown(match);
    expect(over).toMatchObject(end);
    expect(over).not.toHaveProperty("next");
    expect(over).not.toHaveProperty("leftMs");
    expect((await node.answer(node.views.matches.matches({ limit: 9 }))).items).toEqual([]);
    node.stepped.kill();
    await node.stepped.restart();
    expect(await shown(match)).toMatchObject(end);
    await node.stepped.advance(limits.matchKeptMs + 1_000);
    expect(await shown(match)).toBeUndefined();
  });

  test("that there is not is not made by asking for it", async () => {
    const { node } = await hosted();
    const before = [node.inMemory("hosted-match"), node.inMemory("introduced-match")];
    expect(await node.answer(node.views.matches.match("000000000000"))).toBeUndefined();
    expect([node.inMemory("hosted-match"), node.inMemory("introduced-match")]).toEqual(before);
  });

  test("that somebody has asked for in vain is none", async () => {
    const { node } = await hosted();
    await node.stepped.outcome(node.stepped.ref(node.types.hostedMatch, "000000000000").show());
    expect(await node.answer(node.views.matches.match("000000000000"))).toBeUndefined();
  });
});

describe("a match between peers", () => {
  test("shows who plays, and what both have reported", async () => {
    const match = await introduced();
    const seats = { id: match.id, kind: "p2p", host: "Ana", guest: "beto" };
    expect(await shown(match)).toEqual({ ...seats, isOver: false } as never);
    await match.ana.send("result;Ana;beto;WIN");
    await match.beto.send("result;beto;Ana;LOST");
    expect(await shown(match)).toEqual({ ...seats, isOver: true, winner: "Ana", reason: "agreed" } as never);
  });
});

describe("matches that go on", () => {
  test("come page after page, by kind, by player", async () => {
    const node = new DomainNode();
    const ids: string[] = [];
    for (const pair of [
      ["a1", "b1"],
      ["a2", "b2"],
      ["a3", "b3"],
    ] as const) {
      const [host, guest] = [await node.player(pair[0]), await node.player(pair[1])];
      ids.push(await node.host(host, guest, pair));
      await node.stepped.advance(1);
    }
    const { matches } = node.views;
    const page = async (query: object) => {
      const { items, next } = await node.answer(matches.matches({ limit: 2, ...query }));
      return [items.map(({ id }) => id), next];
    };
    expect(await page({})).toEqual([ids.slice(0, 2), ids[1]]);
    expect(await page({ after: ids[1] })).toEqual([ids.slice(2), undefined]);
    expect(await page({ player: "b2" })).toEqual([[ids[1] as string], undefined]);
    expect(await page({ kind: "p2p" })).toEqual([[], undefined]);
  });
});

describe("the leaderboard", () => {
  test("has the winners first, and whoever stands around a player", async () => {
    const { node, ana } = await hosted();
    await ana.send("end");
    const { leaderboard } = node.views;
    const places = [
      { rank: 1, name: "beto", score: 1 },
      { rank: 2, name: "Ana", score: 0 },
    ];
    expect(await node.answer(leaderboard.top(10))).toEqual(places);
    expect(await node.answer(leaderboard.top(1))).toEqual(places.slice(0, 1));
    expect(await node.answer(leaderboard.around("ana", 1))).toEqual(places);
    expect(await node.answer(leaderboard.around("calo", 1))).toBeUndefined();
  });
});
