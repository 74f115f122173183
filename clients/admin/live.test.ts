// The live view: what one look finds out, and how it stands on a screen of any size, or line by line.
import { describe, expect, test } from "bun:test";

import type { Queues, ServerStanding } from "#actors/servers/administration-schemas.ts";
import type { KnownServer } from "#actors/servers/reference.ts";

import { columnsOf } from "../terminal/rows.ts";
import { frameOf } from "./live-frame.ts";
import { liveLines } from "./live-lines.ts";
import { leadOf, type Look, Looker } from "./live-look.ts";
import { listed, queuesWith, standing } from "./test-servers.ts";

const WHERE = { where: "10.0.0.1:5560", time: "09:11:00", columns: 80, rows: 24 };

const seen = [
  { ...listed("alfa", 1), isDamped: false, offsetMs: 0.04, boundMs: 0.2 },
  { ...listed("beta", 2), isDamped: true, offsetMs: -0.04, boundMs: 0.3 },
  { ...listed("gama", 3), isDamped: false },
];
const group: readonly ServerStanding[] = [
  standing("alfa", 1, { coordinator: "gama" }),
  standing("beta", 2, { coordinator: "gama" }),
  standing("gama", 3, { servers: seen }),
];
const look: Look = {
  servers: group,
  isHomeSilent: false,
  queues: queuesWith(10),
  rates: { published: 12.34, delivered: 2.34 },
};

describe("a frame", () => {
  test("has the coordinator and its epoch, each server's offsets and bound, damped ones, and the queues", () => {
    expect(frameOf(look, WHERE)).toEqual([
      "Correio em 10.0.0.1:5560, 09:11:00: q encerra",
      "Coordenador: gama, época 2147549187, segundo 3 de 3",
      "",
      "   rank  nome  papel          daqui (ms)  do coord. (ms)  limite",
      "      1  alfa  seguidor     -12,35 ±0,21     +0,04 ±0,20    0,30",
      "      2  beta  amortecido   -12,35 ±0,21     -0,04 ±0,30    0,30",
      ">     3  gama  coordenador  -12,35 ±0,21                    0,30",
      "",
      "Pedidos: 3 servidores, 2 à espera, 1 em curso",
      "Publicações: 12/s, 2,3 entregas/s, 7 perdidas, 5 assinantes",
    ]);
  });

  test("says who does not answer, who is of another kind, and who follows somebody else", () => {
    const servers = [
      listed("alfa", 1),
      { ...listed("py", 2, false), reading: { time: 1, offsetMs: 0, uncertaintyMs: 1 } },
      standing("beta", 3, { coordinator: "delta", epoch: 65_539 }),
      standing("gama", 4),
    ];
    const rows = frameOf({ ...look, servers }, WHERE).join("\n");
    expect(rows).toContain("segundo 1 de 4");
    expect(rows).toMatch(/1 {2}alfa {2}não responde\n/);
    expect(rows).toMatch(/2 {2}py {4}de fora/);
    expect(rows).toContain("  beta: delta, época 65539");
  });

  test("shows what was listed last, and says so, while the home is silent", () => {
    const rows = frameOf({ ...look, isHomeSilent: true, queues: undefined, rates: undefined }, WHERE).join("\n");
    expect(rows).toContain("A referência não responde. Estes foram os últimos servidores:");
    expect(rows).toContain(">     3  gama  coordenador");
    expect(rows).not.toContain("Pedidos");
  });

  test("knows no rate before the second look", () => {
    expect(frameOf({ ...look, rates: undefined }, WHERE).at(-1)).toStartWith("Publicações: ?/s, ? entregas/s");
  });

  test("names slow subscribers, those for whom most waits first, as the home gives them", () => {
    const slow = [{ address: "10.0.0.9:50122", dropped: 12, waitingBytes: 1_048_000 }];
    expect(frameOf({ ...look, queues: queuesWith(10, slow) }, WHERE).slice(-2)).toEqual([
      "assinante lento  perdidas  bytes à espera",
      "10.0.0.9:50122         12         1048000",
    ]);
  });

  test.each([
    [80, 24],
    [40, 10],
    [20, 5],
    [200, 60],
  ])("of 64 servers with long names and 64 slow subscribers fits %p columns and %p rows", (columns, rows) => {
    const long = "um servidor com um nome 日本語 de sobra";
    const servers = Array.from({ length: 64 }, (_, index) => standing(`${long} ${index}`, index + 1));
    const slow = Array.from({ length: 64 }, (_, index) => ({
      address: `[2001:db8::1234:5678:9abc:${index}]:50122`,
      dropped: 10 ** 9,
      waitingBytes: 10 ** 9,
    }));
    const frame = frameOf({ ...look, servers, queues: queuesWith(10, slow) }, { ...WHERE, columns, rows });
    expect(frame.length).toBeLessThanOrEqual(rows);
    for (const row of frame) expect(columnsOf(row)).toBeLessThanOrEqual(columns);
  });

  test("of many servers keeps the queues and some slow subscribers in sight, and counts what it leaves out", () => {
    const servers = Array.from({ length: 64 }, (_, index) =>
      standing("servidor", index + 1, { coordinator: "servidor" }),
    );
    const slow = Array.from({ length: 9 }, () => ({ address: "10.0.0.9:1", dropped: 1, waitingBytes: 1 }));
    const rows = frameOf({ ...look, servers, queues: queuesWith(10, slow) }, WHERE).join("\n");
    expect(rows).toContain("Pedidos: ");
    expect(rows).toContain("Publicações: ");
    expect(rows.match(/10\.0\.0\.9/g)?.length).toBeGreaterThanOrEqual(2);
    expect(rows.match(/… e mais \d+/g)).toHaveLength(2);
  });
});

describe("line by line", () => {
  test("each thing has its line, and each line its time", () => {
    const slow = [{ address: "10.0.0.9:50122", dropped: 12, waitingBytes: 1_048_000 }];
    expect(liveLines({ ...look, queues: queuesWith(10, slow) }, "09:11:00")).toEqual([
      "09:11:00 Coordenador: gama, época 2147549187, segundo 3 de 3",
      "09:11:00 Servidor 1 alfa: seguidor, daqui -12,35 ±0,21 ms, do coordenador +0,04 ±0,20 ms, limite 0,30 ms",
      "09:11:00 Servidor 2 beta: amortecido, daqui -12,35 ±0,21 ms, do coordenador -0,04 ±0,30 ms, limite 0,30 ms",
      "09:11:00 Servidor 3 gama: coordenador, daqui -12,35 ±0,21 ms, limite 0,30 ms",
      "09:11:00 Pedidos: 3 servidores, 2 à espera, 1 em curso",
      "09:11:00 Publicações: 12/s, 2,3 entregas/s, 7 perdidas, 5 assinantes",
      "09:11:00 Assinante lento 10.0.0.9:50122: 12 perdidas, 1048000 bytes à espera",
    ]);
  });

  test("a silent home has a line of its own", () => {
    const lines = liveLines({ ...look, isHomeSilent: true, queues: undefined }, "09:11:00");
    expect(lines[0]).toBe("09:11:00 A referência não responde.");
  });
});

describe("of two that say that they coordinate", () => {
  test("the one elected last is believed", () => {
    const stale = standing("alfa", 1, { epoch: 65_537 });
    expect(leadOf({ servers: [stale, standing("gama", 3)] })?.name).toBe("gama");
  });
});

describe("a look", () => {
  interface Answers {
    listed: readonly KnownServer[] | undefined;
    queues: Queues | undefined;
  }

  function lookAt(answers: Answers) {
    const clock = { nowMs: 0, monotonicMs: () => clock.nowMs };
    const administration = {
      list: async () => answers.listed,
      standings: async (servers: readonly KnownServer[]) => servers,
      queues: async () => answers.queues,
    };
    return { clock, looker: new Looker(administration, clock) };
  }

  test("says what is published and delivered in a second since the look before", async () => {
    const answers: Answers = { listed: [], queues: queuesWith(100) };
    const { clock, looker } = lookAt(answers);
    expect((await looker.look()).rates).toBeUndefined();
    answers.queues = queuesWith(150);
    clock.nowMs = 2_000;
    expect((await looker.look()).rates).toEqual({ published: 25, delivered: 75 });
  });

  test("does not compare with another process: counts that have fallen are new ones", async () => {
    const answers: Answers = { listed: [], queues: queuesWith(100) };
    const { clock, looker } = lookAt(answers);
    await looker.look();
    answers.queues = queuesWith(10);
    clock.nowMs = 1_000;
    expect((await looker.look()).rates).toBeUndefined();
  });

  test("keeps to the servers that were listed last while the home is silent, and says that it is", async () => {
    const answers: Answers = { listed: [listed("alfa", 1)], queues: queuesWith(1) };
    const { looker } = lookAt(answers);
    await looker.look();
    Object.assign(answers, { listed: undefined, queues: undefined });
    expect(await looker.look()).toEqual({
      servers: [listed("alfa", 1)],
      isHomeSilent: true,
      queues: undefined,
      rates: undefined,
    });
  });

  test("leaves out a server that is listed no more, and asks a new one the next time", async () => {
    const answers: Answers = { listed: [listed("alfa", 1)], queues: undefined };
    const { looker } = lookAt(answers);
    await looker.look();
    answers.listed = [listed("beta", 2)];
    expect((await looker.look()).servers).toEqual([]);
    expect((await looker.look()).servers).toEqual([listed("beta", 2)]);
  });
});
