// Serves the requests that a broker elsewhere has dealt to this process: what is kept is asked for at its home.
import { actor } from "#runtime/mod.ts";

import { BodySchema } from "../broker/broker-addresses.ts";
import { replyTo } from "../messaging/reply-to.ts";
import { serve } from "../messaging/serve.ts";
import type { NodeClocks } from "./node-clocks.ts";
import { RemoteStore } from "./remote-store.ts";
import type { ServerServices } from "./services.ts";

/** Key `DESK_KEY`. A read, so that requests wait for the home side by side. */
export function createRequestDesk({ lamport, ofRequests: clocks }: NodeClocks, askStore: ServerServices["askStore"]) {
  const store = new RemoteStore({ askStore, lamport });
  return actor("request-desk", { state: () => ({}) }).read(
    "serve",
    { in: BodySchema, out: BodySchema },
    async (desk, body) => {
      const frames = body.map((frame) => Buffer.from(frame, "latin1"));
      const reply = await replyTo(frames, (request) => serve({ store, clocks, counters: desk }, request));
      return [reply.toString("latin1")];
    },
  );
}

export const DESK_KEY = "all";
