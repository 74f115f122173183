// One life of a node in tests of all that there is at once: how it drains, is overtaken, starts again, comes to rest.
import { limits } from "../limits.ts";
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import type { Gone } from "./context.ts";
import type { DeadLetter } from "./dead-letters.ts";
import type { AnyActorType } from "./definition.ts";
import { chaosActors } from "./test-chaos-actors.ts";
import { BOOK, GUESTS, named } from "./test-chaos-deeds.ts";
import type { Ledger } from "./test-chaos-ledger.ts";
import { type Chaos, KEYS, KINDS } from "./test-chaos.ts";
import { type NodeOptions, startNode, type TestNode } from "./test-node.ts";
import type { TypeHost } from "./type-host.ts";

type Named = { readonly type: string; readonly key: string };

/** Crashes that are meant, and what the core says when it could not do what it was asked. */
const EXPECTED = /: (broke|the disk|the answer|Cannot (deliver|handle|run|watch|subscribe|hold|go on|add|reach))|chaos/;

export class Life {
  readonly chaos: Chaos;
  readonly ledger: Ledger;
  readonly node: TestNode;
  readonly connections: ConnectionStandIn[] = [];
  /** Asks from outside that have not ended. */
  open = 0;
  readonly #version: number;

  constructor(chaos: Chaos, ledger: Ledger, node: TestNode) {
    this.chaos = chaos;
    this.ledger = ledger;
    this.node = node;
    this.#version = chaos.version;
    const { watches } = node.system;
    const gone = watches.gone.bind(watches);
    watches.gone = (who) => {
      this.#isGone(who);
      gone(who);
    };
    const { skips } = ledger.promises;
    ledger.promises.isShut = (who) => this.#isShut(who);
    skips.restarted(
      node.clock.unixMs(),
      KEYS.filter((key) => this.#isShut({ type: "clerk", key })),
    );
  }

  #isShut({ type, key }: Named): boolean {
    return this.#host(type)?.quarantined.has(key) === true;
  }

  #host(type: string): TypeHost | undefined {
    return this.node.system.hosts.find((host) => host.type.name === type);
  }

  #isGone(who: Gone): void {
    const { skips, news } = this.ledger.promises;
    if (this.#version !== this.chaos.version) return;
    news.gone(who);
    if (who.type === "clerk" && who.reason === "quarantined") skips.shut(who.key, this.node.clock.unixMs());
  }

  /** After each act: what anybody can see by now. */
  look(): void {
    const { skips, news } = this.ledger.promises;
    const now = this.node.clock.unixMs();
    for (const key of KEYS) {
      skips.seen(key, this.#isShut({ type: "clerk", key }), now);
      const cell = this.#host("clerk")?.cells.get(key);
      const isQuiet = cell === undefined || (cell.quiet && cell.durable?.clean === true);
      if (isQuiet) this.chaos.wrong.push(...news.quiet(key, (slot) => this.hasNewsLetter(key, slot)));
    }
  }

  hasNewsLetter(key: string, slot: number): boolean {
    return this.node.letters.some((letter) => letter.startsWith(`clerk/${key}.news${slot}:`));
  }

  /** Timers run at their own times. */
  async pass(delayMs: number): Promise<void> {
    const { chaos, connections, ledger, node } = this;
    this.look();
    const from = node.clock.unixMs();
    await node.clock.advance(delayMs);
    ledger.promises.skips.passed(from, node.clock.unixMs());
    this.look();
    const stay = connections.filter(({ id, endReason }) => ledger.passed.has(id) && endReason === undefined);
    chaos.wrong.push(...stay.map(({ id }) => `guest/${id} let an error of the store pass, and goes on`));
    ledger.passed.clear();
  }

  stepUnix(changeMs: number): void {
    const { clock } = this.node;
    const before = clock.unixMs();
    clock.stepUnix(changeMs);
    this.ledger.promises.skips.stepped(before, clock.unixMs());
  }

  add(asked: Promise<unknown>): void {
    this.open++;
    const ended = (): void => void this.open--;
    asked.then(ended, ended);
  }

  connect(): void {
    const { connections, node } = this;
    if (connections.length < GUESTS)
      connections.push(new ConnectionStandIn(node.system, guestOf(node), String(connections.length)));
  }

  letters(): Promise<readonly DeadLetter[]> {
    return this.node.system.letters.list(Number.MAX_SAFE_INTEGER, limits.deadLettersMax);
  }

  /** In order: what was accepted is answered. */
  async drain(): Promise<void> {
    const { chaos, node, connections } = this;
    for (const connection of connections) {
      if (connection.endReason === undefined) connection.cell.resume();
      if (chaos.chance(0.5)) connection.end("drain");
    }
    const drained = watch(node.system.drain());
    await node.clock.advance(chaos.below(50));
    if (chaos.chance(0.5)) node.store.refusal = new Error("the disk is gone");
    node.store.letGo();
    node.store.loadRefusal = node.store.changesRefusal = undefined;
    await node.clock.advance(60_000);
    if (drained.outcome.kind !== "answered") chaos.wrong.push(`not drained: ${residents(node)}`);
    if (this.open > 0) chaos.wrong.push(`${this.open} asks are open after draining`);
  }
}

export async function firstLife(chaos: Chaos, ledger: Ledger, options: NodeOptions): Promise<Life> {
  return new Life(chaos, ledger, await startNode(chaosActors(chaos, ledger, chaos.version), options));
}

/** Another version of the program starts; the process before it is gone, unless it is to go on as a ghost. */
export async function nextLife(life: Life, isGhost: boolean): Promise<Life> {
  const { chaos, ledger, node } = life;
  if (!isGhost && chaos.chance(0.5)) await life.drain();
  chaos.restarted();
  ledger.closed.clear();
  ledger.passed.clear();
  ledger.promises.news.restarted((key, slot) => life.hasNewsLetter(key, slot));
  if (!isGhost) node.store.refusal = new Error("the process is gone");
  const types = chaosActors(chaos, ledger, chaos.version);
  const next = new Life(chaos, ledger, await node.restart({ types, downMs: chaos.below(5_000) }));
  ledger.promises.restarted();
  return next;
}

/** An owner that was overtaken, and does not know it, is asked for what it can no longer do. */
export async function haunt({ chaos, ledger, node }: Life): Promise<void> {
  node.store.letGo();
  const { id, key, answers } = ledger.mark(chaos.pick(KEYS));
  const asked = watch(node.ref(BOOK, key).mark({ id }));
  await node.clock.advance(chaos.below(200));
  if (asked.outcome.kind !== "answered") return;
  answers.push(asked.outcome.value);
  chaos.wrong.push("an overtaken owner has acknowledged");
}

/** Everything is released, or everything shut, and all that goes on by itself comes to its end. */
export async function calmDown(life: Life, isShut: boolean): Promise<void> {
  const { chaos, node, connections } = life;
  chaos.calm = true;
  node.store.letGo();
  node.store.refusal = node.store.loadRefusal = node.store.changesRefusal = undefined;
  for (const connection of connections) {
    if (connection.endReason === undefined) connection.cell.resume();
    connection.end("over");
  }
  const all = KINDS.flatMap((type) => KEYS.map((key) => ({ type, key })));
  for (const { type, key } of all) {
    if (isShut) node.operations.quarantine(type, key, "the end");
    else await node.outcome(node.operations.release(type, key));
  }
  for (let time = 0; time < 4; time++) {
    for (const key of KEYS) for (const type of ["clerk", "rebel"]) void node.operations.release(type, key);
    await life.pass(40_000);
    for (const { type, key } of all) node.ref(named(type), key).tell.calmDown();
  }
  // Whoever is watched goes at last.
  for (const { type, key } of all) {
    if (!isShut) node.ref(named(type), key).tell.look();
    node.operations.stop(type, key);
  }
  await life.pass(40_000);
}

/** After `calmDown`: what was not kept, and what is left. Alarms of actors that are shut do not come. */
export async function problemsOf(life: Life, isShut: boolean) {
  const { chaos, ledger, node, connections, open } = life;
  const wrong = [...chaos.wrong, ...(isShut ? [] : ledger.missingAlarms)];
  wrong.push(...(await ledger.promises.problems(node.store, await life.letters())));
  for (const key of KEYS) wrong.push(...(await ledger.problems(node.store, key)));
  for (const { id, left } of connections) {
    const closed = ledger.closed.get(id);
    if (left !== 1 || closed !== 1) wrong.push(`guest/${id}: closed ${closed} times, left ${left} times`);
  }
  wrong.push(...new Set(node.crashes.filter((crash) => !EXPECTED.test(crash))));
  if (open > 0) wrong.push(`${open} asks are open`);
  wrong.push(...residents(node).map((resident) => `still there: ${resident}`));
  const drained = await node.outcome(node.system.drain());
  if (drained.kind !== "answered") wrong.push("not drained");
  const timers = node.system.wheel.count;
  if (timers > 0) wrong.push(`${timers} timers are left`);
  return wrong;
}

function residents({ system }: TestNode): readonly string[] {
  return system.hosts.flatMap(({ type, cells }) =>
    Array.from(cells.values(), ({ key, status, mailbox }) => `${type.name}/${key} ${status}, ${mailbox.count} waiting`),
  );
}

function guestOf({ system }: TestNode): AnyActorType {
  return system.hosts.find(({ type }) => type.session !== undefined)?.type as AnyActorType;
}
