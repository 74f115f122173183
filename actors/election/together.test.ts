// Servers that elect together: who coordinates in the end, where some go, come back, or come and go too often.
import { describe, expect, test } from "bun:test";

import { limits } from "#runtime/mod.ts";

import { type TestServer, TIMES } from "./test-election-server.ts";
import { ElectionWorld } from "./test-election-world.ts";

const { timeoutMs, leaseMs, steadyMs } = TIMES;

/** Long enough for any election. */
const SOON = timeoutMs;

/** Ranks from 1; what lives agrees. */
function worldOf(kinds: string): ElectionWorld {
  const world = new ElectionWorld({ seed: 1, isListFixed: true, kinds });
  world.time.runUntil(SOON);
  return world;
}

function run(world: ElectionWorld, ticks: number): void {
  world.time.runUntil(world.time.now + ticks);
}

const at = ({ servers }: ElectionWorld, rank: number): TestServer => servers[rank - 1] as TestServer;

/** Whom each server that votes follows, or is; `-` for nobody. */
const followed = ({ servers }: ElectionWorld): string =>
  servers.flatMap(({ election }) => (election === undefined ? [] : (election.coordinator ?? "-"))).join(" ");

/** So often it has been coordinator, and has died. */
function flapping(kinds: string, times: number): ElectionWorld {
  const world = worldOf(kinds);
  const top = world.servers.at(-1) as TestServer;
  for (let count = 0; count < times; count++) {
    world.crash(top, false);
    run(world, timeoutMs + SOON);
    world.start(top);
    run(world, SOON);
  }
  return world;
}

describe("servers", () => {
  test.each([
    ["v", "s1"],
    ["vv", "s2 s2"],
    ["vvvvv", "s5 s5 s5 s5 s5"],
    ["vvf", "s3 s3"],
    ["fvf", "s3"],
    ["ffv", "s3"],
  ])("%s follow the highest: %s", (kinds, all) => {
    expect(followed(worldOf(kinds))).toBe(all);
  });

  test("follow the next when the highest dies, and the highest again when it is back", () => {
    const world = worldOf("vvv");
    world.crash(at(world, 3), false);
    run(world, timeoutMs + SOON);
    expect(followed(world)).toBe("s2 s2");
    world.start(at(world, 3));
    run(world, SOON);
    expect(followed(world)).toBe("s3 s3 s3");
  });

  test("follow a foreign one that comes back above them, and another when it dies", () => {
    const world = worldOf("vvf");
    world.crash(at(world, 3), false);
    run(world, timeoutMs + SOON);
    expect(followed(world)).toBe("s2 s2");
    world.start(at(world, 3));
    run(world, SOON);
    expect(followed(world)).toBe("s3 s3");
  });

  test("go on with the sponsor's successor where the sponsor of a foreign one dies", () => {
    const world = worldOf("vvvf");
    const before = at(world, 1).election?.epoch ?? 0;
    world.crash(at(world, 3), false);
    run(world, timeoutMs + SOON);
    expect(followed(world)).toBe("s4 s4");
    expect(at(world, 1).election?.epoch).toBeGreaterThan(before);
  });

  test("have no coordinator without a majority", () => {
    const world = worldOf("vvvv");
    for (const rank of [3, 4]) world.crash(at(world, rank), false);
    run(world, 3 * timeoutMs);
    expect(followed(world)).toBe("- -");
  });

  test("elect anew at once where all have started again, and in a later epoch", () => {
    const world = worldOf("vvv");
    const before = at(world, 1).election?.epoch ?? 0;
    for (const server of world.servers) world.crash(server, false);
    for (const server of world.servers) world.start(server);
    run(world, leaseMs / 2);
    expect(followed(world)).toBe("s3 s3 s3");
    expect(at(world, 1).election?.epoch).toBeGreaterThan(before);
  });

  test("join one that is alone, whether they are above it or below it", () => {
    const world = new ElectionWorld({ seed: 1, isListFixed: false, kinds: "vvv" });
    for (const server of world.servers.slice(1)) world.crash(server, true);
    run(world, SOON);
    expect(followed(world)).toBe("s1");
    for (const server of world.servers) world.start(server);
    run(world, 3 * timeoutMs);
    expect(world.disagreement()).toBeUndefined();
  });
});

describe("a coordinator that is cut off", () => {
  test("stops before another is elected, and follows that one, or is it again, when it is back", () => {
    const world = worldOf("vvv");
    for (const rank of [1, 2]) {
      world.network.cut(2, rank - 1);
      world.network.cut(rank - 1, 2);
    }
    run(world, timeoutMs + SOON);
    expect(followed(world)).toBe("s2 s2 -");
    world.network.mend();
    run(world, SOON);
    expect([followed(world), world.violation]).toEqual(["s3 s3 s3", undefined]);
  });

  test("by being stopped has its last instruction refused when it goes on", () => {
    const world = worldOf("vvv");
    const [other, stopped] = [at(world, 1), at(world, 3)];
    const epoch = stopped.election?.actingEpoch(stopped.nowMs) ?? 0;
    world.pause(stopped);
    run(world, timeoutMs + SOON);
    expect(other.election?.instructionRefusal(epoch, "s3")).toBe("stale_epoch");
    expect(stopped.election?.actingEpoch(stopped.nowMs)).toBeUndefined();
    stopped.resume();
    run(world, SOON);
    expect([followed(world), world.violation]).toEqual(["s3 s3 s3", undefined]);
  });
});

describe("a server that comes and goes", () => {
  test.each(["vvv", "vvf"])("is elected as often as it may fall: %s", (kinds) => {
    const world = flapping(kinds, limits.electionFallsMax);
    expect(new Set(followed(world).split(" "))).toEqual(new Set(["s3"]));
  });

  test.each(["vvv", "vvf"])(
    "is not once more, and the next one coordinates; until it has been there steadily: %s",
    (kinds) => {
      const world = flapping(kinds, limits.electionFallsMax + 1);
      expect(new Set(followed(world).split(" "))).toEqual(new Set(["s2"]));
      run(world, steadyMs);
      expect(new Set(followed(world).split(" "))).toEqual(new Set(["s3"]));
    },
  );

  test("so fast that nobody else is elected is damped too", () => {
    const world = worldOf("vvv");
    const top = at(world, 3);
    for (let count = 0; count <= limits.electionFallsMax; count++) {
      world.crash(top, false);
      world.start(top);
      run(world, leaseMs / 4);
    }
    run(world, timeoutMs);
    expect(followed(world)).toBe("s2 s2 s2");
    run(world, steadyMs);
    expect(followed(world)).toBe("s3 s3 s3");
  });

  test("does not leave the other of two without a coordinator", () => {
    const world = flapping("vv", limits.electionFallsMax + 1);
    run(world, SOON);
    expect(followed(world)).toBe("s1 s1");
  });
});
