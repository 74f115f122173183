// All actor types of the match server, made with what they need from outside.
import type { AccountType } from "../accounts/account.ts";
import { createAccountCommands, createResumeCommands } from "./account-commands.ts";
import { createExistingSession } from "./existing-session.ts";
import { createHostedMatch } from "./hosted-match.ts";
import { createIntroducedMatch } from "./introduced-match.ts";
import { Leaderboard } from "./leaderboard.ts";
import { createLobbyCommands } from "./lobby-commands.ts";
import { Lobby } from "./lobby.ts";
import { createLookingCommands } from "./looking-commands.ts";
import type { MatchCommand, MatchVocabulary } from "./match-command.ts";
import type { MatchLog } from "./match-log.ts";
import { createModernSession } from "./modern-session.ts";
import { createHeartbeatSession, createSecureSession } from "./other-sessions.ts";
import { createPlayCommands } from "./play-commands.ts";
import { Player } from "./player.ts";
import type { MatchServices } from "./services.ts";

export function createMatchTypes(services: MatchServices, account: AccountType, log: MatchLog) {
  const hosted = createHostedMatch({ turnMs: services.turnMs, log });
  const introduced = createIntroducedMatch({ log });
  const types = { account, hosted, introduced };
  const everybodys = [...createAccountCommands(types), ...createLobbyCommands(types)];
  const modern = [
    ...everybodys,
    ...createResumeCommands(types),
    ...createPlayCommands(types),
    ...createLookingCommands(types),
  ];
  const shared = { services, log, types };
  const modernParts = { ...shared, vocabulary: byName(modern) };
  return {
    modernMatchSession: createModernSession("modern-match-session", modernParts),
    webMatchSession: createModernSession("web-match-session", modernParts),
    existingMatchSession: createExistingSession({ ...shared, vocabulary: byName(everybodys) }),
    secureMatchSession: createSecureSession(),
    matchHeartbeatSession: createHeartbeatSession(services),
    lobby: Lobby,
    player: Player,
    hostedMatch: hosted,
    introducedMatch: introduced,
    leaderboard: Leaderboard,
  };
}

function byName(commands: readonly MatchCommand[]): MatchVocabulary {
  return new Map(commands.map((command) => [command.name, command]));
}
