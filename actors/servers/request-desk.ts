// Serves the requests that a broker elsewhere has dealt to this process: what is kept is asked for at its home.
import { actor } from "#runtime/mod.ts";

import { BodySchema } from "../broker/broker-addresses.ts";
import type { RequestClocks } from "../messaging/desk.ts";
import type { MessagingStore } from "../messaging/messaging-store.ts";
import { replyTo } from "../messaging/reply-to.ts";
import { serve } from "../messaging/serve.ts";

/** Key `DESK_KEY`. A read, so that requests wait for the home side by side. */
export function createRequestDesk(clocks: RequestClocks, store: MessagingStore) {
  return actor("request-desk", {
    about: "Serves requests that a broker elsewhere has dealt to this process",
    internal: true,
    state: () => ({}),
  }).read("serve", { in: BodySchema, out: BodySchema }, async (desk, body) => {
    const frames = body.map((frame) => Buffer.from(frame, "latin1"));
    const reply = await replyTo(frames, (request) => serve({ store, clocks, counters: desk }, request));
    return [reply.toString("latin1")];
  });
}

export const DESK_KEY = "all";
