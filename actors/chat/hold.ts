// That a session holds an id: it watches this, and hears of it before all else when the id has passed to another.
import { actor } from "#runtime/mod.ts";

import type { SessionAddress } from "./session-address.ts";

/** The key is the session, as `holdKey` writes it. Nothing but its end is ever heard of it, and by nobody else. */
export const Hold = actor("chat-hold", {
  about: "Holds an id that a program works with, for as long as the program does",
  internal: true,
  state: () => ({}),
  private: true,
}).on("end", {}, (hold) => hold.stop());

export function holdKey({ type, key }: SessionAddress): string {
  return `${type}/${key}`;
}
