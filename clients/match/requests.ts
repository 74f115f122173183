// Commands whose replies are awaited: each reply has its command's name, and those of one name come in their order.
import type { Clock } from "#runtime/base/clock.ts";

import type { Actions } from "../machine/actions.ts";
import { AWAITED_MAX, REPLY_WITHIN_MS } from "./limits.ts";
import { refusalText } from "./sentences.ts";
import type { Say } from "./shown.ts";

/** What is to be done about a reply; without `refused` and `lost` the person is told. */
export interface ReplyHandlers {
  readonly done: (fields: readonly string[]) => void;
  readonly refused?: (reason: string) => void;
  /** The connection is lost, and nobody knows whether it was obeyed. */
  readonly lost?: () => void;
}

interface Awaited {
  readonly command: string;
  readonly untilMs: number;
  readonly handlers: ReplyHandlers;
}

export class Requests {
  readonly #actions: Actions;
  readonly #say: Say;
  readonly #clock: Pick<Clock, "monotonicMs">;
  #awaited: Awaited[] = [];

  constructor(actions: Actions, say: Say, clock: Pick<Clock, "monotonicMs">) {
    this.#actions = actions;
    this.#say = say;
    this.#clock = clock;
  }

  get count(): number {
    return this.#awaited.length;
  }

  /** More would be more than anybody types. */
  get isFull(): boolean {
    return this.#awaited.length >= AWAITED_MAX;
  }

  /** By then the oldest reply must have come. */
  get wakeAtMs(): number {
    return this.#awaited[0]?.untilMs ?? Number.POSITIVE_INFINITY;
  }

  /** Only while there is a connection. The first field is the command's name. */
  ask(fields: readonly [command: string, ...(string | number)[]], handlers: ReplyHandlers): void {
    const [command] = fields;
    this.#awaited.push({ command, untilMs: this.#clock.monotonicMs() + REPLY_WITHIN_MS, handlers });
    this.#actions.add({ kind: "send", link: "main", line: fields.join(";") });
  }

  /** False where nobody has asked. */
  done(command: string, fields: readonly string[]): boolean {
    const awaited = this.#take(command);
    awaited?.handlers.done(fields);
    return awaited !== undefined;
  }

  /** False where nobody has asked. */
  refused(command: string | undefined, reason: string): boolean {
    const awaited = this.#take(command);
    if (awaited === undefined) return false;
    if (awaited.handlers.refused === undefined) this.#say(refusalText(reason));
    else awaited.handlers.refused(reason);
    return true;
  }

  /** Nothing comes any more. */
  lost(): void {
    for (const { command, handlers } of this.#awaited.splice(0)) {
      if (handlers.lost === undefined) this.#say(`Sem resposta: ${command}`);
      else handlers.lost();
    }
  }

  /** Without a name: the oldest. */
  #take(command: string | undefined): Awaited | undefined {
    const index = command === undefined ? 0 : this.#awaited.findIndex((awaited) => awaited.command === command);
    return index < 0 ? undefined : this.#awaited.splice(index, 1)[0];
  }
}
