// Replies as a client reads them: JSON with the fields of the document, seconds with decimals, ids as they were sent.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import type { TextPart } from "#runtime/mod.ts";
import { anyCodePoint } from "#runtime/testing/code-points.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { errorReply, replyHead, ReplyWriter } from "./reply.ts";
import { parseRequest, type PipelineRequest } from "./request.ts";

const unixMs = 1_752_846_296_406;

/** Octets and all, as the encoder puts them one behind the other. */
function textOf(parts: readonly TextPart[]): string {
  const octets = parts.map((part) => Buffer.from(typeof part === "number" ? String(part) : part));
  return Buffer.concat(octets).toString("utf8");
}

function success(request: PipelineRequest, at = unixMs, processingMs = 0.25): string {
  const head = replyHead(request.clientId);
  return textOf(new ReplyWriter("posto-1").success(head, request.messageId, at, processingMs));
}

describe("the reply to a request", () => {
  test("has exactly the fields of the document", () => {
    expect(JSON.parse(success({ clientId: "client_1_4765", messageId: 7 }))).toEqual({
      client_id: "client_1_4765",
      message_id: 7,
      timestamp: 1_752_846_296.406,
      data: "Response from server",
      processing_time: 0.00025,
      server_id: "posto-1",
      status: "success",
    });
  });

  test.each([
    ["timestamp", 1_752_846_296_000, "1752846296.000"],
    ["timestamp", 1_752_846_296_400, "1752846296.400"],
    ["timestamp", 0, "0.000"],
  ])("gives %s in seconds with decimals: %d ms are %s", (field, at, seconds) => {
    expect(success({ clientId: "a", messageId: 1 }, at)).toContain(`"${field}":${seconds},`);
  });

  test.each([
    [0, "0.0000000"],
    [-1, "0.0000000"],
    [0.000_04, "0.0000000"],
    [0.000_1, "0.0000001"],
    [0.099_9, "0.0000999"],
    [0.099_94, "0.0000999"],
    [0.099_95, "0.0001000"],
    [0.1, "0.0001000"],
    [1, "0.0010000"],
    [86_400_000, "86400.0000000"],
  ])("writes a processing time of %d ms as %s seconds", (processingMs, seconds) => {
    expect(success({ clientId: "a", messageId: 1 }, unixMs, processingMs)).toContain(`"processing_time":${seconds},`);
  });

  test("follows each request when clients, ids and times change and come back", () => {
    const writer = new ReplyWriter("s");
    const reply = (clientId: string, messageId: number | string, at: number): unknown =>
      JSON.parse(textOf(writer.success(replyHead(clientId), messageId, at, 0)));
    expect(reply("a", 1, 1_000)).toMatchObject({ client_id: "a", message_id: 1, timestamp: 1 });
    expect(reply("b", '"two"', 1_000)).toMatchObject({ client_id: "b", message_id: "two", timestamp: 1 });
    expect(reply("a", 3, 2_500)).toMatchObject({ client_id: "a", message_id: 3, timestamp: 2.5 });
    expect(reply("a", 4, 1_000)).toMatchObject({ client_id: "a", message_id: 4, timestamp: 1 });
  });

  test("escapes the name of the server", () => {
    const parts = new ReplyWriter('a "b"\n').success(replyHead("a"), 1, unixMs, 0);
    expect(JSON.parse(textOf(parts))).toMatchObject({ server_id: 'a "b"\n' });
  });

  test.each(['a"b', "a\\b", "a\nb\u0000", "joão 📮", "\uD800", "</script>", "\u2028"])(
    "echoes the ids %j as they were sent",
    (id) => {
      const request = parseRequest(JSON.stringify({ client_id: id, message_id: id }));
      expect(JSON.parse(success(request as PipelineRequest))).toMatchObject({ client_id: id, message_id: id });
    },
  );

  test.each(["1e400", "-0", "9007199254740993", "1.50"])("echoes the digits %s", (digits) => {
    const request = parseRequest(`{"client_id":"a","message_id":${digits},"data":{"message_id":3.5}}`);
    expect(success(request as PipelineRequest)).toContain(`"message_id":${digits},`);
  });

  test("is JSON whatever the request was", () => {
    const property = fc.property(fc.string({ unit: anyCodePoint, maxLength: 60 }), fc.jsonValue(), (id, data) => {
      const request = parseRequest(JSON.stringify({ client_id: `x${id}`, message_id: id, data }));
      fc.pre(!("problem" in request));
      expect(JSON.parse(success(request))).toMatchObject({ client_id: `x${id}`, message_id: id });
    });
    fc.assert(property, { seed: 3, numRuns: timesRuns(250) });
  });
});

describe("the reply to what is no request", () => {
  const nothingRead = { clientId: undefined, messageId: undefined };

  test("has the fields of every reply, and says what is wrong, who says it and when", () => {
    const text = textOf(errorReply({ problem: "the payload is not JSON", ...nothingRead }, unixMs, "posto-1"));
    expect(JSON.parse(text)).toEqual({
      client_id: null,
      message_id: null,
      timestamp: 1_752_846_296.406,
      data: "",
      processing_time: 0,
      server_id: "posto-1",
      status: "error",
      error: "the payload is not JSON",
    });
  });

  test.each([
    [7, "7"],
    [0, "0"],
    ['"m"', '"m"'],
    ["1.50", "1.50"],
  ])("echoes the message_id %p where it could be read", (messageId, echoed) => {
    const text = textOf(errorReply({ problem: 'a "problem"\n', clientId: undefined, messageId }, 1_000, "s"));
    expect(text).toStartWith(`{"client_id":null,"message_id":${echoed},"timestamp":1.000,`);
    expect(JSON.parse(text)).toMatchObject({ error: 'a "problem"\n' });
  });

  test("echoes the client_id where it could be read", () => {
    const text = textOf(errorReply({ problem: "p", clientId: 'a"na', messageId: undefined }, 1_000, "s"));
    expect(JSON.parse(text)).toMatchObject({ client_id: 'a"na', message_id: null });
  });
});
