// ZMTP 3.1 as a listener or a dialler speaks it: who the peer is and then messages come in, messages go out.
import type { ByteSink, Protocol } from "./protocol.ts";
import type { ZmtpBatch } from "./zmtp-batch.ts";
import { ZmtpDecoder } from "./zmtp-decoder.ts";
import type { ZmtpIdentity } from "./zmtp-handshake.ts";
import type { ZmtpMessage } from "./zmtp-message.ts";
import { ZmtpOpening } from "./zmtp-opening.ts";
import type { ZmtpPeer } from "./zmtp-peer.ts";

/** What a session hears: first who is there, then what it says. */
export type ZmtpIncoming = ZmtpPeer | ZmtpMessage;

/** Each side greets at once. Who is not admitted is closed without a word: a peer that hears one never tries again. */
export function createZmtpProtocol(own: ZmtpIdentity): Protocol<ZmtpIncoming, ZmtpMessage> {
  const spares: ZmtpBatch[] = [];
  return {
    name: `zmtp-${own.socketType.toLowerCase()}`,
    createDecoder(outlet = { control: () => undefined }) {
      return new ZmtpDecoder(spares, new ZmtpOpening(own, outlet), outlet);
    },
    encode: encodeMessage,
    refusal: () => undefined,
  };
}

/** Hot. */
function encodeMessage({ octets, start, end, bytes }: ZmtpMessage, sink: ByteSink): void {
  sink.reserve(bytes);
  octets.copy(sink.bytes, sink.offset, start, end);
  sink.offset += bytes;
}
