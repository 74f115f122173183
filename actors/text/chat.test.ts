// People in rooms: what each of them sees, over the same commands whatever they came by.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import type { Id } from "../chat/names.ts";
import { Room } from "../chat/room.ts";
import { ChatNode } from "./test-clients.ts";

const AT = "2025-11-20T12:00:00.000Z";

async function member(node: ChatNode, id: string) {
  const client = await node.named(id);
  await client.type("JOIN lobby");
  return client;
}

/** Ana and Bea in the lobby. */
async function lobby() {
  const node = new ChatNode();
  const ana = await member(node, "ana");
  const bea = await member(node, "bea");
  for (const client of [ana, bea]) client.clear();
  return { node, ana, bea };
}

describe("a room", () => {
  test("answers a join with its last number and how many are in", async () => {
    const node = new ChatNode();
    const ana = await node.named("ana");
    expect(await ana.type("JOIN Lobby")).toEqual(["* lobby + ana 127.0.0.1:50000/tcp", "JOIN: lobby 0 1"]);
  });

  test("tells its members who comes and who goes", async () => {
    const { ana, bea, node } = await lobby();
    const caio = await node.named("caio");
    await caio.type("JOIN lobby");
    await caio.type("LEAVE lobby");
    await bea.leave("idle_timeout");
    await (await member(node, "duda")).type("EXIT");
    expect(ana.lines).toEqual([
      "* lobby + caio 127.0.0.1:50000/tcp\n",
      "* lobby - caio left\n",
      "* lobby - bea connection_lost\n",
      "* lobby + duda 127.0.0.1:50000/tcp\n",
      "* lobby - duda exit\n",
    ]);
  });

  test("numbers what is said, tells everybody, and acknowledges it to who said it", async () => {
    const { ana, bea } = await lobby();
    expect(await ana.type("SAY lobby oi, bea")).toEqual([`* lobby 1 ${AT} ana: oi, bea`, "SAY: lobby 1"]);
    await bea.type("SAY lobby oi!");
    expect(ana.lines.at(-1)).toBe(`* lobby 2 ${AT} bea: oi!\n`);
    expect(bea.lines).toEqual([`* lobby 2 ${AT} bea: oi!\n`, "SAY: lobby 2\n"]);
  });

  test("refuses who has left, and spends no number on it", async () => {
    const { ana, bea } = await lobby();
    await ana.type("LEAVE lobby");
    expect(await ana.type("SAY lobby oi", "WHO lobby", "HISTORY lobby", "LEAVE lobby")).toEqual(
      Array.from({ length: 4 }, () => "ERROR: Você não está nessa sala (chat.not_a_member)."),
    );
    expect(await bea.type("SAY lobby oi")).toContain("SAY: lobby 1");
  });

  test("says who is in, with address and port", async () => {
    const { ana } = await lobby();
    expect(await ana.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp bea@127.0.0.1:50000/tcp"]);
  });

  test("says who is in page by page", async () => {
    const node = new ChatNode();
    const count = limits.membersPerLineMax + 2;
    for (let index = 0; index < count; index++) await (await node.named(`m${100 + index}`)).type("JOIN lobby");
    const ana = await node.named("ana");
    await ana.type("JOIN lobby");
    const [first = ""] = await ana.type("WHO lobby");
    const names = first.split(" ").slice(2);
    expect(names).toHaveLength(limits.membersPerLineMax + 1);
    expect(names.at(-1)).toBe("+");
    const last = names.at(-2)?.split("@")[0] ?? "";
    const [second = ""] = await ana.type(`WHO lobby ${last}`);
    expect(second.split(" ").slice(2)).toHaveLength(count + 1 - limits.membersPerLineMax);
  });

  test("counts somebody who comes back by another connection once", async () => {
    const { node, ana } = await lobby();
    const key = await keyOf(ana);
    const again = node.connect();
    await again.type(`HELLO ana ${key}`);
    expect(await again.type("JOIN lobby")).toContain("JOIN: lobby 0 2");
    expect(ana.connection.endReason).toBe("replaced");
    expect(await again.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp bea@127.0.0.1:50000/tcp"]);
  });

  test("keeps somebody who has come back, whatever the connection before still does", async () => {
    const { node, ana, bea } = await lobby();
    const key = await keyOf(ana);
    // Three are spent: what comes last must wait, and is done when all the others are.
    const spent = Array.from({ length: limits.commandsBurst - 3 }, () => "WHO lobby\n");
    ana.connection.deliver(...spent, "JOIN lobby\n");
    await node.stepped.clock.settle();
    const again = node.connect();
    await again.type(`HELLO ana ${key}`, "JOIN lobby");
    await node.stepped.advance(1_000);
    expect(ana.connection.endReason).toBe("replaced");
    expect(await again.type("SAY lobby oi")).toContain("SAY: lobby 1");
    expect(await bea.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp bea@127.0.0.1:50000/tcp"]);
  });

  test("keeps no ghost of those whose connection was lost, however many", async () => {
    const node = new ChatNode();
    const ana = await node.named("ana");
    await ana.type("JOIN lobby");
    for (let count = 0; count < 100; count++) {
      const guest = await node.named(`guest${count}`);
      guest.connection.deliver("JOIN lobby\n");
      await guest.leave("disconnect");
    }
    expect(await ana.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp"]);
  });

  test("keeps no ghost of one whose end could not be stored", async () => {
    const { node, ana, bea } = await lobby();
    for (let count = 0; count < 2; count++) node.stepped.storeFaults.next("commit", { fails: "store.full" });
    await bea.leave("disconnect");
    await node.stepped.advance(2 * limits.watchInquiryMs);
    expect(await ana.type("WHO lobby")).toEqual(["WHO: lobby ana@127.0.0.1:50000/tcp"]);
    expect(ana.lines).toHaveLength(1);
  });

  test("sleeps with its members, and goes on", async () => {
    const { node, ana } = await lobby();
    await node.stepped.clock.advance(limits.idleStopMs + 1_000);
    expect(node.stepped.resident(Room)).toEqual([]);
    expect(await ana.type("SAY lobby oi")).toContain("SAY: lobby 1");
  });

  test("is nothing any more when nothing was said and all have left", async () => {
    const { node, ana, bea } = await lobby();
    await ana.type("LEAVE lobby");
    await bea.type("LEAVE lobby");
    const rooms = { type: "chat-room", after: "", keyPrefix: "", limit: 10 };
    expect(await node.stepped.system.store.keys(rooms)).toEqual([]);
  });

  test("takes as many members as it may and not one more", async () => {
    const node = new ChatNode();
    const room = node.stepped.ref(Room, "lobby");
    const join = (): Promise<unknown> => {
      const { id: key } = node.connect().connection;
      const joining = { id: `m${key}` as Id, session: { type: "text-session", key }, since: 1, address: "here" };
      return room.join({ member: joining });
    };
    const joins = Array.from({ length: limits.roomMembersMax }, join);
    expect(await node.stepped.outcome(Promise.all(joins))).toMatchObject({ kind: "answered" });
    expect(await node.stepped.outcome(join())).toMatchObject({ kind: "failed", code: "chat.room_full" });
  });

  test("is one of so many that a connection may be in", async () => {
    const node = new ChatNode();
    const ana = await node.named("ana");
    for (let room = 0; room < limits.roomsPerSessionMax; room++) await ana.type(`JOIN room${room}`);
    expect(await ana.type("JOIN another")).toEqual(["ERROR: Salas demais para uma conexão (chat.too_many_rooms)."]);
  });
});

describe("history", () => {
  test("is read on from a number, and from the end without one", async () => {
    const { ana } = await lobby();
    for (let number = 1; number <= 25; number++) await ana.type(`SAY lobby line ${number}`);
    expect(await ana.type("HISTORY lobby 20 2")).toEqual([
      "HISTORY: lobby 2 22",
      `* lobby 21 ${AT} ana: line 21`,
      `* lobby 22 ${AT} ana: line 22`,
    ]);
    const latest = await ana.type("HISTORY lobby");
    expect(latest[0]).toBe(`HISTORY: lobby ${limits.historyPage} 25`);
    expect(latest[1]).toBe(`* lobby 6 ${AT} ana: line 6`);
    expect(await ana.type("HISTORY lobby 25")).toEqual(["HISTORY: lobby 0 25"]);
  });

  test("comes with a join, from the last number seen", async () => {
    const { node, bea } = await lobby();
    for (const text of ["um", "dois", "três"]) await bea.type(`SAY lobby ${text}`);
    const caio = await node.named("caio");
    expect((await caio.type("JOIN lobby 1")).slice(1)).toEqual([
      "JOIN: lobby 3 3",
      `* lobby 2 ${AT} bea: dois`,
      `* lobby 3 ${AT} bea: três`,
    ]);
  });

  test("survives kill -9, and so does the number", async () => {
    const { node, ana } = await lobby();
    await ana.type("SAY lobby antes");
    node.stepped.kill();
    await node.stepped.restart();
    const again = node.connect();
    await again.type("HELLO caio");
    const lines = await again.type("JOIN lobby 0");
    expect(lines).toContain(`* lobby 1 ${AT} ana: antes`);
    expect(await again.type("SAY lobby depois")).toContain("SAY: lobby 2");
  });

  test("knows nobody any more as a member after kill -9", async () => {
    const { node } = await lobby();
    node.stepped.kill();
    await node.stepped.restart();
    await node.stepped.clock.settle();
    const caio = node.connect();
    await caio.type("HELLO caio");
    expect((await caio.type("JOIN lobby")).at(-1)).toBe("JOIN: lobby 0 1");
  });

  test("keeps so many messages and no more", async () => {
    const { stepped } = new ChatNode();
    const room = stepped.ref(Room, "lobby");
    const count = limits.historyMax + 2;
    const posts = Array.from({ length: count }, () => room.post({ from: "ana" as Id, text: "oi" }));
    await stepped.outcome(Promise.all(posts));
    const oldest = await stepped.outcome(room.history({ after: 0, count: 1 }));
    expect(oldest).toMatchObject({ value: [{ number: 3 }] });
  });
});

describe("said again with the same tag", () => {
  test("it is said once, and answered alike", async () => {
    const { node, ana, bea } = await lobby();
    expect(await ana.type("#7 SAY lobby oi")).toContain("#7 SAY: lobby 1");
    expect(await ana.type("#7 SAY lobby oi")).toEqual(["#7 SAY: lobby 1"]);
    node.stepped.kill();
    await node.stepped.restart();
    const again = node.connect();
    await again.type(`HELLO ana ${await keyOf(ana)}`);
    expect(bea.lines.filter((line) => line.includes("ana: oi"))).toHaveLength(1);
  });
});

describe("a tag", () => {
  test("that is used again for something else keeps nobody from being heard", async () => {
    const { ana } = await lobby();
    expect(await ana.type("#7 SAY lobby um")).toContain("#7 SAY: lobby 1");
    expect(await ana.type("#7 SAY lobby dois")).toContain("#7 SAY: lobby 2");
    expect(await ana.type("#7 MSG bea dois", "#7 MSG bea um")).toEqual(["#7 MSG: bea 1", "#7 MSG: bea 2"]);
  });

  test("is the next one's own when an id has changed hands", async () => {
    const { node, ana } = await lobby();
    await ana.type("#1 SAY lobby um", "EXIT");
    const other = await member(node, "ana");
    expect(await other.type("#1 SAY lobby outra coisa")).toContain("#1 SAY: lobby 2");
  });
});

describe("a direct message", () => {
  test("reaches the one it is for, numbered, and is acknowledged", async () => {
    const { ana, bea, node } = await lobby();
    const caio = await node.named("caio");
    expect(await ana.type("MSG Bea só para você")).toEqual(["MSG: Bea 1"]);
    expect(bea.lines).toEqual([`* @bea 1 ${AT} ana: só para você\n`]);
    expect(caio.lines).toEqual([]);
  });

  test("waits in the inbox, to be read on from a number", async () => {
    const { ana, bea } = await lobby();
    await ana.type("MSG bea um", "MSG bea dois");
    expect(await bea.type("HISTORY @bea 1")).toEqual(["HISTORY: @bea 1 2", `* @bea 2 ${AT} ana: dois`]);
    expect((await ana.type("HISTORY @bea"))[0]).toContain("(chat.not_your_inbox)");
  });

  test("to nobody is refused, and leaves nothing behind, with a tag or without", async () => {
    const { node, ana } = await lobby();
    for (const tag of ["", "#7 ", "#7 "])
      expect((await ana.type(`${tag}MSG yara oi`))[0]).toContain("(chat.unknown_id)");
    const nobodys = { type: "chat-person", after: "", keyPrefix: "yara", limit: 10 };
    expect(await node.stepped.system.store.keys(nobodys)).toEqual([]);
  });

  test("to an id that nobody has is refused in words", async () => {
    const { ana } = await lobby();
    expect(await ana.type("MSG zeca oi")).toEqual(["ERROR: Ninguém tem esse identificador (chat.unknown_id)."]);
  });
});

/** The key that a client's HELLO was answered with; asked for again, which it may. */
async function keyOf(client: { type(line: string): Promise<readonly string[]> }): Promise<string> {
  const [reply = ""] = await client.type("HELLO ana");
  return reply.split(" ")[2] ?? "";
}
