// Schedules of faults for a world of elections: what goes wrong, when, and for how long, as the seed has it.
import { majorityOf } from "./majority.ts";
import { GOOD } from "./test-election-network.ts";
import { type TestServer, TIMES } from "./test-election-server.ts";
import { ElectionWorld, EXPIRY, type Plan, REFERENCE } from "./test-election-world.ts";

export interface Ran {
  /** The promise that was broken. */
  readonly violation: string | undefined;
  /** From the end of the faults until all that lived agreed. */
  readonly agreedAfterMs: number;
}

const LOOK_EVERY = 10;

/** Faults, then calm until all agree, or until they should have. */
export function runSchedule(plan: Plan): Ran {
  const world = new ElectionWorld(plan);
  const faultsUntil = TIMES.timeoutMs * (1 + world.below(5));
  while (world.time.now < faultsUntil && world.violation === undefined) {
    world.time.runUntil(Math.min(faultsUntil, world.time.now + world.below(TIMES.timeoutMs / 2)));
    goWrong(world);
  }
  const mayStayDown = !plan.isListFixed && world.chance() < 0.3;
  calm(world, mayStayDown);
  const slackMs = (plan.isListFixed ? 0 : 2 * TIMES.heartbeatMs) + (mayStayDown ? EXPIRY : 0);
  return settle(world, 2 * TIMES.timeoutMs + slackMs);
}

function settle(world: ElectionWorld, withinMs: number): Ran {
  const { time, plan } = world;
  const from = time.now;
  let disagreement: string | undefined = "";
  while (disagreement !== undefined && world.violation === undefined && time.now < from + withinMs) {
    time.runUntil(time.now + LOOK_EVERY);
    disagreement = world.disagreement();
  }
  const lateness = disagreement && `no agreement ${withinMs} ms after the faults: ${disagreement} (seed ${plan.seed})`;
  return { violation: world.violation ?? lateness, agreedAfterMs: time.now - from };
}

function goWrong(world: ElectionWorld): void {
  const { servers, network } = world;
  const acting = servers.find(({ election }) => election?.role === "coordinator");
  const any = servers[world.below(servers.length)] as TestServer;
  const server = acting !== undefined && world.chance() < 0.4 ? acting : any;
  const kind = world.below(12);
  if (kind < 4) crash(world, server);
  else if (kind < 6) pause(world, server);
  else if (kind < 8) partition(world);
  else if (kind < 9) isolate(world, server);
  else if (kind < 10) network.mend();
  else if (kind < 11) {
    const delayMax = world.below(world.chance() < 0.2 ? TIMES.timeoutMs : 30);
    network.quality = { loss: world.chance() * 0.4, copies: world.chance() * 0.3, delayMax };
  } else flap(world, world.time.now);
}

/** In the middle of what it says next, or now; it starts again, as a rule. */
function crash(world: ElectionWorld, server: TestServer): void {
  const isMemoryLost = world.chance() < 0.25;
  const downFor = world.below(world.chance() < 0.5 ? 10 : 2 * TIMES.timeoutMs);
  if (world.chance() < 0.5 && !isMemoryLost) server.effectsLeft = world.below(8);
  else world.crash(server, isMemoryLost);
  world.time.at(world.time.now + downFor, () => !world.isCalm && world.start(server));
}

function pause(world: ElectionWorld, server: TestServer): void {
  world.pause(server);
  world.time.at(world.time.now + world.below(2 * TIMES.timeoutMs), () => server.resume());
}

/** From all others: both ways, or one way only. */
function isolate(world: ElectionWorld, { place }: TestServer): void {
  const { servers, network } = world;
  const kind = world.below(3);
  for (const other of servers) {
    if (kind !== 1) network.cut(place, other.place);
    if (kind !== 2) network.cut(other.place, place);
  }
}

/** Both ways, or one way only, between two sides; between single servers; or from the reference. */
function partition(world: ElectionWorld): void {
  const places = [...world.servers.map(({ place }) => place), REFERENCE];
  const side = new Set(places.filter(() => world.chance() < 0.5));
  const kind = world.below(4);
  for (const from of places) {
    for (const to of places) {
      const leaves = side.has(from) && !side.has(to);
      const enters = side.has(to) && !side.has(from);
      const isOfReference = from === REFERENCE || to === REFERENCE;
      const isCut = [leaves || enters, leaves, world.chance() < 0.2, isOfReference][kind];
      if (isCut === true) world.network.cut(from, to);
    }
  }
}

/** The highest comes and goes. */
function flap(world: ElectionWorld, from: number): void {
  const top = world.servers.at(-1) as TestServer;
  let at = from;
  for (let count = world.below(6); count >= 0; count--) {
    world.time.at((at += world.below(TIMES.timeoutMs)), () => !world.isCalm && world.crash(top, false));
    world.time.at((at += world.below(TIMES.timeoutMs)), () => !world.isCalm && world.start(top));
  }
}

function calm(world: ElectionWorld, mayStayDown: boolean): void {
  world.isCalm = true;
  world.network.mend();
  world.network.quality = GOOD;
  for (const server of world.servers) {
    server.effectsLeft = Number.POSITIVE_INFINITY;
    if (server.isPaused) server.resume();
    if (!server.isUp && !(mayStayDown && world.chance() < 0.7)) world.start(server);
  }
}

/** The coordinator dies for good, and as many others as leave a majority of those that vote. */
export function runFailover(seed: number): Ran {
  const world = new ElectionWorld({ seed, isListFixed: true });
  const { servers, time } = world;
  time.runUntil(TIMES.timeoutMs + world.below(TIMES.heartbeatMs));
  const voters = servers.filter(({ votes }) => votes);
  const { coordinator = "" } = voters[0]?.election ?? {};
  let mayDie = voters.length - majorityOf(voters.length);
  const first = servers.filter(({ name }) => name === coordinator);
  const others = voters.filter(({ name }) => name !== coordinator && world.chance() < 0.5);
  for (const server of [...first, ...others]) if (!server.votes || mayDie-- > 0) world.crash(server, false);
  return settle(world, 2 * TIMES.timeoutMs);
}
