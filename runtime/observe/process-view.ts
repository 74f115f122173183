// What an operator may see of the process and do to it as a whole; and small answers that the view of its node has.

export interface AboutView {
  readonly serverId: string;
  readonly version: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly uptimeMs: number;
}

/** How many commits there are now, or why the state is as it was. */
export type StateEditView =
  { readonly commits: number } | { readonly not: "not_stored" | "busy" | "stale" | "other_version" };

/** `name/key`, and how many have subscribed to it. */
export interface TopicView {
  readonly topic: string;
  readonly subscribers: number;
}

/** `method`: by which it is told; absent where what is published goes straight to its connection. */
export interface SubscriberView {
  readonly type: string;
  readonly key: string;
  readonly method?: string;
}

/** A bound: what it is unless set, what it is now, and whether that can be changed while the process runs. */
export interface LimitView {
  readonly name: string;
  readonly unit: string;
  readonly default: number;
  readonly value: number;
  readonly changeable: boolean;
  /** How often it was changed since the process started. */
  readonly changes: number;
  /** The setting that it begins with, and what that is for; absent where there is none. */
  readonly setting?: string;
  readonly help?: string;
}

const UNITS: readonly (readonly [name: RegExp, unit: string])[] = [
  [/Ms(?:Max|Min)?$/, "ms"],
  [/Seconds(?:Max)?$/, "s"],
  [/Bytes(?:Max|Min|Kept)?$|Bytes(?:[A-Z]\w*)Max$/, "bytes"],
  [/(?:Length|Chars)(?:Max)?$/, "UTF-16 code units"],
  [/PerSecond$/, "a second"],
  [/(?:Share|Rate|Drift)Max$/, "share"],
];

/** Of a limit: what its name says. */
export function unitOf(name: string): string {
  return UNITS.find(([pattern]) => pattern.test(name))?.[1] ?? "count";
}

/** `wanted`: what the value should have been. */
export type LimitChange =
  LimitView | { readonly not: "unknown" | "fixed" | "stale" } | { readonly not: "allowed"; readonly wanted: string };

export interface SettingView {
  readonly name: string;
  readonly unit: string;
  /** As it is now; absent for a secret. */
  readonly value?: string;
}

export interface ProcessFigures {
  readonly pid: number;
  /** Versions and machine: `1.4.4`, `linux x64`, and how many cores the process may use. */
  readonly bun: string;
  readonly platform: string;
  readonly cpus: number;
  readonly memory: { readonly residentBytes: number; readonly heapBytes: number; readonly externalBytes: number };
  /** Of all threads, since the start. */
  readonly cpuSeconds: number;
}

export interface SystemCounts {
  readonly actors: number;
  readonly connections: number;
  /** Since the start, also those that are gone again. */
  readonly deadLetters: number;
  readonly quarantinedKeys: number;
}

export interface ProcessView {
  figures(): ProcessFigures;
  counts(): SystemCounts;
  /** By what is spoken there; those that are not listened on are absent. */
  ports(): Readonly<Record<string, number>>;
  settings(): readonly SettingView[];
  /** The orderly end, soon. False where it has begun already. */
  drain(reason: string | undefined): boolean;
  limits(): readonly LimitView[];
  /** Until the process ends. `seen`: only where it was changed so often. */
  changeLimit(name: string, value: number, seen: number | undefined): LimitChange;
  ledger: LedgerView;
}

/** The session ledger, as far as it is written. */
export interface LedgerView {
  /** Of the last so many rows, if given. "none" where there is no file, "full" where too many are downloading. */
  open(rowsMax: number | undefined, signal: AbortSignal): Promise<LedgerDownload | "none" | "full">;
  /** Without reading it. */
  look(): Promise<LedgerState | undefined>;
}

export interface LedgerState {
  /** Of the whole file. */
  readonly bytes: number;
  /** Unix milliseconds. */
  readonly modifiedAt: number;
}

export interface LedgerDownload extends LedgerState {
  readonly body: ReadableStream<Uint8Array>;
}
