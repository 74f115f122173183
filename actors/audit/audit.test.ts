// The audit as an actor: numbers, pages, and what goes when there is too much.

import { describe, expect, test } from "bun:test";

import { SteppedSystem } from "#runtime/testing/mod.ts";

import { Audit, AUDIT_KEY } from "./audit.ts";
import { AUDIT_BOUNDS, type AuditQuery } from "./entries.ts";

const act = (path: string, who = "ana") => ({
  at: 1,
  who,
  role: "operator",
  via: "token",
  from: "192.0.2.1",
  requestId: "x",
  method: "POST",
  path,
});

function started() {
  const stepped = new SteppedSystem([Audit]);
  const audit = stepped.ref(Audit, AUDIT_KEY);
  const answer = async <Value>(asked: Promise<Value>): Promise<Value> => {
    const outcome = await stepped.outcome(asked);
    if (outcome.kind === "answered") return outcome.value as Value;
    throw new Error(`No answer: ${JSON.stringify(outcome)}`);
  };
  const page = (query: Partial<AuditQuery>) => answer(audit.page({ limit: AUDIT_BOUNDS.pageMax, ...query }));
  const numbers = async (query: Partial<AuditQuery>) => {
    const { items, next } = await page(query);
    return [...items.map(({ number }) => number), next];
  };
  return { stepped, audit, answer, page, numbers };
}

describe("an act", () => {
  test("is numbered when it begins, and has its end when that is told", async () => {
    const { audit, answer, page } = started();
    expect(await answer(audit.begin(act("/a")))).toBe(1);
    expect(await answer(audit.begin(act("/b")))).toBe(2);
    await answer(audit.end({ number: 1, status: 204, endedAt: 5 }));
    await answer(audit.end({ number: 99, status: 204, endedAt: 5 }));
    expect((await page({})).items).toEqual([
      { number: 2, ...act("/b") },
      { number: 1, ...act("/a"), status: 204, endedAt: 5 },
    ]);
  });

  test("that was begun is there after a crash, without its end", async () => {
    const { stepped, audit, answer, page } = started();
    await answer(audit.begin(act("/a")));
    stepped.kill();
    await stepped.restart();
    expect((await page({})).items).toEqual([{ number: 1, ...act("/a") }]);
    expect(await answer(audit.begin(act("/b")))).toBe(2);
  });
});

describe("a page", () => {
  test("has the newest first, of acts and of what was refused, and says where the next begins", async () => {
    const { audit, answer, numbers } = started();
    for (const path of ["/a", "/b", "/a/c"]) {
      await answer(audit.begin(act(path)));
      await answer(audit.refused({ ...act(path, "anonymous"), status: 401 }));
    }
    expect(await numbers({})).toEqual([6, 5, 4, 3, 2, 1, undefined]);
    expect(await numbers({ limit: 2 })).toEqual([6, 5, 5]);
    expect(await numbers({ limit: 2, before: 5 })).toEqual([4, 3, 3]);
    expect(await numbers({ who: "anonymous" })).toEqual([6, 4, 2, undefined]);
    expect(await numbers({ who: "ana", path: "/a" })).toEqual([5, 1, undefined]);
    expect(await numbers({ from: "192.0.2.2" })).toEqual([undefined]);
    expect(await numbers({ before: 1 })).toEqual([undefined]);
  });

  test("is looked for among so many entries, and goes on from there", async () => {
    const { stepped, audit, numbers, answer } = started();
    await answer(audit.begin(act("/wanted")));
    for (let count = 0; count < AUDIT_BOUNDS.scannedMax; count++) {
      audit.tell.begin(act("/other"));
      if (count % 500 === 0) await stepped.runAll();
    }
    await stepped.runAll();
    expect(await numbers({ path: "/wanted" })).toEqual([2]);
    expect(await numbers({ path: "/wanted", before: 2 })).toEqual([1, undefined]);
  });
});

describe("entries", () => {
  test.each([
    ["refusals", AUDIT_BOUNDS.refusalsMax],
    ["acts", AUDIT_BOUNDS.actsMax],
  ])("are so many, and the oldest of their kind go; the other kind stays: %s", async (kind, most) => {
    const { stepped, audit, answer, numbers } = started();
    const refuse = () => audit.refused({ ...act("/x"), status: 401 });
    await answer<unknown>(kind === "acts" ? refuse() : audit.begin(act("/x")));
    const write = () => {
      if (kind === "acts") audit.tell.begin(act("/x"));
      else audit.tell.refused({ ...act("/x"), status: 401 });
    };
    for (let count = 1; count <= most; count++) {
      write();
      if (count % 500 === 0) await stepped.runAll();
    }
    expect(await numbers({ before: 5 })).toEqual([4, 3, 2, 1, undefined]);
    write();
    await stepped.runAll();
    expect(await numbers({ before: 5 })).toEqual([4, 3, 1, undefined]);
  });
});
