// A UDP listener on a free port of the loopback, whose sessions send back what they hear.
import { systemClock } from "../base/clock.ts";
import { session } from "../core/definition.ts";
import { ActorSystem } from "../core/system.ts";
import { systemSecrets } from "../datagrams/secrets.ts";
import { limits } from "../limits.ts";
import { ConnectionTable } from "./connection-table.ts";
import { startUdpListener } from "./udp-listener.ts";
import type { UdpPort } from "./udp-port.ts";

export interface UdpServer {
  readonly port: number;
  readonly table: ConnectionTable;
  readonly listener: UdpPort;
  /** What its sessions have heard, and `closed: reason`. */
  readonly heard: string[];
  readonly ended: string[];
  stop(): Promise<void>;
}

const farewell = (reason: string): string | undefined => (reason === "shutdown" ? "* ! shutdown\n" : undefined);

export async function startUdpServer(options: { connectionsMax?: number } = {}): Promise<UdpServer> {
  const heard: string[] = [];
  const ended: string[] = [];
  const type = session<undefined, string, string>("echo", {
    state: () => undefined,
    message(context, text) {
      heard.push(text);
      context.send(text);
      if (text.startsWith("EXIT")) context.end("exit");
    },
    closed: (_, reason) => void heard.push(`closed: ${reason}`),
  });
  const connectionsMax = options.connectionsMax ?? limits.connectionsMax;
  const table = new ConnectionTable(
    new ActorSystem({ clock: systemClock, types: [type] }),
    {
      admission: { connectionsMax, connectionsPerAddressMax: connectionsMax },
      deadlines: { ...limits, answerMs: limits.closingTurnsMs, lingerMs: 50 },
    },
    { refused: () => undefined, failed: () => undefined, ended: ({ reason }) => void ended.push(reason) },
  );
  const listener = await startUdpListener({
    hostname: "127.0.0.1",
    port: 0,
    table,
    random: systemSecrets,
    text: { session: type, farewell, answerStranger: (line) => (line.startsWith("HELLO") ? undefined : `? ${line}`) },
    datagrams: { session: type, farewell },
  });
  const stop = async (): Promise<void> => {
    await table.drain();
    listener.close();
  };
  return { port: listener.number, table, listener, heard, ended, stop };
}
