// Invitations: those that wait for our answer, one asked at a time, and the one that waits for another's.
import { INVITATION_MS, INVITATIONS_MAX, INVITED_WITHIN_MS, MATCH_WITHIN_MS } from "./limits.ts";
import { refusalText } from "./sentences.ts";
import type { PeerAddress } from "./server-message.ts";
import type { ServerParts } from "./session.ts";

export interface InvitationsParts extends ServerParts {
  /** We said yes to a game from peer to peer. */
  readonly accept: (host: string) => void;
  /** So did whom we invited. */
  readonly connect: (guest: string, where: PeerAddress) => void;
}

interface Received {
  readonly host: string;
  readonly isHosted: boolean;
  readonly untilMs: number;
}

interface Sent {
  readonly guest: string;
  readonly untilMs: number;
}

const NEVER = Number.POSITIVE_INFINITY;
const YES = /^(?:s|y)?$/i;
const NO = /^n$/i;

export class Invitations {
  readonly #parts: InvitationsParts;
  #received: readonly Received[] = [];
  /** The one whose question stands there. */
  #asked: Received | undefined;
  /** Told, while it could not be asked about. */
  #told: Received | undefined;
  #sent: Sent | undefined;
  /** Both want a hosted match, and it is about to begin. */
  #beginsUntilMs = NEVER;

  constructor(parts: InvitationsParts) {
    this.#parts = parts;
  }

  /** The next line is an answer. */
  get isAsking(): boolean {
    return this.#asked !== undefined;
  }

  /** Nobody else has to do anything about one. */
  get isQuiet(): boolean {
    return this.#sent === undefined && this.#beginsUntilMs === NEVER;
  }

  get wakeAtMs(): number {
    const untilMs = this.#received.map((received) => received.untilMs);
    return Math.min(...untilMs, this.#sent?.untilMs ?? NEVER, this.#beginsUntilMs);
  }

  /** Whether a line answers the question that may stand there. */
  static isAnswer(line: string): boolean {
    return YES.test(line.trim()) || NO.test(line.trim());
  }

  invited(host: string, isHosted: boolean): void {
    if (this.#received.length >= INVITATIONS_MAX) return;
    const untilMs = this.#parts.clock.monotonicMs() + INVITATION_MS;
    this.#received = [...this.#received.filter((received) => received.host !== host), { host, isHosted, untilMs }];
  }

  /** Asks about the oldest as soon as it may; until then it is only told. */
  goOn(mayAsk: boolean): void {
    const { say } = this.#parts;
    const [oldest] = this.#received;
    if (oldest === this.#asked || (!mayAsk && oldest !== undefined && oldest === this.#told)) return;
    if (oldest !== undefined)
      say(`${oldest.host} te convidou para jogar!${oldest.isHosted ? " (partida no servidor)" : ""}`);
    this.#told = oldest;
    if (oldest !== undefined && !mayAsk) return;
    this.#asked = oldest;
    if (oldest !== undefined) say("Aceitar?");
  }

  /** The answer to what is asked; anything but a yes or a no is asked again. */
  answered(line: string): void {
    const { requests, session, say, accept } = this.#parts;
    const asked = this.#asked;
    if (asked === undefined) return;
    if (!Invitations.isAnswer(line)) return say("Responda S ou n. Aceitar?");
    this.#received = this.#received.filter((received) => received !== asked);
    this.#asked = undefined;
    if (!session.isKnown) return say(refusalText("No such invitation"));
    if (NO.test(line.trim())) {
      return requests.ask(["answer", asked.host, "False"], { done: () => say("Convite recusado.") });
    }
    if (!asked.isHosted) return accept(asked.host);
    this.#begins();
    const refused = (reason: string): void => {
      this.#beginsUntilMs = NEVER;
      say(refusalText(reason));
    };
    return requests.ask(["answer", asked.host, "True"], { done: () => undefined, refused });
  }

  begin(guest: string, isHosted: boolean): void {
    const { requests, session, say, clock } = this.#parts;
    const sent = { guest, untilMs: clock.monotonicMs() + INVITED_WITHIN_MS };
    this.#sent = sent;
    const over = (): void => {
      if (this.#sent === sent) this.#sent = undefined;
    };
    requests.ask(["begin", guest, session.name ?? "", ...(isHosted ? ["hosted"] : [])], {
      done: () => say(`Convite enviado a ${guest}.`),
      refused: (reason) => {
        over();
        say(refusalText(reason));
      },
    });
  }

  declined(guest: string): void {
    this.#sent = undefined;
    this.#parts.say(`${guest} não aceitou o convite.`);
  }

  /** `where` of a game from peer to peer. */
  accepted(guest: string, where: PeerAddress | undefined): void {
    this.#sent = undefined;
    this.#parts.say(`${guest} aceitou o convite.`);
    if (where === undefined) this.#begins();
    else this.#parts.connect(guest, where);
  }

  /** A match has begun: the server has declined what was open for us. */
  started(): void {
    this.#received = [];
    this.#asked = undefined;
    this.#sent = undefined;
    this.#beginsUntilMs = NEVER;
  }

  /** Nobody waits for our answers any more, nor do we. */
  lost(): void {
    for (const { host } of this.#received) this.#parts.say(`O convite de ${host} não vale mais.`);
    if (this.#sent !== undefined) this.#parts.say(`O convite a ${this.#sent.guest} não vale mais.`);
    this.started();
  }

  woken(nowMs: number): void {
    const { say } = this.#parts;
    for (const expired of this.#received.filter(({ untilMs }) => nowMs >= untilMs)) {
      say(`O convite de ${expired.host} não vale mais.`);
      this.#received = this.#received.filter((received) => received !== expired);
      if (this.#asked === expired) this.#asked = undefined;
    }
    if (this.#sent !== undefined && nowMs >= this.#sent.untilMs) {
      say(`O convite a ${this.#sent.guest} ficou sem resposta.`);
      this.#sent = undefined;
    }
    if (nowMs >= this.#beginsUntilMs) {
      this.#beginsUntilMs = NEVER;
      say(refusalText("Match could not start"));
    }
  }

  #begins(): void {
    this.#beginsUntilMs = this.#parts.clock.monotonicMs() + MATCH_WITHIN_MS;
  }
}
