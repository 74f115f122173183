// The opening of a ZMTP connection: both greetings, then the commands of the handshake, until it is known who is there.
import type { DecoderOutlet, WireFault } from "./protocol.ts";
import { parseCommand } from "./zmtp-command.ts";
import { FLAG_COMMAND, headerBytes } from "./zmtp-frame.ts";
import { ZmtpGatheredMessage } from "./zmtp-gathered-message.ts";
import { encodeGreeting, GREETING_BYTES, greetingFault, minorVersion } from "./zmtp-greeting.ts";
import { mechanismOf, ZmtpHandshake, type ZmtpIdentity } from "./zmtp-handshake.ts";
import { ZmtpPeer } from "./zmtp-peer.ts";

export class ZmtpOpening {
  readonly own: ZmtpIdentity;
  readonly #outlet: DecoderOutlet;
  readonly #handshake: ZmtpHandshake;
  readonly #greeting = Buffer.alloc(GREETING_BYTES);
  readonly #gathered = new ZmtpGatheredMessage();
  #greetingBytes = 0;
  /** Known when it is over. */
  peer: ZmtpPeer | undefined;
  fault: WireFault | undefined;

  constructor(own: ZmtpIdentity, outlet: DecoderOutlet) {
    this.own = own;
    this.#outlet = outlet;
    this.#handshake = new ZmtpHandshake(own, outlet);
  }

  /** The whole greeting at once: libzmq sends ten octets and waits for ours before the rest. */
  begin(): void {
    this.#outlet.control(encodeGreeting(mechanismOf(this.own), this.own.role));
  }

  /** Takes from `chunk` what belongs to the opening, and returns the offset behind. */
  take(chunk: Buffer, offset: number): number {
    let position = this.#takeGreeting(chunk, offset);
    while (this.fault === undefined && this.peer === undefined && position < chunk.length) {
      if (this.#gathered.empty && ((chunk[position] as number) & FLAG_COMMAND) === 0) {
        // A stranger has no more memory than a command may take.
        this.fault = "wire.zmtp_handshake";
        break;
      }
      const what = this.#gathered.take(chunk, position);
      position += this.#gathered.consumed;
      this.fault = this.#gathered.fault;
      if (what === "command") this.#shake(this.#gathered.takeCommand());
    }
    return position;
  }

  #takeGreeting(chunk: Buffer, offset: number): number {
    const before = this.#greetingBytes;
    if (before === GREETING_BYTES) return offset;
    const end = Math.min(chunk.length, offset + GREETING_BYTES - before);
    this.#greetingBytes += chunk.copy(this.#greeting, before, offset, end);
    this.fault = greetingFault(this.#greeting, this.#greetingBytes, mechanismOf(this.own));
    if (this.fault === undefined && this.#greetingBytes === GREETING_BYTES) this.#handshake.greeted();
    return end;
  }

  #shake(frame: Buffer): void {
    const command = parseCommand(frame.subarray(headerBytes(frame[0] as number)));
    this.fault = command === undefined ? "wire.zmtp_handshake" : this.#handshake.take(command);
    const { peer } = this.#handshake;
    if (this.fault === undefined && peer !== undefined) this.peer = new ZmtpPeer(peer, minorVersion(this.#greeting));
  }
}
