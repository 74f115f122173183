// The lobby as players see it: who is there, invitations and their answers, those that cross, and what is no answer.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { Lobby } from "./lobby.ts";
import { LOBBY_KEY } from "./match-addresses.ts";
import { MatchNode, type TestConnection } from "./test-players.ts";

interface Three {
  readonly node: MatchNode;
  readonly ana: TestConnection;
  readonly beto: TestConnection;
  readonly caio: TestConnection;
}

async function three(node = new MatchNode()): Promise<Three> {
  const [ana, beto, caio] = [await node.player("ana"), await node.player("beto"), await node.player("caio")];
  return { node, ana, beto, caio };
}

const YES = "answer;ana;True;5001;beto;5002";

describe("the list", () => {
  test("has who is logged in, by name, and goes on from any of them", async () => {
    const { node, ana } = await three();
    const guest = node.connect();
    expect(await guest.send("list", "list;ana", "list;caio", "list;")).toEqual([
      "listACK;ana;beto;caio",
      "listACK;beto;caio",
      "listACK",
      "listACK;ana;beto;caio",
    ]);
    await ana.send("logout");
    expect(await guest.send("list")).toEqual(["listACK;beto;caio"]);
  });

  test("loses who loses the connection", async () => {
    const { node, ana } = await three();
    await ana.lose();
    expect(await node.connect().send("list")).toEqual(["listACK;beto;caio"]);
  });

  test("shows a name as it was written first", async () => {
    const node = new MatchNode();
    await node.connect().send("adduser;Ana;segredo");
    const ana = node.connect();
    expect(await ana.send("login;Ana;segredo", "list")).toEqual(["loginACK;Ana", "listACK;Ana"]);
    await ana.send("logout");
    expect(await ana.send("login;ANA;segredo")).toEqual(["loginACK;Ana"]);
  });

  test("is whole again after a crash of the lobby", async () => {
    const { node } = await three(new MatchNode({ development: false }));
    node.stepped.ref(Lobby, LOBBY_KEY).tell.over({ id: "", by: "", keys: 5 as never });
    await node.stepped.clock.settle();
    expect(node.stepped.crashes).toHaveLength(1);
    expect(await node.connect().send("list")).toEqual(["listACK"]);
    expect(await node.connect().send("list")).toEqual(["listACK;ana;beto;caio"]);
  });
});

describe("an invitation", () => {
  test("reaches the guest, and the answer the host", async () => {
    const { ana, beto } = await three();
    expect(await ana.send("begin;beto;ana")).toEqual(["beginACK"]);
    expect(beto.take()).toEqual(["invite;ana"]);
    expect(await beto.send(YES)).toEqual(["answerACK"]);
    expect(ana.take()).toEqual(["answer;beto;True;127.0.0.1;5001;5002"]);
  });

  test("to a hosted match says so, and brings both a board", async () => {
    const { ana, beto } = await three();
    await ana.send("begin;beto;ana;hosted");
    expect(beto.take()).toEqual(["invite;ana;hosted"]);
    const [reply, board = ""] = await beto.send("answer;ana;True");
    expect(reply).toBe("answerACK");
    expect(board).toMatch(/^match;[a-z0-9]{12};ana;beto;\.{9};0;ana;30000$/);
    expect(ana.take()).toEqual(["answer;beto;True", board]);
  });

  test("may be declined", async () => {
    const { ana, beto } = await three();
    await ana.send("begin;beto;ana");
    expect(await beto.send("answer;ana;False")).toEqual(["answerACK"]);
    expect(ana.take()).toEqual(["answer;beto;False"]);
    expect(await ana.send("begin;beto;ana")).toEqual(["beginACK"]);
  });

  test("that nobody answers is declined after a while", async () => {
    const { node, ana, beto } = await three();
    await ana.send("begin;beto;ana");
    await node.stepped.advance(limits.invitationMs + 1_000);
    expect(ana.take()).toEqual(["answer;beto;False"]);
    expect(await beto.send(YES)).toEqual(["answerERR;No such invitation"]);
  });

  test("is declined when the guest goes, or plays with another", async () => {
    const { node, ana, beto, caio } = await three();
    await ana.send("begin;beto;ana");
    await beto.lose();
    expect(ana.take()).toEqual(["answer;beto;False"]);
    const davi = await node.player("davi");
    await ana.send("begin;caio;ana");
    await davi.send("begin;caio;davi");
    expect(caio.take()).toEqual(["invite;ana", "invite;davi"]);
    await caio.send("answer;davi;True;5001;caio;5002");
    expect(ana.take()).toEqual(["answer;caio;False"]);
  });

  test("goes with its host", async () => {
    const { ana, beto } = await three();
    await ana.send("begin;beto;ana");
    await ana.lose();
    expect(await beto.send(YES)).toEqual(["answerERR;No such invitation"]);
  });

  test.each([
    ["begin;davi;ana", "beginERR;Invited user not connected"],
    ["begin;;ana", "beginERR;Invited user not connected"],
    ["begin;a b;ana", "beginERR;Invited user not connected"],
    ["begin;beto;caio", "beginERR;Inviting user is not you"],
    ["begin;ana;ana", "beginERR;Cannot invite yourself"],
    ["begin;beto", "beginERR;Wrong Number of Arguments"],
    ["begin;beto;ana;chess", "beginERR;Invalid kind"],
    ["begin;beto;ana;hosted;1", "beginERR;Wrong Number of Arguments"],
  ])("%s is answered %s", async (message, reply) => {
    const { ana, beto } = await three();
    expect(await ana.send(message)).toEqual([reply]);
    expect(beto.take()).toEqual([]);
  });

  test("is one at a time for a host", async () => {
    const { ana } = await three();
    await ana.send("begin;beto;ana");
    expect(await ana.send("begin;caio;ana")).toEqual(["beginERR;Already inviting"]);
  });

  test("is one of eight at most for a guest", async () => {
    const { node, ana } = await three();
    const replies: string[] = [];
    for (let count = 0; count <= limits.invitationsPerGuestMax; count++) {
      await node.stepped.advance(limits.loginsPerAddressEveryMs * 2);
      const host = await node.player(`h${count}`);
      replies.push(...(await host.send(`begin;ana;h${count}`)));
    }
    expect(replies.slice(-2)).toEqual(["beginACK", "beginERR;Too many invitations"]);
    expect(ana.take()).toHaveLength(limits.invitationsPerGuestMax);
  });

  test("that follow one another without end reach a guest at a bounded pace, whoever sends them", async () => {
    const { node, ana, beto, caio } = await three();
    const replies: string[] = [];
    for (let count = 0; count <= limits.invitationsPerGuestBurst / 2; count++) {
      for (const [host, name] of [
        [ana, "ana"],
        [caio, "caio"],
      ] as const) {
        replies.push(...(await host.send(`begin;beto;${name}`)));
        await beto.send(`answer;${name};False`);
      }
    }
    replies.length = limits.invitationsPerGuestBurst + 1;
    expect(replies.slice(-2)).toEqual(["beginACK", "beginERR;Too many invitations"]);
    await node.stepped.advance(limits.invitationsPerGuestEveryMs);
    expect(await ana.send("begin;beto;ana")).toEqual(["beginACK"]);
  });

  test("cost a session more than other commands: what comes of them is stored", async () => {
    const { node, ana } = await three();
    const many = Math.ceil(limits.commandsBurst / limits.invitationCost) + 1;
    const replies = await ana.send(...Array.from({ length: many }, () => "begin;davi;ana"), "list");
    expect(replies.length).toBeLessThan(many);
    await node.stepped.advance(1_000);
    expect(ana.take().at(-1)).toStartWith("listACK");
  });

  test("is none to or by somebody who plays", async () => {
    const { ana, beto, caio } = await three();
    await ana.send("begin;beto;ana");
    await beto.send(YES);
    expect(await caio.send("begin;ana;caio")).toEqual(["beginERR;Invited user currently in a match"]);
    expect(await ana.send("begin;caio;ana")).toEqual(["beginERR;Inviting User currently in a match"]);
  });
});

describe("an answer", () => {
  test.each([
    ["answer;caio;True;5001;beto;5002", "answerERR;No such invitation"],
    ["answer;caio;False", "answerERR;No such invitation"],
    ["answer;beto;False", "answerERR;No such invitation"],
    ["answer;ana;True", "answerERR;Wrong Number of Arguments"],
    ["answer;ana;True;5001", "answerERR;Wrong Number of Arguments"],
    ["answer;ana;Maybe", "answerERR;Invalid answer"],
    ["answer;ana;True;80;beto;5002", "answerERR;Invalid Port"],
    ["answer;ana;True;5001;beto;99999", "answerERR;Invalid Port"],
    ["answer;ana;True;10.0.0.1:5001;beto;5002", "answerERR;Invalid Port"],
    ["answer;ana;True;5001;caio;5002", "answerERR;Answering user is not you"],
  ])("%s is answered %s, and the invitation stays", async (message, reply) => {
    const { ana, beto } = await three();
    await ana.send("begin;beto;ana");
    expect(await beto.send(message)).toEqual([reply]);
    expect(await beto.send(YES)).toEqual(["answerACK"]);
  });

  test("to somebody else's invitation is none", async () => {
    const { ana, caio } = await three();
    await ana.send("begin;beto;ana");
    expect(await caio.send("answer;ana;True;5001;caio;5002")).toEqual(["answerERR;No such invitation"]);
  });
});

describe("invitations that cross", () => {
  test("to a match between peers: that of the first by name stands, where it came first", async () => {
    const { ana, beto } = await three();
    await ana.send("begin;beto;ana");
    expect(await beto.send("begin;ana;beto")).toEqual(["beginERR;Invited user has invited you"]);
    expect(await beto.send(YES)).toEqual(["answerACK"]);
  });

  test("and where it came second", async () => {
    const { ana, beto } = await three();
    await beto.send("begin;ana;beto");
    expect(ana.take()).toEqual(["invite;beto"]);
    expect(await ana.send("begin;beto;ana")).toEqual(["beginACK"]);
    expect(beto.take()).toEqual(["answer;ana;False", "invite;ana"]);
    expect(await ana.send("answer;beto;True;5001;ana;5002")).toEqual(["answerERR;No such invitation"]);
    expect(await beto.send(YES)).toEqual(["answerACK"]);
  });

  test.each(["ana", "beto"])(
    "to a hosted one: both want it, and the first by name hosts, whoever asks first (%s)",
    async (first) => {
      const { ana, beto } = await three();
      const [one, other] = first === "ana" ? [ana, beto] : [beto, ana];
      const [oneName, otherName] = first === "ana" ? ["ana", "beto"] : ["beto", "ana"];
      await one.send(`begin;${otherName};${oneName};hosted`);
      const lines = await other.send(`begin;${oneName};${otherName};hosted`);
      expect(lines.slice(0, 2)).toEqual(["beginACK", `answer;${oneName};True`]);
      expect(lines[2]).toMatch(/^match;\w{12};ana;beto;/);
      expect(one.take()).toEqual([`answer;${otherName};True`, lines[2] ?? ""]);
    },
  );
});
