// A person at the messaging client, for tests: opened, logged in, and saying things one after the other.
import { MessagingNode } from "#actors/messaging/test-desk.ts";
import { createRandom } from "#runtime/base/random.ts";

import { MenuClient } from "./menu-client.ts";
import { settle, TestClient } from "./test-server.ts";

/** With somebody to write to, and a channel. */
export function createNode(): Promise<MessagingNode> {
  return new MessagingNode().with({ users: ["bea"], channels: ["geral"] });
}

export function openClient(node: MessagingNode, user?: string): TestClient {
  const options = { user, where: "servidor:5555" };
  return new TestClient(node, ({ stepped: { clock } }) => new MenuClient(options, clock, createRandom(1)));
}

/** Connected and, where there is a name, logged in; what was printed until then is forgotten. */
export async function enter(node: MessagingNode, user?: string): Promise<TestClient> {
  const client = openClient(node, user);
  await settle(node, client);
  client.printed.length = 0;
  return client;
}

/** What the lines lead to. */
export async function say(
  node: MessagingNode,
  client: TestClient,
  ...lines: readonly string[]
): Promise<readonly string[]> {
  client.printed.length = 0;
  for (const line of lines) {
    client.type(line);
    await settle(node, client);
  }
  return client.printed.map((line) => line.replace(/ \(clock=\d+\)$/, ""));
}
