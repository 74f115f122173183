// Two people who publish and write to each other while everything is lost that can be: each message is shown once.
import { expect, test } from "bun:test";

import * as fc from "fast-check";

import { MessagingNode } from "#actors/messaging/test-desk.ts";
import { createRandom } from "#runtime/base/random.ts";

import { MenuClient } from "./menu-client.ts";
import { settle, TestClient, wait } from "./test-server.ts";

const NAMES = ["ana", "bea"] as const;

interface Step {
  readonly what: "publish" | "message" | "serve" | "hear" | "cut" | "miss" | "come back" | "restart";
  readonly who: number;
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom("publish", "message", "serve", "hear", "cut", "miss", "come back", "restart"),
  who: fc.nat(NAMES.length - 1),
});

/** Both logged in and subscribed to the same channel. */
async function start() {
  const node = await new MessagingNode().with({ users: NAMES, channels: ["geral"] });
  const clients = NAMES.map((user, index) => {
    const options = { user, where: "servidor" };
    return new TestClient(node, ({ stepped }) => new MenuClient(options, stepped.clock, createRandom(index)));
  });
  for (const client of clients) client.type("7 geral");
  await settle(node, ...clients);
  return { node, clients };
}

/** Texts with where they were said, in the order in which they were shown. */
function shownBy(client: TestClient): readonly string[] {
  return client.printed.flatMap((line) => /^\[\w+\] \w+: \w+ \d+(?= \[)/.exec(line) ?? []);
}

async function keptIn(node: MessagingNode, of: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { messages } = await node.ask("history", { ...of, count: 100 });
  const title = "channel" in of ? "geral" : "direta";
  return (messages as readonly { text: string }[]).map(
    ({ text }) => `[${title}] ${/^\S+ (\w+: \w+ \d+)/.exec(text)?.[1]}`,
  );
}

test("whatever is lost on the way, each message is kept once, and shown once, in its order", async () => {
  const property = fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
    const { node, clients } = await start();
    let said = 0;
    for (const { what, who } of steps) {
      const client = clients[who] as TestClient;
      if (what === "publish") client.type(`5 geral publicada ${++said}`);
      else if (what === "message") client.type(`6 ${NAMES[1 - who]} direta ${++said}`);
      else if (what === "serve") await client.serve();
      else if (what === "hear") client.goOn();
      else if (what === "cut") client.cut();
      else if (what === "miss") client.missPublications();
      else if (what === "come back") await wait(node, client);
      else {
        await node.stepped.restart();
        for (const each of clients) each.cut();
      }
    }
    // What comes after the last loss shows what was lost before.
    for (const client of clients) client.cut();
    await wait(node, ...clients);
    await wait(node, ...clients);
    const channel = await keptIn(node, { channel: "geral" });
    for (const [index, user] of NAMES.entries()) {
      const shown = shownBy(clients[index] as TestClient);
      expect(shown.filter((line) => line.startsWith("[geral]"))).toEqual([...channel]);
      expect(shown.filter((line) => line.startsWith("[direta]"))).toEqual([...(await keptIn(node, { user }))]);
    }
    const kept = [...channel, ...(await keptIn(node, { user: "ana" })), ...(await keptIn(node, { user: "bea" }))];
    expect(kept).toHaveLength(said);
  });
  await fc.assert(property, { numRuns: 60, seed: 5 });
});
