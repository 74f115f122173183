// Messages of the runtime's own: an alarm that is due, the news that somebody is gone, what was published.
import { limits } from "../limits.ts";
import { Address } from "./address.ts";
import type { Cell } from "./cell.ts";
import type { Gone } from "./context.ts";
import { type Method, runtimeMethod } from "./definition.ts";
import type { Delivery } from "./delivery.ts";
import { decode } from "./encoding.ts";
import { Envelope } from "./envelope.ts";
import { RuntimeError } from "./errors.ts";
import type { HostedTypes } from "./hosted-types.ts";
import { Unhandled } from "./put-aside.ts";
import { isSameFiring, type StoredAlarm } from "./stored.ts";
import type { Notify } from "./topics.ts";
import type { TypeHost } from "./type-host.ts";

export class Notices {
  readonly #hosted: HostedTypes;
  readonly #delivery: Delivery;
  /** Crashes are counted for each news by itself: the same actor may be gone, and be watched, again. */
  #lastNews = 0;

  constructor(hosted: HostedTypes, delivery: Delivery) {
    this.#hosted = hosted;
    this.#delivery = delivery;
  }

  /** False when its actor cannot take it now. An alarm of a type that is not hosted any more stays in the store. */
  readonly alarm = (alarm: StoredAlarm, wasInTime: boolean): boolean => {
    const host = this.#hosted.find(alarm.type);
    if (host === undefined || host.type.options.durable !== true) return true;
    const address = new Address(host, alarm.key, undefined);
    const lateMs = host.services.clock.unixMs() - alarm.dueAt;
    const inTime = wasInTime || lateMs <= limits.alarmLateMs;
    if (isOnItsWay(address.cell, alarm)) return true;
    if (isMovedOn(address.cell, alarm)) {
      host.services.alarms.lookAgain(alarm, ...(inTime ? [alarm] : []));
      return true;
    }
    const method = methodOf(address, alarm, inTime);
    const input = alarm.input === undefined ? undefined : decode(alarm.input);
    const id = `alarm:${alarm.name}#${alarm.fire}`;
    const envelope = new Envelope(method, input, undefined, { id, alarm, inTime, repeats: true });
    const problem = this.#delivery.deliver(address, envelope, undefined, true);
    return problem === undefined || problem.code === "actor.quarantined";
  };

  /** To a watcher, before all that waits for it. A session that is gone itself is not told. */
  readonly gone = (watcher: { type: string; key: string; method: string }, gone: Gone): void => {
    const host = this.#hosted.find(watcher.type);
    if (host === undefined) return;
    const address = new Address(host, watcher.key, undefined);
    const method = writeOf(host, watcher.method) ?? noMethod(address, watcher.method);
    if (address.cell === undefined && host.type.session !== undefined) return;
    const origin = { id: `gone:${gone.type}/${gone.key}#${++this.#lastNews}`, gone, repeats: true };
    const envelope = new Envelope(method, gone, undefined, origin);
    if (host.quarantined.has(watcher.key)) {
      host.services.deadLetter(address, envelope, host.quarantineError(watcher.key));
    } else {
      (address.cell ?? address.start()).putControl(envelope);
    }
  };

  /** Why an actor of this name cannot be there; undefined when it can. */
  readonly missing = ({ type, key }: { readonly type: string; readonly key: string }): string | undefined => {
    const host = this.#hosted.find(type);
    if (host?.quarantined.has(key) === true) return "quarantined";
    const canBe = host !== undefined && (host.type.session === undefined || host.cells.has(key));
    return canBe ? undefined : "connection_lost";
  };

  readonly publication: Notify = (subscriber, value, from): void => {
    const host = this.#hosted.find(subscriber.type);
    const method = host?.type.methods.get(subscriber.method);
    if (host === undefined || method === undefined) return;
    const address = new Address(host, subscriber.key, undefined);
    const envelope = new Envelope(method, value);
    envelope.from = from;
    const problem = this.#delivery.deliver(address, envelope, undefined, true);
    if (problem !== undefined) host.services.deadLetter(address, envelope, problem);
  };
}

/** What was stored may be older than the program: the method may be gone since, or have become a read. */
function writeOf({ type }: TypeHost, name: string): Method | undefined {
  const method = type.methods.get(name);
  return method?.kind === "read" ? undefined : method;
}

function methodOf(address: Address, { method, missed }: StoredAlarm, inTime: boolean): Method {
  const known = writeOf(address.host, method);
  if (known === undefined) return noMethod(address, method);
  return missed === "skip" && !inTime ? skipping(known) : known;
}

/** It waits for its turn, or has it: what comes of that says whether it is to be sent again. */
function isOnItsWay(cell: Cell | undefined, alarm: StoredAlarm): boolean {
  const brings = (envelope: Envelope | undefined): boolean => {
    const sent = envelope?.origin?.alarm;
    return sent !== undefined && isSameFiring(sent, alarm);
  };
  return cell !== undefined && (brings(cell.turn?.envelope) || cell.mailbox.find(brings) !== undefined);
}

/** Its actor has handled, replaced or cancelled it, and that is being stored: if it is not, the alarm comes again. */
function isMovedOn(cell: Cell | undefined, alarm: StoredAlarm): boolean {
  return cell?.durable?.loaded === true && !cell.durable.alarms.isCurrent(alarm);
}

/** In a turn whose commit moves the alarm on. */
function skipping({ name }: Method): Method {
  return runtimeMethod(name, () => undefined);
}

/** Its turn puts the message aside: with the commit that moves the alarm on, or ends the watch. */
function noMethod(address: Address, name: string): Method {
  const message = `Cannot send it to "${address.name}": its type has no method "${name}" any more that may change it`;
  const why = new RuntimeError("actor.unknown_method", message, { stood: "queued" });
  return runtimeMethod(name, () => {
    throw new Unhandled(why);
  });
}
