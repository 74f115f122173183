// Whether a database has room to grow: a commit or two may still fit where the next does not.
import { statfsSync } from "node:fs";

import { RuntimeError } from "../core/errors.ts";
import { limits } from "../limits.ts";
import type { OwnedDatabase } from "./sqlite-file.ts";
import { pragma } from "./sqlite-schema.ts";

/** Throws `store.full` where less than `storeRoomBytes` are left, on the disk or below the bound of the file. */
export function refuseWithoutRoom({ database, path }: OwnedDatabase): void {
  const { bavail, bsize } = statfsSync(path);
  const pagesUsed = pragma(database, "page_count") - pragma(database, "freelist_count");
  const belowBound = (pragma(database, "max_page_count") - pagesUsed) * pragma(database, "page_size");
  const leftBytes = Math.min(bavail * bsize, belowBound);
  if (leftBytes >= limits.storeRoomBytes) return;
  const state = `only ${leftBytes} bytes are left, on the disk or below its bound`;
  throw new RuntimeError("store.full", `Cannot commit to "${path}": ${state}`);
}
