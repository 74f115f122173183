// A node that serves matches, inside the test process: its ports, what its clients trust, and clients of both kinds.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { MatchConnection } from "./match-connection.ts";
import { MATCH_PORTS, type Settings } from "./node-settings.ts";
import { startTestNode, type TestNode } from "./test-node.ts";

/** Both connections that an existing client makes by itself. */
export interface ExistingClient {
  readonly plain: MatchConnection;
  readonly secure: MatchConnection;
}

export class MatchServer {
  readonly node: TestNode;
  readonly certFile: string;
  /** PEM text. */
  readonly authority: string;

  constructor(node: TestNode) {
    this.node = node;
    this.certFile = join(node.dataFolder, "cert.pem");
    this.authority = readFileSync(this.certFile, "utf8");
  }

  static async start(settings: Settings = {}): Promise<MatchServer> {
    return new MatchServer(await startTestNode({ ...MATCH_PORTS, ...settings }));
  }

  get port(): number {
    return this.node.node.matchPort ?? 0;
  }

  get tlsPort(): number {
    return this.node.node.matchTlsPort ?? 0;
  }

  modern(from?: string): Promise<MatchConnection> {
    return this.secure(this.tlsPort, from);
  }

  /** A modern client with a new account, logged in. */
  async player(name: string, from?: string): Promise<MatchConnection> {
    const player = await this.modern(from);
    const replies = await player.askAll([`adduser;${name};segredo de ${name}`, `login;${name};segredo de ${name}`]);
    if (replies.join() !== `adduserACK,loginACK;${name}`) throw new Error(`${name} cannot log in: ${replies.join()}`);
    return player;
  }

  /** The plain connection of an existing client, and the TLS port that it was told. It ends its messages with LF. */
  async plain(from?: string): Promise<{ readonly plain: MatchConnection; readonly securePort: number }> {
    const plain = await MatchConnection.connect(this.port, from === undefined ? {} : { from });
    await plain.hears("secport;");
    return { plain, securePort: Number(/^secport;(\d+)$/.exec(plain.takeRest())?.[1]) };
  }

  /** Without a ping port. */
  async existing(from?: string): Promise<ExistingClient> {
    const { plain, securePort } = await this.plain(from);
    plain.send("0\n");
    return { plain, secure: await this.secure(securePort, from) };
  }

  /** Over TLS to any port of this server. */
  secure(port: number, from?: string): Promise<MatchConnection> {
    return MatchConnection.connect(port, { authority: this.authority, ...(from === undefined ? {} : { from }) });
  }

  metric(line: string): Promise<number> {
    return this.node.figures.metric(line);
  }

  ended(reason: string): Promise<number> {
    return this.metric(`correio_connections_ended_total{reason="${reason}"}`);
  }

  /** Actors that crashed. */
  crashes(): Promise<number> {
    return this.node.figures.metricSum("correio_crashes_total");
  }

  /** Lines of `log.txt` without their times. */
  logged(): readonly string[] {
    const text = readFileSync(join(this.node.dataFolder, "log.txt"), "utf8");
    return text.split("\n").map((line) => line.slice("[2021-06-20 15:50:03] ".length));
  }

  stop(): Promise<void> {
    return this.node.stop();
  }
}
