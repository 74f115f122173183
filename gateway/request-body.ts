// The JSON body of a call, read strictly; no body at all means no input.

import { problem } from "./problems.ts";

const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i;

/** The value, or the problem to answer with. A body must be said to be JSON, which no page of another site can do. */
export async function readInput(request: Request): Promise<{ readonly value: unknown } | Response> {
  const bytes = await request.bytes();
  if (bytes.length === 0) return { value: undefined };
  if (!JSON_MEDIA_TYPE.test(request.headers.get("content-type") ?? "")) {
    return problem("unsupported_media_type", 'Cannot read the body: send "Content-Type: application/json"');
  }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return problem("malformed_request", "Cannot read the body: it is no JSON in UTF-8");
  }
}
