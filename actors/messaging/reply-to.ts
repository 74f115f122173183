// A reply in the encoding of its request: MessagePack, or JSON.
import { decodeMessage, encodeMessage } from "#runtime/mod.ts";

/** Body frames of a request; `answer` is given undefined where they are not one message that can be decoded. */
export async function replyTo(body: readonly Buffer[], answer: (request: unknown) => unknown): Promise<Buffer> {
  const [octets] = body;
  const decoded = octets === undefined || body.length > 1 ? undefined : decodeMessage(octets);
  if (decoded?.kind !== "value") return encodeMessage(await answer(undefined), "msgpack");
  return encodeMessage(await answer(decoded.value), decoded.encoding);
}
