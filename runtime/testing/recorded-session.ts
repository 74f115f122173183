// A session that writes down all that it hears, and does on demand what sessions may do: fail, wait, end, stop, refuse.
import { Type as t } from "@sinclair/typebox";

import type { SessionContext } from "../core/context.ts";
import { session } from "../core/definition.ts";
import { ConnectionStandIn } from "./connection-stand-in.ts";
import { SteppedSystem } from "./stepped-system.ts";

type Self = SessionContext<{ seen: number }, string>;

/** What the session does on a message of that name, besides writing it down. */
const deeds: Readonly<Record<string, (self: Self) => void | Promise<void>>> = {
  crash: () => {
    throw new Error("session broke");
  },
  crashLater: async (self) => {
    await self.sleep(10);
    throw new Error("session broke later");
  },
  sleep: (self) => self.sleep(1_000),
  outlast: async (self) => {
    await self.sleep(1_000).catch(() => undefined);
    self.send("after the sleep");
  },
  hold: (self) => self.holdInput(true),
  letGo: (self) => self.holdInput(false),
  owe: (self) => self.holdOpen(true),
  pay: (self) => self.holdOpen(false),
  end: (self) => self.end("bye"),
  stop: (self) => self.stop(),
  refuse: (self) => {
    throw self.refuse("chat.not_now");
  },
};

/** A session on a connection that has no socket: what it hears is in `lines`, the signals of its reads in `signals`. */
export function openRecordedSession(options: { openedCrashes?: boolean; stateCrashes?: boolean } = {}) {
  const lines: string[] = [];
  const signals: AbortSignal[] = [];
  const Chat = session("chat", {
    state: () => {
      if (options.stateCrashes) throw new Error("no state");
      return { seen: 0 };
    },
    mailbox: { capacity: 4, bytes: 1_000 },
    opened(self: Self) {
      lines.push("opened");
      if (options.openedCrashes) throw new Error("not at home");
      self.send("welcome");
    },
    message(self: Self, name: string) {
      self.state.seen++;
      lines.push(name);
      return deeds[name]?.(self);
    },
    closed(self: Self, reason) {
      lines.push(`closed: ${reason} after ${self.state.seen}`);
      self.send("too late");
    },
  })
    .on("push", { in: t.String() }, (_, text) => void lines.push(`pushed ${text}`))
    .read("look", { in: t.Number() }, (self, delayMs) => {
      signals.push(self.signal);
      return self.sleep(delayMs);
    });
  const stepped = new SteppedSystem([Chat]);
  const connection = new ConnectionStandIn(stepped.system, Chat);
  const ref = stepped.system.ref(Chat, connection.id);
  return {
    stepped,
    clock: stepped.clock,
    lines,
    signals,
    Chat,
    connection,
    ref,
    stats: stepped.system.hosts[0]?.stats,
  };
}
