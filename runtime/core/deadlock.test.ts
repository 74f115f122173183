// Circles of waiting actors in graphs without a system: the way round is named, and nothing else is taken for one.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { findCycle, type Wait, type WaitedCell, type WaitingTurn } from "./deadlock.ts";

/** An actor whose turns a test begins and lets ask. */
class CellStandIn implements WaitedCell {
  readonly address: string;
  readonly turns: TurnStandIn[] = [];
  /** The method of reads that wait here, and will run beside its turns. */
  sharing = "";
  /** How often it was looked at. */
  looks = 0;

  constructor(address: string) {
    this.address = address;
  }

  blockers(): readonly WaitingTurn[] {
    this.looks++;
    return this.turns;
  }

  sharesSoon(ask: Wait): boolean {
    return this.sharing === ask.method;
  }

  begin(methodName: string): TurnStandIn {
    const turn = new TurnStandIn(this, methodName);
    this.turns.push(turn);
    return turn;
  }
}

class TurnStandIn implements WaitingTurn {
  readonly cell: CellStandIn;
  readonly methodName: string;
  asks: Wait[] | undefined = undefined;

  constructor(cell: CellStandIn, methodName: string) {
    this.cell = cell;
    this.methodName = methodName;
  }

  resumes(): void {}

  answers(): boolean {
    return true;
  }

  ask(cell: WaitedCell | undefined, how: Partial<Pick<Wait, "settled" | "turn">> = {}): this {
    const waits = { settled: false, turn: undefined, ...how };
    this.asks ??= [];
    this.asks.push({ ...waits, method: "ask", to: { type: "type", key: "key", cell } });
    return this;
  }
}

const cells = (...addresses: readonly string[]): CellStandIn[] => addresses.map((address) => new CellStandIn(address));

describe("an ask that closes a circle", () => {
  test("of one: an actor that asks itself", () => {
    const [room] = cells("room/lobby") as [CellStandIn];
    const asker = room.begin("post");
    expect(findCycle(asker, room)).toBe("room/lobby.post");
  });

  test("of two", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    room.begin("post").ask(session);
    const asker = session.begin("push");
    expect(findCycle(asker, room)).toBe("room/lobby.post → session/ada.push");
  });

  test("of many, named from whoever is asked to the asker", () => {
    const ring = cells("a/1", "a/2", "a/3", "a/4");
    const turns = ring.map((cell) => cell.begin("go"));
    for (const [index, turn] of turns.slice(0, -1).entries()) turn.ask(ring[index + 1]);
    expect(findCycle(turns[3] as TurnStandIn, ring[0] as CellStandIn)).toBe("a/1.go → a/2.go → a/3.go → a/4.go");
  });

  test("through the second of two asks that one turn has made side by side", () => {
    const [room, log, session] = cells("room/lobby", "log/1", "session/ada") as [CellStandIn, CellStandIn, CellStandIn];
    log.begin("write");
    room.begin("post").ask(log).ask(session);
    expect(findCycle(session.begin("push"), room)).toBe("room/lobby.post → session/ada.push");
  });

  test("through any of the reads that share an actor", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    room.begin("members");
    room.begin("history").ask(session);
    expect(findCycle(session.begin("push"), room)).toBe("room/lobby.history → session/ada.push");
  });
});

describe("an ask that closes none", () => {
  test("waits for an actor that has nothing to do", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    expect(findCycle(session.begin("push"), room)).toBeUndefined();
  });

  test("waits for a turn that asked the asker and has its answer", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    room.begin("post").ask(session, { settled: true });
    expect(findCycle(session.begin("push"), room)).toBeUndefined();
  });

  test("waits for a turn that waits for an actor not in memory", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    room.begin("post").ask(undefined);
    expect(findCycle(session.begin("push"), room)).toBeUndefined();
  });

  test("waits for a turn beside one that waits for the asker", () => {
    const [room, desk] = cells("room/lobby", "desk/a") as [CellStandIn, CellStandIn];
    const asker = room.begin("look");
    const other = room.begin("count");
    desk.begin("ask").ask(room, { turn: other });
    expect(findCycle(asker, desk)).toBeUndefined();
  });

  test("waits for a turn whose ask was answered, though that is being stored", () => {
    const [room, desk] = cells("room/lobby", "desk/a") as [CellStandIn, CellStandIn];
    const asker = room.begin("look");
    desk.begin("ask").ask(room, { turn: Object.assign(room.begin("post"), { answers: () => false }) });
    expect(findCycle(asker, desk)).toBeUndefined();
  });

  test("waits for a turn that waits for a read, which will run beside the asker", () => {
    const [room, desk] = cells("room/lobby", "desk/a") as [CellStandIn, CellStandIn];
    const asker = room.begin("look");
    room.sharing = "ask";
    desk.begin("ask").ask(room);
    expect(findCycle(asker, desk)).toBeUndefined();
  });

  test("waits for others who wait for each other", () => {
    const [one, two, session] = cells("a/1", "a/2", "session/ada") as [CellStandIn, CellStandIn, CellStandIn];
    one.begin("go").ask(two);
    two.begin("go").ask(one);
    expect(findCycle(session.begin("push"), one)).toBeUndefined();
  });

  test("waits for another turn of the asker's own actor: reads side by side", () => {
    const [room, session] = cells("room/lobby", "session/ada") as [CellStandIn, CellStandIn];
    const asker = session.begin("look");
    room.begin("post").ask(undefined);
    session.begin("other").ask(room);
    expect(findCycle(asker, room)).toBeUndefined();
  });
});

describe("the search", () => {
  test("looks at each actor once, however many ways lead there", () => {
    const levels = Array.from({ length: 20 }, (_, level) => cells(`a/${level}`, `b/${level}`));
    for (const [level, pair] of levels.entries()) {
      for (const cell of pair) for (const next of levels[level + 1] ?? []) cell.begin("go").ask(next);
    }
    const asker = new CellStandIn("asker/1").begin("go");
    expect(findCycle(asker, levels[0]?.[0] as CellStandIn)).toBeUndefined();
    expect(levels.flat().map(({ looks }) => looks > 1)).not.toContain(true);
  });

  test("takes the shortest way round", () => {
    const [room, log, session] = cells("room/lobby", "log/1", "session/ada") as [CellStandIn, CellStandIn, CellStandIn];
    log.begin("write").ask(session);
    room.begin("post").ask(log).ask(session);
    expect(findCycle(session.begin("push"), room)).toBe("room/lobby.post → session/ada.push");
  });

  test("goes to the end of any row of actors that wait for each other", () => {
    const row = Array.from({ length: 100_000 }, (_, index) => new CellStandIn(`a/${index}`));
    const turns = row.map((cell, index) => cell.begin("go").ask(row[index + 1]));
    expect(findCycle(turns.at(-1) as TurnStandIn, row[0] as CellStandIn)).toEndWith("→ a/99999.go");
  });

  test("finds a way exactly when there is one, in any graph", () => {
    const edges = fc.array(fc.record({ from: fc.nat(6), to: fc.nat(6), settled: fc.boolean() }), { maxLength: 15 });
    fc.assert(
      fc.property(edges, fc.nat(6), fc.nat(6), (all, from, to) => {
        const nodes = Array.from({ length: 7 }, (_, index) => new CellStandIn(`n/${index}`));
        const turns = nodes.map((node) => node.begin("go"));
        for (const edge of all) turns[edge.from]?.ask(nodes[edge.to], { settled: edge.settled });
        const open = all.filter(({ settled }) => !settled);
        const found = findCycle(turns[from] as TurnStandIn, nodes[to] as CellStandIn);
        expect(found !== undefined).toBe(reachable(open, to).has(from));
        if (found !== undefined) expect(isWay(found, open, to, from)).toBe(true);
      }),
      { seed: 23, numRuns: 2_000 },
    );
  });
});

type Edge = { readonly from: number; readonly to: number };

function reachable(edges: readonly Edge[], start: number): ReadonlySet<number> {
  const reached = new Set([start]);
  for (const node of reached) for (const { from, to } of edges) if (from === node) reached.add(to);
  return reached;
}

/** Whether the text names a way along the edges from one to the other. */
function isWay(text: string, edges: readonly Edge[], first: number, last: number): boolean {
  const nodes = text.split(" → ").map((name) => Number(/^n\/(\d)\.go$/.exec(name)?.[1]));
  const steps = nodes.slice(1).map((to, index) => ({ from: nodes[index], to }));
  const exist = steps.every((step) => edges.some(({ from, to }) => from === step.from && to === step.to));
  return exist && nodes[0] === first && nodes.at(-1) === last;
}
