// Who is let in: the host name against DNS rebinding, then how often, who asks, what that one may, and from which page.

import { actorProblem, isActorError } from "./actor-problems.ts";
import { hostNameOf, isLoopback } from "./host-name.ts";
import { ANONYMOUS, type Identities, type Identity } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import type { RequestRates } from "./request-rates.ts";
import { isEnough, isFromElsewhere, type Need } from "./roles.ts";
import { isSame } from "./secrets.ts";
import type { SessionCookie } from "./session-cookie.ts";

export interface AdmissionParts {
  /** The address the gateway is bound to. */
  readonly host: string;
  readonly identities: Identities;
  readonly rates: RequestRates;
  readonly needOf: (request: Request) => Need;
  readonly onFault: (fault: unknown) => void;
}

/** `identity`: as far as it is known; of a refusal too, for the audit. */
export type Admission = { readonly identity: Identity; readonly need: Need; readonly refused?: Response };

export interface Asking {
  readonly request: Request;
  readonly address: string;
  readonly cookie: SessionCookie;
  /** In place of header and cookie: the token that a sign-in has in its body. */
  readonly signInToken?: string | undefined;
}

type Asker = { readonly identity: Identity; readonly wrong?: Response };

/** A malformed header is no token that anybody has. */
const NO_TOKEN = "";
const RETRY_SOON = { "Retry-After": "1" };
const RETRY_LATER = { "Retry-After": String(Math.ceil(HTTP_LIMITS.wrongTokensEveryMs / 1_000)) };

const BAD_HOST = 'Cannot read the request: its "Host" is missing, or no host with a port';
const TOO_OFTEN = "Cannot answer: there were too many requests from this address";
const TOO_MANY_WRONG = "Cannot try the token: there were too many wrong ones from this address";
export const NO_TOKEN_GIVEN = 'send "Authorization: Bearer" with a token, or sign in';
export const WRONG_TOKEN = "Cannot accept the token: it is not known here, has expired or was revoked";
const NO_CSRF = 'Cannot accept the change: send "X-CSRF-Token" as GET /access/me tells it, from a page of here';
const RESERVED = "Cannot do this: what keeps tokens and audit is changed by the gateway alone";

/** The checks that need nothing but the request's head. */
export function refuseAtOnce({ host, rates }: AdmissionParts, { request, address }: Asking): Response | undefined {
  if (isLoopback(host) && !isLoopback(hostNameOf(request.headers.get("host")))) {
    return problem("misdirected", "Cannot serve this host name: the gateway is bound to loopback");
  }
  // The address of a request is its host and its path: without one there is none to judge it by.
  if (!URL.canParse(request.url)) return problem("malformed_request", BAD_HOST);
  return rates.mayAsk(address) ? undefined : problem("too_many_requests", TOO_OFTEN, RETRY_SOON);
}

export async function admit(parts: AdmissionParts, asking: Asking): Promise<Admission> {
  const { request } = asking;
  const need = parts.needOf(request);
  // Before its token is looked at: what a page of another site tries is no try of whoever sits before it.
  if (asking.signInToken !== undefined && isFromElsewhere(request)) {
    return { identity: ANONYMOUS, need, refused: problem("csrf", NO_CSRF) };
  }
  const { identity, wrong } = await askerOf(parts, asking, need);
  const refused = wrong ?? refuseRole(request, identity, need) ?? refuseForgery(asking, identity);
  return { identity, need, ...(refused === undefined ? {} : { refused }) };
}

async function askerOf(parts: AdmissionParts, asking: Asking, need: Need): Promise<Asker> {
  const { request, signInToken } = asking;
  const header = request.headers.get("authorization");
  const secret = signInToken ?? (header === null ? undefined : bearerToken(header));
  const cookie = asking.cookie.read(request);
  // Whoever may do it without a token may do it with a wrong one; but nobody signs in with that.
  const isForAll = need.role === "anonymous" && signInToken === undefined;
  try {
    if (secret !== undefined) {
      const { identity, wrong } = await byToken(parts, asking.address, secret);
      return wrong === undefined || isForAll ? { identity } : { identity, wrong };
    }
    if (cookie === undefined) return { identity: ANONYMOUS };
    // One that is over is no attempt at anything: browsers send it until it is replaced.
    return { identity: (await parts.identities.byCookie(cookie)) ?? ANONYMOUS };
  } catch (error) {
    if (!isActorError(error)) throw error;
    // Nobody can say who asks: whoever may do it may do it all the same.
    return { identity: ANONYMOUS, ...(isForAll ? {} : { wrong: actorProblem(error, parts.onFault) }) };
  }
}

async function byToken({ identities, rates }: AdmissionParts, address: string, secret: string): Promise<Asker> {
  if (!rates.mayTryToken(address)) {
    return { identity: ANONYMOUS, wrong: problem("too_many_requests", TOO_MANY_WRONG, RETRY_LATER) };
  }
  const identity = secret === NO_TOKEN ? undefined : await identities.byToken(secret);
  if (identity !== undefined) return { identity };
  rates.wrongToken(address);
  return { identity: ANONYMOUS, wrong: wrongToken() };
}

export function wrongToken(): Response {
  return problem("unauthorized", WRONG_TOKEN, { "WWW-Authenticate": "Bearer" });
}

function refuseRole({ method }: Request, { role, via }: Identity, need: Need): Response | undefined {
  if (isEnough(role, need.role)) return undefined;
  if (via === "none") {
    return problem("unauthorized", `Cannot ${method}: ${NO_TOKEN_GIVEN}`, { "WWW-Authenticate": "Bearer" });
  }
  if (need.role === "nobody") return problem("reserved", RESERVED);
  return problem("forbidden", `Cannot ${method}: this takes the role ${need.role}, and yours is ${role}`);
}

/** Old browsers send the cookie with what a page of another site asks for, too. */
function refuseForgery({ request }: Asking, { via, csrf = "" }: Identity): Response | undefined {
  if (via !== "cookie" || request.method === "GET" || request.method === "HEAD") return undefined;
  const isOwn = !isFromElsewhere(request) && isSame(request.headers.get("x-csrf-token") ?? "", csrf);
  return isOwn ? undefined : problem("csrf", NO_CSRF);
}

function bearerToken(header: string): string {
  return /^bearer +(\S+)$/i.exec(header)?.[1] ?? NO_TOKEN;
}
