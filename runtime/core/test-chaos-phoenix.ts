// An actor that is destroyed again and again, and sets the same alarm for the same time each time that it is there.
import { Type as t } from "@sinclair/typebox";

import type { DurableContext } from "./context.ts";
import { actor, type AnyActorType } from "./definition.ts";
import type { Addressable } from "./shape.ts";
import type { Chaos } from "./test-chaos.ts";

interface Phoenix {
  /** The number of its alarm, while it has one. */
  waits?: number;
}

interface Methods {
  readonly burn: { readonly in: undefined; readonly out: void };
  readonly nap: { readonly in: number; readonly out: void };
  readonly set: { readonly in: { id: number; at: number }; readonly out: void };
}

export const PHOENIX = { name: "phoenix" } as Addressable<Methods>;

export function phoenix(chaos: Chaos, version: number): AnyActorType {
  return actor("phoenix", { state: (): Phoenix => ({}), durable: true, hibernateAfterMs: 200 })
    .on("burn", {}, (self) => self.destroy())
    .on("nap", { in: t.Integer() }, (self, delayMs) => self.sleep(delayMs))
    .on("set", { in: t.Object({ id: t.Integer(), at: t.Integer() }) }, (self, { id, at }) => {
      self.alarm("wake", { at, send: "wake", input: id });
      self.state.waits = id;
    })
    .on("wake", { in: t.Integer() }, (self, id) => {
      if (version === chaos.version) wake(self, id, chaos);
    });
}

/** Of an earlier life, or replaced, it does not come, though it was due at the same time. */
function wake({ key, state }: DurableContext<Phoenix>, id: number, chaos: Chaos): void {
  if (state.waits !== id) chaos.wrong.push(`phoenix/${key}: alarm ${id} came, not ${state.waits}`);
  delete state.waits;
}
