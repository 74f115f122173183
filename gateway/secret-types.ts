// Actor types whose state holds secrets, or what nobody may make up: it is neither shown nor replaced over HTTP.

/** Password hashes, digests of tokens, who did what, and the keys with which a name or a connection is taken over. */
const SECRET_TYPES: ReadonlySet<string> = new Set(["account", "access", "audit", "chat-person", "text-session"]);

export function keepsSecrets(type: string): boolean {
  return SECRET_TYPES.has(type);
}
