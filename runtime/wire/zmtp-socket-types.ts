// Which ZMTP sockets may talk to each other (ZMTP 3.1, RFC 37, "The Socket-Type Property").

export type ZmtpSocketType = "REQ" | "REP" | "ROUTER" | "DEALER" | "PUB" | "SUB" | "XPUB" | "XSUB";

const PEERS: Readonly<Record<ZmtpSocketType, readonly string[]>> = {
  REQ: ["REP", "ROUTER"],
  REP: ["REQ", "DEALER"],
  ROUTER: ["REQ", "DEALER", "ROUTER"],
  DEALER: ["REP", "DEALER", "ROUTER"],
  PUB: ["SUB", "XSUB"],
  SUB: ["PUB", "XPUB"],
  XPUB: ["SUB", "XSUB"],
  XSUB: ["PUB", "XPUB"],
};

export function mayTalk(own: ZmtpSocketType, peer: string): boolean {
  return PEERS[own].includes(peer);
}
