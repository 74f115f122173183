// Peers in turn: each time the next one that has room.
import type { Peer } from "./peer.ts";

export class Turns {
  readonly #peers: Peer[] = [];
  #nextIndex = 0;

  add(peer: Peer): void {
    this.#peers.push(peer);
  }

  delete(peer: Peer): void {
    const index = this.#peers.indexOf(peer);
    if (index < 0) return;
    this.#peers.splice(index, 1);
    if (index < this.#nextIndex) this.#nextIndex--;
  }

  /** Undefined where nobody is there, or nobody has room. */
  next(): Peer | undefined {
    for (let tried = 0; tried < this.#peers.length; tried++) {
      this.#nextIndex %= this.#peers.length;
      const peer = this.#peers[this.#nextIndex++] as Peer;
      if (peer.hasRoom) return peer;
    }
    return undefined;
  }
}
