// Memory that something still holds: what resident memory has besides is the collector's business, and other tests'.
import { heapStats } from "bun:jsc";

/** Bytes of the heap and of the buffers it holds, after a collection. */
export function liveBytes(): number {
  Bun.gc(true);
  return heapStats().heapSize;
}
