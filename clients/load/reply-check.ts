// Decides whether a reply is the right one: JSON, whose it is, which message, in which order, with which status; hot.

export type WrongReason =
  "not_json" | "wrong_client_id" | "wrong_message_id" | "out_of_order" | "duplicate" | "status_not_success";

interface Reply {
  readonly client_id?: unknown;
  readonly message_id?: unknown;
  readonly status?: unknown;
}

/** Follows one connection that sends the ids `firstId` to `firstId + count - 1`, each once, in this order. */
export class ReplyCheck {
  /** The id in the reply checked last; only meaningful when that reply was right. */
  lastId = 0;

  readonly #clientId: string;
  readonly #firstId: number;
  readonly #answered: Uint8Array;
  #highestId = 0;

  constructor(clientId: string, firstId: number, count: number) {
    this.#clientId = clientId;
    this.#firstId = firstId;
    this.#answered = new Uint8Array(count);
  }

  /** `lastSentId`: a reply to a request that was not sent yet is wrong too. */
  check(text: string, lastSentId: number): WrongReason | undefined {
    const reply = parseReply(text);
    if (reply === undefined) return "not_json";
    if (reply.client_id !== this.#clientId) return "wrong_client_id";
    const id = reply.message_id;
    if (typeof id !== "number" || !Number.isInteger(id)) return "wrong_message_id";
    if (id < this.#firstId || id > lastSentId) return "wrong_message_id";
    this.lastId = id;
    if (this.#answered[id - this.#firstId] === 1) return "duplicate";
    this.#answered[id - this.#firstId] = 1;
    if (id < this.#highestId) return "out_of_order";
    this.#highestId = id;
    return reply.status === "success" ? undefined : "status_not_success";
  }
}

function parseReply(text: string): Reply | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
