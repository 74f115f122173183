// Which addresses are this machine's own: all of loopback, and those of its interfaces, in each form they come in.
import { describe, expect, test } from "bun:test";
import { networkInterfaces } from "node:os";

import { isThisMachine } from "./this-machine.ts";

const OWN = Object.values(networkInterfaces()).flatMap((each) => each ?? []);

describe("an address", () => {
  test.each(["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "::ffff:127.0.0.1"])(
    "of loopback is this machine: %s",
    (address) => {
      expect(isThisMachine(address)).toBe(true);
    },
  );

  test("of each interface is this machine, also as a socket for both kinds has it, and with a zone", () => {
    expect(OWN.length).toBeGreaterThan(0);
    for (const { address, family } of OWN) {
      expect([address, isThisMachine(address)]).toEqual([address, true]);
      expect(isThisMachine(family === "IPv4" ? `::ffff:${address}` : `${address}%eth7`)).toBe(true);
    }
  });

  test.each(["192.0.2.77", "::ffff:192.0.2.77", "2001:db8::7", "12.7.0.1", "1127.0.0.1", "::", ""])(
    "of somebody else is not: %s",
    (address) => {
      expect(isThisMachine(address)).toBe(false);
    },
  );
});
