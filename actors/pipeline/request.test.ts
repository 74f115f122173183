// What is a request and what is not, whatever JSON, or none, comes in a frame.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { parseRequest } from "./request.ts";

const longest = "x".repeat(limits.clientIdLengthMax);

/** A request with this JSON text as its `message_id`. */
const withMessageId = (messageId: string, rest = ""): string => `{"client_id":"ana","message_id":${messageId}${rest}}`;
const withClientId = (clientId: string): string => `{"client_id":${clientId},"message_id":7}`;

describe("a request", () => {
  test("is read as the documents show it", () => {
    const text = '{"client_id":"client_1_4765","message_id":1,"timestamp":1752846296.406,"data":"Hello from client"}';
    expect(parseRequest(text)).toEqual({ clientId: "client_1_4765", messageId: 1 });
  });

  test("needs neither data nor timestamp, and may carry more than we know", () => {
    expect(parseRequest(withMessageId("1"))).toEqual({ clientId: "ana", messageId: 1 });
    expect(parseRequest(withMessageId("1", ',"extra":{"client_id":5}'))).toEqual({ clientId: "ana", messageId: 1 });
  });

  test("of a key given twice the last counts", () => {
    expect(parseRequest('{"message_id":1,"client_id":"a","client_id":"b","message_id":2}')).toEqual({
      clientId: "b",
      messageId: 2,
    });
    expect(parseRequest(withMessageId('"x","message_id":2.50'))).toMatchObject({ messageId: "2.50" });
  });

  test("does not take its fields from a prototype", () => {
    const inherited = '{"__proto__":{"client_id":"eve","message_id":1}}';
    expect(parseRequest(inherited)).toHaveProperty("problem");
    expect(parseRequest(withMessageId("1", ',"__proto__":{"client_id":"eve"}'))).toMatchObject({ clientId: "ana" });
    expect(Object.prototype).not.toHaveProperty("client_id");
  });

  test("with half a million nested brackets is answered, and crashes nothing", () => {
    const deep = "[".repeat(500_000) + "]".repeat(500_000);
    expect(parseRequest(withMessageId("1", `,"data":${deep}`))).toEqual({ clientId: "ana", messageId: 1 });
    expect(parseRequest(withMessageId("1.5", `,"data":${deep}`))).toEqual({ clientId: "ana", messageId: "1.5" });
    expect(parseRequest(deep)).toHaveProperty("problem");
    expect(parseRequest("[".repeat(500_000))).toHaveProperty("problem");
  });
});

describe("message_id", () => {
  test.each([0, 1, 10_000, 2 ** 53 - 1])("a whole number, %d, stays a number", (messageId) => {
    expect(parseRequest(withMessageId(String(messageId)))).toMatchObject({ messageId });
  });

  test.each(["-1", "1.5", "1.50", "-0", "1e400", "-1E+2", "9007199254740993", "123456789012345678901234567890"])(
    "%s keeps its digits as they were sent",
    (digits) => {
      expect(parseRequest(withMessageId(digits))).toEqual({ clientId: "ana", messageId: digits });
    },
  );

  test("keeps its own digits beside a namesake within data", () => {
    expect(parseRequest(withMessageId("1.5", ',"data":{"message_id":2.5}'))).toMatchObject({ messageId: "1.5" });
    const first = '{"data":[{"message_id":2.5}],"client_id":"ana","message_id":-1}';
    expect(parseRequest(first)).toMatchObject({ messageId: "-1" });
  });

  test.each(['""', '"7"', '"a \\"b\\""', '"\\n\\u0000"', '"📮"', '"\\ud800"', '"\\ufffd"', JSON.stringify(longest)])(
    "the text %s is echoed as JSON text of the same value",
    (messageId) => {
      const request = parseRequest(withMessageId(messageId));
      expect(request).not.toHaveProperty("problem");
      expect(JSON.parse(request.messageId as string)).toBe(JSON.parse(messageId));
    },
  );

  test.each(["null", "true", "[1]", '{"a":1}', JSON.stringify(`${longest}x`), "9".repeat(257)])(
    "cannot be %s",
    (messageId) => {
      expect(parseRequest(withMessageId(messageId))).toEqual({
        problem: '"message_id" must be a number, or a string of up to 256 characters',
        clientId: "ana",
        messageId: undefined,
      });
    },
  );

  test("has to be there", () => {
    expect(parseRequest('{"client_id":"ana"}')).toMatchObject({ problem: expect.stringContaining("message_id") });
  });
});

describe("client_id", () => {
  test.each(['"a"', '"a \\"quoted\\" name"', '"two\\nlines"', '"📮"', '"\\udc00"', JSON.stringify(longest)])(
    "may be %s",
    (clientId) => {
      expect(parseRequest(withClientId(clientId))).toEqual({ clientId: JSON.parse(clientId), messageId: 7 });
    },
  );

  test.each(['""', "5", "null", "[]", '"\\ufffd"', JSON.stringify(`${longest}x`)])(
    "cannot be %s, and the message_id is still echoed",
    (clientId) => {
      expect(parseRequest(withClientId(clientId))).toEqual({
        problem: '"client_id" must be a string of 1 to 256 characters',
        clientId: undefined,
        messageId: 7,
      });
    },
  );

  test("has to be there", () => {
    expect(parseRequest('{"message_id":"m"}')).toMatchObject({ messageId: '"m"', problem: expect.any(String) });
  });
});

describe("what is no request", () => {
  const nothingRead = { clientId: undefined, messageId: undefined };

  test.each(["", " ", "hello", "{", '{"client_id":', "NaN", "{'a':1}", '{"a":1}x', "\u0000"])(
    "%j is not JSON",
    (text) => {
      expect(parseRequest(text)).toEqual({ problem: "the payload is not JSON", ...nothingRead });
    },
  );

  test.each(["null", "1", '"text"', "true", "[]", '[{"client_id":"a","message_id":1}]'])("%s is no object", (text) => {
    expect(parseRequest(text)).toEqual({ problem: "the payload is not a JSON object", ...nothingRead });
  });
});
