// All that tests of actors may use of the testing kit, named one by one.
export { type Explored, ExplorationFailed, explore, replay } from "./explore.ts";
export type { Exploration, Run, Ticket } from "./explored-run.ts";
export { FakeClock } from "./fake-clock.ts";
export type { Faults } from "./fault-chance.ts";
export { FaultyStore, type StoreOperation, type StorePlan, type Trouble } from "./faulty-store.ts";
export { type Ended, ending, type Outcome, watch, type Watched } from "./outcome.ts";
export { NodeKilled } from "./outside.ts";
export { createProbe, type Probe, type Received } from "./probe.ts";
export { type SteppedOptions, SteppedSystem } from "./stepped-system.ts";
export type { RanTurn } from "./turn-gate.ts";
export type { World } from "./world.ts";
export { createMemoryStore, MemoryDisk, openMemoryStore } from "../storage/memory-store.ts";
export type { Burst, LinkFaults, NetworkFaults, Way } from "./relay-faults.ts";
export type { RelayFigures, WayFigures } from "./relay-figures.ts";
export type { Relay, RelayOptions } from "./relay-options.ts";
export type { Partitioned, PlannedPartition } from "./relay-partition.ts";
export { startTcpRelay, type TcpRelay, type TcpRelayOptions } from "./relay-tcp.ts";
export { startUdpRelay, type UdpRelay, type UdpRelayOptions } from "./relay-udp.ts";
