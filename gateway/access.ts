// Who may ask: the Host header against DNS rebinding, and the bearer token for everything but looking.

import { createHash, timingSafeEqual } from "node:crypto";

import { problem } from "./problems.ts";

export interface AccessOptions {
  /** The address the gateway is bound to. */
  readonly host: string;
  /** An empty token is nobody's: then nothing but looking is possible. */
  readonly adminToken: string;
  /** Of the requests that are neither GET nor HEAD, those that only look; none unless given. */
  readonly isLook?: (request: Request) => boolean;
  /** Of those that look, the ones that take the token all the same; none unless given. */
  readonly isPrivate?: (request: Request) => boolean;
}

/** Returns the check made before any routing: a refusal to send, or undefined when the request may pass. */
export function createAccessCheck(options: AccessOptions): (request: Request) => Response | undefined {
  const { host, adminToken, isLook = () => false, isPrivate = () => false } = options;
  const loopbackOnly = isLoopback(host);
  const tokenDigest = digest(adminToken);
  return (request) => {
    if (loopbackOnly && !isLoopback(hostNameOf(request.headers.get("host")))) {
      return problem("misdirected", "Cannot serve this host name: the gateway is bound to loopback");
    }
    const looks = request.method === "GET" || request.method === "HEAD" || isLook(request);
    if (looks && !isPrivate(request)) return undefined;
    const token = bearerToken(request.headers.get("authorization"));
    if (token !== "" && timingSafeEqual(digest(token), tokenDigest)) return undefined;
    const detail = `Cannot ${request.method}: send "Authorization: Bearer" with the admin token`;
    return problem("unauthorized", detail, { "WWW-Authenticate": "Bearer" });
  };
}

/** True for `localhost` and for literal loopback addresses; any other name could be made to point here by its owner. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|\[?::1\]?|127(?:\.\d{1,3}){3})$/i.test(host);
}

/** The name in a Host header without its port; empty when there is none or it is malformed. */
export function hostNameOf(header: string | null): string {
  return /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d*)?$/i.exec(header ?? "")?.[1] ?? "";
}

function bearerToken(header: string | null): string {
  return /^bearer +(\S+)$/i.exec(header ?? "")?.[1] ?? "";
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
