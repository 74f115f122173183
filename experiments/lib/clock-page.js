// Draws the plots of the page. `DATA` and `uPlot` are there already.

const place = document.querySelector("#plots");
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
/** Each server has its own, whoever else is shown. */
const COLOURS = {
  "server 1": "first",
  "server 2": "second",
  "server 3": "third",
  "server 4": "fourth",
  "server 5": "fifth",
};
const WIDTH_MAX = 860;
const HEIGHT = 340;
const AXIS_WIDTH = 76;
/** Above it, ten times as much is as far as from here to nothing. */
const LINEAR_TO_MS = 0.1;
const MOST_MS = 1_000;
const SPLITS_MS = [-1_000, -100, -10, -1, -0.1, 0, 0.1, 1, 10, 100, 1_000];
const MARK_FONT = "11px system-ui, sans-serif";
/** Names of marks stand upright in the plot; below this distance they would stand in one another. */
const MARK_DISTANCE = 12;
/** Series beside the curves: seconds, and both edges of the band. */
const [UPPER, LOWER] = [1, 2];

function draw() {
  place.replaceChildren();
  for (const { title, plots } of DATA) {
    const heading = document.createElement("h2");
    heading.textContent = title;
    const group = document.createElement("div");
    group.className = "group";
    place.append(heading, group);
    // Both of them first: how wide each is depends on how many there are.
    const sections = plots.map(() => group.appendChild(document.createElement("section")));
    for (const [index, plot] of plots.entries()) show(sections[index], title, plot);
  }
}

function show(section, groupTitle, { title, atSeconds, curves, boundMs, marks }) {
  const negative = boundMs.map((bound) => (bound === null ? null : -bound));
  const edge = { stroke: "transparent", width: 0, spanGaps: false, points: { show: false } };
  const plot = new uPlot(
    {
      title,
      width: Math.min(WIDTH_MAX, section.clientWidth),
      height: HEIGHT,
      scales: {
        x: { time: false, range: (_, _low, high) => [0, high] },
        y: { distr: 4, asinh: LINEAR_TO_MS, range: () => [-MOST_MS, MOST_MS] },
      },
      axes: [
        axis("time, s"),
        { ...axis("off by, ms"), size: AXIS_WIDTH, splits: () => SPLITS_MS, filter: (_, splits) => splits },
      ],
      series: [
        { label: "time, s", value: (_, value) => ((value ?? null) === null ? "" : value.toFixed(1)) },
        { ...edge, label: "declared ±", value: fixed },
        { ...edge, label: "declared", class: "edge" },
        ...curves.map(({ name }) => ({
          label: name,
          stroke: colour(COLOURS[name]),
          width: 1.25,
          spanGaps: false,
          points: { show: false },
          value: fixed,
        })),
      ],
      bands: [{ series: [UPPER, LOWER], fill: colour("bound") }],
      hooks: { draw: [(drawn) => drawMarks(drawn, marks)] },
    },
    [atSeconds, boundMs, negative, ...curves.map(({ errorMs }) => errorMs)],
    section,
  );
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", `${groupTitle}: ${title}`);
}

function axis(label) {
  return {
    label,
    stroke: colour("ink"),
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { stroke: colour("grid"), width: 1 },
    font: "12px system-ui, sans-serif",
    labelFont: "13px system-ui, sans-serif",
  };
}

const fixed = (_, value) => (value === null || value === undefined ? "" : value.toFixed(3));

function drawMarks(plot, marks) {
  const { ctx, bbox } = plot;
  const ratio = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = colour("mark");
  ctx.fillStyle = colour("mark");
  ctx.lineWidth = ratio;
  ctx.textAlign = "left";
  ctx.textBaseline = "bottom";
  ctx.setLineDash([3 * ratio, 3 * ratio]);
  ctx.font = MARK_FONT.replace("11", String(11 * ratio));
  let free = Number.NEGATIVE_INFINITY;
  for (const { name, atSeconds } of marks) {
    const x = plot.valToPos(atSeconds, "x", true);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    const textX = Math.max(x, free);
    free = textX + MARK_DISTANCE * ratio;
    ctx.save();
    ctx.translate(textX + 3 * ratio, bbox.top + 4 * ratio);
    ctx.rotate(Math.PI / 2);
    ctx.fillText(name, 0, 0);
    ctx.restore();
  }
  ctx.restore();
}

draw();
dark.addEventListener("change", draw);
addEventListener("resize", draw);
