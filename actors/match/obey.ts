// One message of a match client: parsed, checked, paid for, run, and answered. What goes wrong is an answer too.
import { Refusal, RuntimeError } from "#runtime/mod.ts";

import { spend } from "../text/budget.ts";
import type { Answer, Caller, FullAnswer, MatchCommand, MatchVocabulary } from "./match-command.ts";
import { parseFields } from "./message-fields.ts";
import { sentenceOf } from "./sentences.ts";

export interface Obeyed extends FullAnswer {
  /** It answers an account command, and belongs on the encrypted connection. */
  readonly isAccount: boolean;
}

interface Order {
  readonly command: MatchCommand;
  readonly fields: readonly string[];
}

const UNKNOWN: Obeyed = { reply: "Comando Não Reconhecido", isAccount: false };

/** `text` is one message without its ending. Whatever is thrown here is a bug. */
export async function obey(
  caller: Caller,
  vocabulary: MatchVocabulary,
  text: string,
  isEncrypted: boolean,
): Promise<Obeyed> {
  const { session: me } = caller;
  const parsed = parseFields(text);
  const [name = "", ...fields] = typeof parsed === "string" ? text.split(";", 1) : parsed;
  const command = vocabulary.get(name);
  const waitMs = spend(me.state, command?.cost ?? 1, me.turnStartedMs);
  if (waitMs > 0) await me.sleep(waitMs);
  if (command === undefined) {
    me.countRefusal("match.unknown_command");
    return UNKNOWN;
  }
  try {
    if (typeof parsed === "string") throw me.refuse("match.bad_message");
    return obeyed(command, await run(caller, { command, fields }, isEncrypted));
  } catch (error) {
    if (!(error instanceof Refusal || error instanceof RuntimeError)) throw error;
    me.countRefusal(error.code);
    return obeyed(command, `${name}ERR;${sentenceOf(error.code)}`);
  }
}

function run(caller: Caller, { command, fields }: Order, isEncrypted: boolean): Answer | Promise<Answer> {
  const { session: me } = caller;
  if (command.isAccount === true && !isEncrypted) throw me.refuse("match.needs_tls");
  if (!command.fields.includes(fields.length)) throw me.refuse("match.wrong_count");
  if (command.needsLogin === true && me.state.key === "") throw me.refuse("match.not_logged_in");
  return command.run(caller, fields);
}

function obeyed({ isAccount = false }: MatchCommand, answer: Answer): Obeyed {
  return typeof answer === "string" ? { reply: answer, isAccount } : { ...answer, isAccount };
}
