// What is printed of servers that answer, that do not, and that are of another kind.
import { describe, expect, test } from "bun:test";

import { announcedLine, clockLines, electionLines, listLines, offsetText, setLine, statusLines } from "./shown.ts";
import { listed, standing } from "./test-servers.ts";

describe("an offset", () => {
  test.each([
    [0.123, 0.2, "+0,12 ±0,20"],
    [-12.345, undefined, "-12,35"],
    [-0.001, 0.1, "+0,00 ±0,10"],
    [-72_000_000.4, 0.3, "-72000000 ±0,30"],
  ])("of %p give or take %p is %p", (offsetMs, uncertaintyMs, shown) => {
    expect(offsetText(offsetMs, uncertaintyMs)).toBe(shown);
  });
});

test("the list says who votes, and that there is nobody where there is nobody", () => {
  expect(listLines([listed("alfa", 1), listed("py", 2, false)])).toEqual([
    "rank  nome  endereço       vota",
    "   1  alfa  10.0.0.1:5601  sim",
    "   2  py    10.0.0.2:5602  não",
  ]);
  expect(listLines([])).toEqual(["Nenhum servidor está registrado."]);
});

test("clocks are shown with offset, uncertainty and bound; one that is silent has none", () => {
  const foreign = { ...listed("py", 2, false), reading: { time: 1_735_689_600, offsetMs: 2, uncertaintyMs: 1 } };
  expect(clockLines([standing("alfa", 1), foreign, listed("beta", 3)])).toEqual([
    "nome  hora                       desvio (ms)  limite (ms)  Lamport",
    "alfa  2025-01-01T00:00:00.250Z  -12,35 ±0,21         0,30       40",
    "py    2025-01-01T00:00:00.000Z   +2,00 ±1,00            –        –",
    "beta  não responde",
  ]);
});

test("a time that is none is shown as it was said", () => {
  const odd = { ...listed("py", 2, false), reading: { time: 1e20, offsetMs: 1e23, uncertaintyMs: 1 } };
  expect(clockLines([odd])[1]).toContain("100000000000000000000");
});

test("an election is shown with whom each follows, in which epoch and role", () => {
  const servers = [
    { ...listed("alfa", 1), standing: { coordinator: "beta", epoch: 65_538, role: "follower" } },
    { ...listed("py", 2, false), standing: { coordinator: "beta" } },
    { ...listed("gama", 3), standing: { role: "unsure" } },
    listed("beta", 4),
  ];
  expect(electionLines(servers)).toEqual([
    "nome  coordenador   época  papel",
    "alfa  beta          65538  seguidor",
    "py    beta              –  –",
    "gama  –                 –  sem líder",
    "beta  não responde",
  ]);
});

describe("a status", () => {
  test("says how the server sees the others, with what it knows of their clocks", () => {
    const servers = [
      { ...listed("alfa", 1), isDamped: false },
      { ...listed("beta", 2), isDamped: true, offsetMs: -0.5, boundMs: 0.1 },
    ];
    const lines = statusLines(standing("alfa", 1, { servers }));
    expect(lines).toContain("Papel: coordenador");
    expect(lines).toContain("Coordenador: alfa, época 2147549187");
    expect(lines.at(-1)).toBe("   2  beta  10.0.0.2:5602  sim         -0,50 ±0,10  sim");
  });

  test("of a program of another kind is its clock alone", () => {
    const { status: _, ...foreign } = standing("py", 2);
    expect(statusLines(foreign).at(-1)).toBe("De outro tipo: não diz mais.");
  });

  test("of one that is silent says that", () => {
    expect(statusLines(listed("alfa", 1))).toEqual(["alfa não responde."]);
  });
});

describe("what was not done is said", () => {
  test.each([
    [{ kind: "no_reference" }, "A referência não responde."],
    [{ kind: "unknown_server" }, "A referência não lista nenhum servidor alfa."],
    [{ kind: "no_answer" }, "alfa não responde."],
    [{ kind: "refused", text: "hora muito\u001b[2J distante" }, "alfa recusou: hora muito\\u{001b}[2J distante"],
  ] as const)("%p", (outcome, line) => {
    expect(setLine("alfa", outcome)).toBe(line);
  });

  test("of an announcement that nobody takes", () => {
    expect(announcedLine("alfa", { kind: "no_answer" })).toBe("Ninguém recebe publicações nesta porta.");
  });
});
