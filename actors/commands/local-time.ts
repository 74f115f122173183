// The server's local time as the documents write it.

const digits = (value: number, count: number): string => String(value).padStart(count, "0");

/** `2026-11-20 09:11:00.123456`. The clock on the wall steps by a millisecond; what is below comes from the other. */
export function localTime(unixMs: number, monotonicMs: number): string {
  const microseconds = Math.floor((monotonicMs % 1) * 1_000);
  return `${localSeconds(unixMs)}.${digits(unixMs % 1_000, 3)}${digits(microseconds, 3)}`;
}

/** `2026-11-20 09:11:00,123`, as Python's logging writes it. What lines of one second share is written once. */
export class LogTimes {
  #second = -1;
  #text = "";

  at(unixMs: number): string {
    const second = Math.floor(unixMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#text = localSeconds(unixMs);
    }
    return `${this.#text},${digits(unixMs % 1_000, 3)}`;
  }
}

/** `2026-11-20 09:11:00`. */
export function localSeconds(unixMs: number): string {
  const date = new Date(unixMs);
  const day = [digits(date.getFullYear(), 4), digits(date.getMonth() + 1, 2), digits(date.getDate(), 2)];
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map((value) => digits(value, 2));
  return `${day.join("-")} ${time.join(":")}`;
}
