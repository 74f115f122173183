// A node inside a program of somebody's own: actors and their store, without sockets and without the gateway.
import { join } from "node:path";

import { type Clock, systemClock } from "./base/clock.ts";
import { ProcessClock } from "./base/process-clock.ts";
import { CheckedCalls } from "./core/checked-calls.ts";
import { stopSystem } from "./core/cut-off.ts";
import type { AnyActorType } from "./core/definition.ts";
import { Operations } from "./core/operations.ts";
import type { Store } from "./core/ports.ts";
import type { Addressable, Ref } from "./core/shape.ts";
import { ActorSystem } from "./core/system.ts";
import { limits } from "./limits.ts";
import { createActorsView } from "./observe/actors-view.ts";
import { createDeadLettersView } from "./observe/dead-letters-view.ts";
import { logEvents } from "./observe/event-log.ts";
import { createLog } from "./observe/log.ts";
import { logStoreFailures } from "./observe/store-failures.ts";
import type { ActorsView, DeadLettersView } from "./observe/view.ts";
import { createMemoryStore } from "./storage/memory-store.ts";
import { openSqliteStore } from "./storage/sqlite-store.ts";

export interface NodeOptions {
  /** Every actor type that it hosts; refs to others cannot be made. */
  readonly types: readonly AnyActorType[];
  /** Where durable actors are kept, in `correio.db`. Made when it is not there; without one all goes with the node. */
  readonly dataFolder?: string;
  /** "full", unless set: every commit is on the disk. "normal": a power cut may take the last ones. */
  readonly sync?: "full" | "normal";
  /** "warn", unless set: crashes, dead letters and failures of the store, as JSON lines on standard error. */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "silent";
  /** Checks what production takes on trust, such as the inputs of calls among actors. Calls by `ref` always are. */
  readonly development?: boolean;
}

export interface Node {
  /**
   * A value: nothing is started. Throws `actor.unknown_type` and `actor.bad_key`. Its calls come from outside: an input
   * that does not fit is sent nowhere (`actor.bad_input`), nor is such an answer handed on (`actor.bad_reply`).
   */
  ref<Methods>(type: Addressable<Methods>, key: string): Ref<Methods>;
  /** For whoever operates it: actors found, inspected, stopped, shut and released; alarms; dead letters. */
  readonly view: ActorsView & DeadLettersView;
  /**
   * Takes no more calls, answers those that were accepted, closes the store; then nothing of it keeps the program from
   * ending. False when that took longer than `drainMs`, and something was cut off: calls that had no answer by then end
   * in `system.draining`, which says where they stood. Stopped again it gives what the first stop gives.
   */
  stop(drainMs?: number): Promise<boolean>;
}

/** Rejects with a `RuntimeError` that names the file where the store cannot be opened; then nothing is left open. */
export async function startNode(options: NodeOptions): Promise<Node> {
  const { types, logLevel = "warn", development = false } = options;
  const clock = new ProcessClock(systemClock);
  const log = createLog(logLevel, clock);
  const store = openStore(options, clock);
  try {
    const events = logEvents(log, logStoreFailures(log, clock));
    const system = new ActorSystem({ clock, types, store, events, development });
    await system.start();
    const calls = new CheckedCalls(system);
    const operations = new Operations(system);
    const stopping: { ended?: Promise<boolean> } = {};
    return {
      ref: (type, key) => calls.ref(type, key),
      view: { ...createActorsView(system, operations), ...createDeadLettersView(system, operations) },
      stop: (drainMs = limits.drainMs) => (stopping.ended ??= stopSystem(system, clock, drainMs)),
    };
  } catch (error) {
    await store.close();
    clock.kill();
    throw error;
  }
}

function openStore({ dataFolder, sync = "full" }: NodeOptions, clock: Clock): Store {
  if (dataFolder === undefined) return createMemoryStore();
  const path = join(dataFolder, "correio.db");
  return openSqliteStore({ path, sync, bytesMax: limits.storeBytesMax, clock });
}
