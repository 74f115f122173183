// How far each server's clock is off, with how uncertain that is: a point with its error bar for each, on one axis.

import { useRef } from "preact/hooks";

import { formatMs } from "../format.ts";
import { useWidth } from "../use-width.ts";

export interface ServerClock {
  readonly name: string;
  readonly reading?: {
    readonly offsetMs: number;
    readonly uncertaintyMs: number;
    readonly boundMs?: number;
  };
}

type ReadClock = ServerClock & Required<Pick<ServerClock, "reading">>;

const LEFT = 100;
const RIGHT = 40;
const NAME_LENGTH_MAX = 12;
const ROW = 34;
const TOP = 8;
const AXIS = 26;
const CAP = 5;
const SMALLEST_SPAN_MS = 0.001;

/** The table below says the same in numbers. */
export function ClockPlot({ clocks }: { readonly clocks: readonly ServerClock[] }) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const read = clocks.filter((clock): clock is ReadClock => clock.reading !== undefined);
  return (
    <div class="clock-plot" ref={place}>
      {width > 0 && read.length > 0 && <Plot clocks={read} width={width} />}
    </div>
  );
}

function Plot({ clocks, width }: { readonly clocks: readonly ReadClock[]; readonly width: number }) {
  const scale = scaleOf(clocks, width);
  const bottom = TOP + clocks.length * ROW;
  return (
    <svg width={width} height={bottom + AXIS} role="img" aria-label={inWords(clocks)}>
      <line class="zero" x1={scale.place(0)} x2={scale.place(0)} y1={TOP} y2={bottom} />
      <line class="axis" x1={LEFT} x2={width - RIGHT} y1={bottom} y2={bottom} />
      {scale.marks.map((mark) => (
        <text key={mark} x={scale.place(mark)} y={bottom + 18} text-anchor="middle">
          {formatMs(mark)}
        </text>
      ))}
      {clocks.map((clock, row) => (
        <ErrorBar key={clock.name} clock={clock} y={TOP + (row + 0.5) * ROW} place={scale.place} />
      ))}
    </svg>
  );
}

interface ErrorBarParts {
  readonly clock: ReadClock;
  readonly y: number;
  readonly place: (ms: number) => number;
}

function ErrorBar({ clock: { name, reading }, y, place }: ErrorBarParts) {
  const from = place(reading.offsetMs - reading.uncertaintyMs);
  const to = place(reading.offsetMs + reading.uncertaintyMs);
  return (
    <g>
      <text x={0} y={y + 4}>
        {name.length > NAME_LENGTH_MAX ? `${name.slice(0, NAME_LENGTH_MAX - 1)}…` : name}
      </text>
      <path class="error-bar" d={`M${from},${y}H${to}M${from},${y - CAP}v${2 * CAP}M${to},${y - CAP}v${2 * CAP}`} />
      <circle cx={place(reading.offsetMs)} cy={y} r={4} />
    </g>
  );
}

/** All bars and the zero are on it. */
function scaleOf(clocks: readonly ReadClock[], width: number) {
  const ends = clocks.flatMap(({ reading: { offsetMs, uncertaintyMs } }) => [
    offsetMs - uncertaintyMs,
    offsetMs + uncertaintyMs,
  ]);
  const least = Math.min(0, ...ends);
  const span = Math.max(Math.max(0, ...ends) - least, SMALLEST_SPAN_MS);
  const place = (ms: number): number => LEFT + ((ms - least) / span) * (width - LEFT - RIGHT);
  const isZeroApart = (end: number): boolean => Math.abs(end) > span / 5;
  return { place, marks: [0, ...[least, least + span].filter(isZeroApart)] };
}

function inWords(clocks: readonly ReadClock[]): string {
  const each = clocks.map(
    ({ name, reading }) => `${name} ${formatMs(reading.offsetMs)} ± ${formatMs(reading.uncertaintyMs)}`,
  );
  return `Clock offsets: ${each.join(", ")}`;
}
