// What a node hosts: every actor type there is, made with what it needs from outside.
import { Access } from "./access/access.ts";
import { createAccount } from "./accounts/account.ts";
import { LoginGate } from "./accounts/login-gate.ts";
import type { Passwords } from "./accounts/passwords.ts";
import { Audit } from "./audit/audit.ts";
import { Hold } from "./chat/hold.ts";
import { Person } from "./chat/person.ts";
import { Room } from "./chat/room.ts";
import type { CommandClock, TextServices } from "./commands/command.ts";
import { createVocabulary } from "./commands/vocabulary.ts";
import { Counter } from "./counter/counter.ts";
import { createMatchTypes } from "./match/match-catalog.ts";
import { MatchLog } from "./match/match-log.ts";
import type { MatchServices } from "./match/services.ts";
import { createPipelineSession, type PipelineService } from "./pipeline/session.ts";
import { createServerTypes } from "./servers/server-catalog.ts";
import type { ServerServices } from "./servers/services.ts";
import { ClientLog, type ServerLog } from "./text/client-log.ts";
import { createTextSession } from "./text/session.ts";
import { createStrangerAnswers } from "./text/strangers.ts";

export interface Services {
  readonly pipeline: PipelineService;
  readonly text: TextServices & {
    readonly log: ServerLog;
    readonly passwords: Passwords;
    readonly clock: CommandClock;
  };
  readonly match: MatchServices;
  readonly servers: ServerServices;
}

export function createCatalog({ pipeline, text, match, servers }: Services) {
  const account = createAccount(text.passwords);
  const vocabulary = createVocabulary(account);
  const textServices = { ...text, vocabulary, log: new ClientLog(text.log) };
  const matchLog = new MatchLog(match.log);
  const messaging = createServerTypes(servers);
  const types = {
    access: Access,
    audit: Audit,
    counter: Counter,
    pipelineSession: createPipelineSession(pipeline),
    textSession: createTextSession("text-session", textServices),
    udpTextSession: createTextSession("udp-text-session", textServices),
    datagramSession: createTextSession("datagram-session", textServices),
    webSession: createTextSession("web-session", textServices),
    room: Room,
    person: Person,
    hold: Hold,
    account,
    loginGate: LoginGate,
    ...createMatchTypes(match, account, matchLog),
    ...messaging.types,
  };
  const answerStranger = createStrangerAnswers(vocabulary, text.clock);
  const { clocks, administration } = messaging;
  return { types, answerStranger, matchLog, clocks, administration };
}
