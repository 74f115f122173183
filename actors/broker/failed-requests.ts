// Requests that no worker has answered: what their client is told, and which of them another worker may have.
import { decodeMessage } from "#runtime/mod.ts";

import type { Fields } from "../messaging/answers.ts";
import type { Desk } from "../messaging/desk.ts";
import { receiveClocks, type Reply } from "../messaging/serve.ts";
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
export async function failureReply(clocks: Desk["clocks"], request: unknown, why: Failure): Promise<Reply> {
  const service = serviceOf(request);
  // Whatever is wrong with them, the reply is the same.
  await receiveClocks(clocks, dataOf(request));
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
  return fieldsOf(request)["service"];
}

function dataOf(request: unknown): Fields {
  return fieldsOf(fieldsOf(request)["data"]);
}

function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}
