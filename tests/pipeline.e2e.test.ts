// The pipelined protocol end to end: what a stranger's client sends is answered in order, and leaves one row.
import { afterAll, describe, expect, test } from "bun:test";

import { eventually } from "./lib/eventually.ts";
import { closeFrame, request, requests } from "./lib/frames.ts";
import { hasPython, runPython } from "./lib/python.ts";
import { startTestNode } from "./lib/test-node.ts";
import { WireClient } from "./lib/wire-client.ts";

const node = await startTestNode();

afterAll(() => node.stop());

const rowsOf = (clientId: string) => node.rows().filter((row) => row["client_id"] === clientId);

const idsUpTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

describe.skipIf(!hasPython)("a Python client that sends everything before it reads", () => {
  const ALL_RIGHT = { replies: 10_000, in_order: true, right: true, ended: true };

  test("has 10 000 requests answered in order, and one row with reason close", async () => {
    const heard = await runPython("pipelining_client.py", [node.port, "--count", 10_000, "--client", "py_plain"]);
    expect(heard).toEqual(ALL_RIGHT);
    expect(rowsOf("py_plain")).toHaveLength(1);
    expect(rowsOf("py_plain")[0]).toMatchObject({
      client_id: "py_plain",
      messages_processed: "10000",
      server_id: "test-node",
      transport: "tcp",
      end_reason: "close",
    });
  });

  test("has them answered with 1 KiB of data in each", async () => {
    const args = [node.port, "--count", 10_000, "--client", "py_data", "--data", 1_024];
    expect(await runPython("pipelining_client.py", args)).toEqual(ALL_RIGHT);
    expect(rowsOf("py_data").map((row) => row["end_reason"])).toEqual(["close"]);
  });

  test("has textual ids echoed as text", async () => {
    const args = [node.port, "--count", 1_000, "--client", "py_text", "--ids", "text"];
    expect(await runPython("pipelining_client.py", args)).toEqual({ ...ALL_RIGHT, replies: 1_000 });
  });

  test("may shut its sending side down instead of sending a close frame", async () => {
    const args = [node.port, "--count", 1_000, "--client", "py_half", "--end", "half"];
    expect(await runPython("pipelining_client.py", args)).toEqual({ ...ALL_RIGHT, replies: 1_000 });
    expect(rowsOf("py_half").map((row) => row["end_reason"])).toEqual(["disconnect"]);
  });

  test("may just leave when it has its replies", async () => {
    const args = [node.port, "--count", 1_000, "--client", "py_none", "--end", "none"];
    expect(await runPython("pipelining_client.py", args)).toEqual({ ...ALL_RIGHT, replies: 1_000, ended: false });
    await eventually("its row", () => rowsOf("py_none").length > 0);
    expect(rowsOf("py_none").map((row) => row["end_reason"])).toEqual(["disconnect"]);
  });

  test("loses no reply when it starts to read after the server has given up waiting for its FIN", async () => {
    const args = [node.port, "--count", 10_000, "--client", "py_late", "--wait", 2.4];
    expect(await runPython("pipelining_client.py", args)).toEqual(ALL_RIGHT);
  });

  test("may write one byte at a time", async () => {
    const args = [node.port, "--count", 50, "--client", "py_bytes", "--piece", 1];
    expect(await runPython("pipelining_client.py", args)).toEqual({ ...ALL_RIGHT, replies: 50 });
  });

  test("may write two and a half frames at a time", async () => {
    const frameBytes = request(7, "py_cut").length;
    const args = [node.port, "--count", 1_000, "--client", "py_cut", "--piece", Math.floor(frameBytes * 2.5)];
    expect(await runPython("pipelining_client.py", args)).toEqual({ ...ALL_RIGHT, replies: 1_000 });
  });
});

describe("the pipelined service", () => {
  test("answers every id once and in order, whatever pieces the frames come in", async () => {
    const client = await WireClient.connect(node.port);
    const stream = Buffer.concat([requests(200, "pieces"), closeFrame]);
    for (let offset = 0; offset < stream.length; offset += 331) client.send(stream.subarray(offset, offset + 331));
    await client.loses();
    expect(client.ids).toEqual(idsUpTo(200));
    expect(client.fate).toBe("ended");
    client.close();
  });

  test("ignores what comes after a close frame", async () => {
    const client = await WireClient.connect(node.port);
    client.send(requests(3, "closed"), closeFrame, requests(3, "late", 3), Buffer.from("and no frame at all"));
    await client.loses();
    expect(client.ids).toEqual([0, 1, 2]);
    expect(rowsOf("closed").map((row) => row["end_reason"])).toEqual(["close"]);
    client.close();
  });

  test("counts in the row the bytes that went each way", async () => {
    const client = await WireClient.connect(node.port);
    const sent = Buffer.concat([requests(100, "bytes"), closeFrame]);
    client.send(sent);
    await client.loses();
    const [row] = rowsOf("bytes");
    expect(row?.["bytes_in"]).toBe(String(sent.length));
    expect(row?.["bytes_out"]).toBe(String(client.bytesIn));
    client.close();
  });

  test("sends long replies to one who reads, however far beyond the outbound bound they are together", async () => {
    const client = await WireClient.connect(node.port);
    const name = "\u0001".repeat(256);
    const count = 9_000;
    for (let id = 0; id < count; id++) client.send(request(`${id}${name}`.slice(0, 256), name, ""));
    client.send(closeFrame);
    await client.loses(20_000);
    expect(client.replies.length).toBe(count);
    expect(client.broken).toBeUndefined();
    client.close();
  });

  test("writes a row for each of a thousand sessions that end at once", async () => {
    const before = node.rows().length;
    const clients = await Promise.all(Array.from({ length: 1_000 }, () => WireClient.connect(node.port)));
    clients.forEach((client, index) => client.send(request(index, `many_${index}`), closeFrame));
    await Promise.all(clients.map((client) => client.loses()));
    const rows = node.rows().slice(before);
    expect(rows).toHaveLength(1_000);
    expect(new Set(rows.map((row) => row["client_id"])).size).toBe(1_000);
    expect(new Set(rows.map((row) => row["end_reason"]))).toEqual(new Set(["close"]));
    for (const client of clients) client.close();
  });
});
