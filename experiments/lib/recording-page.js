// Draws what was recorded over time. `DATA`, `uPlot` and `plotPage` are there already.

const { colour, fixed, axis, oneTwoFive, unique, show, showGroups, keepDrawn } = plotPage;
const COLOURS = ["first", "second", "third", "fourth", "fifth"];
/** Of the curves that come when all colours are taken. */
const DASH = [6, 4];
const WIDTH_MAX = 560;
/** Above it, ten times as much is as far as from here to nothing: a handshake stands beside single moves. */
const WIDE_LINEAR_TO = 100;

const wideSplits = (_, _axis, _low, high) => [0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7].filter((each) => each <= high);

function showRecording(section, groupTitle, { title, x, y, curves, marks, isLogarithmic, isWide, isLarge }) {
  const ends = Math.max(0, ...marks.map(({ at }) => at));
  const options = {
    title,
    widthMax: isLarge ? Number.POSITIVE_INFINITY : WIDTH_MAX,
    height: 300,
    scales: {
      x: isLogarithmic
        ? { time: false, distr: 3, log: 10 }
        : { time: false, range: (_, _low, high) => [0, Math.max(high, ends)] },
      y: isWide ? { distr: 4, asinh: WIDE_LINEAR_TO } : { range: (_, _low, high) => [0, Math.max(high * 1.05, 1)] },
    },
    axes: [
      { ...axis(x), ...(isLogarithmic && { filter: oneTwoFive }) },
      { ...axis(y), size: 68, ...(isWide && { splits: wideSplits, filter: (_, splits) => splits }) },
    ],
    series: [
      { label: x, value: fixed(2) },
      ...curves.map(({ name }, index) => ({
        label: name,
        stroke: colour(COLOURS[index % COLOURS.length]),
        dash: index < COLOURS.length ? undefined : DASH,
        width: 1.5,
        spanGaps: false,
        points: { show: false },
        value: fixed(2),
      })),
    ],
    legend: { markers: { dash: (_, index) => (index > COLOURS.length ? "dashed" : "solid") } },
    marks,
  };
  const data = uPlot.join(curves.map(({ points }) => unique(points)));
  show(section, [groupTitle, title].filter((each) => each !== "").join(": "), options, data);
}

keepDrawn(() => showGroups(DATA, showRecording));
