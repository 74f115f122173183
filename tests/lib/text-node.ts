// A listener that serves frames and text on one port, with sessions so small that a test knows all they do.
import { systemClock } from "#runtime/base/clock.ts";
import { ActorSystem } from "#runtime/core/system.ts";
import { limits, session, type TextPart } from "#runtime/mod.ts";
import { createPairing, framesOrText } from "#runtime/net/connection-host.ts";
import { ConnectionTable, type NetSettings } from "#runtime/net/connection-table.ts";
import { startTcpListener, type TcpListener } from "#runtime/net/tcp-listener.ts";
import { createFramesProtocol } from "#runtime/wire/frames-protocol.ts";
import { createTextProtocol } from "#runtime/wire/text-protocol.ts";

interface TextNodeOptions {
  readonly connectionsMax?: number;
  readonly deadlines?: Partial<NetSettings["deadlines"]>;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** What becomes of each line before it is answered. */
  readonly onLine?: (line: string) => void;
}

export interface TextNode {
  readonly port: number;
  readonly table: ConnectionTable;
  /** Lines and ends of all text sessions, as they came. */
  readonly lines: string[];
  /** Ends of all connections. */
  readonly ended: string[];
  stop(): void;
}

const ANSWERS: ReadonlyMap<string, string> = new Map([
  ["ECHO", "ECHO: Comando recebido com sucesso."],
  ["TIME", "TIME: 2026-11-20 09:11:00.123456"],
]);

const ignore = (): void => undefined;

export function startTextNode(options: TextNodeOptions = {}): TextNode {
  const lines: string[] = [];
  const ended: string[] = [];
  const text = textSession(lines, options.onLine);
  const frames = session<undefined, string, readonly TextPart[]>("frames", {
    state: () => undefined,
    message: (context, payload) => context.send([payload]),
  });
  const system = new ActorSystem({ clock: systemClock, types: [text, frames] });
  const connectionsMax = options.connectionsMax ?? limits.connectionsMax;
  const settings = {
    admission: { connectionsMax, connectionsPerAddressMax: connectionsMax },
    deadlines: { ...limits, answerMs: limits.closingTurnsMs, ...options.deadlines },
  };
  const table = new ConnectionTable(system, settings, {
    refused: ignore,
    failed: ignore,
    ended: ({ reason }) => void ended.push(reason),
  });
  const listener: TcpListener = startTcpListener({
    hostname: "127.0.0.1",
    port: 0,
    table,
    choose: framesOrText(createPairing(createFramesProtocol(), frames), createPairing(createTextProtocol(), text)),
    ...(options.tls === undefined ? {} : { tls: options.tls }),
  });
  const stop = (): void => {
    listener.stop();
    table.abortAll("shutdown");
  };
  return { port: listener.port, table, lines, ended, stop };
}

function textSession(lines: string[], onLine: (line: string) => void = () => undefined) {
  return session<undefined, string, string>("text", {
    state: () => undefined,
    message(context, line) {
      lines.push(line);
      onLine(line);
      const command = line.replace(/\r?\n$/, "");
      const ending = line.slice(command.length);
      if (command === "EXIT") {
        context.send(`EXIT: Encerrando conexão.${ending}`);
        return context.end("exit");
      }
      context.send(`${ANSWERS.get(command.toUpperCase()) ?? "ERROR: Comando não reconhecido."}${ending}`);
    },
    closed: (_, reason) => void lines.push(`closed: ${reason}`),
  });
}
