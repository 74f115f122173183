// A session that answers named services, one request after the other: what a REP socket is to those who ask it.
import {
  Refusal,
  RuntimeError,
  session,
  type SessionContext,
  splitEnvelope,
  type ZmtpIncoming,
  ZmtpMessage,
  ZmtpPeer,
} from "#runtime/mod.ts";

import type { RequestClocks } from "../messaging/desk.ts";
import { replyTo } from "../messaging/reply-to.ts";
import type { Fields } from "./services.ts";

export type ServiceContext = SessionContext<undefined, ZmtpMessage>;

/** Throws a `Refusal` where the answer is no. */
export type ServiceAnswer = (me: ServiceContext, data: Fields) => Promise<Fields>;

export interface ServiceParts {
  readonly clocks: RequestClocks;
  readonly answers: ReadonlyMap<string, ServiceAnswer>;
  /** What is said of a refusal; its code where there is nothing. */
  readonly texts: ReadonlyMap<string, string>;
}

const NO_SERVICE = "servico desconhecido";

export function createServiceSession<Name extends string>(name: Name, parts: ServiceParts) {
  return session(name, {
    state: () => undefined,
    async message(me: ServiceContext, incoming: ZmtpIncoming) {
      if (incoming instanceof ZmtpPeer) return;
      const request = splitEnvelope(incoming.frames());
      if (request === undefined) return me.countRefusal("service.no_envelope");
      const reply = await replyTo(request.body, (asked) => answer(me, asked, parts));
      me.send(ZmtpMessage.of([...request.envelope, reply]));
    },
  });
}

async function answer(me: ServiceContext, request: unknown, { clocks, answers, texts }: ServiceParts): Promise<Fields> {
  const { service, data } = (isMap(request) ? request : {}) as Fields;
  const known = typeof service === "string" && isMap(data) ? answers.get(service) : undefined;
  const say = (fields: Fields): Fields => ({ ...fields, timestamp: clocks.timeText(), clock: clocks.lamport.tick() });
  const no = (reason: string, text: string): Fields => {
    me.countRefusal(reason);
    return say({ status: "erro", description: text, message: text, code: reason });
  };
  try {
    const clock = isMap(data) ? data["clock"] : undefined;
    const problem = clock === undefined ? undefined : await clocks.lamport.receive(clock);
    if (known === undefined || !isMap(data)) return { service: "error", data: no("service.unknown", NO_SERVICE) };
    if (problem !== undefined) return { service, data: no(`service.${problem}`, texts.get(problem) ?? problem) };
    return { service, data: say(await known(me, data)) };
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RuntimeError)) throw error;
    return { service, data: no(error.code, texts.get(error.code) ?? error.message) };
  }
}

function isMap(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
