// Whether the kernel takes the time after which a peer that acknowledges nothing is given up.
import { describe, expect, test } from "bun:test";

import { VanishedPeers } from "./vanished-peer.ts";

describe("a socket that is sent to", () => {
  test.skipIf(process.platform !== "linux")("is watched by the kernel for a peer that has vanished", async () => {
    const vanished = new VanishedPeers(30_000);
    const watched = Promise.withResolvers<boolean>();
    const listener = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: { open: (socket) => watched.resolve(vanished.watch(socket)), data: () => undefined },
    });
    const client = await Bun.connect({ hostname: "127.0.0.1", port: listener.port, socket: { data: () => undefined } });
    expect(await watched.promise).toBe(true);
    client.end();
    listener.stop(true);
  });

  test.each([{}, { fd: -1 }, { fd: "x" }])("is not where there is none to watch: %j", (socket) => {
    expect(new VanishedPeers(30_000).watch(socket)).toBe(false);
  });
});
