// Draws the plots of the page. `DATA` and `uPlot` are there already.

const place = document.querySelector("#plots");
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const COLOURS = ["first", "second", "third", "fourth"];
const WIDTH_MAX = 560;
const HEIGHT = 300;
const AXIS_WIDTH = 68;
/** Above it, ten times as much is as far as from here to nothing: a handshake stands beside single moves. */
const WIDE_LINEAR_TO = 100;
const MARK_FONT = "11px system-ui, sans-serif";
/** Names of marks stand upright in the plot; below this distance they would stand in one another. */
const MARK_DISTANCE = 12;

/** Of powers of ten also 2 and 5 times as much. */
const shown = (_, splits) => splits.map((each) => (/^0*\.?0*[125]/.test(String(each)) ? each : null));

const wideSplits = (_, _axis, _low, high) => [0, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7].filter((each) => each <= high);

function draw() {
  place.replaceChildren();
  for (const { title, plots } of DATA) {
    const heading = document.createElement("h2");
    heading.textContent = title;
    const group = document.createElement("div");
    group.className = "group";
    place.append(heading, group);
    // All of them first: how wide each is depends on how many there are.
    const sections = plots.map(() => group.appendChild(document.createElement("section")));
    for (const [index, plot] of plots.entries()) show(sections[index], title, plot);
  }
}

function show(section, groupTitle, { title, x, y, curves, marks, isLogarithmic, isWide }) {
  const data = uPlot.join(curves.map(({ points }) => unique(points)));
  const scales = {
    x: isLogarithmic ? { time: false, distr: 3, log: 10 } : { time: false, range: (_, _low, high) => [0, high] },
    y: isWide ? { distr: 4, asinh: WIDE_LINEAR_TO } : { range: (_, _low, high) => [0, Math.max(high * 1.05, 1)] },
  };
  const plot = new uPlot(
    {
      title,
      width: Math.min(WIDTH_MAX, section.clientWidth),
      height: HEIGHT,
      scales,
      axes: [
        { ...axis(x), ...(isLogarithmic && { filter: shown }) },
        { ...axis(y), size: AXIS_WIDTH, ...(isWide && { splits: wideSplits, filter: (_, splits) => splits }) },
      ],
      series: [
        { label: x, value: fixed },
        ...curves.map(({ name }, index) => ({
          label: name,
          stroke: colour(COLOURS[index % COLOURS.length]),
          width: 1.5,
          spanGaps: false,
          points: { show: false },
          value: fixed,
        })),
      ],
      hooks: { draw: [(drawn) => drawMarks(drawn, marks)] },
    },
    data,
    section,
  );
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", `${groupTitle}: ${title}`);
}

/** Of equal values to the right the last point counts. */
function unique(points) {
  const last = new Map(points);
  const sorted = [...last.keys()].sort((one, other) => one - other);
  return [sorted, sorted.map((each) => last.get(each))];
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

const fixed = (_, value) => (value === null || value === undefined ? "" : value.toFixed(2));

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
  for (const { name, at } of marks) {
    const x = plot.valToPos(at, "x", true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
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
