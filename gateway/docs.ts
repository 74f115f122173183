// GET /docs: Swagger UI from the installed package, so that it works without a network; its files are an allow-list.

import { fileURLToPath } from "node:url";

import type { Elysia } from "elysia";

const ASSETS = [
  { name: "swagger-ui.css", from: "swagger-ui-dist/swagger-ui.css", mediaType: "text/css; charset=utf-8" },
  {
    name: "swagger-ui-bundle.js",
    from: "swagger-ui-dist/swagger-ui-bundle.js",
    mediaType: "text/javascript; charset=utf-8",
  },
  { name: "favicon-32x32.png", from: "swagger-ui-dist/favicon-32x32.png", mediaType: "image/png" },
  { name: "docs.js", from: "./pages/docs.js", mediaType: "text/javascript; charset=utf-8" },
] as const;

/** One fixed route per file, none with a name in its path: there is no path to traverse. */
export function serveDocs(app: Elysia): void {
  const hidden = { detail: { hide: true } };
  app.get("/docs", fileAnswer("./pages/docs.html", "text/html; charset=utf-8"), hidden);
  for (const asset of ASSETS) {
    app.get(`/docs/assets/${asset.name}`, fileAnswer(asset.from, asset.mediaType), hidden);
  }
}

/** Finds the file now, so that a missing package is noticed at the start. */
function fileAnswer(specifier: string, mediaType: string): () => Response {
  const path = fileURLToPath(import.meta.resolve(specifier));
  return () => new Response(Bun.file(path), { headers: { "Content-Type": mediaType } });
}
