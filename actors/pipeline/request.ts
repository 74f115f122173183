// A request of the pipelined protocol: JSON text in, the few fields the service uses out.
import { limits } from "#runtime/mod.ts";

import { numberAsSent } from "./number-as-sent.ts";

/** Ready to be echoed: a whole number, or JSON text. */
export type MessageId = number | string;

export interface PipelineRequest {
  readonly clientId: string;
  readonly messageId: MessageId;
}

/** Why a well-framed payload is no request; its ids are echoed where they could be read. */
export interface BadRequest {
  readonly problem: string;
  readonly clientId: string | undefined;
  readonly messageId: MessageId | undefined;
}

const NOTHING_READ = { clientId: undefined, messageId: undefined };
const NOT_JSON: BadRequest = { problem: "the payload is not JSON", ...NOTHING_READ };
const NOT_AN_OBJECT: BadRequest = { problem: "the payload is not a JSON object", ...NOTHING_READ };
const MESSAGE_ID_PROBLEM = `"message_id" must be a number, or a string of up to ${limits.clientIdLengthMax} characters`;
const CLIENT_ID_PROBLEM = `"client_id" must be a string of 1 to ${limits.clientIdLengthMax} characters`;

/** Hot. `timestamp` and `data` are the client's own: they are not looked at. */
export function parseRequest(text: string): PipelineRequest | BadRequest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return NOT_JSON;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return NOT_AN_OBJECT;
  const fields = value as { client_id?: unknown; message_id?: unknown };
  const messageId = echoable(fields.message_id, text);
  const clientId = isClientId(fields.client_id) ? fields.client_id : undefined;
  if (messageId === undefined) return { problem: MESSAGE_ID_PROBLEM, clientId, messageId };
  if (clientId === undefined) return { problem: CLIENT_ID_PROBLEM, clientId, messageId };
  return { clientId, messageId };
}

function echoable(messageId: unknown, text: string): MessageId | undefined {
  if (typeof messageId === "number") return isPlain(messageId) ? messageId : digitsAsSent(text);
  if (typeof messageId !== "string" || messageId.length > limits.clientIdLengthMax) return undefined;
  return JSON.stringify(messageId);
}

function isPlain(messageId: number): boolean {
  return messageId >= 0 && Number.isSafeInteger(messageId) && !Object.is(messageId, -0);
}

/** The digits as the client wrote them, where a double may not hold them; undefined when there are too many. */
function digitsAsSent(text: string): string | undefined {
  const digits = numberAsSent(text, "message_id");
  return digits.length <= limits.clientIdLengthMax ? digits : undefined;
}

/** U+FFFD stands for octets that were not UTF-8: such a name could not be echoed as it was sent. */
function isClientId(value: unknown): value is string {
  return (
    typeof value === "string" &&
    value.length > 0 &&
    value.length <= limits.clientIdLengthMax &&
    !value.includes("\uFFFD")
  );
}
