// What is done to a node from outside, one thing at a time, in tests of all that there is at once.
import type { ConnectionStandIn } from "../testing/connection-stand-in.ts";
import type { DeadLetter } from "./dead-letters.ts";
import { ofClerks } from "./test-chaos-clerk-acts.ts";
import { BOOK, named } from "./test-chaos-deeds.ts";
import type { Life } from "./test-chaos-life.ts";
import { type Act, KEYS, METHODS } from "./test-chaos.ts";

export async function act(life: Life): Promise<void> {
  const { chaos, node } = life;
  const acts = [
    ...asking(life),
    ...ofClerks(life),
    ...ofOperators(life),
    ...ofConnections(life),
    ...ofTheMachine(life),
  ];
  await chaos.pick(acts.flatMap(([weight, each]) => Array.from({ length: weight }, () => each)))();
  if (chaos.chance(0.2)) await node.clock.settle();
  life.look();
}

function asking(life: Life): readonly Act[] {
  const { chaos, ledger, node } = life;
  const { type, key } = chaos.whom;
  const ref = node.ref(named(type), key);
  const once = type === "stored" && chaos.chance(0.3) ? { once: chaos.pick(KEYS) } : {};
  const remind = (): void => {
    const name = ledger.alarm(key);
    const asked = node.ref(BOOK, key).remind({ name, afterMs: chaos.below(3_000) });
    life.add(asked.then(() => ledger.promised.add(name)));
  };
  return [
    [8, () => life.add(ref.look(undefined, { timeoutMs: 300 + chaos.below(1_000) }))],
    [8, () => life.add(ref.write(undefined, { timeoutMs: 1_000, ...once }))],
    [8, () => ref.tell[chaos.pick(METHODS)]()],
    [12, () => mark(life, key)],
    [2, remind],
    [1, () => life.add(node.ref(BOOK, key).close(chaos.chance(0.5)))],
  ];
}

/** A new one, or under its name one that was asked for before. */
function mark(life: Life, key: string): void {
  const { chaos, ledger, node } = life;
  const again = chaos.chance(0.3) ? chaos.pick(ledger.marks.filter((each) => each.once !== undefined)) : undefined;
  const made = again ?? ledger.mark(key, chaos.chance(0.3));
  const options = { timeoutMs: 1_000, ...(made.once === undefined ? {} : { once: made.once }) };
  const asked = node.ref(BOOK, made.key).mark({ id: made.id }, options);
  life.add(asked.then((answer) => made.answers.push(answer)));
}

function ofOperators({ chaos, node }: Life): readonly Act[] {
  const { operations, system } = node;
  const { type, key } = chaos.whom;
  const replay = async (): Promise<void> => {
    const letters = await system.letters.list(Number.MAX_SAFE_INTEGER, 20);
    const letter = chaos.pick(letters.filter(mayComeTwice));
    if (letter !== undefined) await operations.replay(letter.id);
  };
  return [
    [5, () => void operations.release(type, key)],
    [1, () => operations.quarantine(type, key, "chaos")],
    [1, () => operations.stop(type, key)],
    [1, () => operations.stop("book", key)],
    [1, () => operations.hibernate(type, key)],
    [1, () => void operations.cancelAlarm("stored", key, "tea").catch(() => undefined)],
    [3, replay],
  ];
}

/** A mark that ended as a letter may have been made: replayed, it would be made twice; so are news of clerks. */
function mayComeTwice({ type, method }: DeadLetter): boolean {
  return type !== "book" && method !== "blow" && (type !== "clerk" || method === "note");
}

function ofConnections(life: Life): readonly Act[] {
  const { chaos, node } = life;
  const connecting: Act = [2, () => life.connect()];
  if (life.connections.length === 0) return [connecting];
  const connection = chaos.pick(life.connections);
  const { id } = connection;
  const guest = node.ref(named("guest"), id);
  return [
    connecting,
    ...(connection.endReason === undefined ? whileOpen(life, connection) : []),
    [1, () => node.operations.hibernate("guest", id)],
    [1, () => node.operations.stop("guest", id)],
    [1, () => chaos.chance(0.3) && node.operations.quarantine("guest", id, "chaos")],
    [1, () => node.operations.inspect("guest", id)],
    [1, () => life.add(guest.look(undefined, { timeoutMs: 500 }))],
    [1, () => life.add(guest.write(undefined, { timeoutMs: 500 }))],
  ];
}

function whileOpen({ chaos }: Life, connection: ConnectionStandIn): readonly Act[] {
  const { cell } = connection;
  const deliver = (): void => {
    const { room } = cell.mailbox;
    if (room === 0) return;
    connection.deliver(...Array.from({ length: 1 + chaos.below(room) }, () => chaos.pick(["sync", "do"])));
  };
  return [
    [6, deliver],
    [1, () => connection.end("peer")],
    [1, () => cell.suspend()],
    [2, () => cell.resume()],
  ];
}

function ofTheMachine(life: Life): readonly Act[] {
  const { chaos, node } = life;
  const { clock, store } = node;
  const storm = (): void => {
    store.changesRefusal = chaos.chance(0.3) ? new Error("the disk is gone") : undefined;
  };
  return [
    [6, () => life.pass(chaos.below(100))],
    [2, () => life.pass(chaos.below(2_000))],
    [1, () => life.stepUnix(chaos.chance(0.2) ? 3_600_000 : chaos.below(20_000) - 10_000)],
    [1, () => clock.block(chaos.below(300))],
    [1, () => store.hold()],
    [3, () => store.letGo()],
    [2, () => (store.refusal = new Error("the disk is gone"))],
    [1, () => (store.loadRefusal = chaos.chance(0.3) ? new Error("the disk cannot be read") : undefined)],
    [1, () => (store.loadRefusal = undefined)],
    [3, storm],
  ];
}
