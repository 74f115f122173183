// What a memory store keeps: it outlives the store as a disk outlives a process, so that a test can restart.
import type {
  AlarmRecord,
  Change,
  CommitBatch,
  StoredActor,
  StoredLetter,
  StoredQuarantine,
  StoredWatch,
} from "../core/stored.ts";
import { addressOf } from "./address.ts";
import { indexedText } from "./batch-rules.ts";
import { OrderedMap } from "./ordered-map.ts";

/** One actor with all that goes when it goes. */
export interface MemoryActor {
  readonly type: string;
  readonly key: string;
  stored: StoredActor;
  readonly rows: OrderedMap<string>;
  readonly alarms: OrderedMap<AlarmRecord>;
  /** By the watched actor's address. */
  readonly watches: Map<string, StoredWatch>;
  /** Indexed fields and the texts that find their values. */
  indexed: ReadonlyMap<string, string>;
}

export class MemoryDisk {
  /** Of the store that opened it last. */
  epoch = 0;
  /** By type, then key. */
  readonly actors = new Map<string, OrderedMap<MemoryActor>>();
  /** Those of `actors` that have alarms. */
  readonly alarmed = new Set<MemoryActor>();
  readonly letters = new Map<number, StoredLetter>();
  /** Up to this id there are none: a bound that is given again and again is looked at once. */
  #lettersRemovedTo = 0;
  /** By address. */
  readonly quarantines = new OrderedMap<StoredQuarantine>();

  actor(type: string, key: string): MemoryActor | undefined {
    return this.actors.get(type)?.get(key);
  }

  /** False, and nothing happens, when the change does not follow from what is stored. */
  apply(change: Change, epoch: number): boolean {
    const actor = this.actor(change.type, change.key);
    if ((actor?.stored.version ?? 0) !== change.baseVersion) return false;
    if (change.state === undefined) this.#remove(change);
    else this.#put(actor ?? this.#added(change), change, { ...versions(change, epoch), state: change.state });
    for (const letter of change.letters ?? []) this.letters.set(letter.id, letter);
    return true;
  }

  /** After the changes of the batch, which may have letters too. */
  keepLetters({ letters, lettersRemoved, lettersRemovedTo }: CommitBatch): void {
    for (const letter of letters) this.letters.set(letter.id, letter);
    for (const id of lettersRemoved) this.letters.delete(id);
    if (letters.length === 0 && lettersRemovedTo <= this.#lettersRemovedTo) return;
    for (const id of this.letters.keys()) if (id <= lettersRemovedTo) this.letters.delete(id);
    this.#lettersRemovedTo = lettersRemovedTo;
  }

  #put(actor: MemoryActor, change: Change, stored: StoredActor): void {
    actor.stored = stored;
    for (const { row, value } of change.rows) setOrDelete(actor.rows, row, value);
    for (const { name, alarm } of change.alarms) setOrDelete(actor.alarms, name, alarm);
    if (actor.alarms.count > 0) this.alarmed.add(actor);
    else this.alarmed.delete(actor);
    for (const { on, ...watch } of change.watches) {
      const watched = addressOf(watch.watchedType, watch.watchedKey);
      if (on) actor.watches.set(watched, { watcherType: actor.type, watcherKey: actor.key, ...watch });
      else actor.watches.delete(watched);
    }
    if (change.indexed !== undefined) {
      actor.indexed = new Map(Array.from(change.indexed, ([field, value]) => [field, indexedText(value)]));
    }
  }

  #added(change: Change): MemoryActor {
    const { type, key } = change;
    const stored = { ...versions(change, 0), state: "" };
    const parts = { rows: new OrderedMap<string>(), alarms: new OrderedMap<AlarmRecord>(), watches: new Map() };
    const actor: MemoryActor = { type, key, stored, ...parts, indexed: new Map() };
    const keys = this.actors.get(type) ?? new OrderedMap();
    keys.set(key, actor);
    this.actors.set(type, keys);
    return actor;
  }

  #remove({ type, key }: Change): void {
    const actor = this.actor(type, key);
    if (actor === undefined) return;
    this.alarmed.delete(actor);
    this.actors.get(type)?.delete(key);
  }
}

function versions({ version, stateVersion }: Change, epoch: number): Omit<StoredActor, "state"> {
  return { version, epoch, stateVersion };
}

function setOrDelete<Value>(map: OrderedMap<Value>, text: string, value: Value | undefined): void {
  if (value === undefined) map.delete(text);
  else map.set(text, value);
}
