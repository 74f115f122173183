// What actors do in tests of all that there is at once: to each other, to themselves, and wrong.
import { Type as t } from "@sinclair/typebox";

import { isStoreFailure } from "./errors.ts";
import type { Addressable } from "./shape.ts";
import type { Ledger } from "./test-chaos-ledger.ts";
import { type Chaos, type Deed, KEYS, METHODS, type Self } from "./test-chaos.ts";
import { topic } from "./topic.ts";

interface Takes<In, Out = void> {
  readonly in: In;
  readonly out: Out;
}

/** What everybody can be asked. */
interface Common {
  readonly write: Takes<undefined>;
  readonly look: Takes<undefined>;
  readonly calmDown: Takes<undefined>;
}

interface OfBooks {
  readonly mark: Takes<{ id: number }, number>;
  readonly close: Takes<boolean>;
  readonly remind: Takes<{ name: string; afterMs: number }>;
}

export const BOOK = { name: "book" } as Addressable<Common & OfBooks>;
export const GUESTS = 20;
const news = topic("news", t.Unknown());

/** An actor type by its name: refs need no more of it. */
export function named(name: string): Addressable<Common> {
  return { name } as Addressable<Common>;
}

/** What they do, by what they are: each may do all that comes before, and more. */
export function createDeeds(chaos: Chaos, ledger: Ledger) {
  const reading = [...looking(chaos), (self: Self) => mark(self, chaos, ledger)];
  const writing = [...reading, ...reading, ...changing(chaos), ...reaching(chaos)];
  const storing: readonly Deed[] = [
    ...writing,
    (self) => self.alarm?.(chaos.pick(["tea", "cake"]), { afterMs: chaos.below(300), send: "write" }),
    (self) => self.alarm?.("tea", { everyMs: 200, send: "write" }),
    (self) => self.cancelAlarm?.("tea"),
    (self) => self.rows?.put(chaos.pick(KEYS), chaos.below(100)),
    (self) => self.destroy?.(),
  ];
  const visiting: readonly Deed[] = [
    ...writing,
    (self) => markOrEnd(self, chaos, ledger),
    (self) => self.send?.(chaos.below(100)),
    (self) => self.forward?.(news("all")),
    (self) => (chaos.chance(0.2) ? self.end?.("enough") : undefined),
  ];
  return { reading, writing, storing, visiting };
}

/** Asks another, or itself; how that ends does not matter. */
export function call(self: Self, chaos: Chaos): Promise<unknown> {
  const { type, key } = chaos.whom;
  const ref = self.ref(named(type), key);
  return ref[chaos.pick(METHODS)](undefined, { timeoutMs: 500 }).catch(() => undefined);
}

async function mark(self: Self, chaos: Chaos, ledger: Ledger): Promise<void> {
  const { id, key, answers } = ledger.mark(chaos.pick(KEYS));
  try {
    answers.push(await self.ref(BOOK, key).mark({ id }));
  } catch {
    // Whether it was made is not known.
  }
}

/** A session lets an error of the store pass. */
async function markOrEnd(self: Self, chaos: Chaos, ledger: Ledger): Promise<void> {
  const { version } = chaos;
  const { id, key, answers } = ledger.mark(chaos.pick(KEYS));
  try {
    answers.push(await self.ref(BOOK, key).mark({ id }));
  } catch (error) {
    if (!isStoreFailure(error)) return;
    if (version === chaos.version) ledger.passed.add(self.key);
    throw error;
  }
}

function looking(chaos: Chaos): readonly Deed[] {
  return [
    (self) => self.sleep(chaos.below(30)),
    (self) => call(self, chaos),
    (self) => Promise.all([call(self, chaos), call(self, chaos)]),
    () => undefined,
    () => Promise.reject(new Error("broke")),
    (self) => Promise.reject(self.refuse("chaos.no")),
  ];
}

function changing(chaos: Chaos): readonly Deed[] {
  return [
    (self) => self.timer("once", { afterMs: 20, send: "write" }),
    (self) => self.timer("often", { everyMs: 40, send: chaos.pick(METHODS) }),
    (self) => self.cancelTimer("often"),
    (self) => self.subscribe(news("all"), chaos.pick(["heard", "write"])),
    (self) => self.unsubscribe(news("all")),
    (self) => self.stop(),
  ];
}

function reaching(chaos: Chaos): readonly Deed[] {
  const guest = (): string => String(chaos.below(GUESTS));
  const lookAt = (self: Self): Promise<unknown> =>
    self.ref(named("guest"), guest()).look(undefined, { timeoutMs: 300 });
  return [
    (self) => self.watch(chaos.whom, "lost"),
    (self) => self.watch({ type: "guest", key: guest() }, "lost"),
    (self) => self.unwatch(chaos.whom),
    (self) => self.publish(news("all"), null),
    (self) => self.ref(named("plain"), chaos.pick(KEYS)).tell.write(),
    (self) => self.ref(named("guest"), guest()).tell.write(),
    (self) => lookAt(self).catch(() => undefined),
  ];
}
