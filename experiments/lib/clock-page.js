// Draws the clocks of the page over time. `DATA` and `plotPage` are there already.

const { colour, fixed, axis, show, showGroups, keepDrawn } = plotPage;
/** Each server has its own, whoever else is shown. */
const COLOURS = {
  "server 1": "first",
  "server 2": "second",
  "server 3": "third",
  "server 4": "fourth",
  "server 5": "fifth",
};
/** Above it, ten times as much is as far as from here to nothing. */
const LINEAR_TO_MS = 0.1;
const MOST_MS = 1_000;
const SPLITS_MS = [-1_000, -100, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1_000];
/** Series beside the curves: seconds, and both edges of the band. */
const [UPPER, LOWER] = [1, 2];

function showClocks(section, groupTitle, { title, atSeconds, curves, boundMs, marks }) {
  const negative = boundMs.map((bound) => (bound === null ? null : -bound));
  const edge = { stroke: "transparent", width: 0, spanGaps: false, points: { show: false } };
  const options = {
    title,
    widthMax: 860,
    height: 340,
    scales: {
      x: { time: false, range: (_, _low, high) => [0, high] },
      y: { distr: 4, asinh: LINEAR_TO_MS, range: () => [-MOST_MS, MOST_MS] },
    },
    axes: [
      axis("time, s"),
      { ...axis("off by, ms"), size: 76, splits: () => SPLITS_MS, filter: (_, splits) => splits },
    ],
    series: [
      { label: "time, s", value: fixed(1) },
      { ...edge, label: "declared ±", value: fixed(3) },
      { ...edge, label: "declared", class: "edge" },
      ...curves.map(({ name }) => ({
        label: name,
        stroke: colour(COLOURS[name]),
        width: 1.25,
        spanGaps: false,
        points: { show: false },
        value: fixed(3),
      })),
    ],
    bands: [{ series: [UPPER, LOWER], fill: colour("bound") }],
    marks,
  };
  show(section, `${groupTitle}: ${title}`, options, [
    atSeconds,
    boundMs,
    negative,
    ...curves.map(({ errorMs }) => errorMs),
  ]);
}

keepDrawn(() => showGroups(DATA, showClocks));
