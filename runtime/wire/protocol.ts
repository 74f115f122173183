// What a listener needs of a protocol: bytes into batches of messages, values into bytes.
import type { MessageBatch } from "../core/ports.ts";

export type WireFault =
  | "wire.bad_magic"
  | "wire.unknown_frame_type"
  | "wire.frame_too_large"
  | "wire.line_too_long"
  /** The peer stopped in the middle of a message. */
  | "wire.truncated"
  | "wire.message_too_large"
  | "wire.zmtp_greeting"
  | "wire.zmtp_version"
  | "wire.zmtp_mechanism"
  | "wire.zmtp_handshake"
  | "wire.zmtp_socket_type"
  | "wire.zmtp_wrong_password"
  /** The peer has sent ERROR. */
  | "wire.zmtp_refused_by_peer"
  | "wire.zmtp_frame"
  | "wire.zmtp_frames_max"
  | "wire.zmtp_command";

/** Where a decoder writes what belongs to its protocol alone: greetings, answers to pings. */
export interface DecoderOutlet {
  /** Leaves in order with everything else; the octets must stay as they are. */
  control(octets: Uint8Array): void;
}

/** The receiving half of one connection. */
export interface Decoder {
  /** Takes the next chunk, and keeps it until its messages are handled. Only when `holding` is false. */
  push(chunk: Buffer, arrivedMs: number): void;
  /** Up to `countMax` whole messages; undefined when there is none left, the peer has finished, or a fault was met. */
  next(countMax: number): MessageBatch | undefined;
  /** What there is of a message that is not whole becomes one, where the protocol allows it; `next` gives it out. */
  flush(): void;
  /** Part of the chunk is not decoded yet, or something flushed is not given out. */
  readonly holding: boolean;
  /** Bytes of a message that is not whole yet. */
  readonly partialBytes: number;
  /** How long no byte must follow for those to be a whole message; undefined where no silence makes one. */
  readonly quietMs: number | undefined;
  /** The peer has said that nothing more will come. */
  readonly finished: boolean;
  /** Why the stream cannot be read any further. */
  readonly fault: WireFault | undefined;
  /** There is a connection: where the protocol speaks first, it does. Until the peer has answered, it is partial. */
  opened?(): void;
  /** Asks a silent peer for a sign of life; false where it could give none. */
  ping?(): boolean;
  /** A peer that is silent for longer wants to be given up; infinite where it does not say so. */
  readonly silenceMaxMs?: number;
}

/** Where encoders write: `bytes` from `offset` on, after `reserve` has made room. */
export interface ByteSink {
  readonly bytes: Buffer;
  readonly view: DataView;
  offset: number;
  /** Makes `bytesMax` bytes from `offset` on writable; `bytes`, `view` and `offset` may be others afterwards. */
  reserve(bytesMax: number): void;
}

export interface Protocol<In, Out> {
  readonly name: string;
  createDecoder(outlet?: DecoderOutlet): Decoder;
  encode(value: Out, sink: ByteSink): void;
  /** What a connection that is not admitted is told before it is closed; undefined where it is told nothing. */
  refusal(reason: string): Uint8Array | undefined;
  /** What a peer is told last when its connection is ended for this reason; undefined where there is nothing to say. */
  farewell?(reason: string): Uint8Array | undefined;
  /** Never set: ties the protocol to the session types that speak it. */
  readonly carries?: { in: In; out: Out };
}
