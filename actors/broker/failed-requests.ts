// Requests that no worker has answered: what their client is told, and which of them another worker may have.
import { decodeMessage } from "#runtime/mod.ts";

import type { Desk } from "../messaging/desk.ts";
import type { Reply } from "../messaging/serve.ts";
import type { Failure } from "./broker-addresses.ts";

const TEXTS: Readonly<Record<Failure, string>> = {
  no_worker: "Nenhum servidor disponível. Tente de novo.",
  busy: "Servidores ocupados. Tente de novo.",
  no_reply: "O servidor não respondeu a tempo: não se sabe se o pedido foi feito.",
  worker_gone: "O servidor caiu: não se sabe se o pedido foi feito.",
};

/** Done twice they are as if done once. */
const REPEATABLE: ReadonlySet<unknown> = new Set(["login", "users", "channel", "channels", "history"]);

/** Both of the fields in which services say what is wrong: whoever asked reads one of them. */
export function failureReply(clocks: Desk["clocks"], request: unknown, why: Failure): Reply {
  const service = serviceOf(request);
  const text = TEXTS[why];
  const told = { status: "erro", description: text, message: text };
  const data = { ...told, timestamp: clocks.timeText(), clock: clocks.lamport.tick() };
  return { service: typeof service === "string" ? service : "error", data };
}

export function mayBeRepeated([octets]: readonly Buffer[]): boolean {
  const decoded = octets && decodeMessage(octets);
  return decoded?.kind === "value" && REPEATABLE.has(serviceOf(decoded.value));
}

function serviceOf(request: unknown): unknown {
  return typeof request === "object" && request !== null ? (request as { service?: unknown }).service : undefined;
}
