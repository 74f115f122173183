// JSON bodies, read strictly and no further than their limit; no body at all means no input.

import type { Static, TObject } from "@sinclair/typebox";
import { ValueErrorType } from "@sinclair/typebox/errors";
import { Value } from "@sinclair/typebox/value";

import { type Answers, problemAnswer, problemsAnswer } from "./document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { describeInvalid, problem, problemBody } from "./problems.ts";

const { requestBodyBytesMax, announcedBodyBytesMax } = HTTP_LIMITS;
const JSON_MEDIA_TYPE = /^application\/(?:[\w.+-]+\+)?json *(?:;|$)/i;
const UNCOMPRESSED = /^(?:identity)?$/i;

const TOO_LARGE = `Cannot read the body: it has more than ${requestBodyBytesMax} bytes, the limit`;
const TOO_SLOW = `Cannot read the body: it was not there after ${HTTP_LIMITS.bodyMsMax} ms`;
const NOT_JSON = 'Cannot read the body: send "Content-Type: application/json"';
const COMPRESSED = 'Cannot read the body: send it uncompressed, without "Content-Encoding"';
const NO_INPUT = "Cannot accept the request: it takes no input, so it has no body";

/** Of a route that reads a body, for the document. */
export const bodyAnswers: Answers = {
  413: {
    ...problemAnswer("body_too_large", TOO_LARGE),
    description: `The body is too large; one announced with more than ${announcedBodyBytesMax} bytes gets just this`,
  },
  415: problemsAnswer([
    problemBody("unsupported_media_type", NOT_JSON),
    problemBody("unsupported_encoding", COMPRESSED),
  ]),
};

/** Of a route under `takesNoInput`, for the document. */
export const noInputAnswer: Answers = { 422: problemAnswer("invalid_request", NO_INPUT) };

/** For routes that act and have no input: a body is not passed over, as with a method that takes none. */
export const takesNoInput = {
  parse: "none",
  beforeHandle: async ({ request }: { readonly request: Request }): Promise<Response | undefined> => {
    const input = await readInput(request);
    if (input instanceof Response) return input;
    return input.value === undefined ? undefined : problem("invalid_request", NO_INPUT);
  },
} as const;

/** The problem to answer with where the body is announced as too large, whatever the route would do with it. */
export function refuseTooLarge({ headers }: Request): Response | undefined {
  const announced = Number(headers.get("content-length") ?? 0);
  return announced > requestBodyBytesMax ? problem("body_too_large", TOO_LARGE) : undefined;
}

/** The value, or the problem to answer with. A body must be said to be JSON, which no page of another site can do. */
export async function readInput(request: Request): Promise<{ readonly value: unknown } | Response> {
  const bytes = await readBytes(request);
  if (bytes instanceof Response) return bytes;
  if (bytes.length === 0) return { value: undefined };
  if (!UNCOMPRESSED.test(request.headers.get("content-encoding") ?? "")) {
    return problem("unsupported_encoding", COMPRESSED, { "Accept-Encoding": "identity" });
  }
  if (!JSON_MEDIA_TYPE.test(request.headers.get("content-type") ?? "")) {
    return problem("unsupported_media_type", NOT_JSON);
  }
  try {
    return { value: JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) };
  } catch {
    return problem("malformed_request", "Cannot read the body: it is no JSON in UTF-8");
  }
}

/** All of it, before anything is done with it; or the problem to answer with, also where it does not come in time. */
export async function readWholeBody(request: Request, withinMs: number): Promise<Uint8Array | Response> {
  if (request.body === null) return new Uint8Array();
  const late = Promise.withResolvers<Response>();
  const answer = (): void => late.resolve(problem("body_too_slow", TOO_SLOW, { Connection: "close" }));
  const timer = setTimeout(answer, withinMs);
  try {
    return await Promise.race([readBytes(request), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** As `readObject`; no body at all is an object without fields. */
export async function readOptionalObject<Schema extends TObject>(
  request: Request,
  schema: Schema,
): Promise<{ readonly value: Static<Schema> } | Response> {
  const input = await readInput(request);
  return input instanceof Response ? input : checkedObject(input.value === undefined ? {} : input.value, schema);
}

/** The object that the schema describes, or the problem to answer with. */
export async function readObject<Schema extends TObject>(
  request: Request,
  schema: Schema,
): Promise<{ readonly value: Static<Schema> } | Response> {
  const input = await readInput(request);
  return input instanceof Response ? input : checkedObject(input.value, schema);
}

function checkedObject<Schema extends TObject>(
  value: unknown,
  schema: Schema,
): { readonly value: Static<Schema> } | Response {
  const errors = [...Value.Errors(schema, value)];
  if (errors.length === 0) return { value: value as Static<Schema> };
  const unknown = errors.find(({ type }) => type === ValueErrorType.ObjectAdditionalProperties);
  if (unknown === undefined) return problem("invalid_request", describeInvalid(errors));
  const there = Object.keys(schema.properties).join(", ");
  const detail = `Cannot accept the request: "${unknown.path.slice(1)}" is no field here; there is ${there}`;
  return problem("invalid_request", detail);
}

async function readBytes(request: Request): Promise<Uint8Array | Response> {
  const { headers } = request;
  const refused = refuseTooLarge(request);
  if (refused !== undefined) return refused;
  const isAnnounced = headers.has("content-length") && !headers.has("transfer-encoding");
  try {
    return isAnnounced ? await request.bytes() : await readCounting(request);
  } catch (error) {
    // Whoever went away before the end of it reads no answer, and it is no fault.
    if (request.signal.aborted) return problem("malformed_request", "Cannot read the body: it broke off");
    throw error;
  }
}

/** What goes beyond the limit is not kept, and its connection ends, however much would follow. */
async function readCounting({ body }: Request): Promise<Uint8Array | Response> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > requestBodyBytesMax) return problem("body_too_large", TOO_LARGE, { Connection: "close" });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
