// Actors as the gateway sees them: found page by page, called, inspected, put to sleep, shut and let go.
import type { Method } from "../core/definition.ts";
import { decode, encode } from "../core/encoding.ts";
import { RuntimeError } from "../core/errors.ts";
import type { ActorInspection, Operations } from "../core/operations.ts";
import type { AlarmRecord } from "../core/stored.ts";
import type { ActorSystem } from "../core/system.ts";
import type { TypeHost } from "../core/type-host.ts";
import { actorsPage, sortedActors } from "./actors-page.ts";
import type { ActorCall, ActorDetailView, ActorsView, ActorTypeView, AlarmView, MethodView } from "./view.ts";

const NONE_RECORDED =
  "none: turns are recorded in memory, and forgotten when the actor goes to sleep, when the process ends, " +
  "or when others need the room";

const NONE_OVER = "none yet: a turn is recorded when it is over";

export function createActorsView(system: ActorSystem, operations: Operations): ActorsView {
  return {
    actorTypes: () => system.hosts.map(typeView),
    actors: (query) => actorsPage(system, query),
    sortedActors: (query) => sortedActors(system, query),
    call: (call) => answerCall(system, operations, call),
    inspect: (type, key) => inspect(operations, type, key),
    async alarms(type, key) {
      // Throws for what is no address; then asks the store, which knows nothing of types.
      system.address(type, key);
      return (await system.store.alarmsOf(type, key)).map(alarmView);
    },
    cancelAlarm: (type, key, name) => operations.cancelAlarm(type, key, name),
    hibernate: (type, key) => system.address(type, key).cell === undefined || operations.hibernate(type, key),
    stop: (type, key) => operations.stop(type, key),
    quarantine: (type, key, reason) => operations.quarantine(type, key, reason),
    replaceState: (type, key, seen, state) => operations.replaceState(type, key, seen, state),
    release: (type, key) => operations.release(type, key),
  };
}

function typeView({ type, cells }: TypeHost): ActorTypeView {
  const { about, durable = false, indexed = [] } = type.options;
  const isPrivate = type.options.private === true;
  const kind = type.session === undefined ? "actor" : "session";
  // What private sessions say to one another is nothing that anybody else could make use of.
  const isInternal = type.options.internal === true || (isPrivate && kind === "session");
  const methods = isInternal
    ? []
    : Array.from(type.methods.values(), (method) => methodView(method, type.options.aboutMethods?.[method.name]));
  const said = about === undefined ? {} : { about };
  return { type: type.name, ...said, kind, durable, private: isPrivate, indexed, live: cells.size, methods };
}

function methodView({ name, kind, in: input, out }: Method, about: string | undefined): MethodView {
  const said = about === undefined ? {} : { about };
  const schemas = { ...said, ...(input === undefined ? {} : { in: input }), ...(out === undefined ? {} : { out }) };
  return { name, kind: kind === "read" ? "read" : "write", ...schemas };
}

async function answerCall(system: ActorSystem, operations: Operations, call: ActorCall): Promise<string | undefined> {
  const { type, key, method: name, input, timeoutMs, signal, once } = call;
  const method = system.address(type, key).host.type.methods.get(name);
  const answer = await operations.call({ type, key, method: name }, input, {
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(signal === undefined ? {} : { signal }),
    ...(once === undefined ? {} : { once }),
    trace: system.tracer?.outside(call.traceparent),
  });
  return method?.out === undefined || answer === undefined ? undefined : answerText(call, answer);
}

function answerText({ type, key, method }: ActorCall, answer: unknown): string {
  const encoded = encode(answer);
  if (typeof encoded === "string") return encoded;
  const message = `Cannot pass on the answer of ${type}/${key}.${method}: it is no JSON: ${encoded.problem}`;
  throw new RuntimeError("actor.bad_reply", message, { stood: "running" });
}

async function inspect(operations: Operations, type: string, key: string): Promise<ActorDetailView | undefined> {
  const inspection = await operations.inspect(type, key);
  if (inspection === undefined) return undefined;
  const { quarantine, state, version, idleMs = 0, alarms, running, ...rest } = inspection;
  return {
    ...rest,
    idleMs: Math.round(idleMs),
    recorded: recordedOf(inspection),
    alarms: alarms.map(alarmView),
    running: running.map(({ method, forMs }) => ({ method, forMs: Math.round(forMs) })),
    ...(quarantine === undefined ? {} : { quarantine }),
    ...(state === undefined ? {} : { state }),
    ...(version === undefined ? {} : { commits: version }),
  };
}

/** Which turns there are in the list, so that an empty one does not look like an actor that did nothing. */
function recordedOf({ recent, running, turns }: ActorInspection): string {
  if (recent.length === 0) return running.length > 0 ? NONE_OVER : NONE_RECORDED;
  return recent.length < turns ? `the last ${recent.length} of ${turns} since it woke` : "all since it woke";
}

function alarmView({ name, dueAt, everyMs, method, input, missed }: AlarmRecord): AlarmView {
  return { name, dueAt, everyMs, method, missed, ...(input === undefined ? {} : { input: decode(input) }) };
}
