// Servers that experiments start listen beside whatever else runs on the machine.

import { describe, expect, test } from "bun:test";

import { SETTINGS } from "#runtime/settings.ts";

import { WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

describe("a server of an experiment", () => {
  test("takes a free port where the usual settings name one, or none", () => {
    const usual = Object.entries(SETTINGS).filter(([, { unit, fallback }]) => unit === "port" && fallback !== "");
    expect(usual.length).toBeGreaterThan(3);
    const chosen: Readonly<Record<string, string>> = WITHOUT_OTHER_FAMILIES;
    for (const [name] of usual) expect(["0", ""], name).toContain(chosen[name] as string);
  });
});
