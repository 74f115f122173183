// Every bound of the runtime, with its unit. Those an operator may change are read by config.ts, with these defaults.
import { messagingLimits } from "./messaging-limits.ts";
import { observeLimits } from "./observe-limits.ts";

export const limits = {
  ...messagingLimits,
  ...observeLimits,

  /** Longest key of an actor, in UTF-16 code units. */
  actorKeyLengthMax: 512,
  /** Messages one mailbox holds before it refuses, unless the actor type says otherwise. */
  mailboxMessagesMax: 1_024,
  /** Bytes of undecoded input one mailbox holds before it refuses, unless the actor type says otherwise. */
  mailboxBytesMax: 1_048_576 + 65_536,
  /** An ask without `timeoutMs` is answered within this time or fails. */
  askTimeoutMs: 5_000,
  /** An actor without `hibernateAfterMs` leaves memory after this time without a message. */
  idleStopMs: 60_000,
  /** Turns one actor runs before the next ready actor has its turn. */
  turnsPerSlice: 256,
  /** Turns all actors run before the event loop looks at its sockets again. */
  turnsPerStep: 8_192,
  /** Reasons of refusal that are counted by name for one actor type; further ones are counted together. */
  refusalReasonsMax: 64,
  /** Resident actors of all types. */
  actorsMax: 2_000_000,
  /** Methods of one actor type, and fields of its state that queries may filter on. */
  methodsMax: 256,
  indexedFieldsMax: 8,
  /** State of one durable actor, unless its type says otherwise, and one row of it: JSON, in UTF-16 code units. */
  stateLengthMax: 1_048_576,
  rowLengthMax: 1_048_576,
  /** Actors whose changes are committed together. */
  changesPerCommitMax: 8_192,
  /** Rows that one turn changes, and rows that one range returns. */
  rowsPerTurnMax: 10_000,
  rowsPerRangeMax: 1_000,
  /** Names of rows, alarms, timers and of `once`, in UTF-16 code units. */
  nameLengthMax: 256,
  /** Alarms, volatile timers, watches and subscriptions of one actor. */
  alarmsPerActorMax: 256,
  timersPerActorMax: 256,
  watchesPerActorMax: 10_000,
  subscriptionsPerActorMax: 256,
  /** Watches of all actors together. */
  watchesMax: 1_000_000,
  /** Subscribers of one topic, and topics that have any. */
  subscribersPerTopicMax: 100_000,
  topicsMax: 1_000_000,
  /** Results kept for `once` by one actor; the oldest go first. */
  onceResultsMax: 1_024,
  /** Reads that share one actor. */
  sharedReadsMax: 256,
  /** Tells and publications that one turn of a durable actor holds until its commit; with so many, no turn begins. */
  heldOutputsMax: 10_000,
  /** Alarms read into memory ahead of their time, and with those that commits add twice as many; later ones wait. */
  alarmWindowMax: 10_000,
  alarmWindowMs: 60_000,
  /** Wait before more are read where all that were read are due already. */
  alarmCatchUpMs: 100,
  /** An alarm later than this was missed: its policy says what becomes of it. */
  alarmLateMs: 1_000,
  /** Wait before the store is asked which watches stand, where a failure left that in doubt; and how many may wait. */
  watchInquiryMs: 1_000,
  watchInquiriesMax: 100_000,
  /** Wait before an alarm is tried again whose actor could not take it. */
  alarmRetryMs: 1_000,

  /** After two crashes in a row an actor waits this long before it starts again, doubled with each up to the second. */
  backoffMs: 100,
  backoffMaxMs: 10_000,
  /** A message that crashes its actor this often is put aside. */
  poisonCrashes: 3,
  /** So many crashes within the time shut the key until someone releases it. */
  quarantineCrashes: 10,
  quarantineWindowMs: 60_000,
  /** Keys that are shut, of all types together; one more is not shut, but rests as long as may be. */
  quarantinedKeysMax: 10_000,
  /** Wait between looks whether the turn is over in which a key was shut. */
  shutLookMs: 10,
  /** Keys whose crashes are remembered; the longest unchanged go first. */
  failuresKept: 10_000,
  /** Messages of one key that come again, whose crashes are counted. */
  poisonMessagesKept: 64,
  /** Dead letters kept, oldest dropped first, and the text of one, in UTF-16 code units. */
  deadLettersMax: 10_000,
  deadLetterLengthMax: 65_536,
  /** What is kept of why a letter was put aside, or a key shut, in UTF-16 code units. */
  problemLengthMax: 2_000,
  /** Texts of the dead letters that wait for the store, in UTF-16 code units; the oldest are given up first. */
  lettersWaitingLengthMax: 64 * 1_048_576,
  /** Wait before the store is given dead letters and quarantines again that it has refused. */
  recordRetryMs: 1_000,
  /** The flight recorder of all actors together, and the turns it keeps of one. */
  recorderBytes: 16 * 1_048_576,
  recordedTurns: 16,
  /** A turn that computes longer than this, or is not over after the second, is reported. */
  turnBudgetMs: 100,
  turnOpenMs: 30_000,
  /** While developing, samples of the stack that nobody asked for are thrown away this often. */
  stackSamplesMs: 1_000,
  /** Turns may go on for this time when the connection of their session is gone, or their key shut. */
  closingTurnsMs: 30_000,
  /** In a full mailbox, asks that nobody waits for any more are looked for this often. */
  sweepEveryMs: 100,
  /** The file of durable actors, unless set otherwise. */
  storeBytesMax: 64 * 1_073_741_824,
  /** A turn that blocks the process this long is named, unless set otherwise. */
  blockedMs: 1_000,
  /** Wait between looks at the memory that actors take. */
  memoryLookMs: 1_000,
  /** Wait between looks whether memory can be given back, and the share of a core below which the process is quiet. */
  collectLookMs: 2_000,
  collectCpuShareMax: 0.1,
  /** Since the last time: actors that have come into memory, for fewer leave little behind; and time. */
  collectAfterArrivals: 1_000,
  collectEveryMs: 60_000,

  /** Payload of one frame. */
  framePayloadBytesMax: 1_048_576,
  /**
   * Octets of all connections that are taken between two looks of the loop at its sockets; beyond that, who sends so
   * many at once as the second says waits for his turn.
   */
  readPerLookBytesMax: 524_288,
  readMuchBytesMin: 16_384,
  /** Frames, or lines of text, decoded into one batch. */
  textsPerBatch: 256,
  /** A command in text, in octets without the end of its line. */
  textLineBytesMax: 4_096,
  /** Octets without the end of a line are a command once none has followed for this long. */
  textQuietMs: 20,
  /** Batches kept for reuse after their messages are handled. */
  spareBatchesMax: 64,
  /** `client_id` and a textual `message_id`, in UTF-16 code units. */
  clientIdLengthMax: 256,

  /** Open connections, and those of one remote address. */
  connectionsMax: 16_000,
  connectionsPerAddressMax: 12_000,
  /** A new connection must send its first byte within this time. */
  firstByteMs: 60_000,
  /** A TLS client must have shaken hands within this time. */
  handshakeMs: 10_000,
  /** A message must be complete this long after its first byte, whatever drips in between. */
  messageMs: 30_000,
  /** A connection that sends nothing for this long is closed. */
  idleMs: 300_000,
  /** Bytes wait for a peer that takes none of them for this long; then it is disconnected. */
  writeStallMs: 30_000,
  /** After our FIN the peer has this long to close its side. */
  lingerMs: 2_000,

  /** The kernel notices this long after its last octet that a peer is gone to which nothing is being sent. */
  keepAliveMs: 30_000,

  /** Connections that are sent away and given that time too; others are told and closed at once. */
  refusedLingeringMax: 256,
  /** One that is refused is told so in the protocol of its first octet, if that comes within this time. */
  refusedFirstOctetMs: 250,

  /** Listeners that are open for one actor each; where all are, addresses share them alike. */
  privateListenersMax: 512,
  /** Connections that this node makes itself: those on their way, and how long one may take. */
  diallingMax: 1_024,
  dialMs: 3_000,

  /** Messages of one connection that wait for room in its mailbox; one more is not taken. */
  messagesWaitingMax: 256,
  messagesWaitingBytesMax: 1_048_576,
  /** Outbound bytes of a connection that carries whole messages: above it its actor is suspended. */
  messageHighWaterBytes: 262_144,
  /** What the kernel keeps of datagrams that the loop has not looked at, if it is allowed so much. */
  udpReceiveBufferBytes: 4 * 1_048_576,
  /** Datagrams that are handed on in one go; what the loop finds beyond them follows in another. */
  udpArrivedMax: 256,
  /** Datagrams that wait for the kernel; one more is dropped, and counted. */
  udpWaitingMax: 4_096,
  /** One datagram of text. */
  udpTextBytesMax: 8_192,
  /** Answers to addresses that are not proven, in datagrams of text, each second. */
  udpStrangersPerSecond: 20_000,
  /** A cookie of text: people have to copy it. */
  udpTextCookieMs: 120_000,

  /** Outbound bytes of one connection: above the first its actor is suspended, at the second it goes on. */
  outboundHighWaterBytes: 8 * 1_048_576,
  outboundLowWaterBytes: 65_536,
  /** What an actor may still add while suspended (pushes from others); one byte more and the connection is closed. */
  outboundBytesMax: 16 * 1_048_576,
  /** Outbound bytes of all connections together: above it the low-water mark is every connection's high-water mark. */
  outboundTotalBytes: 256 * 1_048_576,
  /** Small replies that wait for a peer are gathered into pieces of up to this size. */
  backlogPieceBytes: 65_536,
  /** Bytes of all connections that were read and not handled: above it, sessions whose peers do not read are closed. */
  inboundTotalBytes: 512 * 1_048_576,
  /** Pieces for one connection, among those for others, are put together up to this size and written at once. */
  outboundJoinedBytes: 65_536,
  /** The buffer that the replies of one step share; a step that needs more gets another. */
  outboundArenaBytes: 1_048_576,
  /** Lists of what a connection is to write, kept to be used again: one for each that writes in the same step. */
  spareListsMax: 1_024,

  /** Commands that a text session takes at once, and each second after that; more wait, at the socket in the end. */
  commandsBurst: 400,
  commandsPerSecond: 200,
  /** What a command costs of that which nobody else notices, and a line that is none. */
  cheapCommandCost: 1 / 16,
  /** Messages that a room, or a person, keeps; the oldest go first. At most so many are read at once. */
  historyMax: 5_000,
  historyPageMax: 100,
  historyPage: 20,
  /**
   * Members of one room (fewer than it may watch: who comes back is watched twice for a moment), named in one line of
   * `WHO`, and rooms of one session.
   */
  roomMembersMax: 8_192,
  membersPerLineMax: 50,
  roomsPerSessionMax: 32,
  /** What waits for one room: each member has one message there at most. */
  roomMailboxMax: 16_384,
  /** Tagged messages that a room, or a person, knows again: those of the whole room in the time of an outage. */
  messageTagsMax: 16_384,
  /** A guest's id stays its own for this time after its connection is gone. */
  idReservedMs: 60_000,
  /** Length of a password, in UTF-16 code units. */
  passwordLengthMax: 128,
  /**
   * Passwords hashed at once, 64 MiB each, and those that wait for it: of all, and of one address. The last of them has
   * its hash after 32 / 2 + 1 = 17 others' time, and who changes a password waits twice: there is time for that as long
   * as one hash takes less than 440 ms. On an idle machine it takes 100 to 250.
   */
  passwordHashesMax: 2,
  passwordHashesWaitingMax: 32,
  passwordHashesWaitingPerAddressMax: 14,
  passwordTimeoutMs: 15_000,
  accountMailboxMax: 16,
  /**
   * Tries of passwords: so many at once, then one each so many milliseconds. Of one address, whatever the account; of
   * one account from one address; and of one account from all: 40 addresses can use those up.
   */
  loginsPerAddressBurst: 20,
  loginsPerAddressEveryMs: 2_000,
  loginsPerAccountAndAddressBurst: 10,
  loginsPerAccountAndAddressEveryMs: 10_000,
  loginsPerAccountBurst: 400,
  loginsPerAccountEveryMs: 250,
  /** Addresses, accounts, and pairs of both whose tries are remembered, of each kind; the longest unused go first. */
  loginBucketsMax: 65_536,
  /** What waits to be counted: each session has one try there at most. */
  loginGateMailboxMax: 16_384,

  /** What waits for the lobby: each player has one message there at most. */
  lobbyMailboxMax: 16_384,
  /** An invitation is open for this time; so many to one guest. */
  invitationMs: 60_000,
  invitationsPerGuestMax: 8,
  /** Invitations that one guest is told of: so many at once, then one each so many milliseconds. */
  invitationsPerGuestBurst: 32,
  invitationsPerGuestEveryMs: 50,
  /** What one costs of a session's commands: a match that comes of it is stored. */
  invitationCost: 20,
  /** Players, hosted matches and leaders in one answer, players around one on the leaderboard, and matches watched. */
  listedPlayersMax: 500,
  listedMatchesMax: 100,
  leadersMax: 100,
  leadersAround: 10,
  watchedMatchesMax: 8,
  /** Between two pings of a match client, for its answer, and for one turn of a hosted match, unless set otherwise. */
  heartbeatMs: 10_000,
  pongMs: 3_000,
  turnMs: 30_000,
  /**
   * A pong may be so much later: where a segment is lost, TCP waits twice as long each time before it sends it again
   * (RFC 6298), and whoever answers at once over a bad network is not dead.
   */
  pongGraceMs: 800,
  /** After a restart a turn has this time at least, whose clock ran out meanwhile. */
  turnGraceMs: 15_000,
  /** Of a match between peers: for the other report, for a player to come back, and for all of it. */
  reportMs: 60_000,
  playerGoneMs: 30_000,
  introducedMatchMs: 3_600_000,
  /** How long a match is known after its end, and one of which the server knows no move. */
  matchKeptMs: 7 * 86_400_000,
  unplayedKeptMs: 3_600_000,
  /** An existing client has this time for its TLS connection and its ping port; and that is dialled this often. */
  otherConnectionsMs: 60_000,
  redialMs: 1_000,

  /** One reliable datagram, with its header and checksum: it passes every path of the Internet whole. */
  datagramBytesMax: 1_200,
  /** One message over datagrams, as its taker gets it, and the fragments it may come in. */
  datagramMessageBytesMax: 65_536,
  datagramFragmentsMax: 64,
  /** Messages of one lane of which a part has come; a sender that fills its fragments never has so many. */
  datagramPartialMessagesMax: 256,
  /** What a fragment counts in windows and queues beside its octets, so that small ones are bounded too. */
  datagramFragmentCostBytes: 64,
  /** Messages sent and not yet acknowledged, of one connection; one more is refused. */
  datagramQueueBytesMax: 1_048_576,
  /** What came and is not taken yet, of one connection; and what each side takes before it has said so. */
  datagramWindowBytes: 262_144,
  datagramFirstWindowBytes: 65_536,
  /** How far a lane may go on beyond its oldest message that is not whole. */
  datagramMessagesAheadMax: 4_096,
  /** Packet numbers below the largest received whose second coming is noticed; older ones are dropped unseen. */
  datagramReplayPackets: 1_024,
  /** Packets that wait for their acknowledgement; with probes, at most twice as many. */
  datagramsInFlightMax: 64,
  /** An acknowledgement leaves after so many packets that want one, or after this time. */
  datagramAckPackets: 2,
  datagramAckDelayMs: 2,
  /** Retransmission timeouts: before the first sample, least and most, on a local network and on a wide one. */
  datagramLanFirstTimeoutMs: 100,
  datagramWideFirstTimeoutMs: 1_000,
  datagramLanTimeoutMs: 20,
  datagramWideTimeoutMs: 200,
  datagramTimeoutMaxMs: 1_000,
  /** The first probe leaves no sooner after its packet than this. */
  datagramProbeMs: 6,
  /** A connection that has sent nothing for this long pings (the second where it is asked for), */
  datagramKeepAliveMs: 5_000,
  datagramQuickKeepAliveMs: 500,
  /** and is lost when it has heard nothing for so many times that. */
  datagramKeepAlivesMissed: 3,
  /** A close is repeated so often while nobody answers it, and its text has at most so many octets. */
  datagramClosesSent: 5,
  datagramCloseTextBytesMax: 100,
  /** Shorter messages are not compressed. */
  datagramCompressBytesMin: 64,
  /** A cookie is good for this time; the secret behind cookies changes this often. */
  datagramCookieMs: 10_000,
  datagramSecretMs: 60_000,
  /** A hello or connect is repeated after this time, doubled up to the second; so many connects, then a new hello. */
  datagramDialMs: 100,
  datagramDialMaxMs: 1_000,
  datagramConnectsSent: 4,
  /** Dialling is given up after this time, unless asked otherwise. */
  datagramDialTimeoutMs: 10_000,
  /** Answers to packets of unknown connections that leave in one second. */
  datagramGonesPerSecond: 1_000,

  /** Rows of the session ledger kept in memory while its file cannot be written. */
  ledgerPendingBytesMax: 8 * 1_048_576,
  /** Wait before a failed append is tried again. */
  ledgerRetryMs: 1_000,
  /** Clients that download it at once. */
  ledgerDownloadsMax: 4,

  /** Lines that the console shows each second; the rest are counted and named in one line. */
  consoleLinesPerSecond: 100,
  /** The log of text clients: grown beyond it the file is set aside, and one set aside before is removed. */
  clientLogBytesMax: 64 * 1_048_576,
  /** Lines logged for one reason each second; the rest are counted and named in one line. */
  logLinesPerReasonPerSecond: 10,

  /** After SIGTERM or SIGINT everything accepted is answered within this time. */
  drainMs: 10_000,
  /** An end that is asked for over HTTP begins so much later: whoever asked has the answer by then. */
  drainAskedMs: 100,

  /**
   * While another program writes to the database a commit waits this long, and tries again this often. What comes
   * together meanwhile waits as long again: both are over before `askTimeoutMs` is, so that their askers hear why.
   */
  storeBusyMs: 2_000,
  storeBusyRetryMs: 20,
  /** Commits that wait so; the next is refused. */
  storeWaitingCommitsMax: 64,
  /** A database up to this size is looked through for damage before it is opened: that takes about a second. */
  storeCheckBytesMax: 256 * 1_048_576,
  /** So long after the store has failed, whoever asks whether the node is ready makes it try again. */
  storeTryMs: 1_000,
  /** A store that was full is usable again when it has this much room, on the disk and below its bound. */
  storeRoomBytes: 16 * 1_048_576,
  /** A failure of the store is logged once; the same again within this time is counted. */
  storeFailureLogMs: 60_000,
  /** What of the database is kept in memory. */
  storeCacheBytes: 64 * 1_048_576,
  /** What its write-ahead log may keep of the disk once it has been copied into the database. */
  storeLogBytesKept: 16 * 1_048_576,
} as const;
