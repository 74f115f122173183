// The relay's socket for one sender: what waits for it, and what becomes of datagrams that it cannot send.
import { afterEach, describe, expect, test } from "bun:test";

import { FlowSocket, triedTwice } from "./relay-flow.ts";
import { relayLimits } from "./relay-limits.ts";

const opened: { close: () => void }[] = [];

afterEach(() => {
  for (const each of opened.splice(0)) each.close();
});

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

function open(target: { readonly hostname: string; readonly port: number }) {
  const sent = { taken: 0, failed: 0 };
  const flow = new FlowSocket(target, {
    heard: () => undefined,
    sent: (_, taken) => void (taken ? sent.taken++ : sent.failed++),
  });
  opened.push(flow);
  return { flow, sent };
}

describe("before it is open", () => {
  test("as many datagrams wait as may, and one more is counted as not sent", async () => {
    const server = await Bun.udpSocket({ hostname: "127.0.0.1" });
    opened.push(server);
    const { flow, sent } = open({ hostname: "127.0.0.1", port: server.port });
    for (let count = 0; count <= relayLimits.packetsBeforeOpenMax; count++) flow.send(new Uint8Array(1));
    expect(sent).toEqual({ taken: 0, failed: 1 });
    await until(() => sent.taken === relayLimits.packetsBeforeOpenMax);
  });

  test("closing it forgets what waits", async () => {
    const server = await Bun.udpSocket({ hostname: "127.0.0.1" });
    opened.push(server);
    const { flow, sent } = open({ hostname: "127.0.0.1", port: server.port });
    flow.send(new Uint8Array(1));
    flow.close();
    await Bun.udpSocket({ hostname: "127.0.0.1" }).then((other) => other.close());
    expect(sent).toEqual({ taken: 0, failed: 0 });
  });
});

describe("a target that cannot be reached", () => {
  test("costs the datagrams that wait, and is tried again by the next one", async () => {
    const { flow, sent } = open({ hostname: "not an address", port: 9 });
    for (const failed of [1, 2]) {
      flow.send(new Uint8Array(1));
      await until(() => sent.failed === failed);
    }
    expect(sent).toEqual({ taken: 0, failed: 2 });
  });
});

describe("a datagram whose sending fails", () => {
  test.each([
    [[true], true],
    [[false], false],
    [["fails", true], true],
    [["fails", "fails", true], false],
  ])("is tried twice: %j is %p", (outcomes, taken) => {
    const rest = [...outcomes];
    const send = (): boolean => {
      const outcome = rest.shift();
      if (typeof outcome === "boolean") return outcome;
      throw new Error("ECONNREFUSED");
    };
    expect(triedTwice(send)).toBe(taken);
  });
});
