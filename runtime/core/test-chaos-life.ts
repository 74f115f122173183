// One life of a node in tests of all that there is at once: how it drains, is overtaken, starts again, comes to rest.
import { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import { watch } from "../testing/outcome.ts";
import type { AnyActorType } from "./definition.ts";
import { chaosActors } from "./test-chaos-actors.ts";
import { BOOK, GUESTS, named } from "./test-chaos-deeds.ts";
import type { Ledger } from "./test-chaos-ledger.ts";
import { type Chaos, KEYS, KINDS } from "./test-chaos.ts";
import { type NodeOptions, startNode, type TestNode } from "./test-node.ts";

/** Crashes that are meant, and what the core says when it could not do what it was asked. */
const EXPECTED = /: (broke|the disk|the answer|Cannot (deliver|handle|run|watch|subscribe|hold|go on|add))|chaos/;

export class Life {
  readonly chaos: Chaos;
  readonly ledger: Ledger;
  readonly node: TestNode;
  readonly connections: ConnectionStandIn[] = [];
  /** Asks from outside that have not ended. */
  open = 0;

  constructor(chaos: Chaos, ledger: Ledger, node: TestNode) {
    this.chaos = chaos;
    this.ledger = ledger;
    this.node = node;
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
    node.store.loadRefusal = undefined;
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
  if (!isGhost) node.store.refusal = new Error("the process is gone");
  const types = chaosActors(chaos, ledger, chaos.version);
  return new Life(chaos, ledger, await node.restart({ types, downMs: chaos.below(5_000) }));
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
export async function calmDown({ chaos, node, connections }: Life, isShut: boolean): Promise<void> {
  chaos.calm = true;
  node.store.letGo();
  node.store.refusal = node.store.loadRefusal = undefined;
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
    await node.clock.advance(40_000);
    for (const { type, key } of all) node.ref(named(type), key).tell.calmDown();
  }
  await node.clock.advance(40_000);
}

/** After `calmDown`: what was not kept, and what is left. Alarms of actors that are shut do not come. */
export async function problemsOf({ chaos, ledger, node, connections, open }: Life, isShut: boolean) {
  const wrong = [...chaos.wrong, ...(isShut ? [] : ledger.missingAlarms)];
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
