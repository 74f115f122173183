// UDP echo: text from many proven addresses, each with a window of datagrams on their way, beside raw Bun and plain Go.

import type { udp } from "bun";

import {
  type ChatServer,
  type ChatServerName,
  type MissingChatServer,
  startChatServers,
  stopChatServers,
} from "./chat-servers.ts";
import { cpuSecondsOf } from "./process-facts.ts";
import { UdpTextClient } from "./udp-text-client.ts";

export interface UdpEchoParameters {
  readonly rounds: number;
  readonly sockets: number;
  readonly window: number;
  readonly runMs: number;
  readonly only: readonly ChatServerName[];
}

export interface UdpEchoSample {
  readonly name: ChatServerName;
  readonly echoesPerSecond: number;
  readonly serverCpuShare: number;
  /** Processor time of the server for one echo: what it would set where the generator sets the pace. */
  readonly serverCpuUs: number;
  readonly driverCpuShare: number;
  /** Datagrams that were given up because no reply came for a while. */
  readonly lost: number;
  readonly wrong: number;
}

export interface UdpEchoResult {
  readonly parameters: UdpEchoParameters;
  readonly missing: readonly MissingChatServer[];
  readonly samples: readonly UdpEchoSample[];
}

interface Tally {
  running: boolean;
  echoes: number;
  lost: number;
  wrong: number;
}

type Socket = udp.ConnectedSocket<"buffer">;

const request = "ECHO";
const replyBytes = Buffer.from("ECHO: Comando recebido com sucesso.").length;
const stallMs = 100;
const warmUpShare = 0.3;
const drainMs = 150;

/** One address: a reply makes room for the next datagram, and all that came in one go are followed in one call. */
class Echoer {
  readonly #socket: Socket;
  readonly #tally: Tally;
  readonly #window: number;
  #onTheWay = 0;
  #heard = 0;
  #scheduled = false;

  constructor(socket: Socket, tally: Tally, window: number) {
    this.#socket = socket;
    this.#tally = tally;
    this.#window = window;
  }

  readonly received = (octets: Buffer): void => {
    this.#heard++;
    this.#onTheWay = Math.max(0, this.#onTheWay - 1);
    this.#tally.echoes++;
    if (octets.length !== replyBytes || octets[0] !== 69 || octets[6] !== 67) this.#tally.wrong++;
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(this.fill);
  };

  readonly fill = (): void => {
    this.#scheduled = false;
    const count = this.#window - this.#onTheWay;
    if (!this.#tally.running || count <= 0) return;
    this.#onTheWay += this.#socket.sendMany(Array.from({ length: count }, () => request));
  };

  /** Nothing was heard since the last look: what was on the way is lost. */
  lookForLoss(): void {
    if (this.#heard === 0 && this.#onTheWay > 0) {
      this.#tally.lost += this.#onTheWay;
      this.#onTheWay = 0;
      this.fill();
    }
    this.#heard = 0;
  }

  /** What still came after a run belongs to none. */
  forget(): void {
    this.#onTheWay = 0;
  }
}

class EchoLoad {
  readonly server: ChatServer;
  readonly tally: Tally = { running: false, echoes: 0, lost: 0, wrong: 0 };
  readonly #echoers: Echoer[] = [];
  readonly #closes: (() => void)[] = [];

  constructor(server: ChatServer) {
    this.server = server;
  }

  async open(sockets: number, window: number): Promise<void> {
    for (let index = 0; index < sockets; index++) {
      this.#echoers.push(this.server.name === "correio" ? await this.#proven(window) : await this.#plain(window));
    }
  }

  async run(runMs: number): Promise<UdpEchoSample> {
    const { tally, server } = this;
    Object.assign(tally, { running: true, echoes: 0, lost: 0, wrong: 0 });
    const looks = setInterval(() => this.#echoers.forEach((echoer) => echoer.lookForLoss()), stallMs);
    const serverBefore = cpuSecondsOf(server.pid);
    const driverBefore = process.cpuUsage();
    const startedMs = performance.now();
    for (const echoer of this.#echoers) echoer.fill();
    await Bun.sleep(runMs);
    const seconds = (performance.now() - startedMs) / 1_000;
    const { echoes, lost, wrong } = tally;
    const driver = process.cpuUsage(driverBefore);
    const serverSeconds = cpuSecondsOf(server.pid) - serverBefore;
    tally.running = false;
    clearInterval(looks);
    await Bun.sleep(drainMs);
    for (const echoer of this.#echoers) echoer.forget();
    return {
      name: server.name,
      echoesPerSecond: echoes / seconds,
      serverCpuShare: serverSeconds / seconds,
      serverCpuUs: (serverSeconds * 1_000_000) / echoes,
      driverCpuShare: (driver.user + driver.system) / 1_000_000 / seconds,
      lost,
      wrong,
    };
  }

  close(): void {
    for (const close of this.#closes) close();
  }

  async #proven(window: number): Promise<Echoer> {
    const client = await UdpTextClient.open(this.server.udpPort, "127.0.0.1");
    this.#closes.push(() => client.close());
    const echoer = new Echoer(client.socket, this.tally, window);
    client.received = echoer.received;
    return echoer;
  }

  async #plain(window: number): Promise<Echoer> {
    const opened: { echoer?: Echoer } = {};
    const socket = await Bun.udpSocket({
      hostname: "127.0.0.1",
      connect: { hostname: "127.0.0.1", port: this.server.udpPort },
      socket: { data: (_, octets) => opened.echoer?.received(octets), error: () => undefined },
    });
    this.#closes.push(() => socket.close());
    return (opened.echoer = new Echoer(socket, this.tally, window));
  }
}

export async function measureUdpEcho(
  parameters: UdpEchoParameters,
  searchPath: string | undefined,
): Promise<UdpEchoResult> {
  const { sockets, window, runMs, rounds } = parameters;
  const { servers, missing } = await startChatServers(parameters.only, "echo", searchPath);
  const loads = servers.map((server) => new EchoLoad(server));
  const samples: UdpEchoSample[] = [];
  try {
    for (const load of loads) await load.open(sockets, window);
    for (const load of loads) await load.run(runMs * warmUpShare);
    for (let round = 0; round < rounds; round++) {
      for (const load of loads) samples.push(await load.run(runMs));
    }
    return { parameters, missing, samples };
  } finally {
    for (const load of loads) load.close();
    await stopChatServers(servers);
  }
}
