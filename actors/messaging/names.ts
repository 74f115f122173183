// Names of users and channels, which are topics of publications, too: which texts are names, and which are reserved.
import { limits } from "#runtime/mod.ts";

export type UserName = string & { readonly brand: "messaging user" };
export type ChannelName = string & { readonly brand: "messaging channel" };

/** Whole, or with spaces within. */
const USER = /^[^\s\p{Cc}]+(?: +[^\s\p{Cc}]+)*$/u;
const CHANNEL = /^[^\s\p{Cc}]+$/u;

/** Who subscribes to `servers` hears of elections, and of all topics that begin so; with `@` begin our own. */
const RESERVED = /^(?:servers|@)/;
/** No URL can hold these, so they are no keys of actors. */
const NO_KEYS: readonly string[] = [".", ".."];

/**
 * 1 to 64 UTF-16 code units, as they came and in Unicode's normal form C, to which they are brought; case matters.
 * Spaces may be within, but no other white space, no control characters and no halves of surrogate pairs.
 */
export function parseUserName(value: unknown): UserName | undefined {
  return parseName(value, USER) as UserName | undefined;
}

/** As a user's name, without spaces: in a publication the channel ends where the first one is. */
export function parseChannelName(value: unknown): ChannelName | undefined {
  return parseName(value, CHANNEL) as ChannelName | undefined;
}

function parseName(value: unknown, pattern: RegExp): string | undefined {
  if (typeof value !== "string" || value.length > limits.messagingNameLengthMax || !value.isWellFormed())
    return undefined;
  const name = value.normalize("NFC");
  const fits = name.length <= limits.messagingNameLengthMax && pattern.test(name);
  return fits && !RESERVED.test(name) && !NO_KEYS.includes(name) ? name : undefined;
}
