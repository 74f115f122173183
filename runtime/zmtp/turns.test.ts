// Peers in turn, whoever comes and goes meanwhile.
import { describe, expect, test } from "bun:test";

import type { Peer } from "./peer.ts";
import { Turns } from "./turns.ts";

/** Peers are asked for nothing but room. */
function turnsOf(...names: readonly string[]) {
  const peers = new Map(names.map((name) => [name, { name, hasRoom: true }]));
  const turns = new Turns();
  const as = (name: string): Peer => peers.get(name) as unknown as Peer;
  for (const name of names) turns.add(as(name));
  const next = (count: number): string =>
    Array.from({ length: count }, () => (turns.next() as unknown as { name: string } | undefined)?.name ?? "-").join(
      "",
    );
  return { peers, turns, as, next };
}

describe("peers in turn", () => {
  test("are each asked once before any is asked again", () => {
    expect(turnsOf("a", "b", "c").next(7)).toBe("abcabca");
  });

  test("are nobody where nobody is there", () => {
    expect(turnsOf().next(2)).toBe("--");
  });

  test("that have no room are passed over; where nobody has any there is nobody", () => {
    const { peers, next } = turnsOf("a", "b", "c");
    Object.assign(peers.get("b") ?? {}, { hasRoom: false });
    expect(next(4)).toBe("acac");
    for (const peer of peers.values()) peer.hasRoom = false;
    expect(next(2)).toBe("--");
    for (const peer of peers.values()) peer.hasRoom = true;
    expect(next(3)).toHaveLength(3);
  });

  test.each([
    ["before the next", "a", "cbcb"],
    ["that would be the next", "c", "abab"],
    ["behind the next", "d", "cabc"],
  ])("go on where they were when one goes %s", (_, gone, expected) => {
    const names = gone === "d" ? ["a", "b", "c", "d"] : ["a", "b", "c"];
    const { turns, as, next } = turnsOf(...names);
    expect(next(2)).toBe("ab");
    turns.delete(as(gone));
    turns.delete(as(gone));
    expect(next(4)).toBe(expected);
  });

  test("have one that comes asked when all that were there have been", () => {
    const { turns, as, next } = turnsOf("a", "b", "c");
    turns.delete(as("c"));
    expect(next(1)).toBe("a");
    turns.add(as("c"));
    expect(next(3)).toBe("bca");
  });
});
