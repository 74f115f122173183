// Which addresses count as one.

import { expect, test } from "bun:test";

import { addressBlock } from "./address-block.ts";
import { HTTP_LIMITS } from "./limits.ts";
import { RequestRates } from "./request-rates.ts";
import { TestAccess } from "./test-access.ts";

test.each([
  ["192.0.2.1", "192.0.2.1"],
  ["::ffff:192.0.2.1", "192.0.2.1"],
  ["::FFFF:192.0.2.1", "192.0.2.1"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8:0:0:1:2:3:4", "2001:db8:0:0::/64"],
  ["2001:db8:1:2:3::", "2001:db8:1:2::/64"],
  ["2001:db8:1::2:3:4:5", "2001:db8:1:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::", "0:0:0:0::/64"],
  ["", ""],
])("%p counts as %p", (address, block) => {
  expect(addressBlock(address)).toBe(block);
});

test("whoever has a whole network has no more tries than one address", () => {
  const rates = new RequestRates(new TestAccess().clock);
  for (let count = 0; count < HTTP_LIMITS.wrongTokensBurst; count++) {
    expect(rates.mayTryToken(`2001:db8::${count}`)).toBe(true);
    rates.wrongToken(`2001:db8::${count}`);
  }
  expect(rates.mayTryToken("2001:db8::ffff")).toBe(false);
  expect(rates.mayTryToken("2001:db8:0:1::1")).toBe(true);
});
