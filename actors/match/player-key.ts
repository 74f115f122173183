// The key of a player that a message names: that of the account, and of nobody where the text is no name.
import { idKey, parseId } from "../chat/names.ts";

/** Empty for a text that is no name: no player has that key. */
export function playerKeyOf(name: string): string {
  const id = parseId(name);
  return id === undefined ? "" : idKey(id);
}
