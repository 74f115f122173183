// Who is let in: at the limits, one past them, and again after somebody has left.
import { describe, expect, test } from "bun:test";

import { Admission } from "./admission.ts";

const HERE = "127.0.0.1";
const THERE = "127.0.0.2";

describe("admission", () => {
  test("lets in as many as the total allows, and refuses the next from any address", () => {
    const admission = new Admission({ connectionsMax: 2, connectionsPerAddressMax: 2 });
    expect([admission.admit(HERE), admission.admit(THERE)]).toEqual([undefined, undefined]);
    expect(admission.admit("127.0.0.3")).toBe("net.connections_max");
  });

  test("lets in as many from one address as it allows, and goes on admitting others", () => {
    const admission = new Admission({ connectionsMax: 10, connectionsPerAddressMax: 2 });
    expect([admission.admit(HERE), admission.admit(HERE)]).toEqual([undefined, undefined]);
    expect(admission.admit(HERE)).toBe("net.connections_per_address_max");
    expect(admission.admit(THERE)).toBeUndefined();
  });

  test("names the total first where both limits are reached", () => {
    const admission = new Admission({ connectionsMax: 1, connectionsPerAddressMax: 1 });
    admission.admit(HERE);
    expect(admission.admit(HERE)).toBe("net.connections_max");
  });

  test("has room again for exactly those who left", () => {
    const admission = new Admission({ connectionsMax: 2, connectionsPerAddressMax: 2 });
    admission.admit(HERE);
    admission.admit(HERE);
    admission.release(HERE);
    expect(admission.admit(HERE)).toBeUndefined();
    expect(admission.admit(HERE)).toBe("net.connections_max");
  });

  test("does not count those it refused", () => {
    const admission = new Admission({ connectionsMax: 2, connectionsPerAddressMax: 1 });
    admission.admit(HERE);
    for (let attempt = 0; attempt < 5; attempt++) admission.admit(HERE);
    expect(admission.admit(THERE)).toBeUndefined();
  });

  test("admits nobody once it is closed, whatever room there is", () => {
    const admission = new Admission({ connectionsMax: 2, connectionsPerAddressMax: 2 });
    admission.close();
    expect(admission.admit(HERE)).toBe("net.draining");
  });
});
