// A disk that was mounted read-only, acted by a mount that only a child process sees.
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { openSqliteStore } from "./sqlite-store.ts";
import { GENEROUS_BYTES } from "./test-stores.ts";

const folder = mkdtempSync(join(tmpdir(), "correio-read-only-"));
const disk = join(folder, "disk");
const path = join(disk, "correio.db");
const script = join(folder, "program.ts");

/** Opens the database, and says what it failed with. */
const program = `
import { openSqliteStore } from ${JSON.stringify(join(import.meta.dirname, "sqlite-store.ts"))};
try {
  openSqliteStore({ path: ${JSON.stringify(path)}, sync: "full", bytesMax: ${GENEROUS_BYTES} });
  console.log(JSON.stringify({ code: "none" }));
} catch ({ code, message, cause }) {
  console.log(JSON.stringify({ code, message, said: cause.code }));
}
`;

/** In a namespace of its own: the mount is gone with the process. */
function onReadOnlyDisk(command: string, ...rest: readonly string[]) {
  const shell = `mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && exec "$@"`;
  return Bun.spawnSync(["unshare", "--mount", "sh", "-c", shell, disk, command, ...rest]);
}

mkdirSync(disk);
writeFileSync(script, program);
const canMount = Bun.which("unshare") !== null && onReadOnlyDisk("true").exitCode === 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a database on a disk that is read-only", () => {
  // Without util-linux, or the right to mount, no disk can be made so.
  test.skipIf(!canMount)("is refused, with its file, though SQLite says only that it cannot open it", async () => {
    await openSqliteStore({ path, sync: "full", bytesMax: GENEROUS_BYTES }).close();
    const { stdout } = onReadOnlyDisk(process.execPath, script);
    const message = `Cannot open "${path}": it, or its folder, may not be written`;
    expect(JSON.parse(stdout.toString())).toEqual({ code: "store.read_only", message, said: "SQLITE_CANTOPEN" });
  });
});
