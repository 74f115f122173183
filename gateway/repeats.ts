// Answers that are kept for a repeat under the same Idempotency-Key. In memory: a repeat after a restart acts again.

import { limits } from "#runtime/mod.ts";

import { HTTP_LIMITS } from "./limits.ts";
import { problem } from "./problems.ts";
import type { MonotonicClock } from "./request-rates.ts";
import { digestOf } from "./secrets.ts";

const { repeatsMax, repeatsBytesMax, repeatBytesMax, repeatMsMax } = HTTP_LIMITS;
const HEADER = "idempotency-key";

interface Kept {
  readonly bodyDigest: string;
  readonly atMs: number;
  /** Undefined while the first request goes on. */
  answer?: { readonly status: number; readonly headers: Headers; readonly bytes: Uint8Array };
}

const HOLDS_SECRET = "Cannot keep the answer for a repeat: it holds a secret; send it without Idempotency-Key";
const STILL_RUNNING = "Cannot answer yet: the first request under this Idempotency-Key goes on";
const OTHER_BODY = "Cannot take this for a repeat: the first request under this Idempotency-Key had another body";

export class Repeats {
  readonly #clock: MonotonicClock;
  /** The oldest first. */
  readonly #kept = new Map<string, Kept>();
  #bytes = 0;

  constructor(clock: MonotonicClock) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#kept.size;
  }

  /** Acts, or answers as the first time; `who` is whom it is kept for. What has no name is just done. */
  async answer(request: Request, who: string, body: Uint8Array, act: () => Promise<Response>): Promise<Response> {
    const name = request.headers.get(HEADER);
    if (name === null || request.method !== "POST" || isMethodCall(request)) return act();
    const refused = refuseName(request, name);
    if (refused !== undefined) return refused;
    this.#forget();
    const { pathname, search } = new URL(request.url);
    const key = digestOf(JSON.stringify([who, name, pathname, search]));
    const bodyDigest = digestOf(Buffer.from(body).toString("latin1"));
    const known = this.#kept.get(key);
    if (known !== undefined) return repeated(known, bodyDigest);
    const kept: Kept = { bodyDigest, atMs: this.#clock.monotonicMs() };
    this.#kept.set(key, kept);
    try {
      return await this.#keep(key, kept, await act());
    } catch (error) {
      this.#kept.delete(key);
      throw error;
    }
  }

  /** An answer that says to try again is not kept, nor one that is large. */
  async #keep(key: string, kept: Kept, response: Response): Promise<Response> {
    const { status, headers } = response;
    const bytes = await response.bytes();
    if (status >= 500 || status === 429 || bytes.length > repeatBytesMax) {
      this.#kept.delete(key);
    } else {
      kept.answer = { status, headers: new Headers(headers), bytes };
      this.#bytes += bytes.length;
      this.#forget();
    }
    return answerOf({ status, headers, bytes });
  }

  /** What goes on is never forgotten: there is no more of it than requests. */
  #forget(): void {
    const nowMs = this.#clock.monotonicMs();
    for (const [key, { atMs, answer }] of this.#kept) {
      const isWithin = this.#kept.size <= repeatsMax && this.#bytes <= repeatsBytesMax;
      if (isWithin && nowMs - atMs < repeatMsMax) return;
      if (answer === undefined) continue;
      this.#kept.delete(key);
      this.#bytes -= answer.bytes.length;
    }
  }
}

function repeated({ bodyDigest, answer }: Kept, given: string): Response {
  if (bodyDigest !== given) return problem("repeat_differs", OTHER_BODY);
  if (answer === undefined) return problem("repeat_running", STILL_RUNNING, { "Retry-After": "1" });
  const again = answerOf(answer);
  again.headers.set("Idempotency-Replayed", "true");
  return again;
}

function answerOf({ status, headers, bytes }: NonNullable<Kept["answer"]>): Response {
  return new Response(bytes.length === 0 ? null : (bytes as Uint8Array<ArrayBuffer>), { status, headers });
}

function refuseName(request: Request, name: string): Response | undefined {
  if (new URL(request.url).pathname.startsWith("/access/")) return problem("no_repeat", HOLDS_SECRET);
  if (name !== "" && name.length <= limits.nameLengthMax) return undefined;
  const detail = `Cannot accept the request: "Idempotency-Key" must be 1 to ${limits.nameLengthMax} characters`;
  return problem("invalid_request", detail);
}

/** Of those, actors keep the answers themselves, with what they change. */
function isMethodCall(request: Request): boolean {
  return /^\/actors\/[^/]+\/[^/]+\/[^/_][^/]*\/?$/.test(new URL(request.url).pathname);
}
