// Dead letters as an operator sees them: page by page, newest first, sent again or thrown away.
import type { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import { pageOf } from "./page-of.ts";
import type { DeadLettersView, DeadLetterView } from "./view.ts";

export function createDeadLettersView(system: ActorSystem, operations: Operations): DeadLettersView {
  const isPrivate = (type: string): boolean =>
    system.hosts.some(({ type: { name, options } }) => name === type && options.private === true);
  const shown = (letter: DeadLetterView): DeadLetterView => {
    const { input: _, ...rest } = letter;
    return isPrivate(letter.type) ? rest : letter;
  };
  return {
    async deadLetters({ limit, before = Number.MAX_SAFE_INTEGER }) {
      const letters = await system.letters.list(before, limit + 1);
      return pageOf(letters.map(shown), limit, (letter) => String(letter.id));
    },
    async deadLetter(id) {
      const letter = await system.letters.get(id);
      return letter && shown(letter);
    },
    async replay(id) {
      const outcome = await operations.replay(id);
      if (typeof outcome !== "string") throw outcome;
      return outcome === "accepted";
    },
    discard: (id) => operations.discard(id),
  };
}
