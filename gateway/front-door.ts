// What every request passes, whatever its route: who asks, the audit of changes, and the headers of all answers.

import { randomBytes } from "node:crypto";

import type { OpenWebSession } from "#runtime/net/web-socket-port.ts";

import { actorProblem, isActorError } from "./actor-problems.ts";
import { type AdmissionParts, admit, type Asking, refuseAtOnce, wrongToken } from "./admission.ts";
import { actAudited, type AuditedRequest, type AuditPort, writeRefusal } from "./audit-trail.ts";
import { ANONYMOUS, type Identity } from "./identity.ts";
import { internalProblem } from "./problems.ts";
import { Repeats } from "./repeats.ts";
import { readWholeBody, refuseTooLarge } from "./request-body.ts";
import type { MonotonicClock } from "./request-rates.ts";
import type { Need } from "./roles.ts";
import { addHeaders } from "./security-headers.ts";
import { createSessionCookie, type SessionCookie } from "./session-cookie.ts";
import { WebSocketSeats } from "./web-socket-seats.ts";
import { askedFor, upgrade, type WebSocketData, type WebSocketPaths } from "./web-sockets.ts";

export interface GatewayClock extends MonotonicClock {
  unixMs(): number;
}

/** Who has asked, for routes that have to know. */
export interface Asked {
  readonly identity: Identity;
  readonly cookie: SessionCookie;
}

export type AskedRequests = WeakMap<Request, Asked>;

export interface FrontDoorParts extends AdmissionParts {
  readonly audit: AuditPort;
  readonly clock: GatewayClock;
  readonly isSecure: boolean;
  readonly bodyMsMax: number;
  /** How often it is asked whether those for whom WebSockets are open are still known. */
  readonly staleLookMs: number;
  readonly webSockets: WebSocketPaths;
  readonly asked: AskedRequests;
  readonly route: (request: Request) => Response | Promise<Response>;
}

type Server = Bun.Server<WebSocketData>;
/** Undefined: the request has become a WebSocket. */
export type FrontDoor = (request: Request, server: Server) => Promise<Response | undefined>;

const REQUEST_ID = /^[\w.-]{1,64}$/;
const REQUEST_ID_BYTES = 12;
const SIGN_IN = "/access/sign-in";
const NO_NEED: Need = { role: "anonymous", isChange: false, isPrivate: false };

/** `start` begins to look after WebSockets whose token or sign-in is over, until what it returns is called. */
export function createFrontDoor(parts: FrontDoorParts) {
  const door = new Door(parts);
  const answer: FrontDoor = async (request, server) => {
    const requestId = requestIdOf(request);
    const response = await door.answer(request, requestId, server).catch((error: unknown) => {
      if (isActorError(error)) return actorProblem(error, parts.onFault);
      parts.onFault(error);
      return internalProblem();
    });
    return response && addHeaders(response, request, requestId);
  };
  const start = (): (() => void) => {
    const timer = setInterval(() => void door.closeStale(), parts.staleLookMs);
    return () => clearInterval(timer);
  };
  return { answer, start };
}

class Door {
  readonly #parts: FrontDoorParts;
  readonly #trail: { readonly audit: AuditPort; readonly unixMs: () => number };
  readonly #repeats: Repeats;
  readonly #seats = new WebSocketSeats();
  #cookie: SessionCookie | undefined;

  constructor(parts: FrontDoorParts) {
    this.#parts = parts;
    this.#trail = { audit: parts.audit, unixMs: () => parts.clock.unixMs() };
    this.#repeats = new Repeats(parts.clock);
  }

  async answer(request: Request, requestId: string, server: Server): Promise<Response | undefined> {
    const address = server.requestIP(request)?.address ?? "";
    const cookie = (this.#cookie ??= createSessionCookie(server.port ?? 0, this.#parts.isSecure));
    const asking: Asking = { request, address, cookie };
    const known = { request, requestId, address };
    const atOnce = refuseAtOnce(this.#parts, asking);
    if (atOnce !== undefined) return this.#refused(atOnce, { ...known, identity: ANONYMOUS, need: NO_NEED });
    const isSignIn = request.method === "POST" && new URL(request.url).pathname === SIGN_IN;
    const early = isSignIn ? await readWholeBody(request, this.#parts.bodyMsMax) : undefined;
    if (early instanceof Response) return early;
    const signInToken = early && tokenIn(early);
    const { refused, ...admitted } = await admit(this.#parts, { ...asking, signInToken });
    const audited = { ...known, ...admitted, ...(early === undefined ? {} : { body: early }) };
    if (refused !== undefined) return this.#refused(refused, audited);
    const tooLarge = refuseTooLarge(request);
    if (tooLarge !== undefined) return tooLarge;
    const begin = askedFor(request, this.#parts.webSockets);
    if (begin !== undefined) return this.#open(begin, audited, server);
    return this.#route(audited, cookie);
  }

  closeStale(): Promise<void> {
    return this.#seats.closeStale(this.#parts.identities);
  }

  async #route(audited: AuditedRequest, cookie: SessionCookie): Promise<Response> {
    const { request, identity, need } = audited;
    const { asked, route, bodyMsMax, identities } = this.#parts;
    if (request.method === "GET" || request.method === "HEAD") {
      const routed = this.#parts.isSecure ? routable(request) : request;
      asked.set(routed, { identity, cookie });
      return route(routed);
    }
    const body = audited.body ?? (await readWholeBody(request, bodyMsMax));
    if (body instanceof Response) return body;
    // A body may come slowly: who was known when it began may be so no more.
    if (need.isChange && request.body !== null && !(await identities.isStill(identity))) {
      return this.#refused(wrongToken(), audited);
    }
    const act = async (): Promise<Response> => {
      const read = routable(request, body);
      asked.set(read, { identity, cookie });
      return route(read);
    };
    // Nobody changes anything here: whoever is not known may only come, or go.
    if (!need.isChange || identity.via === "none") return act();
    const made = (): Promise<Response> => actAudited(this.#trail, { ...audited, body }, act);
    return this.#repeats.answer(request, identity.token ?? "", body, made);
  }

  #open(begin: OpenWebSession, { request, address, identity }: AuditedRequest, server: Server): Response | undefined {
    const full = this.#seats.refuse(address);
    return full ?? upgrade(request, server, this.#seats.seated(address, begin, identity), identity.role);
  }

  #refused(response: Response, audited: AuditedRequest): Response {
    const { status } = response;
    const isToBeWritten = [401, 403, 429].includes(status) && this.#parts.rates.isToBeWritten(status, audited.address);
    if (isToBeWritten) writeRefusal(this.#trail, audited, status);
    return response;
  }
}

function requestIdOf({ headers }: Request): string {
  const given = headers.get("x-request-id") ?? "";
  return REQUEST_ID.test(given) ? given : randomBytes(REQUEST_ID_BYTES).toString("base64url");
}

/** The same request, whose body was read; as over HTTP, since the router takes a path to begin where it does there. */
function routable({ url, method, headers, signal }: Request, body: Uint8Array = new Uint8Array()): Request {
  const content = body.length === 0 ? {} : { body: body as Uint8Array<ArrayBuffer> };
  return new Request(url.replace(/^https:/, "http:"), { method, headers, signal, ...content });
}

/** Of a body that is none, its route says so. */
function tokenIn(body: Uint8Array): string | undefined {
  try {
    const { token } = JSON.parse(new TextDecoder().decode(body)) as { readonly token?: unknown };
    return typeof token === "string" ? token : undefined;
  } catch {
    return undefined;
  }
}
