// The servers whose HTTP is measured beside their load: Correio, bare Bun.serve and Elysia, in a process each.

import { join, resolve } from "node:path";

import { CORREIO_READY, correioCommand, portIn, startServerProgram, WITHOUT_OTHER_FAMILIES } from "./server-program.ts";

export const GATEWAY_SERVER_NAMES = ["correio", "raw", "elysia"] as const;
export type GatewayServerName = (typeof GATEWAY_SERVER_NAMES)[number];

export const GATEWAY_SERVER_TITLES: Readonly<Record<GatewayServerName, string>> = {
  correio: "Correio",
  raw: "bare Bun.serve, keeps nothing",
  elysia: "Elysia, keeps nothing",
};

export const ADMIN_TOKEN = "experiment-token";

export interface GatewayServer {
  readonly name: GatewayServerName;
  readonly pid: number;
  /** Of the pipelined load. */
  readonly port: number;
  readonly httpPort: number;
  stop(): Promise<void>;
}

const baseline = resolve(import.meta.dirname, "../baselines/raw-gateway.ts");

export async function startGatewayServer(name: GatewayServerName): Promise<GatewayServer> {
  const { program, stop } = await startServerProgram(name, ({ folder }) =>
    name === "correio"
      ? {
          command: correioCommand(),
          ready: CORREIO_READY,
          environment: {
            ...WITHOUT_OTHER_FAMILIES,
            CORREIO_HOST: "127.0.0.1",
            CORREIO_UDP_PORT: "",
            CORREIO_DATA: join(folder, "data"),
            CORREIO_ADMIN_TOKEN: ADMIN_TOKEN,
          },
        }
      : {
          command: [process.execPath, baseline, `--http=${name === "elysia" ? "elysia" : "bare"}`],
          ready: /^listening (\d+)$/m,
        },
  );
  const http = name === "correio" ? /Gateway HTTP iniciado na porta (\d+)/ : /^http (\d+)$/m;
  return { name, pid: program.pid, port: program.number, httpPort: portIn(program, http), stop };
}
