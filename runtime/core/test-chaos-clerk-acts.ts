// What is done to clerks and rebels, and what is to be seen of them, in tests of all that there is at once.
import { CLERK, REBEL } from "./test-chaos-clerk.ts";
import type { Life } from "./test-chaos-life.ts";
import { PHOENIX } from "./test-chaos-phoenix.ts";
import { type Act, KEYS, KINDS } from "./test-chaos.ts";

/** Alarms of one rebel at a time: more would shut it before the first is put aside. */
const REBEL_ALARMS_MAX = 2;

export function ofClerks(life: Life): readonly Act[] {
  const { chaos, node } = life;
  const { promises } = life.ledger;
  const key = chaos.pick(KEYS);
  const clerk = node.ref(CLERK, key);
  const all = (): void => {
    const name = `all ${promises.nextId()}`;
    const asked = clerk.all({ name, everyMs: 100 + chaos.below(600) });
    life.add(asked.then(() => promises.alls.set(name, key)));
  };
  const watch = (): void => {
    const id = promises.nextId();
    life.add(clerk.watch({ id, type: chaos.pick(KINDS), key }).then(() => promises.news.promised(id)));
  };
  return [
    [4, () => note(life)],
    [2, () => skip(life, key)],
    [1, () => hurry(life, key)],
    [1, all],
    [3, watch],
    [2, () => clerk.tell.work(chaos.below(1_500))],
    [2, () => rebel(life, key)],
    [1, () => node.ref(REBEL, key).tell.work(chaos.below(300))],
    [2, () => rise(life)],
    ...ofTheirOperators(life, key),
  ];
}

function ofTheirOperators({ chaos, node }: Life, key: string): readonly Act[] {
  const { operations } = node;
  const type = chaos.pick(["clerk", "rebel"]);
  return [
    [1, () => operations.quarantine(type, key, "chaos")],
    [3, () => void operations.release(type, key)],
    [1, () => operations.stop(type, key)],
    [1, () => operations.hibernate(type, key)],
  ];
}

function skip(life: Life, key: string): void {
  const { chaos, node } = life;
  const { promises } = life.ledger;
  const name = `skip ${promises.nextId()}`;
  const asked = node.ref(CLERK, key).skip({ name, afterMs: chaos.below(1_500) });
  life.add(asked.then(() => promises.skips.promised(name, node.clock.unixMs())));
}

/** An alarm waits for its turn when the store answers for what its clerk did before. */
async function hurry(life: Life, key: string): Promise<void> {
  const { chaos, node } = life;
  const clerk = node.ref(CLERK, key);
  for (let count = 0; count < 3; count++) skip(life, key);
  await life.pass(chaos.below(50));
  node.store.hold();
  for (let count = 0; count < 6; count++) note(life);
  clerk.tell.work(chaos.below(50));
  clerk.tell.work(chaos.below(5_000));
  await life.pass(chaos.below(2_000));
  if (chaos.chance(0.7)) node.store.refusal = new Error("the disk is gone");
  node.store.letGo();
}

/** Under its name it is of one clerk. */
function note({ chaos, ledger, node }: Life): void {
  const id = ledger.promises.note(chaos.chance(0.3) ? (most) => chaos.below(most) : undefined);
  const key = KEYS[id % KEYS.length] as string;
  const { accepted } = node.ref(CLERK, key).tell.note(id, { once: `note ${id}` });
  if (accepted) ledger.promises.accepted(id, key);
}

function rebel(life: Life, key: string): void {
  const { chaos, ledger, node } = life;
  const alarm = ledger.promises.rebel(key, REBEL_ALARMS_MAX);
  if (alarm === undefined) return;
  const { name, promised } = alarm;
  life.add(
    node
      .ref(REBEL, key)
      .set({ name, afterMs: chaos.below(500) })
      .then(promised),
  );
}

/** Only their numbers tell the alarms apart. The first may wait for its turn when the second is set. */
function rise({ chaos, ledger, node }: Life): void {
  const ref = node.ref(PHOENIX, "1");
  const at = node.clock.unixMs() + chaos.below(20);
  for (let time = 0; time < 2; time++) {
    if (chaos.chance(0.8)) ref.tell.burn();
    ref.tell.set({ id: ledger.promises.nextId(), at });
    ref.tell.nap(chaos.below(40));
  }
}
