// What the relay's command says of its figures: one line for each passage and way.
import type { RelayFigures, WayFigures } from "./relay-figures.ts";

/** Figures that are shown only when there is something to see. */
const TROUBLES = [
  ["lost", "lost"],
  ["lostInBursts", "lost in bursts"],
  ["duplicated", "doubled"],
  ["reordered", "reordered"],
  ["corrupted", "corrupted"],
  ["overflowed", "overflowed"],
  ["cutOff", "cut off"],
  ["packetsWaiting", "on their way"],
] as const satisfies readonly (readonly [keyof WayFigures, string])[];

export function relayLine(name: string, figures: RelayFigures): string {
  const { open, refused, resets } = figures;
  const more = [...(refused > 0 ? [`${refused} refused`] : []), ...(resets > 0 ? [`${resets} reset`] : [])];
  return [`${name}: ${open} open`, ...more, `up ${wayText(figures.up)}`, `down ${wayText(figures.down)}`].join("; ");
}

function wayText(figures: WayFigures): string {
  const { packetsIn, packetsOut, bytesIn, bytesOut } = figures;
  const troubles = TROUBLES.flatMap(([name, word]) => (figures[name] > 0 ? [`${figures[name]} ${word}`] : []));
  return [`${packetsIn} in, ${packetsOut} out (${bytesIn}, ${bytesOut} bytes)`, ...troubles].join(", ");
}
