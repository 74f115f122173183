// All bounds of the runtime as they are now; those of settings that are read where they are used can be changed.
import type { Config } from "./config.ts";
import { limits } from "./limits.ts";
import { type LimitChange, type LimitView, unitOf } from "./observe/process-view.ts";
import { wantedOf } from "./setting-values.ts";
import { type SettingName, SETTINGS } from "./settings.ts";

/** What is read anew each time that it is needed, and the setting that it begins with. */
const CHANGEABLE = {
  connectionsMax: "CORREIO_CONNECTIONS_MAX",
  connectionsPerAddressMax: "CORREIO_CONNECTIONS_PER_ADDRESS_MAX",
  firstByteMs: "CORREIO_FIRST_BYTE_MS",
  handshakeMs: "CORREIO_HANDSHAKE_MS",
  messageMs: "CORREIO_MESSAGE_MS",
  idleMs: "CORREIO_IDLE_MS",
  writeStallMs: "CORREIO_WRITE_STALL_MS",
  drainMs: "CORREIO_DRAIN_MS",
  workMs: "CORREIO_WORK_MS",
  memoryBudgetBytes: "CORREIO_MEMORY_BUDGET",
  blockedMs: "CORREIO_BLOCKED_MS",
} as const satisfies Partial<Record<keyof Config, SettingName>>;

export type ChangeableLimit = keyof typeof CHANGEABLE;

/** Actors and the store have these from their start. */
const FIXED: Readonly<Record<string, readonly [SettingName, (config: Config) => number]>> = {
  storeBytesMax: ["CORREIO_STORE_BYTES_MAX", ({ storeBytesMax }) => storeBytesMax],
  logFileBytesMax: ["CORREIO_LOG_FILE_BYTES_MAX", ({ logFile }) => logFile.bytesMax],
  logFilesMax: ["CORREIO_LOG_FILES_MAX", ({ logFile }) => logFile.filesMax],
  heartbeatMs: ["CORREIO_HEARTBEAT_MS", ({ matches }) => matches.heartbeatMs],
  pongMs: ["CORREIO_PONG_MS", ({ matches }) => matches.pongMs],
  turnMs: ["CORREIO_TURN_MS", ({ matches }) => matches.turnMs],
  serverHeartbeatMs: ["CORREIO_SERVER_HEARTBEAT_MS", ({ messaging }) => messaging.heartbeatMs],
};

export class LiveLimits {
  /** The settings, those above as they are now: whoever reads one where it is used has it as it is. */
  readonly config: Config;
  readonly #values: { -readonly [Name in ChangeableLimit]: number };
  readonly #changes = new Map<ChangeableLimit, number>();
  readonly #changed: (name: ChangeableLimit) => void;

  /** `changed` is called after each change. */
  constructor(settings: Config, changed: (name: ChangeableLimit) => void) {
    this.config = this.#values = { ...settings };
    this.#changed = changed;
  }

  list(): readonly LimitView[] {
    const names = new Set([...Object.keys(CHANGEABLE), ...Object.keys(limits)]);
    return Array.from(names, (name) => this.#view(name));
  }

  /** Until the process ends. Not where it was changed more often than `seen`. */
  change(name: string, value: number, seen: number | undefined): LimitChange {
    if (!isChangeable(name)) return { not: Object.hasOwn(limits, name) ? "fixed" : "unknown" };
    const changes = this.#changes.get(name) ?? 0;
    if (seen !== undefined && seen !== changes) return { not: "stale" };
    const wanted = wantedOf(CHANGEABLE[name], String(value));
    if (wanted !== undefined) return { not: "allowed", wanted };
    this.#changes.set(name, changes + 1);
    this.#values[name] = value;
    this.#changed(name);
    return this.#view(name);
  }

  /** The settings as they are now, those that were changed too. */
  settings(): ReadonlyMap<SettingName, string> {
    const changed = Array.from(this.#changes.keys(), (name) => [CHANGEABLE[name], String(this.#values[name])] as const);
    return new Map([...this.config.settings, ...changed]);
  }

  #view(name: string): LimitView {
    if (isChangeable(name)) {
      const known = { name, unit: unitOf(name), value: this.#values[name], changeable: true };
      return { ...known, ...ofSetting(CHANGEABLE[name]), changes: this.#changes.get(name) ?? 0 };
    }
    const value = limits[name as keyof typeof limits];
    const fixed = { name, unit: unitOf(name), default: value, value, changeable: false, changes: 0 };
    const [setting, read] = FIXED[name] ?? [];
    return setting === undefined ? fixed : { ...fixed, ...ofSetting(setting), value: read?.(this.config) ?? value };
  }
}

function ofSetting(setting: SettingName): Pick<LimitView, "default" | "setting" | "help"> {
  const { fallback, help } = SETTINGS[setting];
  return { default: Number(fallback), setting, help };
}

function isChangeable(name: string): name is ChangeableLimit {
  return Object.hasOwn(CHANGEABLE, name);
}
