// Actors of a private type: of them nothing is shown to who has no token, however the request is written.
import { describe, expect, test } from "bun:test";

import { withToken } from "./stand-in.ts";
import { Diary, startActors } from "./test-actors.ts";

describe("a private actor", () => {
  test.each([
    ["GET", "/actors/diary/ana"],
    ["GET", "/actors/diary/ana/alarms"],
    ["GET", "/actors/%64iary/ana"],
    ["HEAD", "/actors/diary/ana"],
    ["GET", "/actors?type=diary"],
    ["GET", "/actors?limit=5&%74ype=di%61ry"],
    ["GET", "/actors?type=counter&type=diary"],
    ["POST", "/actors/diary/ana/read"],
    ["POST", "/actors/di%61ry/ana/read"],
  ])("is shown only with the token: %s %s", async (method, path) => {
    await using actors = startActors();
    await actors.call("diary/ana/write", "dear diary");
    const response = await actors.serve(actors.send(method, path));
    expect(response.status).toBe(401);
  });

  test("is in no list but that of its type, which takes the token", async () => {
    await using actors = startActors();
    await actors.call("diary/ana/write", "dear diary");
    const list = async (path: string) => (await actors.serve(actors.get(path))).text();
    expect(await list("/actors")).not.toContain("diary");
    expect(await list("/actors?keyPrefix=a&status=idle")).not.toContain("diary");
    expect(await list("/actors?after=diary%2Fa")).toContain("bad_input");
    const withIt = await actors.serve(actors.send("GET", "/actors?type=diary", withToken));
    expect(await withIt.text()).toContain('"key":"ana"');
  });

  test("is read with the token", async () => {
    await using actors = startActors();
    await actors.call("diary/ana/write", "dear diary");
    expect(await (await actors.call("diary/ana/read")).json()).toBe("dear diary");
  });

  test("leaves letters, which are shown only with the token, and their inputs to nobody", async () => {
    await using actors = startActors();
    actors.stepped.ref(Diary, "ana").tell.burn("dear diary");
    await actors.stepped.clock.advance(60_000);
    expect(await (await actors.serve(actors.get("/dead-letters"))).text()).not.toContain("diary");
    const listed = await (await actors.serve(actors.get("/dead-letters", withToken))).text();
    expect(listed).toContain('"diary"');
    expect(listed).not.toContain("dear diary");
  });
});
