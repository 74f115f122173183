// The pages as bytes: what is served, how it is kept, and what happens to one that cannot be bundled.

import { describe, expect, test } from "bun:test";

import { Elysia } from "elysia";

import { createPages, servePages } from "./page-files.ts";
import { answerWithProblems } from "./problems.ts";
import { startStandIn } from "./stand-in.ts";

const asBrowser = { Accept: "text/html,application/xhtml+xml,*/*;q=0.8" };
const WEIGHT_BYTES_MAX = 400_000;
const PAGES = ["/", "/chat", "/match"];

describe.each(PAGES)("the page at %s", (path) => {
  test("names files of this host only, which are there, and has no script and no style inside", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get(path, asBrowser);
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html;charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-cache");
    const page = await response.text();
    expect(page).not.toMatch(/https?:|["'(]\/\/|<style|<script[^>]*>[^<]|style=/);
    const files = filesOf(page);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) expect((await gateway.get(file)).status, file).toBe(200);
  });

  test("lets in no script but its own files, and makes no markup of text", async () => {
    await using gateway = startStandIn();
    const policy = (await gateway.get(path, asBrowser)).headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
    expect(policy).toContain("require-trusted-types-for 'script'");
    expect(policy).not.toContain("unsafe");
  });

  test(`weighs, with all that it loads, under ${WEIGHT_BYTES_MAX} bytes`, async () => {
    await using gateway = startStandIn();
    const page = await (await gateway.get(path, asBrowser)).text();
    const sizes = filesOf(page).map(async (file) => {
      const response = await fetch(gateway.url + file, { headers: { "Accept-Encoding": "gzip" } });
      return Number(response.headers.get("content-length"));
    });
    expect((await Promise.all(sizes)).reduce((sum, size) => sum + size, page.length)).toBeLessThan(WEIGHT_BYTES_MAX);
  });
});

describe("a file of a page", () => {
  test("is kept for good, and not sent again to who has it", async () => {
    await using gateway = startStandIn();
    const file = await scriptOf(gateway.url);
    const first = await gateway.get(file);
    expect(first.headers.get("cache-control")).toContain("immutable");
    const etag = first.headers.get("etag") ?? "";
    const again = await gateway.get(file, { "If-None-Match": etag });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe("");
    expect((await gateway.get(file, { "If-None-Match": 'W/"other"' })).status).toBe(200);
  });

  test.each([
    ["gzip, deflate, zstd", "zstd"],
    ["gzip", "gzip"],
    ["zstd;q=0, gzip", "gzip"],
    ["gzip;q=0.0", null],
    ["identity", null],
  ])("for who accepts %s comes as %s", async (accepted, encoding) => {
    await using gateway = startStandIn();
    const response = await gateway.get(await scriptOf(gateway.url), { "Accept-Encoding": accepted });
    expect(response.headers.get("content-encoding")).toBe(encoding);
    expect(response.headers.get("vary")).toBe("Accept-Encoding");
    expect(await response.text()).toContain("/live");
  });

  test.each(["manage-00000000.js", "index.html", "manage-", "..%2f..%2fpackage.json", "%2e%2e%2fgateway.ts", "a%00"])(
    "is not to be had as %s",
    async (name) => {
      await using gateway = startStandIn();
      expect((await gateway.get(`/pages/${name}`)).status).toBe(404);
    },
  );
});

describe("a page whose source does not hold together", () => {
  test("is answered with status 500, heard of, and tried again when it is next asked for", async () => {
    const faults: unknown[] = [];
    const fault = new Error("Unexpected }");
    const asked: string[] = [];
    const app = new Elysia();
    answerWithProblems(
      app,
      () => undefined,
      (heard) => faults.push(heard),
    );
    const failing = async (name: string): Promise<never> => {
      asked.push(name);
      throw fault;
    };
    servePages(app, createPages(failing));
    for (const path of ["/", "/pages/manage-0.js", "/"]) {
      const response = await app.fetch(new Request(`http://localhost${path}`));
      expect(response.status).toBe(500);
      expect(await response.text()).not.toContain("Unexpected");
    }
    expect(faults).toEqual([fault, fault, fault]);
    expect(asked).toEqual(["manage", "manage", "manage"]);
  });
});

function filesOf(page: string): readonly string[] {
  return [...page.matchAll(/(?:src|href)="(\/pages\/[^"]+)"/g)].map((match) => match[1] ?? "");
}

async function scriptOf(url: string): Promise<string> {
  const page = await (await fetch(url)).text();
  return filesOf(page).find((file) => file.endsWith(".js")) ?? "";
}
