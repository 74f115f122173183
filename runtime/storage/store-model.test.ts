// Any batches and restarts, on both stores, beside a model made of plain objects that does the same slowly.
import { afterAll, describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import type { Store } from "../core/ports.ts";
import type { Change, CommitBatch } from "../core/stored.ts";
import { timesRuns } from "../testing/times-runs.ts";
import { alarm, batch, change, letter, removeDatabases, type StoreHome, storeKinds } from "./test-stores.ts";

afterAll(removeDatabases);

const TYPES = ["match", "room"];
const KEYS = ["a", "a/b", "a\0", "\ufffd", "\u{1f600}"];
const NAMES = ["1", "2", "é"];
const EVERYTHING = { keyPrefix: "", after: "", limit: 99 };

interface ModelActor {
  version: number;
  state: string;
  readonly rows: Record<string, string>;
  readonly alarms: Record<string, number>;
  readonly watches: Record<string, string>;
  indexed: ReadonlyMap<string, number>;
}

interface Model {
  /** By type and key, as JSON. */
  readonly actors: Record<string, ModelActor>;
  readonly letters: Record<number, true>;
  readonly quarantines: Record<string, true>;
}

const address = fc.record({ type: fc.constantFrom(...TYPES), key: fc.constantFrom(...KEYS) });
const name = fc.constantFrom(...NAMES);
const few = <Item>(item: fc.Arbitrary<Item>) => fc.array(item, { maxLength: 3 });

/** A change to come: its versions follow from what the model holds then, unless it is to be stale. */
const intent = fc.record({
  address,
  stale: fc.nat(9).map((dice) => dice > 0 && dice % 4 === 0),
  removed: fc.nat(5).map((dice) => dice > 0 && dice % 4 === 0),
  state: fc.string({ unit: "grapheme", maxLength: 20 }),
  rows: few(fc.record({ row: name, value: fc.option(fc.string({ maxLength: 5 }), { nil: undefined }) })),
  alarms: few(fc.tuple(name, fc.option(fc.nat(9), { nil: undefined }))),
  watches: few(fc.record({ watchedType: fc.constant("room"), watchedKey: name, method: name, on: fc.boolean() })),
  indexed: fc.option(fc.dictionary(name, fc.nat(2)), { nil: undefined }),
});

const step = fc.record({
  restart: fc.nat(4).map((dice) => dice > 0 && dice % 4 === 0),
  intents: fc.array(intent, { maxLength: 8 }),
  letters: few(fc.integer({ min: 1, max: 20 })),
  lettersRemoved: few(fc.nat(20)),
  lettersRemovedTo: fc.oneof(fc.constant(0), fc.nat(20)),
  quarantined: few(address),
  released: few(address),
});
type Intent = typeof intent extends fc.Arbitrary<infer Value> ? Value : never;
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

function changeOf(wanted: Intent, model: Model): Change {
  const { address: at, stale, removed, alarms, indexed } = wanted;
  const version = model.actors[JSON.stringify([at.type, at.key])]?.version ?? 0;
  return change({
    ...at,
    baseVersion: stale ? version + 1 : version,
    version: version + 2,
    state: removed ? undefined : wanted.state,
    rows: wanted.rows,
    alarms: alarms.map(([each, dueAt]) => ({
      name: each,
      alarm: dueAt === undefined ? undefined : alarm(each, { dueAt }),
    })),
    watches: wanted.watches,
    indexed: indexed === undefined ? undefined : new Map(Object.entries(indexed)),
  });
}

/** The outcome. */
function applyChange(each: Change, model: Model): "committed" | "stale" {
  const at = JSON.stringify([each.type, each.key]);
  const actor = (model.actors[at] ??= { version: 0, state: "", rows: {}, alarms: {}, watches: {}, indexed: new Map() });
  const fits = actor.version === each.baseVersion;
  if (fits && each.state !== undefined) applyParts(each, actor, each.state);
  if (actor.version === 0 || (fits && each.state === undefined)) delete model.actors[at];
  return fits ? "committed" : "stale";
}

function applyParts(each: Change, actor: ModelActor, state: string): void {
  actor.version = each.version;
  actor.state = state;
  for (const { row, value } of each.rows) {
    if (value === undefined) delete actor.rows[row];
    else actor.rows[row] = value;
  }
  for (const { name: alarmName, alarm: set } of each.alarms) {
    if (set === undefined) delete actor.alarms[alarmName];
    else actor.alarms[alarmName] = set.dueAt;
  }
  for (const { watchedKey, method, on } of each.watches) {
    if (on) actor.watches[watchedKey] = method;
    else delete actor.watches[watchedKey];
  }
  if (each.indexed !== undefined) actor.indexed = each.indexed as ReadonlyMap<string, number>;
}

function apply(given: Step, model: Model): { batch: CommitBatch; outcomes: readonly string[] } {
  for (const id of given.letters) model.letters[id] = true;
  for (const id of given.lettersRemoved) delete model.letters[id];
  for (const id of Object.keys(model.letters))
    if (Number(id) <= given.lettersRemovedTo) delete model.letters[Number(id)];
  for (const { type, key } of given.released) delete model.quarantines[JSON.stringify([type, key])];
  for (const { type, key } of given.quarantined) model.quarantines[JSON.stringify([type, key])] = true;
  const changes: Change[] = [];
  const outcomes: string[] = [];
  for (const wanted of given.intents) {
    const made = changeOf(wanted, model);
    changes.push(made);
    outcomes.push(applyChange(made, model));
  }
  const letters = given.letters.map((id) => letter(id));
  const quarantined = given.quarantined.map((each) => ({ ...each, at: 1, reason: "r" }));
  const { lettersRemoved, lettersRemovedTo, released } = given;
  return { batch: batch({ changes, letters, lettersRemoved, lettersRemovedTo, quarantined, released }), outcomes };
}

/** All that a store holds, asked for in every way that the port has. */
async function contentOf(store: Store): Promise<unknown> {
  const model = { actors: {} as Record<string, unknown>, letters: {} as object, quarantines: {} as object };
  const [watches, due] = [await store.watches(), await store.alarmsDue(-1, 9, 999)];
  for (const type of TYPES) {
    for (const key of await store.keys({ type, ...EVERYTHING })) {
      const stored = await store.load(type, key);
      const rows = await store.rows(type, key, { from: "", before: "~~", limit: 99, reverse: false });
      const more = await store.rows(type, key, { from: "~~", before: "\u{10ffff}", limit: 99, reverse: false });
      const alarms = (await store.alarmsOf(type, key)).map((each) => [each.name, each.dueAt]);
      expect(Object.fromEntries(alarms)).toEqual(
        Object.fromEntries(
          due.filter((each) => each.type === type && each.key === key).map((each) => [each.name, each.dueAt]),
        ),
      );
      model.actors[JSON.stringify([type, key])] = {
        version: stored?.version,
        state: stored?.state,
        rows: Object.fromEntries([...rows, ...more].map(({ row, value }) => [row, value])),
        alarms: Object.fromEntries(alarms),
        watches: Object.fromEntries(
          watches
            .filter((each) => each.watcherType === type && each.watcherKey === key)
            .map((each) => [each.watchedKey, each.method]),
        ),
        indexed: new Map(await indexedOf(store, type, key)),
      };
    }
  }
  model.letters = Object.fromEntries((await store.letters(99, 99)).map(({ id }) => [id, true]));
  model.quarantines = Object.fromEntries(
    (await store.quarantines()).map(({ type, key }) => [JSON.stringify([type, key]), true]),
  );
  return model;
}

async function indexedOf(store: Store, type: string, key: string): Promise<[field: string, value: number][]> {
  const found: [string, number][] = [];
  for (const field of NAMES) {
    for (const value of [0, 1, 2]) {
      const keys = await store.keys({ type, ...EVERYTHING, where: { field, value } });
      if (keys.includes(key)) found.push([field, value]);
    }
  }
  return found;
}

async function run(home: StoreHome, steps: readonly Step[]): Promise<void> {
  const model: Model = { actors: {}, letters: {}, quarantines: {} };
  let store = home.open();
  for (const each of steps) {
    if (each.restart) {
      await store.close();
      store = home.open();
    }
    const expected = apply(each, model);
    expect(await store.commit(expected.batch)).toEqual(expected.outcomes as ("committed" | "stale")[]);
    expect(await contentOf(store)).toEqual(model);
  }
  await store.close();
}

describe.each(storeKinds)("a store $name", ({ createHome }) => {
  test("holds what a plain model holds, whatever is committed and however often it is opened anew", async () => {
    const property = fc.asyncProperty(fc.array(step, { maxLength: 12, size: "max" }), (steps) =>
      run(createHome(), steps),
    );
    await fc.assert(property, { seed: 20_261_121, numRuns: timesRuns(30) });
  });
});
