// Passwords that could be read on their way: on which connections that is so, and what is to become of them there.

export interface PasswordTransport {
  /** What becomes of passwords on connections that are not encrypted. */
  readonly plainLogin: "allow" | "warn" | "refuse";
  /** WebSockets come over TLS. */
  readonly isWebEncrypted: boolean;
}

export function isEncrypted(transport: string, { isWebEncrypted }: PasswordTransport): boolean {
  return transport === "tls" || (transport === "web" && isWebEncrypted);
}
