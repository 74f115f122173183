// What SQLite and the file system say, in the words of the Store port.
import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";

import { codeOf } from "../base/code-of.ts";
import { RuntimeError, type RuntimeErrorCode } from "../core/errors.ts";

interface Meaning {
  /** How the codes of SQLite and of the file system begin. */
  readonly codes: readonly string[];
  readonly code: RuntimeErrorCode;
  readonly state: string;
}

/** The first that fits is meant. */
const MEANINGS: readonly Meaning[] = [
  { codes: ["SQLITE_READONLY_DBMOVED"], code: "store.failed", state: "it was moved or removed while it was open" },
  { codes: ["SQLITE_NOTADB"], code: "store.corrupt", state: "it is not a database" },
  { codes: ["SQLITE_CORRUPT"], code: "store.corrupt", state: "it is damaged" },
  { codes: ["SQLITE_FULL", "ENOSPC", "EDQUOT"], code: "store.full", state: "the disk is full or its bound is reached" },
  { codes: ["SQLITE_BUSY", "SQLITE_LOCKED"], code: "store.locked", state: "another program holds it" },
  {
    codes: ["SQLITE_READONLY", "SQLITE_PERM", "EACCES", "EPERM", "EROFS"],
    code: "store.read_only",
    state: "it, or its folder, may not be written",
  },
  { codes: ["EISDIR"], code: "store.failed", state: "it is a folder" },
  { codes: ["EEXIST", "ENOTDIR"], code: "store.failed", state: "its folder is a file, or lies below one" },
];

/** `action` is what was to be done with the file, such as "open". A `RuntimeError` goes through as it is. */
export function storeError(action: string, path: string, cause: unknown): RuntimeError {
  if (cause instanceof RuntimeError) return cause;
  const code = meaningOf(path, cause)?.code ?? "store.failed";
  return new RuntimeError(code, `Cannot ${action} "${path}": ${fileState(path, cause)}`, { cause });
}

/** What is the matter with the file, for people; in the words of `cause` where nobody has better ones. */
export function fileState(path: string, cause: unknown): string {
  return meaningOf(path, cause)?.state ?? (cause instanceof Error ? cause.message : String(cause));
}

function meaningOf(path: string, cause: unknown): Meaning | undefined {
  const found = reasonOf(path, codeOf(cause));
  return MEANINGS.find(({ codes }) => codes.some((code) => found.startsWith(code)));
}

/** Somebody else writes to the database: it will be over soon. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** Where SQLite says only that it cannot open a file: what the file system says when it is asked for writing. */
function reasonOf(path: string, code: string): string {
  if (!code.startsWith("SQLITE_CANTOPEN")) return code;
  try {
    for (const each of [dirname(path), path]) accessSync(each, constants.W_OK);
    return code;
  } catch (error) {
    return codeOf(error);
  }
}
