// How a game from peer to peer ended, reported to the server until it has said what came of it.
import { AGAIN_AFTER_MS, CONFIRMED_WITHIN_MS } from "./limits.ts";
import { isPassing, reasonText, refusalText } from "./sentences.ts";
import type { Ended } from "./server-message.ts";
import type { ServerParts } from "./session.ts";

export type Result = "WIN" | "LOST" | "DRAW";

const NEVER = Number.POSITIVE_INFINITY;

export class PeerReport {
  readonly #parts: ServerParts;
  /** Without a result, the server is told that there will be none. */
  #report: { readonly opponent: string; readonly result: Result | undefined } | undefined;
  #untilMs = NEVER;
  #againAtMs = NEVER;
  /** The person knows why there is no result. */
  #isTold = false;

  constructor(parts: ServerParts) {
    this.#parts = parts;
  }

  /** The server has not said yet what came of it. */
  get isOpen(): boolean {
    return this.#report !== undefined;
  }

  get wakeAtMs(): number {
    return Math.min(this.#untilMs, this.#againAtMs);
  }

  /** `undefined`: both are free at once, and nobody scores. */
  begin(opponent: string, result: Result | undefined): void {
    const { session, clock } = this.#parts;
    this.#report = { opponent, result };
    this.#isTold = result === undefined;
    this.#untilMs = clock.monotonicMs() + CONFIRMED_WITHIN_MS;
    if (session.isKnown) this.#send();
    else this.sayState();
  }

  sayState(): void {
    const { say, session } = this.#parts;
    if (session.isKnown) say("O resultado foi relatado; falta o que o adversário diz.");
    else say("O servidor saberá disso quando houver conexão.");
  }

  /** Nobody knows whether it was heard before. */
  resumed(): void {
    this.#send();
  }

  /** The server says that the match is over, perhaps before we have: `wasPlaying`. */
  ended({ winner, reason }: Ended, wasPlaying: boolean): void {
    const { say, session } = this.#parts;
    if (!this.#tell()) return;
    const who = winner === session.name ? "você venceu" : `${winner} venceu`;
    if (reason === "agreed") return say(`Resultado confirmado: ${winner === "" ? "empate" : who}.`);
    return say(`${wasPlaying ? "O servidor encerrou a partida" : "A partida não conta"}: ${reasonText(reason)}.`);
  }

  /** It found that the other's report does not agree, or that there will be none. */
  refused(reason: string): void {
    if (this.#tell()) this.#parts.say(refusalText(reason));
  }

  /** There is nothing to report. */
  clear(): void {
    this.#close();
    this.#isTold = false;
  }

  woken(nowMs: number): void {
    if (nowMs >= this.#untilMs) {
      this.#close();
      if (!this.#isTold) this.#parts.say("O servidor não disse o que foi do resultado.");
    }
    if (nowMs < this.#againAtMs) return;
    this.#againAtMs = NEVER;
    if (this.#parts.session.isKnown) this.#send();
  }

  #send(): void {
    const { requests, session, say, clock } = this.#parts;
    if (this.#report === undefined) return;
    const { opponent, result } = this.#report;
    const fields =
      result === undefined ? (["end"] as const) : (["result", session.name ?? "", opponent, result] as const);
    requests.ask(fields, {
      done: () => (result === undefined ? this.#close() : say("Resultado relatado ao servidor.")),
      refused: (reason) => {
        if (isPassing(reason)) this.#againAtMs = clock.monotonicMs() + AGAIN_AFTER_MS;
        else if (reason !== "Already reported") this.refused(reason);
      },
      lost: () => undefined,
    });
  }

  /** True the first time: after that the person knows. */
  #tell(): boolean {
    const isNews = !this.#isTold;
    this.#close();
    this.#isTold = true;
    return isNews;
  }

  #close(): void {
    this.#report = undefined;
    this.#untilMs = NEVER;
    this.#againAtMs = NEVER;
  }
}
