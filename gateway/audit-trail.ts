// What goes into the audit: each change before it is made and when it is over, and requests that were refused.

import type { Act, AuditEntry, AuditQuery } from "#actors/audit/entries.ts";

import { isActorError } from "./actor-problems.ts";
import type { Identity } from "./identity.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import type { Need } from "./roles.ts";

const { auditBodyLengthMax, auditPathLengthMax, auditMsMax } = HTTP_LIMITS;
const SECRET_NAMES: ReadonlySet<string> = new Set(["password", "token", "secret", "next"]);
const LEFT_OUT = "(left out)";
const RETRY_SOON = { "Retry-After": "1" };

/** The actor that keeps it, as far as the gateway asks it. */
export interface AuditPort {
  /** Resolves with the entry's number when it is stored; rejects where it cannot be. */
  begin(act: Act, options?: { readonly timeoutMs: number }): Promise<number>;
  page(query: AuditQuery): Promise<{ readonly items: readonly AuditEntry[]; readonly next?: number }>;
  readonly tell: {
    begin(act: Act): unknown;
    end(end: { readonly number: number; readonly status: number; readonly endedAt: number }): unknown;
    refused(refused: Act & { readonly status: number }): unknown;
  };
}

export interface AuditedRequest {
  readonly request: Request;
  readonly requestId: string;
  readonly address: string;
  readonly identity: Identity;
  readonly need: Need;
  /** Undefined where it was not read. */
  readonly body?: Uint8Array;
}

interface Trail {
  readonly audit: AuditPort;
  readonly unixMs: () => number;
}

/**
 * Makes the change when its entry is stored: of what was changed, nothing is missing from the audit, however the
 * process ends. Where the entry cannot be stored, nothing is done. But letting the audit itself go on again is.
 */
export async function actAudited(
  { audit, unixMs }: Trail,
  asked: AuditedRequest,
  act: () => Promise<Response>,
): Promise<Response> {
  const begun = actOf(asked, unixMs());
  const number = await audit.begin(begun, { timeoutMs: auditMsMax }).catch((error: unknown) => {
    // What fails everywhere is said as everywhere.
    if (!isActorError(error) || error.code.startsWith("store.")) throw error;
    return error.code;
  });
  if (typeof number === "string") {
    if (isReleaseOfAudit(asked)) return act().finally(() => audit.tell.begin(begun));
    return problem("audit_failed", `Cannot make the change: the audit cannot be written, ${number}`, RETRY_SOON);
  }
  const end = (status: number): unknown => audit.tell.end({ number, status, endedAt: unixMs() });
  try {
    const response = await act();
    end(response.status);
    return response;
  } catch (error) {
    end(500);
    throw error;
  }
}

export function writeRefusal({ audit, unixMs }: Trail, asked: AuditedRequest, status: number): void {
  audit.tell.refused({ ...actOf(asked, unixMs()), status });
}

function actOf({ request, requestId, address, identity, need, body }: AuditedRequest, at: number): Act {
  const shown = body === undefined || need.isPrivate ? undefined : shownBody(body);
  const { name: who, role, via } = identity;
  const { method } = request;
  const known = { at, who, role, via, from: address, requestId, method, path: shownPath(request.url) };
  return { ...known, ...(shown === undefined ? {} : { body: shown }) };
}

/** Without the values of secrets, wherever they stand in it; undefined where it is no JSON. */
function shownBody(body: Uint8Array): string | undefined {
  if (body.length === 0) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(body));
    const text = JSON.stringify(value, (name, inner: unknown) => (isSecret(name) ? LEFT_OUT : inner));
    return text.slice(0, auditBodyLengthMax).toWellFormed();
  } catch {
    return undefined;
  }
}

function shownPath(url: string): string {
  const { pathname, searchParams } = new URL(url);
  for (const name of new Set(searchParams.keys())) if (isSecret(name)) searchParams.set(name, LEFT_OUT);
  const query = searchParams.toString();
  return (query === "" ? pathname : `${pathname}?${query}`).slice(0, auditPathLengthMax);
}

function isSecret(name: string): boolean {
  return SECRET_NAMES.has(name.toLowerCase());
}

function isReleaseOfAudit({ request }: AuditedRequest): boolean {
  return /^\/actors\/audit\/[^/]+\/_release$/.test(new URL(request.url).pathname);
}
