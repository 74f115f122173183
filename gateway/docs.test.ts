// The Swagger UI page and its files, as bytes; swagger-page.test.ts opens them in a browser.

import { describe, expect, test } from "bun:test";
import { connect } from "node:net";

import { startStandIn } from "./stand-in.ts";

describe("the page at /docs", () => {
  test("names its files on this host only and has no script of its own inside", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/docs");
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    const page = await response.text();
    expect(page).not.toMatch(/https?:|["'(]\/\//);
    expect(page.match(/<script[^>]*>[^<]/)).toBeNull();
    const links = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect((await gateway.get(link)).status, link).toBe(200);
  });

  test.each([
    ["swagger-ui.css", "text/css; charset=utf-8"],
    ["swagger-ui-bundle.js", "text/javascript; charset=utf-8"],
    ["docs.js", "text/javascript; charset=utf-8"],
    ["favicon-32x32.png", "image/png"],
  ])("%s comes as %s", async (name, mediaType) => {
    await using gateway = startStandIn();
    const response = await gateway.get(`/docs/assets/${name}`);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe(mediaType);
    expect((await response.bytes()).length).toBeGreaterThan(100);
  });

  test("style and starter load nothing from another host", async () => {
    await using gateway = startStandIn();
    const style = await (await gateway.get("/docs/assets/swagger-ui.css")).text();
    expect(style).not.toMatch(/@import|url\(["']?(?!["']?data:)/);
    expect(await (await gateway.get("/docs/assets/docs.js")).text()).not.toMatch(/https?:|["']\/\//);
  });
});

describe("the files of the page", () => {
  test.each([
    "/docs/assets/package.json",
    "/docs/assets/swagger-ui.js",
    "/docs/assets/index.html",
    "/docs/assets/",
    "/docs/assets/../../package.json",
    "/docs/assets/..%2f..%2fpackage.json",
    "/docs/assets/%2e%2e/%2e%2e/package.json",
    "/docs/assets/..%5c..%5cpackage.json",
    "/docs/assets//etc/passwd",
    "/docs/assets/swagger-ui.css/../../../package.json",
    "/docs/assets/swagger-ui.css%00",
    "//docs/assets/../gateway.ts",
  ])("%s is not among them", async (path) => {
    await using gateway = startStandIn();
    expect(await statusLine(gateway.port, path)).toStartWith("HTTP/1.1 404 ");
  });
});

/** Over a bare socket: `fetch` would tidy the path before sending it. */
function statusLine(port: number, path: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, "127.0.0.1");
  socket.once("error", reject);
  socket.once("data", (bytes) => {
    resolve(bytes.toString("latin1").split("\r\n")[0] ?? "");
    socket.destroy();
  });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  return promise;
}
