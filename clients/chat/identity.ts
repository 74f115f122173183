// Who we are to the server: the id, the key that resumes it, and what to do while the server says no.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import type { Actions } from "../machine/actions.ts";
import { backoffMs } from "../machine/backoff.ts";
import { RECONNECT } from "../machine/lifeline.ts";
import type { Requests } from "./requests.ts";
import { noticeText } from "./shown.ts";

/** Nothing that waiting would change. */
const FINAL: ReadonlySet<string> = new Set(
  ["account.bad_password", "account.needs_tls", "chat.bad_id", "chat.id_reserved", "chat.login_needed"].concat([
    "text.unknown_command",
    "text.bad_arguments",
    "",
  ]),
);

/** What a person can do about it here, where the server's sentence does not say so. */
const HINTS: Readonly<Record<string, string>> = {
  "account.bad_password": "Ainda sem conta? Entre sem --password e escreva: /raw ADDUSER nome senha.",
  "chat.id_in_use": "Depois de uma queda o nome fica reservado por até um minuto; para usar outro: /quit e --id.",
  "chat.login_needed": "Comece de novo com --password.",
};

export interface IdentityParts {
  readonly id: string;
  /** Of an account. */
  readonly password: string | undefined;
  readonly actions: Actions;
  readonly requests: Requests;
  readonly clock: Pick<Clock, "monotonicMs">;
  readonly random: Random;
}

export class Identity {
  readonly #parts: IdentityParts;
  /** As the server has it. */
  #id: string;
  /** From the last HELLO or LOGIN. */
  #key = "";
  #isNamed = false;
  #tries = 0;
  #askAgainAtMs = Number.POSITIVE_INFINITY;

  constructor(parts: IdentityParts) {
    this.#parts = parts;
    this.#id = parts.id;
  }

  get id(): string {
    return this.#id;
  }

  /** This connection has the id. */
  get isNamed(): boolean {
    return this.#isNamed;
  }

  get wakeAtMs(): number {
    return this.#askAgainAtMs;
  }

  /** With the key, where there is one: it needs no password. */
  ask(): void {
    const { id, password, requests } = this.#parts;
    this.#askAgainAtMs = Number.POSITIVE_INFINITY;
    if (this.#key !== "") requests.send("main", `HELLO ${id} ${this.#key}`, { kind: "hello" });
    else if (password === undefined) requests.send("main", `HELLO ${id}`, { kind: "hello" });
    else requests.send("main", `LOGIN ${id} ${password}`, { kind: "login" });
  }

  /** `text` is the reply behind its name. Returns the number of the last direct message. */
  answered(text: string): number {
    const [id = this.#id, key = "", last = ""] = text.split(" ");
    this.#id = id;
    this.#key = key;
    this.#isNamed = true;
    this.#tries = 0;
    return /^\d{1,15}$/.test(last) ? Number(last) : 0;
  }

  /** A key that is refused is of no use any more: somebody else has the id, or the server has given us another. */
  refused(code: string, text: string): void {
    const { actions, clock, random, password } = this.#parts;
    const isKeyRefused = this.#key !== "" && (code === "chat.id_in_use" || code === "chat.login_needed");
    if (isKeyRefused && password !== undefined) {
      this.#key = "";
      return this.ask();
    }
    const hint = this.#tries === 0 ? HINTS[code] : undefined;
    if (FINAL.has(code)) {
      actions.print(noticeText(text));
      if (hint !== undefined) actions.print(noticeText(hint));
      return actions.add({ kind: "finish", exitCode: 1 });
    }
    if (this.#tries === 0) actions.print(noticeText(`${text} Tentando de novo até conseguir.`));
    if (hint !== undefined) actions.print(noticeText(hint));
    this.#askAgainAtMs = clock.monotonicMs() + backoffMs(this.#tries++, random, RECONNECT);
  }

  woken(nowMs: number): void {
    if (nowMs >= this.#askAgainAtMs) this.ask();
  }

  lost(): void {
    this.#isNamed = false;
    this.#askAgainAtMs = Number.POSITIVE_INFINITY;
  }
}
