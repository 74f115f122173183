// Names of servers, as they come from other programs.

/** The name of one server; the same name is the same server. */
export type ServerName = string & { readonly brand: "server name" };

export const SERVER_NAME_LENGTH_MAX = 64;
const NAME = /^[^\s\p{Cc}]+(?: +[^\s\p{Cc}]+)*$/u;

/** 1 to 64 UTF-16 code units in Unicode's normal form C, to which it is brought; spaces only within. */
export function parseServerName(given: unknown): ServerName | undefined {
  if (typeof given !== "string" || given.length > SERVER_NAME_LENGTH_MAX || !given.isWellFormed()) return undefined;
  const name = given.normalize("NFC");
  return name.length <= SERVER_NAME_LENGTH_MAX && NAME.test(name) ? (name as ServerName) : undefined;
}
