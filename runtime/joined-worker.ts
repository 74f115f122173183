// The worker side of a joined server: takes its share of the requests at home, answers every one, and leaves in order.
import { systemRandom } from "./base/random.ts";
import { settlesWithin } from "./base/settles-within.ts";
import { limits } from "./limits.ts";
import type { ConnectionTable } from "./net/connection-table.ts";
import type { DialAddress } from "./zmtp/endpoints.ts";
import { RouterSocket } from "./zmtp/router-socket.ts";

/** Octets as Latin-1, one text for each frame. */
type Body = readonly string[];

/** A request that the broker at home has dealt. */
export type Serve = (body: string[]) => Promise<Body>;

interface Answer {
  readonly broker: Buffer;
  readonly frames: readonly (Buffer | string)[];
}

export class JoinedWorker {
  readonly #table: ConnectionTable;
  readonly #serve: Serve;
  readonly #socket: RouterSocket;
  /** For which there was no room: no more than the broker deals to one worker. */
  readonly #waiting: Answer[] = [];
  readonly #left = Promise.withResolvers<void>();

  /** Dials until somebody answers, and again whenever that one is lost. */
  constructor(table: ConnectionTable, home: DialAddress, serve: Serve) {
    this.#table = table;
    this.#serve = serve;
    const options = {
      // Above what holds a connection up, so that it says when there is room again.
      highWaterBytes: limits.outboundBytesMax - limits.zmtpMessageBytesMax,
      onRoom: () => this.#send(),
      onGone: () => this.#lost(),
    };
    const context = { table, random: systemRandom };
    this.#socket = new RouterSocket(context, (broker, frames) => void this.#answer(broker, frames), options);
    this.#socket.endpoints.connect(home);
  }

  /** Takes no more, and waits until what it has is answered and the broker lets it go, or for this long. */
  async stop(patienceMs: number): Promise<void> {
    const { endpoints } = this.#socket;
    endpoints.stopDialling();
    for (const { identity } of endpoints.peers) this.#put({ broker: identity, frames: [""] });
    if (endpoints.peers.size > 0) await settlesWithin(this.#table.clock, this.#left.promise, patienceMs);
    endpoints.close();
  }

  async #answer(broker: Buffer, [number, delimiter, ...body]: readonly Buffer[]): Promise<void> {
    if (number === undefined || delimiter?.length !== 0) return;
    // Where there is no answer at all, an empty one: who asked is told so at home, and this place is free again.
    const reply = await this.#serve(body.map((frame) => frame.toString("latin1"))).catch((): Body => []);
    this.#put({ broker, frames: [number, "", ...reply.map((frame) => Buffer.from(frame, "latin1"))] });
  }

  #put(answer: Answer): void {
    this.#waiting.push(answer);
    this.#send();
  }

  /** In order, as far as there is room; to whoever is gone, nothing. */
  #send(): void {
    for (let [first] = this.#waiting; first !== undefined; [first] = this.#waiting) {
      if (this.#socket.has(first.broker) && !this.#socket.send(first.broker, first.frames)) return;
      this.#waiting.shift();
    }
  }

  #lost(): void {
    this.#send();
    if (this.#socket.endpoints.peers.size === 0) this.#left.resolve();
  }
}
