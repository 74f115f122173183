// A Lamport clock that is kept: what it has told is never told again, whenever the process ends.
import { describe, expect, test } from "bun:test";

import * as fc from "fast-check";

import { limits, RuntimeError } from "#runtime/mod.ts";
import { timesRuns } from "#runtime/testing/times-runs.ts";

import { KeptLamportClock } from "./kept-lamport.ts";

const RESERVE = limits.lamportReserve;
const LEAP = limits.lamportLeapMax;

/** A ceiling that is stored when a test says so. */
class Disk {
  ceiling = 0;
  fails = false;
  readonly #waiting: (() => void)[] = [];

  readonly store = (ceiling: number): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push(() => {
      if (this.fails) return reject(new RuntimeError("store.full", "full"));
      this.ceiling = Math.max(this.ceiling, ceiling);
      resolve();
    });
    return promise;
  };

  get waitingCount(): number {
    return this.#waiting.length;
  }

  async sync(): Promise<void> {
    for (const store of this.#waiting.splice(0)) store();
    await Bun.sleep(0);
  }

  /** Whatever was not stored is lost. */
  async begin(): Promise<KeptLamportClock> {
    this.#waiting.length = 0;
    this.fails = false;
    const clock = new KeptLamportClock();
    const begun = clock.begin(this.ceiling, this.store);
    await this.sync();
    await begun;
    return clock;
  }
}

describe("a clock that is kept", () => {
  test("begins at 0 where nothing is stored, and then at what is", async () => {
    const disk = new Disk();
    expect((await disk.begin()).tick()).toBe(1);
    expect(disk.ceiling).toBe(RESERVE);
    expect((await disk.begin()).tick()).toBe(RESERVE + 1);
  });

  test("stores nothing for an event, and the next ceiling when half of its reserve is used", async () => {
    const disk = new Disk();
    const clock = await disk.begin();
    expect(clock.receive(RESERVE / 2 - 1)).toBeUndefined();
    expect([clock.now, disk.waitingCount]).toEqual([RESERVE / 2, 0]);
    expect(clock.tick()).toBe(RESERVE / 2 + 1);
    expect(disk.waitingCount).toBe(1);
    clock.tick();
    expect(disk.waitingCount).toBe(1);
    await disk.sync();
    expect(disk.ceiling).toBe(RESERVE / 2 + 1 + RESERVE);
  });

  test("receives what is beyond its ceiling when the next one is stored, and not before", async () => {
    const disk = new Disk();
    const clock = await disk.begin();
    const received = clock.receiveOfClient(RESERVE + 7);
    expect(clock.tick()).toBe(1);
    await disk.sync();
    expect(await received).toBeUndefined();
    expect([clock.now, disk.ceiling]).toEqual([RESERVE + 8, 2 * RESERVE + 7]);
  });

  test("rejects a leap that cannot be stored, and takes it when it can", async () => {
    const disk = new Disk();
    const clock = await disk.begin();
    disk.fails = true;
    const refused = Promise.resolve(clock.receive(2 ** 40)).catch((error: RuntimeError) => error.code);
    await disk.sync();
    expect([await refused, clock.now]).toEqual(["store.full", 0]);
    disk.fails = false;
    const received = clock.receive(2 ** 40);
    await disk.sync();
    expect([await received, clock.now]).toEqual([undefined, 2 ** 40 + 1]);
  });

  test("numbers no event that could be forgotten", async () => {
    const disk = new Disk();
    const clock = await disk.begin();
    clock.receive(RESERVE - 2);
    expect(clock.tick()).toBe(RESERVE);
    expect(() => clock.tick()).toThrow("kept up to");
    await disk.sync();
    expect(clock.tick()).toBe(RESERVE + 1);
  });

  test("that begins while nothing can be stored numbers its events once something can", async () => {
    const disk = new Disk();
    disk.fails = true;
    const clock = new KeptLamportClock();
    const begun = clock.begin(disk.ceiling, disk.store).catch((error: RuntimeError) => error.code);
    await disk.sync();
    expect(await begun).toBe("store.full");
    disk.fails = false;
    expect(() => clock.tick()).toThrow("kept up to");
    await disk.sync();
    expect(clock.tick()).toBe(1);
  });

  test("refuses a stranger what it takes of a server that has joined, or of its home", async () => {
    const clock = await new Disk().begin();
    expect(clock.receiveOfClient(limits.lamportLeapMax + 1)).toBe("clock_from_future");
    expect(clock.receiveOfPeer(limits.lamportLeapMax + 1)).toBe("clock_from_future");
    expect(clock.receive("5")).toBe("bad_clock");
    expect(clock.receive(limits.lamportLeapMax + 1)).toBeInstanceOf(Promise);
  });
});

/** A server that has joined. Its home has told others `heard` already; and what it is told, in turn. */
function join(heard: number) {
  const told: number[] = [];
  const clock: KeptLamportClock = new KeptLamportClock(async () => {
    told.push(clock.tick());
    await clock.receive(heard);
  });
  return { clock, told };
}

describe("the clock of a server that has joined", () => {
  test("refuses nobody before it has heard its home", async () => {
    const { clock } = join(5 * LEAP);
    expect(await clock.receiveOfPeer(6 * LEAP)).toBeUndefined();
    expect(await clock.receiveOfClient(8 * LEAP)).toBe("clock_from_future");
  });

  test("has told its home of a leap before that is answered", async () => {
    const { clock, told } = join(0);
    expect(await clock.receiveOfClient(LEAP)).toBeUndefined();
    expect(told.at(-1)).toBeGreaterThan(LEAP);
  });

  test("asks nothing for what is near", async () => {
    const { clock, told } = join(0);
    await clock.agree();
    expect(clock.receiveOfClient(clock.now + 1)).toBeUndefined();
    expect(told).toHaveLength(1);
  });

  test("receives what its home cannot be asked about", async () => {
    const clock = new KeptLamportClock(() => Promise.reject(new RuntimeError("net.no_answer", "no answer")));
    expect(await clock.receiveOfClient(LEAP)).toBeUndefined();
    expect(clock.now).toBe(LEAP + 1);
  });
});

test("whenever it ends and begins again, it is above all that it has told", async () => {
  const act = fc.oneof(
    fc.record({ kind: fc.constantFrom("tick", "sync", "fail", "end") }),
    fc.record({ kind: fc.constant("leap"), by: fc.integer({ min: -5, max: limits.lamportLeapMax }) }),
    fc.record({ kind: fc.constant("leap"), by: fc.integer({ min: -5, max: 2 * RESERVE }) }),
  );
  const property = fc.asyncProperty(fc.array(act, { maxLength: 60 }), async (acts) => {
    const disk = new Disk();
    let clock = await disk.begin();
    let told = 0;
    const tell = (): void => {
      const now = clock.tick();
      expect(now).toBeGreaterThan(told);
      told = now;
    };
    for (const { kind, ...more } of acts) {
      const leapt = clock;
      disk.fails = kind === "fail";
      if (kind === "tick" && leapt.now < disk.ceiling) tell();
      else if (kind === "sync" || kind === "fail") await disk.sync();
      else if (kind === "end") clock = await disk.begin();
      else if (kind === "leap") {
        const received = Math.max(0, clock.now + (more as { by: number }).by);
        // Answered once it is received, unless the process has ended meanwhile.
        const answer = (): void => void (clock === leapt && leapt.now < disk.ceiling && tell());
        void Promise.resolve(clock.receiveOfClient(received)).then(answer, () => undefined);
        await Bun.sleep(0);
      }
      expect(told).toBeLessThanOrEqual(disk.ceiling);
    }
    clock = await disk.begin();
    tell();
  });
  await fc.assert(property, { seed: 1978, numRuns: timesRuns(100) });
});
