// The ledger over real HTTP, as the stand-in has it; the file itself is in runtime/ledger-download.test.ts.

import { describe, expect, test } from "bun:test";

import { HTTP_LIMITS } from "./limits.ts";
import { createView, startGatewayTo, startStandIn } from "./stand-in.ts";
import { createTestProcess } from "./test-process.ts";

describe("GET /ledger", () => {
  test("is CSV to be saved, with a tag and the time of its last row", async () => {
    await using gateway = startStandIn();
    const response = await gateway.get("/ledger");
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith("text/csv");
    expect(response.headers.get("content-disposition")).toBe('attachment; filename="sessions.csv"');
    expect(response.headers.get("last-modified")).toBe("Wed, 01 Jan 2025 00:00:00 GMT");
    expect(await response.text()).toBe("client_id,end_reason\nana,close\nbia,close\n");
    const tag = response.headers.get("etag") ?? "";
    expect((await gateway.get("/ledger", { "If-None-Match": tag })).status).toBe(304);
    expect((await gateway.get("/ledger?last=1", { "If-None-Match": tag })).status).toBe(200);
    expect(gateway.asked).toEqual([
      ["ledger", undefined],
      ["ledger", 1],
    ]);
  });

  test("its headers alone open no file", async () => {
    await using gateway = startStandIn();
    const response = await gateway.send("HEAD", "/ledger");
    expect([response.status, response.headers.get("content-type")]).toMatchObject([
      200,
      expect.stringContaining("csv"),
    ]);
    expect(gateway.asked).toEqual([]);
  });

  test("takes as many last rows as may be, and no more", async () => {
    await using gateway = startStandIn();
    expect((await gateway.get(`/ledger?last=${HTTP_LIMITS.ledgerRowsMax}`)).status).toBe(200);
    expect((await gateway.get(`/ledger?last=${HTTP_LIMITS.ledgerRowsMax + 1}`)).status).toBe(422);
    expect((await gateway.get("/ledger?last=0")).status).toBe(422);
    expect((await gateway.get("/ledger?first=1")).status).toBe(400);
  });

  test.each([
    ["none", 404, "ledger_not_found", null],
    ["full", 429, "downloads_full", "5"],
  ] as const)("where it is %s the answer is %d", async (opened, status, code, retryAfter) => {
    const process = createTestProcess([]);
    const ledger = { ...process.ledger, open: async () => opened };
    await using gateway = startGatewayTo(createView([]), { process: { ...process, ledger } });
    const response = await gateway.get("/ledger");
    expect([response.status, response.headers.get("retry-after"), await response.json()]).toMatchObject([
      status,
      retryAfter,
      { code },
    ]);
  });

  test("where there is no file it is 404", async () => {
    const process = createTestProcess([]);
    const ledger = { ...process.ledger, look: async () => undefined };
    await using gateway = startGatewayTo(createView([]), { process: { ...process, ledger } });
    expect((await gateway.get("/ledger")).status).toBe(404);
  });
});
