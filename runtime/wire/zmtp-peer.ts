// Who is on the other side of a ZMTP connection: what the first message of each session is.
import type { ZmtpProperties } from "./zmtp-command.ts";

export class ZmtpPeer implements ZmtpProperties {
  readonly socketType: string;
  readonly identity: Buffer;
  /** Of its version 3: from 1 on it answers PING. */
  readonly minorVersion: number;

  constructor({ socketType, identity }: ZmtpProperties, minorVersion: number) {
    this.socketType = socketType;
    this.identity = identity;
    this.minorVersion = minorVersion;
  }
}
