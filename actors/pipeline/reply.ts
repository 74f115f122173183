// Hot. The reply to one request as JSON text in parts: those that seldom change are octets already.
import type { TextPart } from "#runtime/mod.ts";

import type { BadRequest, MessageId } from "./request.ts";

const SECONDS_DECIMALS = 7;
const PER_SECOND = 10 ** SECONDS_DECIMALS;
const PER_MILLISECOND = PER_SECOND / 1_000;

/** Seconds below 0.1 ms, which nearly all requests take, ready made. */
const SHORT_TIMES: readonly Uint8Array[] = Array.from({ length: 1_000 }, (_, time) =>
  Buffer.from((time / PER_SECOND).toFixed(SECONDS_DECIMALS)),
);

/** One for all sessions of a server. The parts it returns are the same array each time: valid until the next reply. */
export class ReplyWriter {
  readonly #parts: TextPart[];
  #unixMs = -1;

  /** `serverId` names this server in every reply. */
  constructor(serverId: string) {
    this.#parts = ["", 0, "", "", Buffer.from(`,"server_id":${JSON.stringify(serverId)},"status":"success"}`)];
  }

  /** `head` is `replyHead` of the client; `unixMs` a whole number of milliseconds; times are written in seconds. */
  success(head: Uint8Array, messageId: MessageId, unixMs: number, processingMs: number): readonly TextPart[] {
    const parts = this.#parts;
    parts[0] = head;
    parts[1] = messageId;
    if (unixMs !== this.#unixMs) this.#setTime(unixMs);
    parts[3] = secondsPart(processingMs);
    return parts;
  }

  #setTime(unixMs: number): void {
    this.#unixMs = unixMs;
    this.#parts[2] = Buffer.from(
      `,"timestamp":${secondsText(unixMs)},"data":"Response from server","processing_time":`,
    );
  }
}

/** How every reply to one client begins. */
export function replyHead(clientId: string): Uint8Array {
  return Buffer.from(`{"client_id":${JSON.stringify(clientId)},"message_id":`);
}

/** The reply to what is no request: the same fields, empty where there is nothing to say, and what is wrong. */
export function errorReply(bad: BadRequest, unixMs: number, serverId: string): readonly TextPart[] {
  const { clientId, messageId, problem } = bad;
  const answer = JSON.stringify({ data: "", processing_time: 0, server_id: serverId, status: "error", error: problem });
  const head = `{"client_id":${JSON.stringify(clientId ?? null)},"message_id":`;
  return [head, messageId ?? "null", `,"timestamp":${secondsText(unixMs)},${answer.slice(1)}`];
}

/** With decimals also for a whole second: clients take a number without them for another type. */
function secondsText(unixMs: number): string {
  return (unixMs / 1_000).toFixed(3);
}

function secondsPart(milliseconds: number): TextPart {
  const time = Math.max(0, Math.round(milliseconds * PER_MILLISECOND));
  return SHORT_TIMES[time] ?? (time / PER_SECOND).toFixed(SECONDS_DECIMALS);
}
