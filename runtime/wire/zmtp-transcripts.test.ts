// What libzmq 4.3.4 really sends, octet by octet as it was recorded, and what we send it in return.
import { describe, expect, test } from "bun:test";

import { singleBytes, splitAt } from "./test-frames.ts";
import { type Heard, octets, TestDecoder } from "./test-zmtp.ts";
import type { ZmtpIdentity } from "./zmtp-handshake.ts";

interface Transcript {
  readonly of: string;
  readonly own: ZmtpIdentity;
  /** Recorded from libzmq, in hexadecimal. */
  readonly theirs: readonly string[];
  /** What we write meanwhile, besides messages. */
  readonly ours: readonly string[];
  readonly heard: readonly Heard[];
}

// It sends ten octets, and the rest when it has those of the other side. The padding may hold the size of its identity.
const SIGNATURE = "ff 0000000000000001 7f";
const SIGNATURE_OF_ANA = "ff 0000000000000004 7f";
const OUR_SIGNATURE = "ff 0000000000000000 7f";
const VERSION = "03 01";
const NULL = `4e554c4c ${"00".repeat(16)}`;
const PLAIN = `504c41494e ${"00".repeat(15)}`;
const CLIENT = `00 ${"00".repeat(31)}`;
const SERVER = `01 ${"00".repeat(31)}`;
const THEIR_GREETING = `${SIGNATURE} ${VERSION} ${NULL} ${CLIENT}`;
const OUR_GREETING = `${OUR_SIGNATURE} ${VERSION} ${NULL} ${CLIENT}`;

const READY = "05 5245414459";
const INITIATE = "08 494e495449415445";
const SOCKET_TYPE = "0b 536f636b65742d54797065 000000";
const IDENTITY = "08 4964656e74697479 000000";
const NO_IDENTITY = `${IDENTITY} 00`;
const [REQ, REP, DEALER, ROUTER] = ["03 524551", "03 524550", "06 4445414c4552", "06 524f55544552"];
const [PUB, SUB, XPUB, XSUB] = ["03 505542", "03 535542", "04 58505542", "04 58535542"];
const PING = "04 50494e47";
const PONG = "04 504f4e47";

const transcripts: readonly Transcript[] = [
  {
    of: "a REQ that asks",
    own: { socketType: "REP", role: "server" },
    theirs: [
      THEIR_GREETING,
      `04 26 ${READY} ${SOCKET_TYPE} ${REQ} ${NO_IDENTITY}`,
      "0100 0105 48656c6c6f 0005 576f726c64",
    ],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${REP} ${NO_IDENTITY}`],
    heard: ["REQ/ 3.1", ["", "Hello", "World"]],
  },
  {
    of: "a REQ with REQ_CORRELATE, REQ_RELAXED and an identity",
    own: { socketType: "REP", role: "server" },
    theirs: [
      `${SIGNATURE_OF_ANA} ${VERSION} ${NULL} ${CLIENT}`,
      `04 29 ${READY} ${SOCKET_TYPE} ${REQ} ${IDENTITY} 03 616e61`,
      "0104 6a983ce4 0100 0005 48656c6c6f",
    ],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${REP} ${NO_IDENTITY}`],
    heard: ["REQ/ana 3.1", ["j\u0098<ä", "", "Hello"]],
  },
  {
    of: "a SUB that subscribes and unsubscribes: commands of 3.1",
    own: { socketType: "PUB", role: "server" },
    theirs: [
      THEIR_GREETING,
      `04 19 ${READY} ${SOCKET_TYPE} ${SUB}`,
      "04 0e 09 535542534352494245 6e657773",
      "04 0b 06 43414e43454c 6e657773",
    ],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${PUB} ${NO_IDENTITY}`],
    heard: ["SUB/ 3.1", "+news", "-news"],
  },
  {
    of: "a SUB that took us for a peer of 3.0: messages",
    own: { socketType: "PUB", role: "server" },
    theirs: [THEIR_GREETING, `04 19 ${READY} ${SOCKET_TYPE} ${SUB}`, "0005 01 6e657773", "0005 00 6e657773"],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${PUB} ${NO_IDENTITY}`],
    heard: ["SUB/ 3.1", ["\u0001news"], ["\u0000news"]],
  },
  {
    of: "an XSUB: a command for what it had subscribed before, then messages, of which one is no subscription",
    own: { socketType: "XPUB", role: "server" },
    theirs: [
      THEIR_GREETING,
      `04 1a ${READY} ${SOCKET_TYPE} ${XSUB}`,
      "04 0e 09 535542534352494245 6e657773",
      "0005 00 6e657773",
      "0005 68656c6c6f",
    ],
    ours: [OUR_GREETING, `04 27 ${READY} ${SOCKET_TYPE} ${XPUB} ${NO_IDENTITY}`],
    heard: ["XSUB/ 3.1", "+news", ["\u0000news"], ["hello"]],
  },
  {
    of: "a REQ with a password",
    own: {
      socketType: "REP",
      role: "server",
      admits: ({ username, password }) => username + password === "anasegredo",
    },
    theirs: [
      `${SIGNATURE} ${VERSION} ${PLAIN} ${CLIENT}`,
      "04 12 05 48454c4c4f 03 616e61 07 7365677265646f",
      `04 29 ${INITIATE} ${SOCKET_TYPE} ${REQ} ${NO_IDENTITY}`,
      "0100 0005 48656c6c6f",
    ],
    ours: [
      `${OUR_SIGNATURE} ${VERSION} ${PLAIN} ${SERVER}`,
      "04 08 07 57454c434f4d45",
      `04 26 ${READY} ${SOCKET_TYPE} ${REP} ${NO_IDENTITY}`,
    ],
    heard: ["REQ/ 3.1", ["", "Hello"]],
  },
  {
    of: "a DEALER with heartbeats: no context, and a time to live of 1.5 s",
    own: { socketType: "ROUTER", role: "server" },
    theirs: [
      THEIR_GREETING,
      `04 29 ${READY} ${SOCKET_TYPE} ${DEALER} ${NO_IDENTITY}`,
      `04 07 ${PING} 000f`,
      `04 07 ${PING} 000f`,
    ],
    ours: [OUR_GREETING, `04 29 ${READY} ${SOCKET_TYPE} ${ROUTER} ${NO_IDENTITY}`, `04 05 ${PONG}`, `04 05 ${PONG}`],
    heard: ["DEALER/ 3.1"],
  },
  {
    of: "a REP that listens: the reply with its envelope",
    own: { socketType: "REQ", role: "client" },
    theirs: [THEIR_GREETING, `04 19 ${READY} ${SOCKET_TYPE} ${REP}`, "0100 0005 576f726c64"],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${REQ} ${NO_IDENTITY}`],
    heard: ["REP/ 3.1", ["", "World"]],
  },
  {
    of: "a ROUTER that listens, and a frame of 256 octets",
    own: { socketType: "DEALER", role: "client", identity: Buffer.from("ana") },
    theirs: [
      THEIR_GREETING,
      `04 29 ${READY} ${SOCKET_TYPE} ${ROUTER} ${NO_IDENTITY}`,
      `0101 61 0100 02 0000000000000100 ${"79".repeat(256)}`,
    ],
    ours: [OUR_GREETING, `04 2c ${READY} ${SOCKET_TYPE} ${DEALER} ${IDENTITY} 03 616e61`],
    heard: ["ROUTER/ 3.1", ["a", "", "y".repeat(256)]],
  },
  {
    of: "an XPUB that listens and publishes",
    own: { socketType: "SUB", role: "client" },
    theirs: [THEIR_GREETING, `04 1a ${READY} ${SOCKET_TYPE} ${XPUB}`, "0104 6e657773 0001 78", "0003 616263"],
    ours: [OUR_GREETING, `04 26 ${READY} ${SOCKET_TYPE} ${SUB} ${NO_IDENTITY}`],
    heard: ["XPUB/ 3.1", ["news", "x"], ["abc"]],
  },
  {
    of: "a REP that listens, with passwords",
    own: { socketType: "REQ", role: "client", credentials: { username: "ana", password: "segredo" } },
    theirs: [
      `${SIGNATURE} ${VERSION} ${PLAIN} ${CLIENT}`,
      "04 08 07 57454c434f4d45",
      `04 19 ${READY} ${SOCKET_TYPE} ${REP}`,
    ],
    ours: [
      `${OUR_SIGNATURE} ${VERSION} ${PLAIN} ${CLIENT}`,
      "04 12 05 48454c4c4f 03 616e61 07 7365677265646f",
      `04 29 ${INITIATE} ${SOCKET_TYPE} ${REQ} ${NO_IDENTITY}`,
    ],
    heard: ["REP/ 3.1"],
  },
];

describe.each(transcripts)("$of", ({ own, theirs, ours, heard }) => {
  const stream = octets(...theirs);

  test("is understood, and has exactly these octets in return", () => {
    const { decoder, ...all } = read(own, [stream]);
    expect(decoder).toMatchObject({ fault: undefined, holding: false, partialBytes: 0 });
    expect(all).toEqual({ heard: [...heard], sent: octets(...ours).toString("hex") });
  });

  test("is the same one octet at a time, and at each single split", () => {
    const whole = outcome(own, [stream]);
    expect(outcome(own, singleBytes(stream))).toEqual(whole);
    for (let offset = 1; offset < stream.length; offset++) {
      expect(outcome(own, splitAt(stream, [offset]))).toEqual(whole);
    }
  });
});

test("the greeting goes out whole before anything has come: libzmq waits for it with ten octets said", () => {
  expect(new TestDecoder().sent.toString("hex")).toBe(octets(OUR_GREETING).toString("hex"));
});

// As 4.3.4 sends it: "\x5ERROR" in its source is a `^` in place of the length 5 and an E.
test("a REP of libzmq that does not know the password says so in a malformed command, and is given up", () => {
  const credentials = { username: "ana", password: "errado!" };
  const own: ZmtpIdentity = { socketType: "REQ", role: "client", credentials };
  const { decoder } = read(own, [octets(SIGNATURE, VERSION, PLAIN, CLIENT, "04 09 5e52524f52 03 343030")]);
  expect(decoder.fault).toBe("wire.zmtp_handshake");
});

test("a PING of ours is one that libzmq answers with the same context: with none, as it was sent none", () => {
  const dealer = new TestDecoder({ socketType: "ROUTER", role: "server" });
  dealer.feed([octets(THEIR_GREETING, `04 29 ${READY} ${SOCKET_TYPE} ${DEALER} ${NO_IDENTITY}`)]);
  const before = dealer.sent.length;
  expect(dealer.decoder.ping()).toBe(true);
  expect(dealer.sent.subarray(before).toString("hex")).toBe(octets("04 07", PING, "0000").toString("hex"));
  dealer.feed([octets("04 05", PONG)]);
  expect(dealer.decoder.fault).toBeUndefined();
});

function read(own: ZmtpIdentity, chunks: readonly Uint8Array[]) {
  const { decoder, heard, sent } = new TestDecoder(own).feed(chunks);
  return { decoder, heard, sent: sent.toString("hex") };
}

function outcome(own: ZmtpIdentity, chunks: readonly Uint8Array[]) {
  const { decoder, ...all } = read(own, chunks);
  return { ...all, fault: decoder.fault, partialBytes: decoder.partialBytes, holding: decoder.holding };
}
