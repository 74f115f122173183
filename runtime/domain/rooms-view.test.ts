// Rooms as the gateway is given them: found by name and members, read page after page, and none is made by looking.
import { describe, expect, test } from "bun:test";

import type { Id, RoomName } from "#actors/chat/names.ts";
import { Room } from "#actors/chat/room.ts";
import { limits } from "#runtime/mod.ts";

import { DomainNode } from "./test-domain-node.ts";

const LOBBY = "lobby" as RoomName;

/** Rooms with these members, who have said something in each that has a name with an `x`. */
async function withRooms(rooms: Readonly<Record<string, readonly string[]>>): Promise<DomainNode> {
  const node = new DomainNode();
  for (const [room, ids] of Object.entries(rooms)) {
    for (const id of ids) {
      const client = node.connect("text-session");
      await client.send(`HELLO ${id}`, `JOIN ${room}`);
      if (room.includes("x")) await client.send(`SAY ${room} oi`, `LEAVE ${room}`);
    }
  }
  return node;
}

async function withMessages(count: number): Promise<DomainNode> {
  const node = new DomainNode();
  const room = node.stepped.ref(Room, LOBBY);
  for (let first = 1; first <= count; first += 500) {
    const numbers = Array.from({ length: Math.min(500, count - first + 1) }, (_, index) => first + index);
    await node.answer(Promise.all(numbers.map((number) => room.post({ from: "ana" as Id, text: `${number}` }))));
  }
  return node;
}

const names = async (node: DomainNode, query: object) =>
  (await node.answer(node.views.rooms.rooms({ limit: 50, ...query }))).items.map(({ room }) => room);

const numbers = async (node: DomainNode, query: object) => {
  const page = await node.answer(node.views.rooms.messages(LOBBY, { limit: 3, ...query }));
  return [page?.items.map(({ number }) => number), page?.next];
};

describe("rooms", () => {
  const ROOMS = { kitchen: ["ana", "bea"], lobby: ["caio"], xadrez: ["davi"], lounge: ["eva", "fabio", "gil"] };
  test("are those with members, and those where something was said", async () => {
    const node = await withRooms(ROOMS);
    expect(await node.answer(node.views.rooms.rooms({ limit: 50 }))).toEqual({
      items: [
        { room: "kitchen", members: 2, last: 0 },
        { room: "lobby", members: 1, last: 0 },
        { room: "lounge", members: 3, last: 0 },
        { room: "xadrez", members: 0, last: 1 },
      ],
    });
  });

  test("come page after page, by name", async () => {
    const node = await withRooms(ROOMS);
    const first = await node.answer(node.views.rooms.rooms({ limit: 2 }));
    expect(first).toMatchObject({ items: [{ room: "kitchen" }, { room: "lobby" }], next: "lobby" });
    const second = await node.answer(node.views.rooms.rooms({ limit: 2, after: "lobby" }));
    expect(second).toMatchObject({ items: [{ room: "lounge" }, { room: "xadrez" }] });
    expect(second.next).toBeUndefined();
  });

  test("are found by how they begin, and by how many are in them", async () => {
    const node = await withRooms(ROOMS);
    expect(await names(node, { prefix: "lo" })).toEqual(["lobby", "lounge"]);
    expect(await names(node, { membersMin: 1 })).toEqual(["kitchen", "lobby", "lounge"]);
    expect(await names(node, { membersMin: 2 })).toEqual(["kitchen", "lounge"]);
    expect(await names(node, { membersMin: 2, prefix: "lo" })).toEqual(["lounge"]);
    expect(await names(node, { membersMin: 4 })).toEqual([]);
  });

  test("that are asleep are shown and stay asleep", async () => {
    const node = await withRooms({ xadrez: ["ana"] });
    node.stepped.kill();
    await node.stepped.restart();
    expect(await names(node, {})).toEqual(["xadrez"]);
    expect(await node.answer(node.views.rooms.room("xadrez" as RoomName))).toMatchObject({ last: 1 });
    expect(node.inMemory("chat-room")).toBe(0);
  });

  test("that are not there are not made by asking for them", async () => {
    const node = new DomainNode();
    const { rooms } = node.views;
    expect(await node.answer(rooms.room(LOBBY))).toBeUndefined();
    expect(await node.answer(rooms.members(LOBBY, { limit: 5 }))).toBeUndefined();
    expect(await node.answer(rooms.messages(LOBBY, { limit: 5 }))).toBeUndefined();
    expect(node.inMemory("chat-room")).toBe(0);
  });

  test("that somebody has asked in vain are none", async () => {
    const node = new DomainNode();
    await node.answer(node.stepped.ref(Room, LOBBY).history({ count: 1 }));
    expect(node.inMemory("chat-room")).toBe(1);
    expect(await names(node, {})).toEqual([]);
    expect(await node.answer(node.views.rooms.room(LOBBY))).toBeUndefined();
  });
});

describe("members of a room", () => {
  test("come page after page, with where they are connected from", async () => {
    const node = await withRooms({ lobby: ["Ana", "bea", "caio"] });
    const first = await node.answer(node.views.rooms.members(LOBBY, { limit: 2 }));
    expect(first).toMatchObject({ items: [{ id: "Ana", session: "text-session/1" }, { id: "bea" }], next: "bea" });
    expect(first?.items[0]?.address).toMatch(/:\d+\/tcp$/);
    const second = await node.answer(node.views.rooms.members(LOBBY, { limit: 2, after: "bea" }));
    expect(second).toMatchObject({ items: [{ id: "caio" }] });
    expect(second?.next).toBeUndefined();
  });
});

describe("messages of a room", () => {
  test.each([
    [{}, [5, 6, 7], "5"],
    [{ before: 5 }, [2, 3, 4], "2"],
    [{ before: 2 }, [1], undefined],
    [{ before: 1 }, [], undefined],
    [{ before: 99 }, [5, 6, 7], "5"],
    [{ limit: 7 }, [1, 2, 3, 4, 5, 6, 7], undefined],
    [{ after: 0 }, [1, 2, 3], "3"],
    [{ after: 3 }, [4, 5, 6], "6"],
    [{ after: 6 }, [7], undefined],
    [{ after: 7 }, [], undefined],
    [{ after: 99 }, [], undefined],
  ] as const)("%j", async (query, shown, next) => {
    expect(await numbers(await withMessages(7), query)).toEqual([[...shown], next]);
  });

  test("go back to the oldest that is kept, and no further", async () => {
    const node = await withMessages(limits.historyMax + 4);
    expect(await numbers(node, { before: 9 })).toEqual([[6, 7, 8], "6"]);
    expect(await numbers(node, { before: 6 })).toEqual([[5], undefined]);
    expect(await numbers(node, { before: 5 })).toEqual([[], undefined]);
    expect(await numbers(node, { after: 0 })).toEqual([[5, 6, 7], "7"]);
  });
});
