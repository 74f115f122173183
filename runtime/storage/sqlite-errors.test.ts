// What people and programs are told when SQLite or the file system says no.
import { describe, expect, test } from "bun:test";

import { RuntimeError } from "../core/errors.ts";
import { isBusy, storeError } from "./sqlite-errors.ts";

const failure = (code: string): Error => Object.assign(new Error(`${code} happened`), { code });

describe("a failure", () => {
  test.each([
    ["SQLITE_NOTADB", "store.corrupt", "it is not a database"],
    ["SQLITE_CORRUPT", "store.corrupt", "it is damaged"],
    ["SQLITE_CORRUPT_INDEX", "store.corrupt", "it is damaged"],
    ["SQLITE_FULL", "store.full", "the disk is full or its bound is reached"],
    ["ENOSPC", "store.full", "the disk is full or its bound is reached"],
    ["EDQUOT", "store.full", "the disk is full or its bound is reached"],
    ["SQLITE_BUSY", "store.locked", "another program holds it"],
    ["SQLITE_BUSY_RECOVERY", "store.locked", "another program holds it"],
    ["SQLITE_READONLY", "store.read_only", "it, or its folder, may not be written"],
    ["SQLITE_READONLY_DIRECTORY", "store.read_only", "it, or its folder, may not be written"],
    ["EROFS", "store.read_only", "it, or its folder, may not be written"],
    ["SQLITE_READONLY_DBMOVED", "store.failed", "it was moved or removed while it was open"],
    ["EISDIR", "store.failed", "it is a folder"],
    ["EEXIST", "store.failed", "its folder is a file, or lies below one"],
    ["ENOTDIR", "store.failed", "its folder is a file, or lies below one"],
    ["SQLITE_CANTOPEN", "store.failed", "SQLITE_CANTOPEN happened"],
    ["SQLITE_IOERR_FSYNC", "store.failed", "SQLITE_IOERR_FSYNC happened"],
    ["", "store.failed", " happened"],
  ])("%s is %s, with itself as the cause", (said, code, state) => {
    const cause = failure(said);
    expect(storeError("open", "/a.db", cause)).toMatchObject({ code, message: `Cannot open "/a.db": ${state}`, cause });
  });

  test("that was named already keeps its name", () => {
    const named = new RuntimeError("store.from_future", "Cannot open");
    expect(storeError("open", "/a.db", named)).toBe(named);
  });

  test("that is no error is told as it is", () => {
    expect(storeError("open", "/a.db", "odd").message).toBe('Cannot open "/a.db": odd');
  });

  test("passes when somebody else holds the file, and only then", () => {
    expect(["SQLITE_BUSY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_FULL"].map((code) => isBusy(failure(code)))).toEqual([
      true,
      true,
      false,
    ]);
  });
});
