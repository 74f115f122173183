// What somebody is answered over UDP before it is known that the address is theirs: what is short and costs nothing.
import type { Answer, Command, TextServices, TextSession, Vocabulary } from "../commands/command.ts";
import { parseCommand } from "../commands/parse-command.ts";
import { errorReply } from "../commands/sentences.ts";

/** The time, where there is no session that has it. */
export interface StrangerClock {
  unixMs(): number;
  monotonicMs(): number;
}

/** Replies to one line, without its ending: to every command that needs no session. `undefined` for one that does. */
export function createStrangerAnswers(
  vocabulary: Vocabulary,
  services: TextServices,
  clock: StrangerClock,
): (line: string) => string | undefined {
  const session = clock as unknown as TextSession;
  const caller = { session, own: { type: "", key: "" }, services, vocabulary };
  return (line) => {
    const parsed = parseCommand(line, vocabulary);
    if (parsed.kind === "empty") return "";
    const prefix = parsed.tag === "" ? "" : `#${parsed.tag} `;
    if (parsed.kind === "wrong") return prefix + errorReply(parsed.code, parsed.command?.usage);
    if (parsed.command.strangersToo !== true) return undefined;
    const answer = parsed.command.run({ ...caller, tag: parsed.tag }, parsed.input);
    return `${prefix}${parsed.command.name}: ${textOf(answer, parsed.command)}`;
  };
}

function textOf(answer: Answer | Promise<Answer>, { name }: Command): string {
  if (answer instanceof Promise) throw new Error(`${name} answers later: it cannot be for strangers`);
  return typeof answer === "string" ? answer : answer.reply;
}
