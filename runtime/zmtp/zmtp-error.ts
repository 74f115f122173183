// Why a ZeroMQ socket could not do what it was asked for.

export type ZmtpErrorCode =
  /** Nobody has answered in time. */
  | "zmtp.no_reply"
  /** Whoever had the request is gone. */
  | "zmtp.peer_gone"
  | "zmtp.closed"
  | "zmtp.too_many";

/** Match on `code`; the message is for people. */
export class ZmtpError extends Error {
  readonly code: ZmtpErrorCode;
  /** Whether the request was never sent, or nobody can say what became of it. */
  readonly stood: "queued" | "unknown";

  constructor(code: ZmtpErrorCode, message: string, stood: "queued" | "unknown") {
    super(message);
    this.name = "ZmtpError";
    this.code = code;
    this.stood = stood;
  }
}
