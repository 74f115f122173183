// The handshake behind the greetings, as a state machine: which command is due, what it is answered, who the peer is.
import type { DecoderOutlet, WireFault } from "./protocol.ts";
import {
  encodeCommand,
  encodeError,
  encodeHello,
  encodeProperties,
  parseHello,
  parseProperties,
  type ZmtpCommand,
  type ZmtpCredentials,
  type ZmtpProperties,
} from "./zmtp-command.ts";
import type { ZmtpMechanism, ZmtpRole } from "./zmtp-greeting.ts";
import { mayTalk, type ZmtpSocketType } from "./zmtp-socket-types.ts";

/** How one side of a connection presents itself, and whom it lets in. */
export interface ZmtpIdentity {
  readonly socketType: ZmtpSocketType;
  readonly role: ZmtpRole;
  /** At most 255 octets; none unless given. */
  readonly identity?: Buffer;
  /** PLAIN in place of NULL. Of the client: what it shows. */
  readonly credentials?: ZmtpCredentials;
  /** Of the server: whom it lets in. */
  readonly admits?: (shown: ZmtpCredentials) => boolean;
}

type Expected = "READY" | "HELLO" | "WELCOME" | "INITIATE";

export function mechanismOf({ credentials, admits }: ZmtpIdentity): ZmtpMechanism {
  return credentials === undefined && admits === undefined ? "NULL" : "PLAIN";
}

export class ZmtpHandshake {
  readonly #own: ZmtpIdentity;
  readonly #outlet: DecoderOutlet;
  #expected: Expected = "READY";
  /** Known when it is over. */
  peer: ZmtpProperties | undefined;

  constructor(own: ZmtpIdentity, outlet: DecoderOutlet) {
    this.#own = own;
    this.#outlet = outlet;
  }

  /** The peer's greeting is whole and right. */
  greeted(): void {
    if (mechanismOf(this.#own) === "NULL") return this.#sendProperties("READY");
    this.#expected = this.#own.role === "server" ? "HELLO" : "WELCOME";
    if (this.#own.credentials !== undefined) this.#outlet.control(encodeHello(this.#own.credentials));
  }

  /** Returns what is wrong with it; undefined where the handshake goes on, or is over: then there is a `peer`. */
  take({ name, data }: ZmtpCommand): WireFault | undefined {
    if (name === "ERROR") return "wire.zmtp_refused_by_peer";
    if (name !== this.#expected) return "wire.zmtp_handshake";
    switch (this.#expected) {
      case "HELLO":
        return this.#admit(parseHello(data));
      case "WELCOME":
        this.#expected = "READY";
        return this.#sendProperties("INITIATE");
      case "INITIATE":
        return this.#meet(data) ?? this.#sendProperties("READY");
      case "READY":
        return this.#meet(data);
    }
  }

  #admit(shown: ZmtpCredentials | undefined): WireFault | undefined {
    if (shown === undefined) return "wire.zmtp_handshake";
    if (this.#own.admits?.(shown) !== true) {
      this.#outlet.control(encodeError("Wrong username or password"));
      return "wire.zmtp_wrong_password";
    }
    this.#expected = "INITIATE";
    this.#outlet.control(encodeCommand("WELCOME"));
    return undefined;
  }

  #meet(data: Buffer): WireFault | undefined {
    const properties = parseProperties(data);
    if (properties === undefined) return "wire.zmtp_handshake";
    if (!mayTalk(this.#own.socketType, properties.socketType)) {
      this.#outlet.control(encodeError("Invalid socket type"));
      return "wire.zmtp_socket_type";
    }
    this.peer = properties;
    return undefined;
  }

  #sendProperties(name: "READY" | "INITIATE"): undefined {
    const { socketType, identity = Buffer.alloc(0) } = this.#own;
    this.#outlet.control(encodeCommand(name, encodeProperties({ socketType, identity })));
  }
}
