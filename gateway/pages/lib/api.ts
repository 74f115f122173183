// Requests to this server: what it answers, or what stood against it, never an exception.

/** Problem details (RFC 9457). Status 0: there was no answer at all. */
export interface Problem {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly code?: string;
}

export type Answer<Value> =
  | { readonly ok: true; readonly value: Value; readonly etag?: string | undefined }
  | { readonly ok: false; readonly problem: Problem };

export interface AskParts {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** The change is made only to what still has this tag. */
  readonly etag?: string | undefined;
}

/** What the page proves with that a change is its own: from /access/me, kept in memory alone. */
const proof = { csrf: "" };

export function proveWith(csrf: string): void {
  proof.csrf = csrf;
}

/** The value is undefined where the answer has no body. */
export async function ask<Value>(method: string, path: string, parts: AskParts = {}): Promise<Answer<Value>> {
  try {
    const response = await fetch(path, { method, ...bodyOf(parts), headers: headersOf(method, parts) });
    if (!response.ok) return { ok: false, problem: await problemOf(response) };
    const text = await response.text();
    const value = (text === "" ? undefined : JSON.parse(text)) as Value;
    return { ok: true, value, etag: response.headers.get("etag") ?? undefined };
  } catch {
    return { ok: false, problem: { status: 0, title: "No answer", detail: "Cannot reach the server: is it running?" } };
  }
}

/** An address from its parts, each of which may hold any character. */
export function pathTo(...parts: readonly string[]): string {
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** What is empty is left out. */
export function withQuery(path: string, query: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(query).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given)}`;
}

function bodyOf({ body }: AskParts): RequestInit {
  return body === undefined ? {} : { body: JSON.stringify(body) };
}

function headersOf(method: string, { body, etag }: AskParts): Record<string, string> {
  return {
    Accept: "application/json",
    ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    ...(etag === undefined ? {} : { "If-Match": etag }),
    ...(method === "GET" || proof.csrf === "" ? {} : { "X-CSRF-Token": proof.csrf }),
  };
}

async function problemOf(response: Response): Promise<Problem> {
  const { status } = response;
  try {
    const { title, detail, code } = (await response.json()) as Partial<Problem>;
    return {
      status,
      title: title ?? `Status ${status}`,
      detail: detail ?? "",
      ...(code === undefined ? {} : { code }),
    };
  } catch {
    return { status, title: `Status ${status}`, detail: response.statusText };
  }
}
