// All commands there are, by name. A new one is one entry in one of these lists.
import type { AccountType } from "../accounts/account.ts";
import { basicCommands } from "./basics.ts";
import type { Vocabulary } from "./command.ts";
import { hybridCommands } from "./hybrid.ts";
import { createIdentityCommands } from "./identity.ts";
import { talkCommands } from "./talk.ts";

/** The commands on which every text session relies; `accounts` is the type that LOGIN asks. */
export function createVocabulary(accounts: AccountType): Vocabulary {
  const commands = [...basicCommands, ...createIdentityCommands(accounts), ...talkCommands, ...hybridCommands];
  return new Map(commands.map((command) => [command.name, command]));
}
