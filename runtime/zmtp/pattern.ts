// What a socket pattern is to the endpoints that find its peers: who comes, who goes, and what each says.
import type { ZmtpMessage } from "../wire/zmtp-message.ts";
import type { Peer } from "./peer.ts";

export interface Pattern {
  /** Has shaken hands. False: it is closed again, and may come back. */
  attached?(peer: Peer): boolean;
  detached?(peer: Peer): void;
  /** So much waited for it that it was held up; it has taken most of that. */
  resumed?(peer: Peer): void;
  /** `arrivedMs`: when its octets came off the socket, in monotonic milliseconds. */
  received(peer: Peer, message: ZmtpMessage, arrivedMs: number): void;
}
