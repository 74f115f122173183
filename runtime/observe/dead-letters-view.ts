// Dead letters as an operator sees them: page by page, newest first, sent again or thrown away.
import type { Operations } from "../core/operations.ts";
import type { ActorSystem } from "../core/system.ts";
import type { DeadLetterQuery, DeadLettersView, DeadLetterView } from "./view.ts";

/** Letters are looked at so many at a time; a page that needs more than `PAGES_MAX` of them ends early. */
const LOOKED_AT_ONCE = 501;
const PAGES_MAX = 4;

export function createDeadLettersView(system: ActorSystem, operations: Operations): DeadLettersView {
  const isPrivate = (type: string): boolean =>
    system.hosts.some(({ type: { name, options } }) => name === type && options.private === true);
  const shown = (letter: DeadLetterView): DeadLetterView => {
    const { input: _, ...rest } = letter;
    return isPrivate(letter.type) ? rest : letter;
  };
  return {
    async deadLetters(query) {
      const { letters, next } = await findLetters(system, query);
      return { items: letters.map(shown), ...(next === undefined ? {} : { next: String(next) }) };
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

/** Newest first; `next` is the id of the last one looked at, where there may be more. */
async function findLetters(
  { letters }: ActorSystem,
  { limit, before = Number.MAX_SAFE_INTEGER, type, reason }: DeadLetterQuery,
): Promise<{ readonly letters: readonly DeadLetterView[]; readonly next?: number }> {
  const found: DeadLetterView[] = [];
  const atOnce = type === undefined && reason === undefined ? limit + 1 : LOOKED_AT_ONCE;
  let from = before;
  for (let page = 0; page < PAGES_MAX; page++) {
    const looked = await letters.list(from, atOnce);
    for (const letter of looked) {
      if ((type ?? letter.type) !== letter.type || (reason ?? letter.reason) !== letter.reason) continue;
      if (found.length === limit) return { letters: found, next: (found.at(-1) as DeadLetterView).id };
      found.push(letter);
    }
    const last = looked.at(-1);
    if (last === undefined || looked.length < atOnce) return { letters: found };
    from = last.id;
  }
  return { letters: found, next: from };
}
