// What is an address that can be dialled, and what only looks like one.
import { describe, expect, test } from "bun:test";

import { limits } from "../limits.ts";
import { parseHostAddress } from "./host-address.ts";

describe("an address that somebody says", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1", undefined],
    ["pc_da-ana.local", "pc_da-ana.local", undefined],
    ["servidor:1", "servidor", 1],
    ["servidor:65535", "servidor", 65_535],
    ["::1", "::1", undefined],
    ["[::1]", "::1", undefined],
    ["[fe80::1]:7000", "fe80::1", 7_000],
    ["tcp://10.0.0.1:7000", "10.0.0.1", 7_000],
    ["fe80::1%eth0", "fe80::1%eth0", undefined],
    ["::ffff:10.0.0.1", "10.0.0.1", undefined],
    ["a".repeat(253), "a".repeat(253), undefined],
  ])("is read: %p", (address, host, port) => {
    expect(parseHostAddress(address)).toEqual({ host, port });
  });

  test.each([
    "",
    ":7000",
    "servidor:",
    "servidor:0",
    "servidor:65536",
    "127.0.0.1:99999",
    "servidor:7000:8000",
    "[servidor]:7000",
    "[::1",
    "[]:7000",
    ":::1",
    "::1]/x",
    "tcp://*:7000",
    "tcp://tcp://servidor",
    "1:2:3",
    "-servidor",
    "http://servidor",
    "ser vidor",
    "servidor\n",
    "servidor\0",
    "a".repeat(254),
    "a".repeat(limits.serverAddressLengthMax + 1),
    7_000,
    null,
    undefined,
    [["10.0.0.1"]],
  ])("is none: %j", (address) => {
    expect(parseHostAddress(address)).toBeUndefined();
  });
});
