// Who may shake hands over ZMTP: versions, mechanisms, passwords, socket types, identities; and who is told what.
import { describe, expect, test } from "bun:test";

import type { WireFault } from "./protocol.ts";
import { singleBytes } from "./test-frames.ts";
import {
  greeting,
  type Heard,
  LONG,
  MORE,
  octets,
  ready,
  TestDecoder,
  zmtpCommand,
  zmtpFrame,
  zmtpMessage,
  zmtpProperty,
} from "./test-zmtp.ts";
import { encodeGreeting } from "./zmtp-greeting.ts";
import type { ZmtpIdentity } from "./zmtp-handshake.ts";
import type { ZmtpSocketType } from "./zmtp-socket-types.ts";

interface Outcome {
  readonly fault: WireFault | undefined;
  readonly heard: readonly Heard[];
  /** Behind our greeting. */
  readonly sent: Buffer;
}

const GREETING_BYTES = 64;
const admits: ZmtpIdentity["admits"] = ({ username, password }) => username === "ana" && password === "segredo";
const plainServer: Partial<ZmtpIdentity> = { socketType: "REP", role: "server", admits };
const plainClient: Partial<ZmtpIdentity> = {
  socketType: "REQ",
  role: "client",
  credentials: { username: "ana", password: "segredo" },
};
const plain = greeting({ mechanism: "PLAIN" });
const hello = (username: string, password: string): Buffer =>
  zmtpCommand(
    "HELLO",
    Buffer.concat([username, password].flatMap((text) => [Buffer.of(text.length), Buffer.from(text)])),
  );

/** The same in one chunk and octet by octet, or it throws. */
function shake(own: Partial<ZmtpIdentity>, ...chunks: readonly Uint8Array[]): Outcome {
  const stream = Buffer.concat(chunks);
  const [whole, bytewise] = [[stream], singleBytes(stream)].map((each) => {
    const { decoder, heard, sent } = new TestDecoder(own).feed(each);
    return { fault: decoder.fault, heard, sent: sent.subarray(GREETING_BYTES) };
  });
  expect(bytewise).toEqual(whole);
  return whole as Outcome;
}

function withProperties(...properties: readonly Buffer[]): Outcome {
  return shake({}, greeting(), zmtpCommand("READY", Buffer.concat(properties)));
}

describe("a greeting", () => {
  test.each([
    ["no signature", "00"],
    ["the letter of an HTTP request", "47"],
    ["a signature without its end", "ff 0000000000000001 00"],
    ["that of ZMTP 1.0", "01 00"],
    ["a length in place of padding, and no end", "ff 0000000000000001 01"],
  ])("with %s is none", (_, hex) => {
    expect(shake({}, octets(hex))).toMatchObject({ fault: "wire.zmtp_greeting", heard: [], sent: Buffer.alloc(0) });
  });

  test.each([0, 1, 2])("of version %d is too old", (major) => {
    expect(shake({}, greeting({ major }).subarray(0, 11)).fault).toBe("wire.zmtp_version");
  });

  test.each([
    [3, 0],
    [3, 1],
    [3, 2],
    [4, 0],
  ])("of version %d.%d is understood", (major, minor) => {
    const { fault, heard } = shake({}, greeting({ major, minor }), ready("REQ"));
    expect([fault, heard]).toEqual([undefined, [`REQ/ 3.${minor}`]]);
  });

  test("may hold anything in its padding, its filler and as-server: libzmq fills them in its own way", () => {
    const strange = greeting();
    strange.fill(0xa5, 1, 9).fill(0xa5, 32, 64);
    expect(shake({}, strange, ready("REQ")).heard).toEqual(["REQ/ 3.1"]);
  });

  test.each(["CURVE", "GSSAPI", "PLAIN", "NULLX", "NUL", "null", ""])(
    "with mechanism %p is not for NULL",
    (mechanism) => {
      expect(shake({}, greeting({ mechanism })).fault).toBe("wire.zmtp_mechanism");
    },
  );

  test.each(["CURVE", "NULL", "PLAI", "PLAINX"])("with mechanism %p is not for PLAIN", (mechanism) => {
    expect(shake(plainServer, greeting({ mechanism })).fault).toBe("wire.zmtp_mechanism");
    expect(shake(plainClient, greeting({ mechanism })).fault).toBe("wire.zmtp_mechanism");
  });

  test("with a name of 20 octets that begins rightly is not right", () => {
    expect(shake({}, greeting({ mechanism: `NULL${"\0".repeat(15)}x` })).fault).toBe("wire.zmtp_mechanism");
  });

  test("is judged as it comes: nobody need send 64 octets to be told off", () => {
    expect(new TestDecoder().feed([greeting({ mechanism: "CURVE" }).subarray(0, 13)]).decoder.fault).toBe(
      "wire.zmtp_mechanism",
    );
    expect(new TestDecoder().feed([greeting().subarray(0, 63)])).toMatchObject({
      decoder: { fault: undefined },
      heard: [],
    });
  });

  test("of ours is 64 octets; as-server is set by a server of PLAIN alone", () => {
    expect(encodeGreeting("NULL", "server")).toEqual(greeting());
    expect(encodeGreeting("NULL", "client")).toEqual(greeting());
    expect(encodeGreeting("PLAIN", "client")).toEqual(plain);
    expect(encodeGreeting("PLAIN", "server")).toEqual(greeting({ mechanism: "PLAIN", isServer: true }));
  });
});

describe("socket types", () => {
  const TYPES: readonly ZmtpSocketType[] = ["REQ", "REP", "ROUTER", "DEALER", "PUB", "SUB", "XPUB", "XSUB"];
  const OTHERS = ["PUSH", "PULL", "PAIR", "STREAM", "CLIENT", "RADIO", "req", ""];
  // RFC 37, "The Socket-Type Property".
  const PAIRS: Readonly<Record<ZmtpSocketType, string>> = {
    REQ: "REP ROUTER",
    REP: "REQ DEALER",
    ROUTER: "REQ DEALER ROUTER",
    DEALER: "REP DEALER ROUTER",
    PUB: "SUB XSUB",
    SUB: "PUB XPUB",
    XPUB: "SUB XSUB",
    XSUB: "PUB XPUB",
  };

  test.each(TYPES)("%s talks to those that RFC 37 names, and tells all others why not", (socketType) => {
    for (const peerType of [...TYPES, ...OTHERS]) {
      const { fault, heard, sent } = shake({ socketType }, greeting(), ready(peerType));
      const may = PAIRS[socketType].split(" ").includes(peerType);
      const refusal = Buffer.concat([ready(socketType), zmtpCommand("ERROR", "\u0013Invalid socket type")]);
      expect({ peerType, fault, heard, sent }).toEqual({
        peerType,
        fault: may ? undefined : "wire.zmtp_socket_type",
        heard: may ? [`${peerType}/ 3.1`] : [],
        sent: may ? ready(socketType) : refusal,
      });
    }
  });
});

describe("properties", () => {
  const type = zmtpProperty("Socket-Type", "REQ");

  test.each([0, 1, 255])("may name an identity of %d octets", (count) => {
    const identity = "i".repeat(count);
    expect(withProperties(type, zmtpProperty("Identity", identity)).heard).toEqual([`REQ/${identity} 3.1`]);
  });

  test("may not name one of 256", () => {
    expect(withProperties(type, zmtpProperty("Identity", "i".repeat(256))).fault).toBe("wire.zmtp_handshake");
  });

  test("may come in any order and case, among others that mean nothing here", () => {
    const { heard } = withProperties(
      zmtpProperty("X-Other", "x".repeat(400)),
      zmtpProperty("IDENTITY", "ana"),
      zmtpProperty("socket-TYPE", "REQ"),
      zmtpProperty("y", ""),
    );
    expect(heard).toEqual(["REQ/ana 3.1"]);
  });

  test("keep an identity that does not change with the chunk it came in", () => {
    const reader = new TestDecoder();
    const chunk = Buffer.concat([greeting(), ready("REQ", "ana")]);
    reader.decoder.push(chunk, 0);
    const batch = reader.decoder.next(1);
    chunk.fill(0);
    expect(batch?.take()).toMatchObject({ identity: Buffer.from("ana"), socketType: "REQ" });
  });

  test("cut short anywhere are none", () => {
    const all = Buffer.concat([type, zmtpProperty("Identity", "ana")]);
    for (let length = 0; length < all.length; length++) {
      if (length === type.length) continue;
      expect([length, withProperties(all.subarray(0, length)).fault]).toEqual([length, "wire.zmtp_handshake"]);
    }
  });

  test.each([
    ["without a socket type", [zmtpProperty("Identity", "ana")]],
    ["with a name of no octets", [type, zmtpProperty("", "x")]],
    ["with a value of 4 GiB", [type, octets("01 79 ffffffff")]],
    ["of none at all", []],
  ])("%s are none", (_, properties) => {
    expect(withProperties(...properties).fault).toBe("wire.zmtp_handshake");
  });
});

describe("the handshake of NULL", () => {
  test.each([
    ["a message", zmtpMessage("x")],
    ["the first octet of a message: a stranger has no memory for one", Buffer.of(MORE | LONG)],
    ["PING", zmtpCommand("PING", octets("0000"))],
    ["HELLO", hello("ana", "segredo")],
    ["SUBSCRIBE", zmtpCommand("SUBSCRIBE", "x")],
    ["a command without a name", zmtpFrame(4, "")],
  ])("does not begin with %s", (_, first) => {
    expect(shake({}, greeting(), first)).toMatchObject({ fault: "wire.zmtp_handshake", heard: [] });
  });

  test("is over at an ERROR, whatever it says", () => {
    for (const data of ["", "\u0003400", "garbage"]) {
      expect(shake({}, greeting(), zmtpCommand("ERROR", data)).fault).toBe("wire.zmtp_refused_by_peer");
    }
  });

  test("tells our socket type and identity when the peer's greeting is whole", () => {
    const identity = Buffer.alloc(255, 0x69);
    const own: Partial<ZmtpIdentity> = { socketType: "DEALER", role: "client", identity };
    expect(shake(own, greeting().subarray(0, 63)).sent.length).toBe(0);
    expect(shake(own, greeting()).sent).toEqual(ready("DEALER", identity));
  });
});

describe("a server of PLAIN", () => {
  test("lets in who shows a name and password that it admits", () => {
    const { fault, heard, sent } = shake(plainServer, plain, hello("ana", "segredo"), ready("REQ", "a", "INITIATE"));
    expect([fault, heard]).toEqual([undefined, ["REQ/a 3.1"]]);
    expect(sent).toEqual(Buffer.concat([zmtpCommand("WELCOME"), ready("REP")]));
  });

  test.each([
    ["ana", "errado"],
    ["bea", "segredo"],
    ["", ""],
    ["ana", ""],
  ])("says ERROR to %p with %p", (name, password) => {
    const { fault, heard, sent } = shake(plainServer, plain, hello(name, password), ready("REQ", "", "INITIATE"));
    expect([fault, heard]).toEqual(["wire.zmtp_wrong_password", []]);
    expect(sent).toEqual(zmtpCommand("ERROR", "\u001aWrong username or password"));
  });

  test.each([255, 0])("is shown names and passwords of %d octets whole", (count) => {
    const shown: unknown[] = [];
    const own = { ...plainServer, admits: (credentials: unknown) => shown.push(credentials) > 0 };
    const text = "é".repeat(127) + "e";
    const data =
      count === 0
        ? octets("00 00")
        : Buffer.concat([Buffer.of(count), Buffer.from(text), Buffer.of(count), Buffer.from(text)]);
    new TestDecoder(own).feed([plain, zmtpCommand("HELLO", data)]);
    expect(shown).toEqual([count === 0 ? { username: "", password: "" } : { username: text, password: text }]);
  });

  test.each([
    ["nothing", ""],
    ["a name alone", "\u0003ana"],
    ["a name that is cut", "\u0005ana"],
    ["a password that is cut", "\u0003ana\u0007segred"],
    ["more than a password", "\u0003ana\u0007segredo!"],
  ])("does not take %s for a HELLO", (_, data) => {
    expect(shake(plainServer, plain, zmtpCommand("HELLO", data)).fault).toBe("wire.zmtp_handshake");
  });

  test.each([
    ["READY in place of HELLO", [ready("REQ")]],
    ["INITIATE before HELLO", [ready("REQ", "", "INITIATE")]],
    ["HELLO twice", [hello("ana", "segredo"), hello("ana", "segredo")]],
    ["READY in place of INITIATE", [hello("ana", "segredo"), ready("REQ")]],
    ["a message before INITIATE", [hello("ana", "segredo"), zmtpMessage("x")]],
  ])("does not go on after %s", (_, commands) => {
    expect(shake(plainServer, plain, ...commands)).toMatchObject({ fault: "wire.zmtp_handshake", heard: [] });
  });

  test("tells a wrong socket type why it is let go", () => {
    const { fault, sent } = shake(plainServer, plain, hello("ana", "segredo"), ready("PUB", "", "INITIATE"));
    expect(fault).toBe("wire.zmtp_socket_type");
    expect(sent).toEqual(Buffer.concat([zmtpCommand("WELCOME"), zmtpCommand("ERROR", "\u0013Invalid socket type")]));
  });
});

describe("a client of PLAIN", () => {
  const servers = greeting({ mechanism: "PLAIN", isServer: true });

  test("shows who it is, and is in when the server is ready", () => {
    const { heard, sent } = shake(plainClient, servers, zmtpCommand("WELCOME"), ready("REP"));
    expect(heard).toEqual(["REP/ 3.1"]);
    expect(sent).toEqual(Buffer.concat([hello("ana", "segredo"), ready("REQ", "", "INITIATE")]));
  });

  test("knows that it is not let in", () => {
    const { fault, sent } = shake(plainClient, servers, zmtpCommand("ERROR", "\u0003400"));
    expect([fault, sent]).toEqual(["wire.zmtp_refused_by_peer", hello("ana", "segredo")]);
  });

  test("does not take READY for a welcome", () => {
    expect(shake(plainClient, servers, ready("REP")).fault).toBe("wire.zmtp_handshake");
  });
});
