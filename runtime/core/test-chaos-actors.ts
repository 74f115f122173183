// A plain actor, a durable one, a book and a guest, for tests of all that there is at once.
import { Type as t } from "@sinclair/typebox";

import type { DurableContext, SessionContext } from "./context.ts";
import { actor, type AnyActorType, session } from "./definition.ts";
import { clerks } from "./test-chaos-clerk.ts";
import { call, createDeeds } from "./test-chaos-deeds.ts";
import type { Book, Ledger } from "./test-chaos-ledger.ts";
import { phoenix } from "./test-chaos-phoenix.ts";
import { type Chaos, type Counted, type Self } from "./test-chaos.ts";

type Scope = ReturnType<typeof scopeOf>;

const common = { state: (): Counted => ({ turns: 0 }), hibernateAfterMs: 200 };

/** As one version of the program has them: states of each earlier one are upgraded. */
export function chaosActors(chaos: Chaos, ledger: Ledger, version: number): readonly AnyActorType[] {
  const scope = scopeOf(chaos, ledger, version);
  return [plain(scope), stored(scope), book(scope), guest(scope), ...clerks(scope), phoenix(chaos, version)];
}

function scopeOf(chaos: Chaos, ledger: Ledger, version: number) {
  const deeds = createDeeds(chaos, ledger);
  const lost = (): void => {
    if (chaos.trouble(0.3)) throw new Error("broke");
  };
  const handler = (type: string, among: keyof typeof deeds) => (self: unknown) =>
    chaos.handle(
      { type, version, kind: among === "reading" ? "look" : "write" },
      { self: self as Self, deeds: deeds[among] },
    );
  return { chaos, ledger, version, lost, handler };
}

function plain({ lost, handler }: Scope) {
  return actor("plain", { ...common, mailbox: { capacity: 6 } })
    .on("write", {}, handler("plain", "writing"))
    .on("lost", { in: t.Unknown() }, lost)
    .on("heard", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => self.cancelTimer("often"))
    .read("look", {}, handler("plain", "reading"));
}

function stored({ lost, handler }: Scope) {
  return actor("stored", { ...common, durable: true, mailbox: { capacity: 6, bytes: 400 } })
    .on("write", {}, handler("stored", "storing"))
    .on("lost", { in: t.Unknown() }, lost)
    .on("heard", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => {
      self.cancelTimer("often");
      self.cancelAlarm("tea");
    })
    .read("look", {}, handler("stored", "reading"));
}

/** Its steps of upgrading may crash, and each is run once for a state. */
function book(scope: Scope) {
  const { chaos, ledger, version, lost, handler } = scope;
  const step = (old: Book): Book => {
    if (chaos.trouble(0.2)) throw new Error("broke");
    return { ...old, version: old.version + 1 };
  };
  return actor("book", {
    state: (): Book => ({ turns: 0, marks: {}, last: 0, version }),
    hibernateAfterMs: 200,
    durable: true,
    version,
    upgrade: Object.fromEntries(Array.from({ length: version }, (_, from) => [from, step])),
    indexed: ["last"],
  })
    .on("mark", { in: t.Object({ id: t.Integer() }), out: t.Integer() }, (self, { id }) => mark(self, id, scope))
    .on("close", { in: t.Boolean() }, (self, isRefused) => {
      ledger.destroyed(self.key);
      self.destroy();
      if (isRefused) throw self.refuse("chaos.closed");
    })
    .on("remind", { in: t.Object({ name: t.String(), afterMs: t.Integer() }) }, (self, { name, afterMs }) => {
      self.alarm(name, { afterMs, send: "ring", input: name });
    })
    .on("ring", { in: t.String() }, (_, name) => ring(name, scope))
    .on("write", {}, handler("book", "writing"))
    .on("lost", { in: t.Unknown() }, lost)
    .on("heard", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => self.cancelTimer("often"))
    .read("look", {}, handler("book", "reading"));
}

async function mark(self: DurableContext<Book>, id: number, scope: Scope): Promise<number> {
  const { chaos, version } = scope;
  const { state, key, rows } = self;
  const name = String(id);
  if (state.version !== version) chaos.wrong.push(`book/${key} has version ${state.version}, not ${version}`);
  if (chaos.chance(0.1)) await self.sleep(chaos.below(20));
  // An ask is a checkpoint: what was changed before it stays when the turn crashes after it.
  if (chaos.trouble(0.2)) await call(self, chaos);
  const row = await rows.get(name);
  if (version === chaos.version && row !== state.marks[name]) chaos.wrong.push(`book/${key}: ${name} is no row`);
  state.marks[name] = (state.marks[name] ?? 0) + 1;
  state.last = id;
  rows.put(name, state.marks[name]);
  if (chaos.trouble(0.1)) await spoil(self, name, id, scope);
  if (chaos.trouble(0.1)) throw new Error("broke");
  if (chaos.trouble(0.1)) throw self.refuse("chaos.no");
  if (chaos.chance(0.05)) self.stop();
  return id;
}

/** Crashes after an ask: the mark is made, and what is changed after it is not. Under a name it would be made again. */
async function spoil(self: DurableContext<Book>, name: string, id: number, { chaos, ledger }: Scope): Promise<void> {
  if (ledger.marks.some((each) => each.id === id && each.once !== undefined)) return;
  await call(self, chaos);
  self.state.marks[name] = -1;
  self.rows.put(name, -1);
  throw new Error("broke");
}

/** Breaks once at most: after three crashes it would be put aside. */
function ring(name: string, { chaos, ledger }: Scope): void {
  if (!ledger.broke.has(name) && chaos.trouble(0.3)) {
    ledger.broke.add(name);
    throw new Error("broke");
  }
  ledger.came.add(name);
}

function guest({ chaos, ledger, version, lost, handler }: Scope) {
  const visit = handler("guest", "visiting");
  return session("guest", {
    ...common,
    mailbox: { capacity: 6 },
    opened: visit,
    message: (self: SessionContext<Counted, unknown>, text: string) => {
      if (text === "sync") return void self.send(self.state.turns++);
      return visit(self);
    },
    closed: async (self) => {
      if (version === chaos.version) ledger.countClosed(self.key);
      if (chaos.chance(0.3)) await visit(self);
    },
  })
    .on("write", {}, visit)
    .on("lost", { in: t.Unknown() }, lost)
    .on("heard", { in: t.Unknown() }, lost)
    .on("calmDown", {}, (self) => self.cancelTimer("often"))
    .read("look", {}, handler("guest", "reading"));
}
