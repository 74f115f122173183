// Where a matrix is kept while it is measured: rows go in behind one another, and a run counts once its row is whole.

import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";

import type { MatrixData, MatrixManifest, RunRecord } from "./matrix-data.ts";
import type { MeasuredSession } from "./matrix-run.ts";
import {
  parseResponses,
  parseRuns,
  requestRows,
  requestsHeader,
  runRow,
  runsHeader,
  sessionRows,
  sessionsHeader,
} from "./matrix-tables.ts";
import { commandLineOf } from "./process-facts.ts";

type Unwritten = Omit<RunRecord, "run" | "sessionsBytes" | "requestsBytes">;
type Kind = "sessions" | "requests";

const MANIFEST = "manifest.json";
const RUNS = "runs.csv";
const LOCK = "process";
const HEADERS = { sessions: sessionsHeader, requests: requestsHeader } as const;
const KINDS: readonly Kind[] = ["sessions", "requests"];

export class MatrixFolder {
  readonly path: string;
  #manifest: MatrixManifest;
  readonly #runs: RunRecord[];

  private constructor(path: string, manifest: MatrixManifest, runs: readonly RunRecord[]) {
    this.path = path;
    this.#manifest = manifest;
    this.#runs = [...runs];
  }

  /** Throws a `TypeError` where something is already, or nothing can be written. */
  static create(path: string, manifest: MatrixManifest): MatrixFolder {
    try {
      makeEmptyFolder(path);
      const folder = new MatrixFolder(path, manifest, []);
      folder.note({});
      appendDurably(join(path, RUNS), runsHeader);
      return folder;
    } catch (error) {
      throw new TypeError(`Cannot write to ${path}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Reads what is whole; changes nothing. Throws a `TypeError` for what no matrix has left. */
  static read(path: string): MatrixFolder {
    const manifest = readManifest(path);
    try {
      const text = readFileSync(join(path, RUNS), "utf8");
      return new MatrixFolder(path, manifest, parseRuns(text.slice(0, text.lastIndexOf("\n") + 1)));
    } catch (error) {
      throw new TypeError(`Cannot read ${join(path, RUNS)}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** What ended in the middle of a run left rows that belong to none: they go. Returns how many bytes went. */
  takeUp(environment: MatrixManifest["environment"]): number {
    const runsFile = join(this.path, RUNS);
    const text = readFileSync(runsFile, "utf8");
    let cut = cutTo(runsFile, Buffer.byteLength(text.slice(0, text.lastIndexOf("\n") + 1)));
    for (const [file, bytes] of this.#committed()) cut += cutTo(file, bytes);
    this.note({ resumed: [...this.manifest.resumed, environment] });
    return cut;
  }

  /** Changes the manifest. */
  note(change: Partial<MatrixManifest>): void {
    this.#manifest = { ...this.#manifest, ...change };
    this.write(MANIFEST, `${JSON.stringify(this.#manifest, undefined, 2)}\n`);
  }

  get manifest(): MatrixManifest {
    return this.#manifest;
  }

  /** So that no two processes write to it; throws a `TypeError` that names the other one. Gone with this process. */
  lock(): Disposable {
    const file = join(this.path, LOCK);
    const owner = existsSync(file) ? readFileSync(file, "utf8") : "";
    if (owner !== "" && writes(Number(owner))) {
      throw new TypeError(`Cannot write to ${this.path}: process ${owner} does so`);
    }
    writeFileSync(file, String(process.pid));
    return { [Symbol.dispose]: () => rmSync(file, { force: true }) };
  }

  get runs(): readonly RunRecord[] {
    return this.#runs;
  }

  /** Its sessions first, on the disk, then its own row: without that there was no run. */
  append(unwritten: Unwritten, sessions: readonly MeasuredSession[]): RunRecord {
    if (!existsSync(join(this.path, MANIFEST))) throw new TypeError(`Cannot go on: the folder ${this.path} is gone`);
    const run = { ...unwritten, run: this.#runs.length + 1 };
    const rows = { sessions: sessionRows(run, sessions), requests: requestRows(run, sessions) };
    const [sessionsBytes = 0, requestsBytes = 0] = KINDS.map((kind) => {
      const file = this.#fileOf(kind, run);
      mkdirSync(dirname(file), { recursive: true });
      return appendDurably(file, sizeOf(file) > 0 ? rows[kind] : HEADERS[kind] + rows[kind]);
    });
    const record = { ...run, sessionsBytes, requestsBytes };
    appendDurably(join(this.path, RUNS), runRow(record));
    this.#runs.push(record);
    return record;
  }

  /** All that has been measured. */
  data(): MatrixData {
    const responses = new Map<number, readonly number[]>();
    for (const [file, bytes] of this.#committed()) {
      if (!file.includes("requests_")) continue;
      const text = readFileSync(file).toString("utf8", 0, bytes);
      for (const [run, seconds] of named(file, () => parseResponses(text))) responses.set(run, seconds);
    }
    const runs = this.#runs.map((run) => ({ ...run, responseSeconds: responses.get(run.run) ?? [] }));
    const torn = runs.find(({ verdict, clients, responseSeconds }) => {
      return verdict === "valid" && responseSeconds.length !== clients;
    });
    if (torn === undefined) return { manifest: this.#manifest, runs };
    throw new TypeError(
      `Cannot use ${this.#fileOf("requests", torn)}: run ${torn.run} has not one row for each client`,
    );
  }

  /** Whole or not at all, however this process ends. */
  write(name: string, text: string): void {
    const file = join(this.path, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  }

  /** Of each file with rows of sessions, how much of it belongs to runs that count as having been. */
  #committed(): ReadonlyMap<string, number> {
    const bytes = new Map<string, number>();
    for (const file of this.#files()) bytes.set(file, 0);
    for (const run of this.#runs) {
      bytes.set(this.#fileOf("sessions", run), run.sessionsBytes);
      bytes.set(this.#fileOf("requests", run), run.requestsBytes);
    }
    for (const [file, length] of bytes) {
      const found = sizeOf(file);
      if (found < length) throw new TypeError(`Cannot use ${file}: it has ${found} bytes, its runs left ${length}`);
    }
    return bytes;
  }

  #files(): readonly string[] {
    const names = readdirSync(this.path, { recursive: true }) as string[];
    return names
      .filter((name) => /^work-.*(sessions|requests)_\w+\.csv$/.test(name))
      .map((name) => join(this.path, name));
  }

  /** One for each implementation, as the document has it; sessions of runs that do not count are kept apart. */
  #fileOf(
    kind: Kind,
    { workMs, implementation, verdict }: Pick<RunRecord, "workMs" | "implementation" | "verdict">,
  ): string {
    const folders = [`work-${workMs}ms`, ...(verdict === "valid" ? [] : ["invalid"])];
    return join(this.path, ...folders, `${kind}_${implementation}.csv`);
  }
}

function makeEmptyFolder(path: string): void {
  mkdirSync(path, { recursive: true });
  accessSync(path, constants.W_OK);
  if (readdirSync(path).length > 0) throw new Error("it is not empty (--resume goes on with what is there)");
}

function readManifest(path: string): MatrixManifest {
  try {
    const manifest = JSON.parse(readFileSync(join(path, MANIFEST), "utf8")) as MatrixManifest;
    if (!Array.isArray(manifest.plan?.implementations)) throw new Error("its manifest has no plan");
    return manifest;
  } catch (error) {
    throw new TypeError(`Cannot read a matrix in ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** A process of that number may be another one by now: then it does not run this program. */
function writes(pid: number): boolean {
  return pid !== process.pid && commandLineOf(pid).includes("matrix");
}

/** 0 where there is none. */
function sizeOf(path: string): number {
  return existsSync(path) ? statSync(path).size : 0;
}

/** What cannot be read is said with the name of its file. */
function named<Value>(path: string, read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw new TypeError(`Cannot use ${path}: ${(error as Error).message}`, { cause: error });
  }
}

/** Returns how long the file is then. */
function appendDurably(path: string, text: string): number {
  const file = openSync(path, "a");
  try {
    appendFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return statSync(path).size;
}

function cutTo(path: string, bytes: number): number {
  const more = sizeOf(path) - bytes;
  if (more > 0) truncateSync(path, bytes);
  return more;
}
