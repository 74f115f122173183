// What is for a player reaches the connection that he is on by now, and nobody else who has that connection.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { MatchNode } from "./test-players.ts";

const YES = "answer;ana;True;5001;beto;5002";
const ANSWER = "answer;beto;True;127.0.0.1;5001;5002";

async function invited() {
  const node = new MatchNode();
  const [ana, beto] = [await node.player("ana"), await node.player("beto")];
  const key = await ana.resumeKey();
  await ana.send("begin;beto;ana");
  beto.take();
  return { node, ana, beto, resume: `resume;ana;${key}\n` };
}

describe("a host who resumes", () => {
  test("while the guest says yes is told so once by the connection that he is on, in any order", async () => {
    const answers: string[] = [];
    for (let steps = 0; steps < 30; steps++) {
      const { node, ana, beto, resume } = await invited();
      const again = node.connect();
      beto.connection.deliver(`${YES}\n`);
      for (let step = 0; step < steps; step++) await node.stepped.step();
      again.connection.deliver(resume);
      await node.stepped.clock.settle();
      const [reply = "", ...lines] = [...beto.take(), ...again.take()];
      answers.push(reply);
      expect([steps, ana.endReason]).toEqual([steps, "replaced"]);
      expect([steps, reply, lines]).toEqual([steps, "answerACK", ["resumeACK;ana", ANSWER]]);
    }
    expect(answers).toContain("answerACK");
  });

  test("into a match between peers is told again where to connect to", async () => {
    const { node, ana, beto, resume } = await invited();
    await beto.send(YES);
    await ana.lose();
    expect(await node.connect().sendRaw(resume)).toEqual(["resumeACK;ana", ANSWER]);
  });
});

describe("a guest who resumes", () => {
  test("on another connection is told of the invitations that are open", async () => {
    const node = new MatchNode();
    const [ana, beto] = [await node.player("ana"), await node.player("beto")];
    const key = await beto.resumeKey();
    await ana.send("begin;beto;ana");
    const again = node.connect();
    expect(await again.send(`resume;beto;${key}`)).toEqual(["resumeACK;beto", "invite;ana"]);
    expect(await again.send(YES)).toEqual(["answerACK"]);
  });

  test("into a match between peers needs to be told nothing: the host comes to him", async () => {
    const { node, beto } = await invited();
    const key = await beto.resumeKey();
    await beto.send(YES);
    expect(await node.connect().send(`resume;beto;${key}`)).toEqual(["resumeACK;beto"]);
  });
});

test("what is for a player is not told to whoever logs in behind him on his connection", async () => {
  for (let steps = 0; steps < 30; steps++) {
    const { node, ana, beto } = await invited();
    await node.player("caio");
    await node.stepped.advance(limits.loginsPerAddressEveryMs * 4);
    beto.connection.deliver(`${YES}\n`);
    ana.connection.deliver("logout\n", "login;davi;segredo\n", "adduser;davi;segredo\n", "login;davi;segredo\n");
    for (let step = 0; step < steps; step++) await node.stepped.step();
    await node.stepped.clock.settle();
    const lines = ana.take();
    expect([steps, lines.slice(lines.indexOf("logoutACK")).filter((line) => line.startsWith("answer;"))]).toEqual([
      steps,
      [],
    ]);
  }
});

test("a password that is changed ends the key, also where the player is on another connection by then", async () => {
  for (let steps = 0; steps < 12; steps++) {
    const node = new MatchNode();
    const ana = await node.player("ana");
    const key = await ana.resumeKey();
    ana.connection.deliver("passwd;ana;segredo;outra\n");
    for (let step = 0; step < steps; step++) await node.stepped.step();
    const thief = node.connect();
    await thief.send(`resume;ana;${key}`);
    await node.stepped.clock.settle();
    expect([steps, await node.connect().send(`resume;ana;${key}`)]).toEqual([steps, ["resumeERR;Wrong Key"]]);
  }
});
