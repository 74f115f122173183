// Older and newer databases, and what a commit costs in statements.
import { Database, type SQLQueryBindings, type Statement } from "bun:sqlite";
import { describe, expect, test } from "bun:test";

import type { Change } from "../core/stored.ts";
import { ChangeWriter } from "./change-writer.ts";
import { APPLICATION_ID, claim, migrate, MIGRATIONS, pragma } from "./sqlite-schema.ts";
import { alarm, change } from "./test-stores.ts";

const STEPS = ["CREATE TABLE a (x); INSERT INTO a VALUES (1)", "ALTER TABLE a ADD COLUMN y", "UPDATE a SET y = x + 1"];

function databaseAt(version: number): Database {
  const database = new Database(":memory:");
  claim(database, "path");
  migrate(database, STEPS.slice(0, version));
  return database;
}

describe("a schema", () => {
  test.each([0, 1, 2, 3])("of version %d becomes the newest, each step once", (version) => {
    const database = databaseAt(version);
    claim(database, "path", STEPS);
    migrate(database, STEPS);
    expect(database.prepare("SELECT * FROM a").all()).toEqual([{ x: 1, y: 2 }]);
    expect([pragma(database, "user_version"), pragma(database, "application_id")]).toEqual([3, APPLICATION_ID]);
  });

  test("stays at the last whole step when one fails", () => {
    const database = databaseAt(1);
    expect(() => migrate(database, [STEPS[0] as string, "ALTER TABLE a ADD COLUMN y; SELECT nothing"])).toThrow();
    expect(pragma(database, "user_version")).toBe(1);
    expect(database.prepare("SELECT * FROM a").all()).toEqual([{ x: 1 }]);
  });

  test("of a newer program is refused", () => {
    const database = databaseAt(3);
    expect(() => claim(database, "path", STEPS.slice(0, 2))).toThrow(
      'Cannot open "path": it has version 3, this program knows up to 2',
    );
  });

  test("has one step so far", () => {
    expect(MIGRATIONS).toHaveLength(1);
  });
});

/** How many statements the last of these changes runs. */
function statementsFor(...changes: readonly Change[]): number {
  const database = new Database(":memory:");
  const counter = { count: 0 };
  migrate(database);
  const prepare = database.prepare.bind(database) as (sql: string) => Statement;
  Object.defineProperty(database, "prepare", { value: (sql: string) => counted(prepare(sql), counter) });
  const writer = new ChangeWriter(database, 1);
  for (const each of changes) {
    counter.count = 0;
    writer.write(each);
  }
  return counter.count;
}

function counted(statement: Statement, counter: { count: number }): Statement {
  for (const name of ["run", "get"] as const) {
    const original = statement[name].bind(statement);
    const value = (...bindings: SQLQueryBindings[]): unknown => (counter.count++, original(...bindings));
    Object.defineProperty(statement, name, { value });
  }
  return statement;
}

describe("a change", () => {
  test("of state alone runs one statement, the first and the later ones, and stale ones", () => {
    expect(statementsFor(change())).toBe(1);
    expect(statementsFor(change(), change({ baseVersion: 1 }))).toBe(1);
    expect(statementsFor(change(), change({ baseVersion: 7, rows: [{ row: "a", value: "b" }] }))).toBe(1);
  });

  test("runs one more for each row, alarm and watch, and one for all indexed fields beside one for each", () => {
    const rows = [
      { row: "a", value: "b" },
      { row: "c", value: undefined },
    ];
    const alarms = [{ name: "a", alarm: alarm("a") }];
    const watches = [{ watchedType: "room", watchedKey: "b", method: "left", on: true }];
    expect(statementsFor(change({ rows, alarms, watches, indexed: new Map([["f", 1]]) }))).toBe(1 + 2 + 1 + 1 + 2);
  });
});
