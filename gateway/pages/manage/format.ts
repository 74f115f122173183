// Numbers and times as people read them; the same width as they change, as far as that goes.

const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SMALL = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const DAY_S = 24 * HOUR_S;

export function formatCount(value: number): string {
  return Math.abs(value) < 10 ? SMALL.format(value) : WHOLE.format(value);
}

export function formatBytes(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), BYTE_UNITS.length - 1);
  return `${SMALL.format(bytes / 1024 ** step)} ${BYTE_UNITS[step]}`;
}

export function formatMs(ms: number | undefined): string {
  if (ms === undefined) return "–";
  if (ms !== 0 && Math.abs(ms) < 1) return `${SMALL.format(ms * 1_000)} µs`;
  return Math.abs(ms) < 10_000 ? `${SMALL.format(ms)} ms` : formatDuration(ms);
}

/** `2 d 3 h`, `4 min 10 s`, `7 s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(Math.floor(ms / 1_000), 0);
  const parts = (large: number, largeName: string, small: number, smallName: string): string =>
    `${Math.floor(seconds / large)} ${largeName} ${Math.floor((seconds % large) / small)} ${smallName}`;
  if (seconds >= DAY_S) return parts(DAY_S, "d", HOUR_S, "h");
  if (seconds >= HOUR_S) return parts(HOUR_S, "h", MINUTE_S, "min");
  if (seconds >= MINUTE_S) return parts(MINUTE_S, "min", 1, "s");
  return `${seconds} s`;
}

export function formatShare(share: number): string {
  return `${WHOLE.format(share * 100)} %`;
}

/** In the time zone of who looks. */
export function formatTime(unixMs: number): string {
  const at = new Date(unixMs);
  return Number.isNaN(at.getTime()) ? String(unixMs) : at.toLocaleString("sv-SE");
}

/** Without the day, with milliseconds. */
export function formatMoment(unixMs: number): string {
  const at = new Date(unixMs);
  return Number.isNaN(at.getTime())
    ? String(unixMs)
    : `${formatTime(unixMs).slice(11)}.${String(at.getMilliseconds()).padStart(3, "0")}`;
}
