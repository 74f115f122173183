// Which host names are this machine's own: what a gateway on loopback serves, against DNS rebinding.

/** True for `localhost` and for literal loopback addresses; any other name could be made to point here by its owner. */
export function isLoopback(host: string): boolean {
  return /^(?:localhost|\[?::1\]?|127(?:\.\d{1,3}){3})$/i.test(host);
}

/** The name in a Host header without its port; empty when there is none or it is malformed. */
export function hostNameOf(header: string | null): string {
  return /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d*)?$/i.exec(header ?? "")?.[1] ?? "";
}
