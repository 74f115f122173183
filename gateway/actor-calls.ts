// POST /actors/{type}/{key}/{method}: every method of every actor type has its own route, and its own place in Swagger.

import { type Elysia, t, type TSchema } from "elysia";

import { limits, RuntimeError } from "#runtime/mod.ts";
import type { ActorsView, ActorTypeView, MethodView } from "#runtime/observe/view.ts";

import { keyOf } from "./actor-path.ts";
import { callDetail } from "./call-document.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { readInput } from "./request-body.ts";
import { given } from "./request-fields.ts";

const { callTimeoutMsMax } = HTTP_LIMITS;
const REPEAT_HEADER = "Idempotency-Key";

const callQuery = t.Object({
  timeout_ms: t.Optional(
    t.Integer({
      title: "timeout_ms",
      description: `A whole number from 1 to ${callTimeoutMsMax}: milliseconds to wait for the answer`,
      minimum: 1,
      maximum: callTimeoutMsMax,
    }),
  ),
});

/** `components` takes what the schemas of the methods call themselves by. */
export function serveActorCalls(app: Elysia, view: ActorsView, components: Record<string, TSchema>): void {
  for (const type of view.actorTypes()) {
    for (const method of type.methods) {
      const to = { type: type.type, method: method.name };
      app.post(
        `/actors/${to.type}/:key/${to.method}`,
        ({ params, query, request }) => {
          checkRepeatName(type, method, request);
          return answerCall(view, { ...to, key: keyOf(params.key) }, query.timeout_ms, request);
        },
        { query: callQuery, parse: "none", detail: callDetail(type, method, callQuery, components) },
      );
    }
  }
}

/** Says what is wrong with an address that no route has and that looks like a call. */
export function createWrongCallCheck(types: readonly ActorTypeView[]): (request: Request) => RuntimeError | undefined {
  const known = new Map(types.map(({ type, methods }) => [type, namesOf(methods)]));
  return (request) => {
    const [, , type = "", key, method, ...rest] = callPath(request) ?? [];
    if (method === undefined || rest.length > 0) return undefined;
    const methods = known.get(type);
    if (methods === undefined) {
      const hosted = Array.from(known.keys()).join(", ") || "none";
      return new RuntimeError("actor.unknown_type", `Cannot find actor type "${type}": this node hosts ${hosted}`);
    }
    if (key === "") return new RuntimeError("actor.bad_key", `Cannot address "${type}" by this key: it is empty`);
    return new RuntimeError("actor.unknown_method", `Cannot find method "${method}": "${type}" has ${methods}`);
  };
}

function namesOf(methods: readonly { readonly name: string }[]): string {
  return methods.length === 0 ? "none" : methods.map(({ name }) => name).join(", ");
}

/** As it is routed: segments as they were sent. */
function callPath(request: Request): readonly string[] | undefined {
  const path = new URL(request.url).pathname;
  return request.method === "POST" && path.startsWith("/actors/") ? path.split("/") : undefined;
}

/** Said of the header: what the core would say, it says of `once`, its own name for it. */
function checkRepeatName(type: ActorTypeView, method: MethodView, { headers }: Request): void {
  const name = headers.get(REPEAT_HEADER);
  if (name === null) return;
  const refuse = (code: RuntimeError["code"], why: string): RuntimeError => {
    const message = `Cannot call ${type.type}.${method.name} with the header "Idempotency-Key": ${why}`;
    return new RuntimeError(code, message, { stood: "queued" });
  };
  if (method.kind === "read") throw refuse("actor.bad_input", "it only looks, its answer is not kept for a repeat");
  if (!type.durable) throw refuse("actor.not_durable", "its type is not durable, it keeps no answers for a repeat");
  const length = `1 to ${limits.nameLengthMax} characters`;
  if (name === "" || name.length > limits.nameLengthMax) throw refuse("actor.bad_input", `the header has ${length}`);
}

async function answerCall(
  view: ActorsView,
  to: { readonly type: string; readonly key: string; readonly method: string },
  timeoutMs: number | undefined,
  request: Request,
): Promise<Response> {
  const input = await readInput(request);
  if (input instanceof Response) return input;
  const once = request.headers.get(REPEAT_HEADER) ?? undefined;
  const traceparent = request.headers.get("traceparent") ?? undefined;
  const json = await view.call({
    ...to,
    input: input.value,
    signal: request.signal,
    ...given({ timeoutMs, once, traceparent }),
  });
  if (json === undefined) return new Response(null, { status: 204 });
  return new Response(json, { headers: { "Content-Type": "application/json" } });
}
