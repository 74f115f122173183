// GET /chat and /match: their pages for browsers, and the document; what a WebSocket there speaks is for programs.

import type { Elysia } from "elysia";

import { answers, problemAnswer } from "./document.ts";
import { asksForPage, type PageName, type Pages } from "./page-files.ts";
import { problem } from "./problems.ts";
import { NO_UPGRADE, WRONG_ORIGIN } from "./web-sockets.ts";

interface WebSession {
  readonly name: PageName;
  readonly summary: string;
  readonly description: string;
}

const CHAT: WebSession = {
  name: "chat",
  summary: "A text session over WebSocket",
  description:
    "Speaks the text commands of docs/text.md: each message is one line, without its newline. `HELLO ana`, " +
    "`JOIN lobby`, `SAY lobby oi`. Browsers may open it from pages of the same origin.",
};

const MATCH: WebSession = {
  name: "match",
  summary: "A match session over WebSocket",
  description:
    "Speaks the commands of modern clients in docs/match.md: each message is one line, without its newline. " +
    "`login;ana;segredo`, `begin;bea;ana;hosted`, `play;2;2`. Browsers may open it from pages of the same origin.",
};

export function serveWebSessions(app: Elysia, pages: Pages): void {
  for (const { name, summary, description } of [CHAT, MATCH]) {
    const answer = (request: Request) =>
      asksForPage(request)
        ? pages.page(name, request)
        : problem("upgrade_required", NO_UPGRADE, { Upgrade: "websocket" });
    app.get(`/${name}`, ({ request }) => answer(request), {
      detail: {
        summary,
        description,
        tags: ["sessions"],
        responses: answers({
          101: { description: "The WebSocket is open" },
          200: { description: `The ${name} page, for a browser that asks for \`text/html\`` },
          403: problemAnswer("wrong_origin", WRONG_ORIGIN),
          426: problemAnswer("upgrade_required", NO_UPGRADE),
        }),
      },
    });
  }
}
