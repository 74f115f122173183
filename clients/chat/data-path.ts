// Hybrid mode: who is who stays on TCP, messages go by datagrams while those arrive, and by TCP while they do not.
import type { Clock } from "#runtime/base/clock.ts";
import type { Random } from "#runtime/base/random.ts";

import type { Actions, LinkName } from "../machine/actions.ts";
import { backoffMs } from "../machine/backoff.ts";
import { UDP_AGAIN, UDP_WITHIN_MS } from "./limits.ts";
import type { Requests } from "./requests.ts";
import { noticeText } from "./shown.ts";

type Phase =
  /** Not wanted, or there is no server, or it has no UDP. */
  | { readonly kind: "off" }
  /** After a failure. */
  | { readonly kind: "resting"; readonly untilMs: number }
  /** For port and token. */
  | { readonly kind: "asking" }
  | { readonly kind: "opening"; readonly token: string; readonly untilMs: number }
  | { readonly kind: "binding"; readonly untilMs: number }
  | { readonly kind: "bound" };

const OFF: Phase = { kind: "off" };
const OFFER = /^(\d{1,5}) (\S{1,128})$/;

export class DataPath {
  readonly #actions: Actions;
  readonly #requests: Requests;
  readonly #clock: Pick<Clock, "monotonicMs">;
  readonly #random: Random;
  #phase: Phase = OFF;
  #tries = 0;

  constructor(actions: Actions, requests: Requests, clock: Pick<Clock, "monotonicMs">, random: Random) {
    this.#actions = actions;
    this.#requests = requests;
    this.#clock = clock;
    this.#random = random;
  }

  /** Where messages go now. */
  get talkLink(): LinkName {
    return this.#phase.kind === "bound" ? "data" : "main";
  }

  get wakeAtMs(): number {
    return "untilMs" in this.#phase ? this.#phase.untilMs : Number.POSITIVE_INFINITY;
  }

  /** The main connection has the id; or it is time to try again. */
  ask(): void {
    this.#phase = { kind: "asking" };
    this.#requests.send("main", "UDP", { kind: "udp" });
  }

  /** The reply to `UDP`, behind its name. */
  offered(text: string): void {
    const [, port = "", token = ""] = OFFER.exec(text) ?? [];
    if (token === "") return this.#rest();
    this.#phase = { kind: "opening", token, untilMs: this.#clock.monotonicMs() + UDP_WITHIN_MS };
    this.#actions.add({ kind: "open", link: "data", port: Number(port) });
  }

  opened(): void {
    if (this.#phase.kind !== "opening") return;
    const { token } = this.#phase;
    this.#phase = { kind: "binding", untilMs: this.#clock.monotonicMs() + UDP_WITHIN_MS };
    this.#requests.send("data", `BIND ${token}`, { kind: "bind" });
  }

  /** From now on the server sends there what it sends unasked. */
  bound(): void {
    if (this.#phase.kind !== "binding") return;
    this.#phase = { kind: "bound" };
    this.#tries = 0;
    this.#actions.print(noticeText("As mensagens vão por UDP."));
  }

  /** `UDP` or `BIND` was refused. */
  refused(code: string, text: string): void {
    this.close();
    if (code !== "chat.no_udp") return this.#rest();
    this.#phase = OFF;
    this.#actions.print(noticeText(text));
  }

  /** It does not answer any more, or it never did. */
  lost(): void {
    if (this.#phase.kind === "bound") {
      this.#actions.print(noticeText("Sem resposta por UDP: as mensagens vão por TCP."));
      // The server may not have noticed yet.
      this.#requests.send("main", "UDP off", { kind: "unbind" });
    }
    if (this.#phase.kind !== "off") this.#rest();
  }

  /** Ours is closed, whatever it was doing. */
  close(): void {
    if (["opening", "binding", "bound"].includes(this.#phase.kind)) this.#actions.add({ kind: "close", link: "data" });
  }

  /** The main connection is gone: the server closes this one as well. */
  off(): void {
    this.close();
    this.#phase = OFF;
  }

  /** True when it has been given up, and closed: it is lost. */
  woken(nowMs: number): boolean {
    if (nowMs < this.wakeAtMs) return false;
    if (this.#phase.kind !== "resting") this.close();
    else this.ask();
    return this.#phase.kind !== "asking";
  }

  #rest(): void {
    const waitMs = backoffMs(this.#tries++, this.#random, UDP_AGAIN);
    this.#phase = { kind: "resting", untilMs: this.#clock.monotonicMs() + waitMs };
  }
}
