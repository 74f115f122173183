// Where a server is, as the reference lists it and as others dial it.
import { describe, expect, test } from "bun:test";

import { addressWithPort, dialAddressOf } from "./server-address.ts";

describe("an address with its port", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1:5603"],
    ["servidor", "servidor:5603"],
    ["::1", "[::1]:5603"],
    ["[::1]", "[::1]:5603"],
    ["::ffff:10.0.0.1", "10.0.0.1:5603"],
    ["servidor:7000", "servidor:7000"],
    ["[::1]:7000", "[::1]:7000"],
  ])("of %p is %p for rank 3", (address, shown) => {
    expect(addressWithPort({ address, rank: 3 }, 5_600)).toBe(shown);
  });

  test("has none where servers take any free port", () => {
    expect(addressWithPort({ address: "10.0.0.1", rank: 3 }, 0)).toBe("10.0.0.1");
  });
});

describe("what is dialled", () => {
  test.each([
    ["10.0.0.1", "10.0.0.1", 5_603],
    ["10.0.0.1:7000", "10.0.0.1", 7_000],
    ["[fe80::1]:7000", "fe80::1", 7_000],
    ["::ffff:10.0.0.1", "10.0.0.1", 5_603],
  ])("for %p is %p", (address, host, port) => {
    expect(dialAddressOf({ address, rank: 3 }, "10.0.0.9", 5_600)).toEqual({ host, port });
  });

  test.each(["127.0.0.1", "127.0.0.1:5603", "::1", "[::1]:5603", "localhost:5603", "::ffff:127.0.0.1"])(
    "for %p, which is on its home's own machine, is the home",
    (address) => {
      expect(dialAddressOf({ address, rank: 3 }, "10.0.0.9", 5_600)).toEqual({ host: "10.0.0.9", port: 5_603 });
    },
  );

  test.each(["127.0.0.1:99999", "no host", "", "10.0.0.1"])("for %p is nothing, where nobody can be", (address) => {
    expect(dialAddressOf({ address, rank: 60_000 }, undefined, 5_600)).toBeUndefined();
  });

  test("at the home itself is what is listed", () => {
    expect(dialAddressOf({ address: "127.0.0.1", rank: 3 }, undefined, 5_600)).toEqual({
      host: "127.0.0.1",
      port: 5_603,
    });
  });
});
