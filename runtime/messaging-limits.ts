// Bounds of the messaging family, with their units: ZeroMQ, services, servers, clocks, elections.

export const messagingLimits = {
  /** One ZeroMQ message: octets of its frames, frames, and how many are decoded into one batch. */
  zmtpMessageBytesMax: 2_097_152,
  zmtpFramesMax: 64,
  zmtpMessagesPerBatch: 256,
  /** One ZMTP command: the properties of a peer, or a topic. */
  zmtpCommandBytesMax: 8_192,
  /** Topics that one subscriber has, and the octets of each. */
  zmtpSubscriptionsMax: 10_000,
  zmtpTopicBytesMax: 512,
  /** A ZeroMQ peer that is silent for this long is pinged; it is gone when two pings in a row have no answer. */
  zmtpPingMs: 10_000,
  /** Octets that wait for one subscriber, or another peer that messages are dropped for; more are dropped. */
  zmtpHighWaterBytes: 1_048_576,
  /** Requests of one REQ socket that wait for the one before them, or for somebody to be asked. */
  zmtpRequestsWaitingMax: 1_024,
  /** Wait before a lost connection is dialled again, doubled each time up to the second. */
  zmtpRedialMs: 100,
  zmtpRedialMaxMs: 5_000,

  /** A request of a ZeroMQ client is answered within this time, or it is told that nobody did. */
  brokeredRequestMs: 5_000,
  /** Before a session says again what the broker had no room for, or has lost. */
  brokerRetryMs: 1_000,
  /** Workers; requests that wait for one; and what waits for the broker itself. */
  brokerWorkersMax: 4_096,
  brokerWaitingMax: 4_096,
  brokerMailboxMax: 16_384,
  /**
   * Requests of one client that are not answered, and their octets: with so many, nothing more is read from it. And
   * requests of one worker that takes more than one.
   */
  requestsPerClientMax: 256,
  requestBytesPerClientMax: 4_194_304,
  /** What is read of one client in one go, beyond that. */
  requestsReadMax: 64,
  requestsPerWorkerMax: 64,

  /** Servers that are alive, and names whose rank is remembered; the longest known of the dead go first. */
  serversMax: 64,
  serversRememberedMax: 256,
  serverAddressLengthMax: 255,
  /** Subscribers that an operator is shown, of those that are slow; and time for what he asks of one server. */
  slowSubscribersMax: 64,
  administrationMs: 2_000,
  /** Between two heartbeats of a server, and at most; one that is silent for the third is taken for dead. */
  serverHeartbeatMs: 5_000,
  serverHeartbeatMsMax: 10_000,
  serverSilenceMs: 30_000,

  /** One message in MessagePack or JSON: octets, values within one another, all its values, and octets of a key. */
  packedBytesMax: 2_097_152,
  packedDepthMax: 16,
  packedValuesMax: 65_536,
  packedKeyBytesMax: 128,

  /** Users and channels of the messaging services; all of either fit into one reply. */
  messagingUsersMax: 10_000,
  messagingChannelsMax: 1_000,
  /** A name, the text of one message, and the id of a request that is done once, in UTF-16 code units. */
  messagingNameLengthMax: 64,
  messagingTextLengthMax: 4_096,
  messagingIdLengthMax: 64,
  /** What waits for one directory, one channel, one user's messages, or to be published. */
  messagingMailboxMax: 16_384,

  /** A Lamport clock that a client tells of a later time goes on from it, unless that is so much further. */
  lamportLeapMax: 2 ** 32,
  /** Where half of all numbers are used up: so that the rest lasts for a century of 20 000 such steps a second. */
  lamportClientStepMax: 64,
  /** The same of servers, which are that far apart under load; they agree with their home before half of it. */
  lamportPeerStepMax: 16_384,
  lamportAgreeAfter: 8_192,
  /** Of a ceiling that is stored: so far ahead. */
  lamportReserve: 2 ** 20,
  /** A hybrid clock takes no time that is so far ahead of its own; and events it numbers within one millisecond. */
  hybridClockAheadMs: 60_000,
  hybridClockCountMax: 65_535,
  /** Every clock's hardware runs this much faster or slower than true time at most: what is declared rests on it. */
  clockDriftMax: 0.0005,
  /** Error that a clock may be given to try synchronisation with: two of them are no further apart than below. */
  clockErrorMsMax: 43_200_000,
  /** A virtual clock is slewed this much faster or slower than its hardware; lines from others may differ so much. */
  clockSlewRateMax: 0.1,
  clockLineRateMax: 0.01,
  /** What a virtual clock may be corrected by at once. */
  clockCorrectionMsMax: 86_400_000,
  /** Polls of one clock that are kept: so many, for this time; and one that took longer says nothing. */
  clockSamplesMax: 1_280,
  clockSampleAgeMs: 128_000,
  clockRoundTripMsMax: 2_000,
  /** Between two polls of one clock: as a rule, and while it is known by fewer than so many samples. */
  clockPollMs: 100,
  clockFirstPollMs: 50,
  clockFirstSamples: 768,
  /** A clock that has contradicted itself is not trusted again before this time. */
  clockDoubtMs: 10_000,
  /** Clocks that one coordinator follows. */
  clockPeersMax: 64,
  /** Virtual clocks that are no further apart agree on the time that a group begins with. */
  clockAgreementMs: 2_000,
  /** So long a clock that hears nothing counts as synchronised, and a new coordinator reckons with those. */
  clockHandoverMs: 20_000,

  /** A coordinator corrects clocks this often, and one that has no time of the group yet listens before it begins. */
  clockCorrectMs: 1_000,
  clockListenMs: 3_000,
  /** Between two rounds of Berkeley, messages after which one comes sooner; for answers, and for one that counts. */
  berkeleyRoundMs: 10_000,
  berkeleyRoundMessages: 10,
  berkeleyAnswerMs: 1_000,
  berkeleyRoundTripMsMax: 500,
  /** What a foreign server's clock may be off, beside what is not known of it. */
  foreignClockMs: 1,
  /** Instructions without an epoch, as existing programs send them, change a clock by no more, and leave it as near. */
  clockInstructionMsMax: 60_000,
  /** So long a clock that was set by such an instruction does not follow the coordinator's lines. */
  clockByHandMs: 10_000,
  /** Between two looks whether enough messages have come for a round of Berkeley. */
  berkeleyLookMs: 100,
  /** Between two looks at what a server has to do, where nothing is due sooner; and at least. */
  serverLookMs: 1_000,
  serverLookMsMin: 5,

  /** Of an election, unless set otherwise: between two heartbeats of a coordinator, and silence until suspicion. */
  electionHeartbeatMs: 5_000,
  electionTimeoutMs: 15_000,
  /** A coordinator that a majority has not answered for this time stops: before others may vote for another. */
  electionLeaseMs: 12_000,
  /** For the answers to a question whom the others follow, and for the votes of one campaign. */
  electionAskMs: 1_000,
  electionVoteMs: 2_000,
  /** Before another try, doubled with each up to the second; and for the announcement of a higher server that lives. */
  electionBackoffMs: 500,
  electionBackoffMaxMs: 2_000,
  electionWaitMs: 4_000,
  /** A server may fall from office so often, no longer than this apart, before it has to be there steadily: */
  electionFallsMax: 3,
  electionFallWindowMs: 300_000,
  /** so long, doubled with each further fall up to the second. */
  electionSteadyMs: 30_000,
  electionSteadyMaxMs: 600_000,
  /** What a server remembers of how elections went; the oldest goes first. */
  electionsKept: 200,
  /** Servers that take part in one election. */
  electionMembersMax: 128,
  /** A counter of epochs goes on by at most this (by chance), and is believed if it is no further ahead than that. */
  electionEpochStepMax: 65_536,
  electionEpochLeapMax: 2 ** 32,
} as const;
