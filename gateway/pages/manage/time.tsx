// A moment, in the time zone of who looks.

import { formatTime } from "./format.ts";

/** Unix milliseconds. */
export function Time({ at }: { readonly at: number }) {
  return <time>{formatTime(at)}</time>;
}
