// The ledger as it is downloaded: whole or its end, a piece at a time, few at once, none left open.
import { afterAll, describe, expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLedgerView } from "./ledger-download.ts";
import { limits } from "./limits.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-ledger-"));
afterAll(() => rmSync(folder, { recursive: true }));

const HEADER = "client_id,end_reason\n";
const never = new AbortController().signal;
const files = { count: 0 };

function ledgerOf(text: string | undefined) {
  const path = join(folder, `${++files.count}.csv`);
  if (text !== undefined) writeFileSync(path, text);
  return { path, ledger: createLedgerView(path) };
}

const rows = (count: number): string => Array.from({ length: count }, (_, index) => `client_${index},close\n`).join("");

async function opened(ledger: ReturnType<typeof createLedgerView>, rowsMax?: number, signal = never) {
  const download = await ledger.open(rowsMax, signal);
  if (typeof download === "string") throw new Error(download);
  return download;
}

const textOf = (body: ReadableStream<Uint8Array>): Promise<string> => new Response(body).text();

describe("the ledger", () => {
  test.each([0, 1, 20_000])("of %d rows comes whole", async (count) => {
    const text = HEADER + rows(count);
    const { path, ledger } = ledgerOf(text);
    utimesSync(path, 1_000, 1_000);
    const { body, ...state } = await opened(ledger);
    expect(await textOf(body)).toBe(text);
    expect(state).toEqual({ bytes: text.length, modifiedAt: 1_000_000 });
    expect(await ledger.look()).toEqual(state);
  });

  test.each([
    [3, 1],
    [3, 2],
    [3, 3],
    [3, 4],
    [0, 5],
    [20_000, 1],
    [20_000, 9_999],
    [20_000, 19_999],
    [20_000, 20_000],
    [20_000, 20_001],
  ])("of %d rows comes with its header and the last %d", async (count, last) => {
    const { ledger } = ledgerOf(HEADER + rows(count));
    const expected = rows(count).split("\n").slice(0, -1).slice(-last);
    const [header, ...found] = (await textOf((await opened(ledger, last)).body)).split("\n").slice(0, -1);
    expect(`${header}\n`).toBe(HEADER);
    expect(found).toEqual(expected);
  });

  test("comes as far as it was written when it was opened, in whole lines", async () => {
    const { path, ledger } = ledgerOf(`${HEADER}${rows(2)}client_2,cl`);
    const { body } = await opened(ledger);
    appendFileSync(path, "ose\nclient_3,close\n");
    expect(await textOf(body)).toBe(HEADER + rows(2));
    expect(await textOf((await opened(ledger)).body)).toBe(HEADER + rows(4));
  });

  test("that is not there, or is empty, is no fault", async () => {
    expect(await ledgerOf(undefined).ledger.look()).toBeUndefined();
    expect(await ledgerOf(undefined).ledger.open(undefined, never)).toBe("none");
    expect(await textOf((await opened(ledgerOf("").ledger, 3)).body)).toBe("");
  });

  test("is read no faster than it is taken", async () => {
    const { ledger } = ledgerOf(HEADER + rows(50_000));
    const reader = (await opened(ledger)).body.getReader();
    const { value } = await reader.read();
    expect(value?.length).toBe(65_536);
    await reader.cancel();
  });
});

describe("downloads", () => {
  test("are so many at once; one more is refused until one has ended, been given up, or lost its client", async () => {
    const { ledger } = ledgerOf(HEADER + rows(20_000));
    const client = new AbortController();
    const [first, second] = [await opened(ledger), await opened(ledger)];
    await opened(ledger, undefined, client.signal);
    for (let more = 3; more < limits.ledgerDownloadsMax; more++) await opened(ledger);
    const isFull = async (): Promise<boolean> => {
      const download = await ledger.open(1, never);
      if (typeof download === "string") return download === "full";
      await download.body.cancel();
      return false;
    };
    expect(await isFull()).toBe(true);
    await textOf(first.body);
    expect(await isFull()).toBe(false);
    await opened(ledger);
    expect(await isFull()).toBe(true);
    await second.body.cancel();
    expect(await isFull()).toBe(false);
    await opened(ledger);
    expect(await isFull()).toBe(true);
    client.abort();
    expect(await isFull()).toBe(false);
  });

  test("of a file that is not there take up no room", async () => {
    const { ledger } = ledgerOf(undefined);
    for (let count = 0; count < 2 * limits.ledgerDownloadsMax; count++) {
      expect(await ledger.open(undefined, never)).toBe("none");
    }
  });
});
