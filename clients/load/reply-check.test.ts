// What makes a reply right, and the name of each way to be wrong.

import { describe, expect, test } from "bun:test";

import { ReplyCheck } from "./reply-check.ts";

function reply(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ client_id: "client_1_0042", message_id: 1, status: "success", ...changes });
}

function checkOf(count: number): ReplyCheck {
  return new ReplyCheck("client_1_0042", 1, count);
}

describe("the reply check", () => {
  test("accepts the replies in the order of the requests", () => {
    const check = checkOf(3);
    expect([1, 2, 3].map((id) => check.check(reply({ message_id: id }), 3))).toEqual([undefined, undefined, undefined]);
  });

  test.each(["", "{", "null", '"text"', "7"])("refuses %j, which is no JSON object", (text) => {
    expect(checkOf(1).check(text, 1)).toBe("not_json");
  });

  test.each([
    ["wrong_client_id", { client_id: "client_2_0042" }],
    ["wrong_client_id", { client_id: undefined }],
    ["wrong_message_id", { message_id: 0 }],
    ["wrong_message_id", { message_id: 4 }],
    ["wrong_message_id", { message_id: 1.5 }],
    ["wrong_message_id", { message_id: "1" }],
    ["status_not_success", { status: "error" }],
    ["status_not_success", { status: undefined }],
  ] as const)("answers %s to a reply with %j", (reason, changes) => {
    expect(checkOf(3).check(reply(changes), 3)).toBe(reason);
  });

  test("refuses the reply to a request that was not sent yet", () => {
    expect(checkOf(3).check(reply({ message_id: 3 }), 2)).toBe("wrong_message_id");
  });

  test("refuses the later of two swapped replies", () => {
    const check = checkOf(3);
    const verdicts = [2, 1, 3].map((id) => check.check(reply({ message_id: id }), 3));
    expect(verdicts).toEqual([undefined, "out_of_order", undefined]);
  });

  test("refuses a second reply to the same request", () => {
    const check = checkOf(2);
    check.check(reply({ message_id: 1 }), 2);
    expect(check.check(reply({ message_id: 1 }), 2)).toBe("duplicate");
  });

  test("knows a reply with the keys of a prototype for what it is", () => {
    expect(checkOf(1).check('{"__proto__":{"client_id":"client_1_0042"},"message_id":1}', 1)).toBe("wrong_client_id");
  });
});
