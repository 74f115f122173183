// GET /chat: the chat page for browsers, and the document; WebSockets speak the text commands there.

import type { Elysia } from "elysia";

import { answers, problemAnswer } from "./document.ts";
import { asksForPage, type Pages } from "./page-files.ts";
import { problem } from "./problems.ts";
import { NO_UPGRADE, WRONG_ORIGIN } from "./web-sockets.ts";

export function serveChat(app: Elysia, pages: Pages): void {
  const answer = (request: Request) =>
    asksForPage(request)
      ? pages.page("chat", request)
      : problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" });
  app.get("/chat", ({ request }) => answer(request), {
    detail: {
      summary: "A text session over WebSocket",
      description:
        "Speaks the text commands of docs/text.md: each message is one line, without its newline. `HELLO ana`, " +
        "`JOIN lobby`, `SAY lobby oi`. Browsers may open it from pages of the same origin.",
      tags: ["sessions"],
      responses: answers({
        101: { description: "The WebSocket is open" },
        200: { description: "The chat page, for a browser that asks for `text/html`" },
        403: problemAnswer("wrong_origin", WRONG_ORIGIN),
        426: problemAnswer("upgrade_required", NO_UPGRADE),
      }),
    },
  });
}
