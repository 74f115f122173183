// One chart over time, drawn by uPlot; its legend is text of the page, with the values under the pointer or the latest.

import { useEffect, useRef, useState } from "preact/hooks";
import uPlot from "uplot";

import { theme } from "../../lib/theme.ts";

export interface Series {
  readonly name: string;
  /** One for each time; null where there was nothing to measure. */
  readonly values: readonly (number | null)[];
}

export interface ChartParts {
  readonly title: string;
  /** Unix seconds. */
  readonly times: readonly number[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
  /** Between two marks of the axis, one of these; as decimal numbers are divided unless given. */
  readonly steps?: readonly number[];
}

const HEIGHT_PX = 150;
/** Lines differ in their dashes too, for who does not see their colours. */
const DASHES: readonly number[][] = [[], [6, 4], [2, 3], [10, 3, 2, 3], [4, 2]];

export function Chart({ title, times, series, format, steps }: ChartParts) {
  const place = useRef<HTMLDivElement>(null);
  const drawn = useRef<uPlot>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const names = series.map(({ name }) => name).join("\n");
  useEffect(() => {
    const element = place.current;
    if (element === null) return undefined;
    const plot = new uPlot(
      optionsOf({ element, names: names.split("\n"), format, steps, point: setPointed }),
      dataOf(times, series),
      element,
    );
    drawn.current = plot;
    const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    resized.observe(element);
    return () => {
      resized.disconnect();
      plot.destroy();
    };
  }, [names, theme.value]);
  useEffect(() => drawn.current?.setData(dataOf(times, series)), [times, series]);
  const index = pointed ?? times.length - 1;
  return (
    <figure class="panel chart">
      <figcaption>
        <h2>{title}</h2>
        <Legend series={series} index={index} format={format} />
      </figcaption>
      <div class="plot" aria-hidden="true" ref={place} />
    </figure>
  );
}

interface LegendParts {
  readonly series: readonly Series[];
  readonly index: number;
  readonly format: (value: number) => string;
}

function Legend({ series, index, format }: LegendParts) {
  return (
    <ul class="legend">
      {series.map(({ name, values }, place) => {
        const value = values[index];
        return (
          <li key={name}>
            <svg width="22" height="8" aria-hidden="true" class={`line-${colourOf(place)}`}>
              <line x1="0" y1="4" x2="22" y2="4" stroke-dasharray={dashOf(place).join(" ")} />
            </svg>
            {name} <strong>{value === undefined || value === null ? "–" : format(value)}</strong>
          </li>
        );
      })}
    </ul>
  );
}

interface PlotParts {
  readonly element: HTMLElement;
  readonly names: readonly string[];
  readonly format: (value: number) => string;
  readonly steps: readonly number[] | undefined;
  /** Hears which of the times the pointer is at. */
  readonly point: (index: number | null) => void;
}

function optionsOf({ element, names, format, steps, point }: PlotParts): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string): string => style.getPropertyValue(name);
  const axis = { stroke: colour("--muted"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  return {
    width: element.clientWidth,
    height: HEIGHT_PX,
    padding: [8, 28, 0, 0], // Half a mark of time is at its right.
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    hooks: {
      setCursor: [({ cursor }) => point(cursor.left === undefined || cursor.left < 0 ? null : (cursor.idx ?? null))],
    },
    scales: { y: { range: (_plot, _least, most) => [0, most > 0 ? most * 1.1 : 1] } },
    axes: [
      {
        ...axis,
        size: 30,
        space: 70,
        values: (_plot, at) => at.map((time) => new Date(time * 1_000).toTimeString().slice(0, 8)),
      },
      {
        ...axis,
        space: 30,
        size: 68,
        values: (_plot, ticks) => ticks.map(format),
        ...(steps === undefined ? {} : { incrs: [...steps] }),
      },
    ],
    series: [
      {},
      ...names.map((label, place) => ({
        label,
        stroke: colour(`--chart-${colourOf(place)}`),
        width: 1.5,
        dash: dashOf(place),
        points: { show: false },
      })),
    ],
  };
}

function dataOf(times: readonly number[], series: readonly Series[]): uPlot.AlignedData {
  return [[...times], ...series.map(({ values }) => [...values])];
}

function colourOf(place: number): number {
  return (place % DASHES.length) + 1;
}

function dashOf(place: number): number[] {
  return DASHES[place % DASHES.length] ?? [];
}
