// Spike.
import { rmSync, mkdtempSync } from "node:fs";
import pino from "pino";
import { readConfig } from "#runtime/config.ts";
import { startServer, type Server } from "#runtime/main.ts";
import { startTcpRelay } from "#runtime/testing/mod.ts";

const heartbeat = process.argv[2] ?? "5000";
const jitter = Number(process.argv[3] ?? "2");
const sync = process.argv[4] ?? "estimate";
const t0 = performance.now();
const at = () => ((performance.now() - t0) / 1000).toFixed(2);
const folder = mkdtempSync("/tmp/clk/d-");
const nodes: { name: string; server: Server; corrections: number; relay: any }[] = [];
const offsets = [-400, 300, 120, -250, 480];
const drifts = [60, -80, 20, 95, -40];
let home: any;
for (let i = 0; i < 5; i++) {
  const target = { port: 0 };
  const relay = await startTcpRelay({ target, faults: { delayMs: 10, jitterMs: jitter }, seed: i + 1 });
  const ready = Promise.withResolvers<void>();
  const logger = pino({ level: "info", base: null }, { write(line: string) {
    const e = JSON.parse(line);
    if (e.msg === "server.admin_endpoint") { target.port = e.port; ready.resolve(); }
    console.log(at(), `s${i + 1}`, line.trim().slice(0, 200));
  } });
  const log = { logger, limited(level: string, reason: string, fields: object) { console.log(at(), i, level, reason, fields); } };
  const env: Record<string, string> = {
    CORREIO_HOST: "127.0.0.1", CORREIO_PORT: "0", CORREIO_UDP_PORT: "", CORREIO_MATCH_PORT: "", CORREIO_MATCH_TLS_PORT: "", CORREIO_HTTP_PORT: "0",
    CORREIO_STORE: "memory", CORREIO_CLIENT_LOG: "false", CORREIO_CONSOLE: "false", CORREIO_DATA: `${folder}/${i}`,
    CORREIO_SERVER_ID: `s${i + 1}`, CORREIO_SERVER_ADDRESS: `127.0.0.1:${relay.port}`, CORREIO_SERVER_PORTS: "0", CORREIO_SERVER_HEARTBEAT_MS: heartbeat,
    CORREIO_CLOCK_SYNC: sync, CORREIO_CLOCK_OFFSET_MS: String(offsets[i]), CORREIO_CLOCK_DRIFT_PPM: String(drifts[i]), CORREIO_DRAIN_MS: "1",
    CORREIO_SERVES: "false",
    ...(i === 0 ? { CORREIO_MESSAGING_PORT: "0", CORREIO_WORKER_PORT: "0", CORREIO_PUBLISHER_PORT: "0", CORREIO_SUBSCRIBER_PORT: "0", CORREIO_MESSAGING_STORE_PORT: "0", CORREIO_REFERENCE_PORT: "0" }
      : { CORREIO_JOIN: "127.0.0.1", CORREIO_MESSAGING_PORT: String(home.clients), CORREIO_WORKER_PORT: String(home.workers), CORREIO_PUBLISHER_PORT: String(home.publishers), CORREIO_SUBSCRIBER_PORT: String(home.subscribers), CORREIO_MESSAGING_STORE_PORT: String(home.store), CORREIO_REFERENCE_PORT: String(home.reference) }),
  };
  const result = readConfig([], env);
  if (result.kind !== "config") throw new Error(JSON.stringify(result));
  const server = await startServer(result.config, log as any);
  home ??= server.messaging;
  const node = { name: `s${i + 1}`, server, corrections: 0, relay };
  const correct = server.clocks.correct.bind(server.clocks);
  server.clocks.correct = (what: any) => { node.corrections++; return correct(what); };
  nodes.push(node);
  await ready.promise;
}
console.log(at(), "all started");
for (let s = 0; s < 70; s++) {
  await Bun.sleep(1000);
  const now = performance.now();
  const r = nodes.map((n) => n.server.clocks.member.reading(n.server.oscillator.at(now)));
  const m = r.reduce((a, b) => a + b.timeMs, 0) / r.length;
  console.log(at(), r.map((x) => (x.timeMs - m).toFixed(3) + "±" + (x.boundMs?.toFixed(2) ?? "-")).join("  "), nodes.map((n) => n.corrections).join(","));
  if (s === 40) { console.log(at(), "KILL"); nodes[4]!.relay.stop(); await nodes[4]!.server.drain(); console.log(at(), "killed"); }
}
process.exit(0);
