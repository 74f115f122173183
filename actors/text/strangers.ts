// What somebody is answered over UDP before it is known that the address is theirs: what is short and costs nothing.
import type { CommandClock, Vocabulary } from "../commands/command.ts";
import { parseCommand } from "../commands/parse-command.ts";
import { errorReply } from "../commands/sentences.ts";

/** Replies to one line, without its ending: to every command that needs no session. `undefined` for one that does. */
export function createStrangerAnswers(
  vocabulary: Vocabulary,
  clock: CommandClock,
): (line: string) => string | undefined {
  return (line) => {
    const parsed = parseCommand(line, vocabulary);
    if (parsed.kind === "empty") return "";
    const prefix = parsed.tag === "" ? "" : `#${parsed.tag} `;
    if (parsed.kind === "wrong") return prefix + errorReply(parsed.code, parsed.command?.usage);
    const answer = parsed.command.answerStranger?.(clock, parsed.input);
    return answer === undefined ? undefined : `${prefix}${parsed.command.name}: ${answer}`;
  };
}
