// What is printed of a run of bots: a line each second, and a summary.
import type { LatencySummary } from "../load/latency-record.ts";
import type { BotTally } from "./bot-tally.ts";
import type { Deliveries } from "./deliveries.ts";
import { shownText } from "./shown.ts";

const US_PER_MS = 1_000;
const MS_PER_S = 1_000;

/** `12 s  ligados 3/3  pedidos 180  recebidas 540  erros 0  ida e volta p50 0,9 ms, p99 3,2 ms`. */
export function statusText(seconds: number, bots: number, tally: BotTally): string {
  const { connected, answered, received, refused } = tally;
  const latency = tally.takeLatest().summary();
  const took = latency === undefined ? "sem respostas" : `ida e volta ${percentiles(latency)}`;
  const counts = `pedidos ${answered}  recebidas ${received}  erros ${refused}`;
  return `${String(seconds).padStart(4)} s  ligados ${connected}/${bots}  ${counts}  ${took}`;
}

export function summaryLines(durationMs: number, tally: BotTally, deliveries: Deliveries): readonly string[] {
  const { answered, refused, skipped, received, losses } = tally;
  const latency = tally.latency.summary();
  const more = deliveries.problemCount - deliveries.problems.length;
  return [
    "",
    `Resumo de ${decimal(durationMs / MS_PER_S)} s`,
    `  pedidos      ${answered} respondidos, ${refused} recusados, ${skipped} que nem saíram`,
    `  mensagens    ${deliveries.arrivedCount} entregues, ${deliveries.missingCount} por entregar`,
    `  publicações  ${received} recebidas`,
    `  conexões     ${losses} perdidas`,
    `  ida e volta  ${latency === undefined ? "-" : `${percentiles(latency)}, máximo ${ms(latency.maxUs)}`}`,
    ...deliveries.problems.map((problem) => `  ! ${shownText(problem)}`),
    ...(more > 0 ? [`  ! e mais ${more}`] : []),
    deliveries.problemCount === 0
      ? "Tudo certo."
      : `Nem tudo certo: ${deliveries.problemCount} ${deliveries.problemCount === 1 ? "problema" : "problemas"}.`,
  ];
}

function percentiles({ p50Us, p99Us }: LatencySummary): string {
  return `p50 ${ms(p50Us)}, p99 ${ms(p99Us)}`;
}

function ms(us: number): string {
  return `${decimal(us / US_PER_MS)} ms`;
}

function decimal(value: number): string {
  return value.toFixed(1).replace(".", ",");
}
