// Dead letters as an operator sees them: page by page, newest first, sent again or thrown away.
import type { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import { pageOf } from "./page-of.ts";
import type { DeadLettersView } from "./view.ts";

export function createDeadLettersView(system: ActorSystem, operations: Operations): DeadLettersView {
  return {
    async deadLetters({ limit, before = Number.MAX_SAFE_INTEGER }) {
      const letters = await system.letters.list(before, limit + 1);
      return pageOf(letters, limit, (letter) => String(letter.id));
    },
    deadLetter: (id) => system.letters.get(id),
    async replay(id) {
      const outcome = await operations.replay(id);
      if (typeof outcome !== "string") throw outcome;
      return outcome === "accepted";
    },
    discard: (id) => operations.discard(id),
  };
}
