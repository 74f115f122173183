// Delays there and back: the latest are kept, and what they say of one way is said honestly.
import { DELAY_SAMPLES_MAX } from "./limits.ts";

export class DelayMeter {
  #samplesMs: number[] = [];

  /** There and back, in milliseconds. */
  add(roundTripMs: number): void {
    this.#samplesMs = [...this.#samplesMs, roundTripMs].slice(-DELAY_SAMPLES_MAX);
  }

  clear(): void {
    this.#samplesMs = [];
  }

  /** `who`: to whom it was measured. */
  rows(who: string): readonly string[] {
    const sorted = this.#samplesMs.toSorted((one, other) => one - other);
    const [min, max] = [sorted[0], sorted.at(-1)];
    if (min === undefined || max === undefined) return [`Ainda não há medidas do atraso até ${who}.`];
    const median = medianOf(sorted);
    return [
      `Atraso até ${who}, ida e volta (RTT): mínimo ${msText(min)}, mediana ${msText(median)}, máximo ${msText(max)}` +
        ` (${sorted.length} ${sorted.length === 1 ? "medida" : "medidas"}).`,
      `Num sentido só: entre 0 e ${msText(median)}; ${msText(median / 2)} (RTT/2) só se os dois sentidos forem iguais.`,
    ];
  }
}

/** Of at least one, sorted. */
function medianOf(sorted: readonly number[]): number {
  const [low = 0, high = low] = sorted.slice(Math.ceil(sorted.length / 2) - 1, Math.floor(sorted.length / 2) + 1);
  return (low + high) / 2;
}

function msText(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 1).replace(".", ",")} ms`;
}
