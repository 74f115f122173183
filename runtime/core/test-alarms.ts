// A durable actor with alarms, which writes down each time that one of them brings it a turn.
import { Type as t } from "@sinclair/typebox";

import { MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
import type { AlarmOptions, DurableContext } from "./context.ts";
import { actor, type AnyActorType } from "./definition.ts";
import { startNode, type TestNode } from "./test-node.ts";

type State = { rung: number };
type Deed = (self: DurableContext<State>) => void | Promise<void>;

export async function startAlarms(others: readonly AnyActorType[] = [], mailbox: { readonly capacity?: number } = {}) {
  const disk = new MemoryDisk();
  /** `name input at +ms`, in milliseconds from the start of the test. */
  const rings: string[] = [];
  const ids: string[] = [];
  /** What the actor does when it rings, and when it is told to do something. */
  const deeds: { ring: Deed; next: Deed } = { ring: () => undefined, next: () => undefined };
  const start = { unixMs: 0 };
  const Alarmed = actor("alarmed", {
    state: (): State => ({ rung: 0 }),
    durable: true,
    hibernateAfterMs: 10_000,
    mailbox,
  })
    .on("ring", { in: t.Unknown() }, (self, input) => {
      self.state.rung++;
      rings.push(`${self.fired?.name} ${JSON.stringify(input)} at +${self.unixMs() - start.unixMs}`);
      ids.push(self.fired?.id ?? "");
      return deeds.ring(self);
    })
    .on("wait", { in: t.Number() }, (self, delayMs) => self.sleep(delayMs))
    .on("do", {}, (self) => deeds.next(self))
    .read("rung", { out: t.Integer() }, ({ state }) => state.rung);
  const node = await startNode([Alarmed, ...others], { open: () => openMemoryStore(disk) });
  start.unixMs = node.clock.unixMs();
  const act =
    (on: TestNode) =>
    async (deed: Deed): Promise<void> => {
      deeds.next = deed;
      await on.answer(on.ref(Alarmed, "a").do());
    };
  const set = (name: string, options: Omit<AlarmOptions, "send">): Promise<void> =>
    act(node)((self) => self.alarm(name, { ...options, send: "ring" }));
  const ref = node.ref(Alarmed, "a");
  return { node, clock: node.clock, store: node.store, disk, Alarmed, ref, rings, ids, deeds, start, set, act };
}
