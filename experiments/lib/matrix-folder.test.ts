// What a killed matrix leaves: whole runs count, halves are cut off, and what somebody changed is not used.

import { afterEach, describe, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describeEnvironment } from "./environment.ts";
import type { MatrixManifest } from "./matrix-data.ts";
import { MatrixFolder } from "./matrix-folder.ts";
import { quickPlan } from "./matrix-plan.ts";
import type { MeasuredSession } from "./matrix-run.ts";
import { createWorkspace, type Workspace } from "./program.ts";

const workspaces: Workspace[] = [];
afterEach(() => {
  for (const workspace of workspaces.splice(0)) workspace.remove();
});

const environment = describeEnvironment();
const manifest: MatrixManifest = {
  plan: quickPlan,
  environment,
  resumed: [],
  versions: { correio: "1" },
  missing: [],
  memoryBytes: 1,
  load: [0, 0, 0],
  generatorCapacity: [],
};
const run = {
  block: 1,
  attempt: 1,
  implementation: "correio",
  workMs: 0,
  servers: 2,
  clients: 2,
  messages: 10,
  verdict: "valid",
  detail: "",
  startedAt: 1_795_375_331.203_566_6,
  seconds: 0.012_5,
  replies: 20,
  serverCpuSeconds: 0.01,
  generatorCpuSeconds: 0.000_000_1,
  otherCores: 0,
  serverBytes: 1_000,
  load: 0.5,
} as const;

function session(clientId: string, ms: number): MeasuredSession {
  const row = `${clientId},10,correio-1,1.0,0.000100,2.0,1.0,,,,tcp,10,20,close`.split(",");
  return { clientId, firstSentMs: 100, lastReplyMs: 100 + ms, row };
}

const sessions = [session("client_1_1", 2.5), session("client_2_1", 3.25)];

function newFolder(): MatrixFolder {
  const workspace = createWorkspace();
  workspaces.push(workspace);
  return MatrixFolder.create(join(workspace.folder, "matrix"), manifest);
}

const textOf = (folder: MatrixFolder, ...names: readonly string[]): string =>
  readFileSync(join(folder.path, ...names), "utf8");

describe("the folder of a matrix", () => {
  test("has a row for each run and two for each session, with the document's columns", () => {
    const folder = newFolder();
    folder.append(run, sessions);
    const requests = textOf(folder, "work-0ms", "requests_correio.csv").split("\n");
    expect(requests[0]).toBe(
      "client_id,message_id,server_id,client_send_time,server_processing_time,client_receive_time,response_time," +
        "num_servers,num_clients,num_messages,run",
    );
    expect(requests[1]).toMatch(/^client_1_1,10,correio-1,\d+\.\d{6},0\.001000,\d+\.\d{6},0\.002500000,2,2,10,1$/);
    const rows = textOf(folder, "work-0ms", "sessions_correio.csv").split("\n");
    expect(rows[0]).toBe(
      "client_id,messages_processed,server_id,session_start_time,avg_processing_time,session_end_time," +
        "session_duration,num_servers,num_clients,num_messages,transport,bytes_in,bytes_out,end_reason,run",
    );
    expect(rows[1]).toBe("client_1_1,10,correio-1,1.0,0.000100,2.0,1.0,2,2,10,tcp,10,20,close,1");
  });

  test("gives back what was put in", () => {
    const folder = newFolder();
    const written = [folder.append(run, sessions), folder.append({ ...run, clients: 1 }, sessions.slice(0, 1))];
    const again = MatrixFolder.read(folder.path);
    expect(again.manifest).toEqual(manifest);
    expect(again.runs).toEqual(written);
    expect(again.data().runs.map(({ responseSeconds }) => responseSeconds)).toEqual([[0.0025, 0.00325], [0.0025]]);
  });

  test("keeps sessions of a run that does not count apart from those that do, and both", () => {
    const folder = newFolder();
    folder.append({ ...run, verdict: "died", detail: 'a server, "the last"\nis gone' }, sessions.slice(0, 1));
    folder.append(run, sessions);
    expect(textOf(folder, "work-0ms", "requests_correio.csv").trim().split("\n")).toHaveLength(3);
    expect(textOf(folder, "work-0ms", "invalid", "requests_correio.csv").trim().split("\n")).toHaveLength(2);
    expect(MatrixFolder.read(folder.path).runs[0]?.detail).toBe('a server, "the last"\nis gone');
  });

  test.each([
    ["in the middle of a run's sessions", ["work-0ms", "requests_correio.csv"], "client_9_1,10,corr"],
    ["behind them, before its row", ["work-0ms", "sessions_correio.csv"], "client_9_1,10,correio-1,,,,,,,,,,,,2\n"],
    ["in the middle of its row", ["runs.csv"], "2,1,1,corr"],
    ["in a file that had none yet", ["work-1ms", "requests_go.csv"], "client_id,messa"],
  ] as const)("forgets a run that ended %s, and says so", (_, file, torn) => {
    const folder = newFolder();
    folder.append(run, sessions);
    const before = textOf(folder, "runs.csv");
    mkdirSync(join(folder.path, "work-1ms"), { recursive: true });
    appendFileSync(join(folder.path, ...file), torn);
    const again = MatrixFolder.read(folder.path);
    expect(again.takeUp(environment)).toBe(torn.length);
    expect(again.manifest.resumed).toEqual([environment]);
    again.append({ ...run, block: 2 }, sessions);
    expect(textOf(folder, "runs.csv")).toStartWith(before);
    expect(
      MatrixFolder.read(folder.path)
        .data()
        .runs.map(({ responseSeconds }) => responseSeconds),
    ).toEqual([
      [0.0025, 0.00325],
      [0.0025, 0.00325],
    ]);
    expect(textOf(folder, "work-0ms", "requests_correio.csv").trim().split("\n")).toHaveLength(5);
  });

  test("with sessions missing from a run that counted is not used", () => {
    const folder = newFolder();
    const { requestsBytes } = folder.append(run, sessions);
    truncateSync(join(folder.path, "work-0ms", "requests_correio.csv"), requestsBytes - 1);
    expect(() => MatrixFolder.read(folder.path).takeUp(environment)).toThrow(/its runs left \d+$/);
    expect(() => MatrixFolder.read(folder.path).data()).toThrow(TypeError);
  });

  test.each([
    ["a line that is no run", "what is this\n", /line 2|Invalid Record Length/],
    ["a run without a verdict", "1,1,1,correio,0,2,2,10,perhaps,,1,1,1,1,1,1,1,1,1,1\n", /line 2 has no verdict/],
    ["a run of nobody", "1,1,1,nobody,0,2,2,10,valid,,1,1,1,1,1,1,1,1,1,1\n", /line 2 has no implementation/],
    ["a figure that is none", "1,1,1,correio,0,2,x,10,valid,,1,1,1,1,1,1,1,1,1,1\n", /line 2 has no clients/],
  ])("that has %s is not used, and says which line", (_, line, message) => {
    const folder = newFolder();
    appendFileSync(join(folder.path, "runs.csv"), line);
    expect(() => MatrixFolder.read(folder.path)).toThrow(message);
  });

  test("has the heading of a file that was emptied when it was taken up", () => {
    const folder = newFolder();
    mkdirSync(join(folder.path, "work-0ms"));
    for (const kind of ["requests", "sessions"]) {
      writeFileSync(join(folder.path, "work-0ms", `${kind}_correio.csv`), "client_id,x\nclient_1_1,1\n");
    }
    const again = MatrixFolder.read(folder.path);
    again.takeUp(environment);
    again.append(run, sessions);
    expect(textOf(again, "work-0ms", "requests_correio.csv")).toStartWith("client_id,message_id,");
    expect(again.data().runs[0]?.responseSeconds).toEqual([0.0025, 0.00325]);
  });

  test("with a session that cannot be read, or one too few, is not used, and says where", () => {
    const folder = newFolder();
    folder.append(run, sessions);
    const file = join(folder.path, "work-0ms", "requests_correio.csv");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace("0.003250000", "0.00325000x"));
    expect(() => MatrixFolder.read(folder.path).data()).toThrow("requests_correio.csv: line 3 has no run");
    writeFileSync(file, text.replace(/2,2,10,1\n$/, "2,2,10,9\n"));
    expect(() => MatrixFolder.read(folder.path).data()).toThrow("run 1 has not one row for each client");
  });

  test("that is gone meanwhile is not begun anew", () => {
    const folder = newFolder();
    rmSync(folder.path, { recursive: true });
    expect(() => folder.append(run, sessions)).toThrow("is gone");
  });

  test("that is another table, or no matrix at all, is not used", () => {
    const folder = newFolder();
    writeFileSync(join(folder.path, "runs.csv"), "a,b\n1,2\n");
    expect(() => MatrixFolder.read(folder.path)).toThrow("its first line");
    expect(() => MatrixFolder.read(join(folder.path, "nothing"))).toThrow("Cannot read a matrix in");
  });

  test("is never begun where something is already", () => {
    const folder = newFolder();
    expect(() => MatrixFolder.create(folder.path, manifest)).toThrow("it is not empty");
  });

  test("cannot be where nobody may write", () => {
    expect(() => MatrixFolder.create("/proc/matrix", manifest)).toThrow("Cannot write to /proc/matrix: ");
  });

  test("cannot be where a file is", () => {
    const folder = newFolder();
    expect(() => MatrixFolder.create(join(folder.path, "runs.csv"), manifest)).toThrow("Cannot write to");
    expect(() => MatrixFolder.create(join(folder.path, "runs.csv", "x"), manifest)).toThrow("Cannot write to");
  });

  test("belongs to one process that writes; one that is gone holds nobody up", () => {
    const folder = newFolder();
    writeFileSync(join(folder.path, "process"), "999999999");
    const lock = folder.lock();
    expect(textOf(folder, "process")).toBe(String(process.pid));
    lock[Symbol.dispose]();
    expect(() => textOf(folder, "process")).toThrow();
  });
});
