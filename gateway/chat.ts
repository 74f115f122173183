// GET /chat: for the document, and for requests that are no upgrade; WebSockets speak the text commands there.

import type { Elysia } from "elysia";

import { answers, problemAnswer } from "./document.ts";
import { problem } from "./problems.ts";
import { NO_UPGRADE, WRONG_ORIGIN } from "./web-sockets.ts";

export function serveChat(app: Elysia): void {
  app.get("/chat", () => problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" }), {
    detail: {
      summary: "A text session over WebSocket",
      description:
        "Speaks the text commands of docs/text.md: each message is one line, without its newline. `HELLO ana`, " +
        "`JOIN lobby`, `SAY lobby oi`. Browsers may open it from pages of the same origin.",
      tags: ["sessions"],
      responses: answers({
        101: { description: "The WebSocket is open" },
        403: problemAnswer("wrong_origin", WRONG_ORIGIN),
        426: problemAnswer("upgrade_required", NO_UPGRADE),
      }),
    },
  });
}
