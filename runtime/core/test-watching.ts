// Watchers, plain and durable, which write down what they are told, and whom they may watch.
import { Type as t } from "@sinclair/typebox";

import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import type { ActorContext } from "./context.ts";
import { actor, session } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";

export const News = t.Object({ type: t.String(), key: t.String(), reason: t.String() });
const Named = t.Object({ type: t.String(), key: t.String() });
export const failing = { times: 0 };

export const common = { state: () => ({ count: 0 }), hibernateAfterMs: 1_000 };
const crash = (): never => {
  throw new Error("broke");
};
const Player = session("player", { state: () => ({}), message: () => undefined });
export const Plain = actor("plain", common)
  .on("touch", {}, ({ state }) => void state.count++)
  .on("stop", {}, (self) => self.stop())
  .on("crash", {}, crash);
export const Stored = actor("stored", { ...common, durable: true })
  .on("touch", {}, ({ state }) => void state.count++)
  .on("stop", {}, (self) => self.stop())
  .on("destroy", {}, (self) => self.destroy())
  .on("crash", {}, crash);

/** Two types of watchers, which write down what they are told. */
function watchers() {
  const lines: string[] = [];
  const note = (self: ActorContext<{ count: number }>, news: { type: string; key: string; reason: string }): void => {
    if (failing.times-- > 0) throw new Error("broke");
    lines.push(`${self.key}: ${news.type}/${news.key} ${news.reason}`);
  };
  const Watcher = actor("watcher", common)
    .on("watch", { in: Named }, (self, whom) => self.watch(whom, "lost"))
    .on("unwatch", { in: Named }, (self, whom) => self.unwatch(whom))
    .on("stop", {}, (self) => self.stop())
    .on("lost", { in: News }, note)
    .on("lostToo", { in: News }, (self, news) => note(self, { ...news, reason: `${news.reason} too` }))
    .on("watchToo", { in: Named }, (self, whom) => self.watch(whom, "lostToo"));
  const Keeper = actor("keeper", { ...common, durable: true })
    .on("watch", { in: Named }, (self, whom) => self.watch(whom, "lost"))
    .on("unwatch", { in: Named }, (self, whom) => self.unwatch(whom))
    .on("stop", {}, (self) => self.stop())
    .on("destroy", {}, (self) => self.destroy())
    .on("watchAndCrash", { in: Named }, (self, whom) => {
      self.watch(whom, "lost");
      throw new Error("broke");
    })
    .on("unwatchAndCrash", { in: Named }, (self, whom) => {
      self.unwatch(whom);
      throw new Error("broke");
    })
    .on("watchLater", { in: t.Number() }, async (self, delayMs) => {
      self.watch({ type: "plain", key: "p" }, "lost");
      await self.sleep(delayMs);
      self.watch({ type: "plain", key: "p" }, "lost");
    })
    .on("watchAgain", {}, ({ state }) => void (state.count = 1))
    .on("lost", { in: News }, (self, news) => {
      note(self, news);
      if (self.state.count > 0) self.watch(news, "lost");
    });
  return { lines, Watcher, Keeper, types: [Watcher, Keeper, Player, Plain, Stored] };
}

export async function startWatching() {
  failing.times = 0;
  const kinds = watchers();
  const node = await startNode(kinds.types);
  const refs = (on: TestNode) => ({
    watcher: on.ref(kinds.Watcher, "w"),
    keeper: on.ref(kinds.Keeper, "k"),
    plain: on.ref(Plain, "p"),
    stored: on.ref(Stored, "s"),
  });
  const open = (id: string): ConnectionStandIn => new ConnectionStandIn(node.system, Player, id);
  return { ...kinds, node, clock: node.clock, refs, ...refs(node), open };
}

export const plainP = { type: "plain", key: "p" };
export const storedS = { type: "stored", key: "s" };
