// Messages of matches on the wire: what ends one for each kind of client, and the last word each is told.
import { describe, expect, test } from "bun:test";

import { createMatchProtocol, type MatchClientKind } from "./match-protocol.ts";
import { feed, singleBytes, takeAll } from "./test-frames.ts";
import { TightSink } from "./test-sink.ts";

const KINDS: readonly MatchClientKind[] = ["existing", "modern", "second"];
const textOf = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString();

/** The ends of ours that a peer is told of. */
const ENDS_OF_OURS = [
  "idle_timeout",
  "first_byte_timeout",
  "message_timeout",
  "answer_timeout",
  "session_crashed",
  "quarantined",
  "stopped",
  "disconnected_by_operator",
  "wire.line_too_long",
  "heartbeat_missed",
  "replaced",
  "match.no_secure_port",
];

describe("messages", () => {
  test.each(KINDS)("go out as they are, also to a client of kind %s", (kind) => {
    const sink = new TightSink(0);
    const protocol = createMatchProtocol(kind);
    for (const text of ["secport;40000", "listACK;ana;caio\r\n", "ping\n"]) protocol.encode(text, sink);
    expect(sink.written.toString()).toBe("secport;40000listACK;ana;caio\r\nping\n");
  });

  test.each(KINDS)("come in with their endings, whatever the kind: %s", (kind) => {
    const stream = Buffer.from("list\nleaders\r\nbegin;joão;ana\n");
    const whole = ["list\n", "leaders\r\n", "begin;joão;ana\n"];
    expect(feed(createMatchProtocol(kind).createDecoder(), [stream])).toEqual(whole);
    expect(feed(createMatchProtocol(kind).createDecoder(), singleBytes(stream))).toEqual(whole);
  });

  test.each(["existing", "second"] as const)("end by 20 ms of silence too where the client is %s", (kind) => {
    const decoder = createMatchProtocol(kind).createDecoder();
    expect(decoder.quietMs).toBe(20);
    expect(feed(decoder, [Buffer.from("8080")])).toEqual([]);
    decoder.flush();
    expect(takeAll(decoder)).toEqual(["8080"]);
  });

  test("end by nothing but a line feed where it is modern", () => {
    const decoder = createMatchProtocol("modern").createDecoder();
    expect(decoder.quietMs).toBeUndefined();
    expect(feed(decoder, [Buffer.from("list")])).toEqual([]);
    decoder.flush();
    expect(takeAll(decoder)).toEqual([]);
    expect(decoder.partialBytes).toBe(4);
    expect(feed(decoder, [Buffer.from("\n")])).toEqual(["list\n"]);
  });
});

describe("the last word", () => {
  test.each([...ENDS_OF_OURS, "shutdown"])("to an existing client is the same whatever the end: %s", (reason) => {
    expect(textOf(createMatchProtocol("existing").farewell?.(reason))).toBe("disconnect");
  });

  test.each(ENDS_OF_OURS)("to a modern one names the reason: %s", (reason) => {
    expect(textOf(createMatchProtocol("modern").farewell?.(reason))).toBe(`disconnect;${reason}\n`);
  });

  test("to a modern one names none where the server is shut down", () => {
    expect(textOf(createMatchProtocol("modern").farewell?.("shutdown"))).toBe("disconnect\n");
  });

  test.each(["disconnect", "exit", "close", "wire.truncated", "constructor"])(
    "is none where it is the peer's own: %s",
    (reason) => {
      for (const kind of KINDS) expect(createMatchProtocol(kind).farewell?.(reason)).toBeUndefined();
    },
  );

  test.each(["net.connections_max", "net.connections_per_address_max", "net.draining"])(
    "to who is refused: %s",
    (reason) => {
      expect(textOf(createMatchProtocol("existing").refusal(reason))).toBe("disconnect");
      expect(textOf(createMatchProtocol("modern").refusal(reason))).toBe(`disconnect;${reason}\n`);
    },
  );

  test.each([...ENDS_OF_OURS, "shutdown"])("is never said on a second connection: %s", (reason) => {
    const protocol = createMatchProtocol("second");
    expect([protocol.farewell?.(reason), protocol.refusal(reason)]).toEqual([undefined, undefined]);
  });
});
