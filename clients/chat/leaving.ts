// The end of the program: what was said is waited for, goodbye is said, and neither for ever.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "../machine/actions.ts";
import { FINISH_WITHIN_MS, LEAVE_WITHIN_MS } from "./limits.ts";
import type { Outbox } from "./outbox.ts";
import type { Requests } from "./requests.ts";
import { noticeText } from "./shown.ts";

interface Leave {
  /** A person wants to go; a pipe wants everything to be done first. */
  readonly who: "person" | "pipe";
  readonly exitCode: number;
  readonly untilMs: number;
}

export class Leaving {
  readonly #actions: Actions;
  readonly #requests: Requests;
  readonly #outbox: Outbox;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #leave: Leave | undefined;
  #hasSaidGoodbye = false;

  constructor(actions: Actions, requests: Requests, outbox: Outbox, clock: Pick<Clock, "monotonicMs">) {
    this.#actions = actions;
    this.#requests = requests;
    this.#outbox = outbox;
    this.#clock = clock;
  }

  get wakeAtMs(): number {
    return this.#leave?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** A person who says it twice does not want to wait. */
  begin(who: "person" | "pipe", exitCode: number): void {
    if (this.#leave?.who === "person") return who === "person" ? this.#finish() : undefined;
    const waitMs = who === "person" ? LEAVE_WITHIN_MS : FINISH_WITHIN_MS;
    this.#leave = { who, exitCode, untilMs: this.#clock.monotonicMs() + waitMs };
  }

  goOn(isNamed: boolean, isSettled: boolean): void {
    if (this.#leave === undefined || this.#hasSaidGoodbye) return;
    const { who } = this.#leave;
    if (who === "person" && !isNamed) return this.#finish();
    if (who === "person" ? this.#outbox.count > 0 : !isSettled) return;
    this.#hasSaidGoodbye = true;
    this.#requests.send("main", "EXIT", { kind: "exit" });
  }

  /** The server has said goodbye too. */
  left(): void {
    if (this.#hasSaidGoodbye) this.#finish();
  }

  /** The connection is lost. True when that is the end. */
  lost(): boolean {
    this.left();
    return this.#hasSaidGoodbye;
  }

  woken(nowMs: number): void {
    if (nowMs >= this.wakeAtMs) this.#finish();
  }

  #finish(): void {
    const { count } = this.#outbox;
    const { who = "person", exitCode = 0 } = this.#leave ?? {};
    if (count > 0)
      this.#actions.print(noticeText(`Sem confirmação: ${count} ${count === 1 ? "mensagem" : "mensagens"}.`));
    const isDone = this.#hasSaidGoodbye || (who === "person" && count === 0);
    this.#actions.add({ kind: "finish", exitCode: isDone ? exitCode : exitCode || 1 });
  }
}
