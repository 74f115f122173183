// An existing match client, as its document describes it: plain and TLS connection, ping port, and games peer to peer.

import type { TCPSocketListener } from "bun";

import { MatchStream, type StreamCount } from "./match-stream.ts";

/** Of a client's connections; those that were not made are absent. */
export interface ClientCount {
  readonly plain?: StreamCount;
  readonly secure?: StreamCount;
  /** The server's pings and the client's pongs. */
  readonly heartbeat?: StreamCount;
  /** Moves, and the pings by which the players measure their delay. */
  readonly game?: StreamCount;
  readonly delay?: StreamCount;
}

export interface ExistingClientOptions {
  readonly port: number;
  readonly certificate: string;
  /** Told to the server instead of the client's own ping port: that of a relay. */
  readonly pingPortOf?: (own: number) => Promise<number>;
}

const COLUMNS = 3;

export class ExistingClient {
  readonly #plain: MatchStream;
  readonly #secure: MatchStream;
  readonly #pingListener: TCPSocketListener<MatchStream>;
  #heartbeat: MatchStream | undefined;
  #game: MatchStream | undefined;
  #delay: MatchStream | undefined;
  #isHost = false;
  /** Listeners of the guest, until the host has come. */
  #listeners: TCPSocketListener<MatchStream>[] = [];

  private constructor(plain: MatchStream, secure: MatchStream, pings: TCPSocketListener<MatchStream>) {
    this.#plain = plain;
    this.#secure = secure;
    this.#pingListener = pings;
  }

  /** Resolves once both connections stand and the server has found the ping port. */
  static async connect({ port, certificate, pingPortOf }: ExistingClientOptions): Promise<ExistingClient> {
    const plain = await MatchStream.connect(port);
    const [, securePort] = await plain.take(/secport;(\d+)/);
    const secure = await MatchStream.connect(Number(securePort), certificate);
    const dialled = Promise.withResolvers<MatchStream>();
    const pings = MatchStream.listen((stream) => {
      stream.heard = (text) => {
        if (text.includes("ping")) stream.send("pong");
      };
      client.#heartbeat = stream;
      dialled.resolve(stream);
    });
    const client = new ExistingClient(plain, secure, pings);
    plain.send(String((await pingPortOf?.(pings.port)) ?? pings.port));
    await dialled.promise;
    return client;
  }

  /** A new account, and its login. */
  async logIn(name: string, password: string): Promise<void> {
    await this.#secure.ask(`adduser;${name};${password}`, /adduserACK/);
    await this.#secure.ask(`login;${name};${password}`, /loginACK;\w+/);
  }

  async list(): Promise<void> {
    await this.#plain.ask("list", /listACK[^A-Z]*/);
  }

  /** Resolves once the guest has accepted and both connections to him stand. */
  async invite(own: string, guest: string): Promise<void> {
    await this.#plain.ask(`begin;${guest};${own}`, /beginACK/);
    const [, gamePort, delayPort] = await this.#plain.take(/answer;\w+;True;[\d.]+;(\d+);(\d+)/);
    this.#isHost = true;
    this.#game = await MatchStream.connect(Number(gamePort));
    this.#delay = await MatchStream.connect(Number(delayPort));
  }

  /** Accepts the first invitation that comes; resolves once the host is there. */
  async accept(own: string): Promise<void> {
    const [, host] = await this.#plain.take(/invite;(\w+)/);
    const [game, delay] = [Promise.withResolvers<MatchStream>(), Promise.withResolvers<MatchStream>()];
    const listeners = [game, delay].map(({ resolve }) => MatchStream.listen(resolve));
    this.#listeners = listeners;
    const [gamePort, delayPort] = listeners.map(({ port }) => port);
    await this.#plain.ask(`answer;${host};True;${gamePort};${own};${delayPort}`, /answerACK/);
    [this.#game, this.#delay] = await Promise.all([game.promise, delay.promise]);
    this.#delay.heard = () => this.#delay?.send("pong");
  }

  /** Both play in turn, the host first, and the host measures the delay with each move. */
  async play(moves: number, everyMs: number): Promise<void> {
    const [game, delay] = [this.#game, this.#delay];
    if (game === undefined || delay === undefined) throw new Error("Cannot play: there is no match");
    for (let move = 0; move < moves; move++) {
      if ((move % 2 === 0) !== this.#isHost) {
        await game.take(/play;\d;\d/);
        continue;
      }
      await Bun.sleep(everyMs);
      game.send(`play;${Math.floor(move / COLUMNS) + 1};${(move % COLUMNS) + 1}`);
      if (this.#isHost) await delay.ask("ping", /pong/);
    }
  }

  async report(own: string, opponent: string, result: string): Promise<void> {
    await this.#plain.ask(`result;${own};${opponent};${result}`, /resultACK/);
    for (const stream of [this.#game, this.#delay]) stream?.end();
    for (const listener of this.#listeners) listener.stop();
  }

  async logOut(): Promise<void> {
    await this.#secure.ask("logout", /logoutACK/);
  }

  /** Resolves when the server has let the client go. */
  async untilLetGo(withinMs: number): Promise<void> {
    await this.#plain.take(/disconnect/, withinMs);
  }

  /** Told when the plain connection is gone. */
  onClosed(closed: () => void): void {
    this.#plain.closed = closed;
  }

  get count(): ClientCount {
    return {
      plain: this.#plain.count,
      secure: this.#secure.count,
      ...(this.#heartbeat && { heartbeat: this.#heartbeat.count }),
      ...(this.#game && { game: this.#game.count }),
      ...(this.#delay && { delay: this.#delay.count }),
    };
  }

  end(): void {
    for (const stream of [this.#plain, this.#secure, this.#heartbeat]) stream?.end();
    this.#pingListener.stop();
  }
}
