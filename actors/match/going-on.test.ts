// Matches that go on, as an operator finds them: by kind, by player, page after page.
import { describe, expect, test } from "bun:test";

import { goingOn } from "./going-on.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import type { Kind, MatchRef } from "./match-schemas.ts";
import { MatchNode } from "./test-players.ts";

const session = { type: "modern-match-session", key: "1" };
const here = (name: string, match?: MatchRef) => ({ key: name, name, session, address: "192.0.2.1", match });
const match = (id: string, kind: Kind, host: string, guest: string): MatchRef => ({ id, kind, host, guest });

const FIRST = match("a1", "hosted", "Ana", "bea");
const SECOND = match("b2", "p2p", "caio", "davi");
const THIRD = match("c3", "hosted", "eva", "fabio");
/** Fabio is away: his match goes on. */
const PLAYERS = [
  here("eva", THIRD),
  here("davi", SECOND),
  here("ana", FIRST),
  here("gil"),
  here("bea", FIRST),
  here("caio", SECOND),
].map(({ match: played, ...player }) => (played === undefined ? player : { ...player, match: played }));

describe("matches that go on", () => {
  test("come once each, in the order in which they began", () => {
    expect(goingOn(PLAYERS, { count: 9 })).toEqual([FIRST, SECOND, THIRD]);
  });

  test("come page after page", () => {
    expect(goingOn(PLAYERS, { count: 2 })).toEqual([FIRST, SECOND]);
    expect(goingOn(PLAYERS, { count: 2, after: "b2" })).toEqual([THIRD]);
    expect(goingOn(PLAYERS, { count: 2, after: "c3" })).toEqual([]);
  });

  test("are found by kind, and by either player, also by one who is away", () => {
    expect(goingOn(PLAYERS, { count: 9, kind: "hosted" })).toEqual([FIRST, THIRD]);
    expect(goingOn(PLAYERS, { count: 9, player: "ana" })).toEqual([FIRST]);
    expect(goingOn(PLAYERS, { count: 9, player: "fablo" })).toEqual([THIRD]);
    expect(goingOn(PLAYERS, { count: 9, player: "ana", kind: "p2p" })).toEqual([]);
    expect(goingOn(PLAYERS, { count: 9, player: "gil" })).toEqual([]);
  });

  test("are known to the lobby, until they are over", async () => {
    const node = new MatchNode();
    const [ana, beto] = [await node.player("ana"), await node.player("beto")];
    const lobby = node.stepped.ref(node.types.lobby, LOBBY_KEY);
    const id = await node.host(ana, beto, ["ana", "beto"]);
    const going = () => node.stepped.outcome(lobby.goingOn({ count: 9 }));
    expect(await going()).toEqual({ kind: "answered", value: [match(id, "hosted", "ana", "beto")] });
    expect((await ana.send("end"))[0]).toBe("endACK");
    expect(await going()).toEqual({ kind: "answered", value: [] });
  });
});
