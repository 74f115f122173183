// GET /match: for the document, and for requests that are no upgrade; WebSockets speak the commands of matches there.

import type { Elysia } from "elysia";

import { answers, problemAnswer } from "./document.ts";
import { problem } from "./problems.ts";
import { NO_UPGRADE, WRONG_ORIGIN } from "./web-sockets.ts";

export function serveMatch(app: Elysia): void {
  app.get("/match", () => problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" }), {
    detail: {
      summary: "A match session over WebSocket",
      description:
        "Speaks the commands of modern clients in docs/match.md: each message is one line, without its newline. " +
        "`login;ana;segredo`, `begin;bea;ana;hosted`, `play;2;2`. Browsers may open it from pages of the same origin.",
      tags: ["sessions"],
      responses: answers({
        101: { description: "The WebSocket is open" },
        403: problemAnswer("wrong_origin", WRONG_ORIGIN),
        426: problemAnswer("upgrade_required", NO_UPGRADE),
      }),
    },
  });
}
