// Two who play one hosted match after the other: whatever others do, each move and each end must come as it should.
import type { MatchConnection } from "./match-connection.ts";
import type { MatchServer } from "./match-server.ts";

/** A whole game, which the host wins. */
const MOVES = ["1;1", "2;1", "1;2", "2;2", "1;3"];

export class Bystanders {
  readonly #host: MatchConnection;
  readonly #guest: MatchConnection;
  #match = "";
  #made = 0;
  /** Games that are over, all of them won by ana. */
  games = 0;

  constructor(host: MatchConnection, guest: MatchConnection) {
    this.#host = host;
    this.#guest = guest;
  }

  static async start(server: MatchServer): Promise<Bystanders> {
    const [host, guest] = await Promise.all([server.player("ana"), server.player("bea")]);
    const bystanders = new Bystanders(host, guest);
    await bystanders.#begin();
    return bystanders;
  }

  /** So many moves; one game is followed by the next at once. Throws where either hears anything else. */
  async playOn(moves = 1): Promise<void> {
    for (let count = 0; count < moves; count++) {
      await this.#move();
      if (this.#made === MOVES.length) await this.#begin();
    }
    const rest = [...this.#host.lines, ...this.#guest.lines];
    if (rest.length > 0) throw new Error(`Bystanders heard more than their game: ${rest.join(" | ")}`);
  }

  close(): void {
    this.#host.close();
    this.#guest.close();
  }

  async #begin(): Promise<void> {
    expectLine(await this.#host.ask("begin;bea;ana;hosted"), /^beginACK$/);
    expectLine(await this.#guest.take("invite"), /^invite;ana;hosted$/);
    expectLine(await this.#guest.ask("answer;ana;True"), /^answerACK$/);
    expectLine(await this.#host.take("answer"), /^answer;bea;True$/);
    const snapshots = await Promise.all([this.#host.take("match"), this.#guest.take("match")]);
    for (const line of snapshots) expectLine(line, /^match;\w{12};ana;bea;\.{9};0;ana;\d+$/);
    this.#match = snapshots[0].split(";")[1] ?? "";
    this.#made = 0;
  }

  async #move(): Promise<void> {
    const place = MOVES[this.#made] as string;
    const number = ++this.#made;
    const isHosts = number % 2 === 1;
    const [who, other] = isHosts ? ["ana", "bea"] : ["bea", "ana"];
    expectLine(await (isHosts ? this.#host : this.#guest).ask(`play;${place}`), new RegExp(`^playACK;${number}$`));
    const isLast = number === MOVES.length;
    const next = isLast ? ";0" : `${other};\\d+`;
    for (const player of [this.#host, this.#guest]) {
      const moved = new RegExp(`^moved;${this.#match};${number};${place};${who};${next}$`);
      expectLine(await player.take("moved"), moved);
      if (isLast) expectLine(await player.take("ended"), new RegExp(`^ended;${this.#match};ana;line;5$`));
    }
    if (isLast) this.games++;
  }
}

function expectLine(line: string, pattern: RegExp): void {
  if (!pattern.test(line)) throw new Error(`A bystander heard "${line}" instead of ${pattern.source}`);
}
