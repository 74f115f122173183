// Two players on their way to each other: the guest waits for the host alone, on ports that the server tells the host,
// who tries them until they are open, since the guest's program may listen a little later than it says so.
import type { Actions, LinkName } from "../machine/actions.ts";
import { PEER_AGAIN_MS, PEER_WITHIN_MS } from "./limits.ts";
import { PEER_LINKS } from "./peer-messages.ts";
import { refusalText } from "./sentences.ts";
import type { PeerAddress } from "./server-message.ts";
import type { ServerParts } from "./session.ts";

export interface PeerMeetingParts extends ServerParts {
  readonly actions: Actions;
  /** The server has a match of it: what else was open for us is not any more. */
  readonly started: () => void;
  /** They will not meet, and the person has been told why. */
  readonly failed: () => void;
}

const NEVER = Number.POSITIVE_INFINITY;

export class PeerMeeting {
  readonly opponent: string;
  readonly #parts: PeerMeetingParts;
  /** Of the guest, where we are the host. */
  #where: PeerAddress | undefined;
  /** What never was open yet. */
  #closed: ReadonlySet<LinkName> = new Set(PEER_LINKS);
  #isArranged = false;
  #isOver = false;
  #againAtMs = NEVER;
  #untilMs: number;

  constructor(parts: PeerMeetingParts, opponent: string) {
    this.#parts = parts;
    this.opponent = opponent;
    this.#untilMs = parts.clock.monotonicMs() + PEER_WITHIN_MS;
  }

  /** The server may have a match of it, which somebody must end. */
  get isArranged(): boolean {
    return this.#isArranged;
  }

  get wakeAtMs(): number {
    return this.#isOver ? NEVER : Math.min(this.#untilMs, this.#againAtMs);
  }

  /** We are the guest: where the host comes from is asked first, so that nobody else is taken for him. */
  accept(): void {
    const { actions, requests } = this.#parts;
    const listen = (from?: string): void => {
      if (!this.#isOver) actions.add({ kind: "listen", links: PEER_LINKS, beside: "main", from });
    };
    requests.ask(["where", this.opponent], {
      done: ([, address]) => listen(address),
      refused: () => listen(),
      lost: () => this.#fail(`O convite de ${this.opponent} não vale mais.`),
    });
  }

  listening([matchPort = 0, pingPort = 0]: readonly number[]): void {
    const { requests, session, say, started } = this.#parts;
    if (this.#isOver) return;
    this.#isArranged = true;
    requests.ask(["answer", this.opponent, "True", matchPort, session.name ?? "", pingPort], {
      done: () => {
        if (!this.#isOver && this.#closed.has("play")) say(`Esperando a conexão de ${this.opponent}.`);
        started();
      },
      refused: (reason) => {
        this.#isArranged = false;
        this.#fail(refusalText(reason));
      },
    });
  }

  /** We are the host, and the guest waits there. */
  connect(where: PeerAddress): void {
    this.#isArranged = true;
    this.#where = where;
    for (const link of this.#closed) this.#dial(link);
    this.#parts.started();
  }

  opened(link: LinkName): void {
    this.#closed = this.#closed.difference(new Set([link]));
    if (this.#closed.size === 0) this.end();
  }

  /** True where that is no loss to the game: it has not begun, or the link is tried again. */
  lost(link: LinkName, reason: string): boolean {
    if (this.#isOver || !this.#closed.has(link)) return false;
    if (this.#where !== undefined) this.#againAtMs = this.#parts.clock.monotonicMs() + PEER_AGAIN_MS;
    else {
      this.decline();
      this.#fail(`Não foi possível esperar por ${this.opponent} (${reason}).`);
    }
    return true;
  }

  /** The host is told that there will be no game. */
  decline(): void {
    const { requests, session } = this.#parts;
    if (session.isKnown) requests.ask(["answer", this.opponent, "False"], { done: () => undefined });
  }

  /** Nothing is tried any more. */
  end(): void {
    this.#isOver = true;
  }

  /** A link that is still being tried begins anew too: half a second is long enough where somebody listens. */
  woken(nowMs: number): void {
    if (this.#isOver) return;
    if (nowMs >= this.#untilMs) {
      // Without the other one, only the delay is not known.
      if (!this.#closed.has("play")) return this.end();
      return this.#fail(`${this.opponent} não se conectou em ${PEER_WITHIN_MS / 1_000} s.`);
    }
    if (nowMs < this.#againAtMs) return;
    this.#againAtMs = NEVER;
    for (const link of this.#closed) this.#dial(link);
  }

  #fail(text: string): void {
    if (this.#isOver) return;
    this.end();
    this.#parts.say(text);
    this.#parts.failed();
  }

  #dial(link: LinkName): void {
    if (this.#where === undefined) return;
    const { host, matchPort, pingPort } = this.#where;
    this.#parts.actions.add({ kind: "open", link, host, port: link === "play" ? matchPort : pingPort });
  }
}
