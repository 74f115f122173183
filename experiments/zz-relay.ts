// Spike.
import { startTcpRelay } from "#runtime/testing/mod.ts";
import { systemClock, type Clock } from "#runtime/base/clock.ts";
const precise: Clock = { ...systemClock, after(delayMs, callback) {
  const due = performance.now() + delayMs; let over = false;
  const spin = () => { if (over) return; if (performance.now() >= due) callback(); else setImmediate(spin); };
  const t = setTimeout(spin, Math.max(0, delayMs - 2));
  return () => { over = true; clearTimeout(t); };
} };
for (const [name, clock] of [["system", systemClock], ["precise", precise]] as const) for (const jitterMs of [0, 2]) {
  const echo = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data(s, c) { got.push(performance.now() - sent); } } });
  const got: number[] = []; let sent = 0;
  const relay = await startTcpRelay({ target: { port: echo.port }, faults: { delayMs: 10, jitterMs }, clock });
  const c = await Bun.connect({ hostname: "127.0.0.1", port: relay.port, socket: { data() {} } });
  await Bun.sleep(50);
  const cpu = process.cpuUsage();
  for (let i = 0; i < 300; i++) { sent = performance.now(); c.write("x"); await Bun.sleep(20 + Math.random()); }
  const used = process.cpuUsage(cpu);
  got.sort((a, b) => a - b);
  console.log(name, jitterMs, [0, 0.05, 0.1, .2,.3,.4, 0.5,.6,.7,.8, 0.9, 0.98].map((q) => got[Math.floor(q * got.length)]!.toFixed(2)).join(" "), "cpu", (used.user + used.system) / 1000 | 0);
  relay.stop(); echo.stop(true);
}
process.exit(0);
