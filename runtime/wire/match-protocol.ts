// Messages of matches as each kind of client speaks them: texts go out as they are, with the endings that are in them.
import type { Protocol } from "./protocol.ts";
import type { TextBatch } from "./text-batch.ts";
import { TextLineDecoder } from "./text-line-decoder.ts";
import { encodeText, isTold } from "./text-protocol.ts";

/**
 * Existing clients end messages as they like, also by silence, and know one last word. Modern ones speak in lines, and
 * are told why they are let go. What is a second connection of a client, or one to it, is let go without a word.
 */
export type MatchClientKind = "existing" | "modern" | "second";

/** Ends that only matches have, and that the peer is told of. */
const MATCH_ENDS: ReadonlySet<string> = new Set(["heartbeat_missed", "replaced", "match.no_secure_port"]);

const LAST_WORDS: Readonly<Record<MatchClientKind, (reason: string) => string | undefined>> = {
  existing: () => "disconnect",
  modern: (reason) => (reason === "shutdown" ? "disconnect\n" : `disconnect;${reason}\n`),
  second: () => undefined,
};

export function createMatchProtocol(kind: MatchClientKind): Protocol<string, string> {
  const spares: TextBatch[] = [];
  const ends = { silenceEnds: kind !== "modern" };
  const lastWord = (reason: string): Uint8Array | undefined => {
    const text = LAST_WORDS[kind](reason);
    return text === undefined ? undefined : Buffer.from(text);
  };
  return {
    name: `match-${kind}`,
    createDecoder: () => new TextLineDecoder(spares, ends),
    encode: encodeText,
    refusal: lastWord,
    farewell: (reason) => (isTold(reason) || MATCH_ENDS.has(reason) ? lastWord(reason) : undefined),
  };
}
