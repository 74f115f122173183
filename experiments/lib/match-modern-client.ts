// A modern match client: every command on one TLS connection, a message is a line, and matches that the server hosts.

import type { ClientCount } from "./match-existing-client.ts";
import { SCRIPTED_GAMES, squareText } from "./match-moves.ts";
import { MatchStream } from "./match-stream.ts";

export class ModernClient {
  readonly #stream: MatchStream;
  #isHost = false;
  #heard: (text: string) => void = () => undefined;

  private constructor(stream: MatchStream) {
    this.#stream = stream;
  }

  static async connect(port: number, certificate: string): Promise<ModernClient> {
    return new ModernClient(await MatchStream.connect(port, certificate));
  }

  /** A new account, and its login. */
  async logIn(name: string, password: string): Promise<void> {
    await this.ask(`adduser;${name};${password}`, /adduserACK\n/);
    await this.ask(`login;${name};${password}`, /loginACK;\w+\n/);
  }

  async resume(name: string, key: string): Promise<void> {
    await this.ask(`resume;${name};${key}`, /resumeACK;\w+\n/);
  }

  /** From now on every ping is answered. */
  async beat(): Promise<void> {
    this.#stream.heard = (text) => {
      if (/^ping$/m.test(text)) this.#stream.send("pong\n");
      this.#heard(text);
    };
    await this.ask("heartbeat", /heartbeatACK;\d+;\d+\n/);
  }

  async list(): Promise<void> {
    await this.ask("list", /listACK.*\n/);
  }

  async invite(own: string, guest: string): Promise<void> {
    await this.ask(`begin;${guest};${own};hosted`, /beginACK\n/);
    await this.#stream.take(/answer;\w+;True\n/);
    this.#isHost = true;
  }

  async accept(_own: string): Promise<void> {
    const [, host] = await this.#stream.take(/invite;(\w+);hosted\n/);
    await this.ask(`answer;${host};True`, /answerACK\n/);
  }

  /** Both play in turn, the host first; nine moves are a whole game. */
  async play(moves: number, everyMs: number): Promise<void> {
    const squares = SCRIPTED_GAMES[0]?.squares.slice(0, moves) ?? [];
    for (const [move, square] of squares.entries()) {
      if ((move % 2 === 0) === this.#isHost) {
        await Bun.sleep(everyMs);
        await this.ask(`play;${squareText(square)};${move + 1}`, new RegExp(`playACK;${move + 1}\n`));
      }
      await this.take(new RegExp(`moved;\\w+;${move + 1};.*\n`));
    }
  }

  /** The server knows the result; both are told that the match is over. */
  async report(_own: string, _opponent: string, _result: string): Promise<void> {
    await this.take(/ended;.*\n/);
  }

  async logOut(): Promise<void> {
    await this.ask("logout", /logoutACK\n/);
  }

  async take(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray> {
    return await this.#stream.take(pattern, withinMs);
  }

  async ask(line: string, pattern: RegExp): Promise<RegExpExecArray> {
    return await this.#stream.ask(`${line}\n`, pattern);
  }

  /** Told of each piece that comes after `beat`. */
  onHeard(heard: (text: string) => void): void {
    this.#heard = heard;
  }

  /** Told when the connection is gone. */
  onClosed(closed: () => void): void {
    this.#stream.closed = closed;
  }

  get count(): ClientCount {
    return { secure: this.#stream.count };
  }

  end(): void {
    this.#stream.end();
  }
}
