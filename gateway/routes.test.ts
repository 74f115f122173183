// The list of addresses, complete.

import { expect, test } from "bun:test";

import { createRoutes } from "./routes.ts";
import { createView } from "./stand-in.ts";

test("the addresses are these; the plugin's own page, which loads from a public host, is not among them", () => {
  const routes = createRoutes(createView([]), () => undefined).routes.map(({ method, path }) => `${method} ${path}`);
  expect(routes.sort()).toEqual([
    "DELETE /sessions/:id",
    "GET /",
    "GET /actors",
    "GET /docs",
    "GET /docs/assets/docs.js",
    "GET /docs/assets/favicon-32x32.png",
    "GET /docs/assets/swagger-ui-bundle.js",
    "GET /docs/assets/swagger-ui.css",
    "GET /docs/json",
    "GET /health",
    "GET /metrics",
    "GET /ready",
    "GET /sessions",
  ]);
});
