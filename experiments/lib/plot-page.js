// What all pages of plots are drawn with, as `plotPage`. `uPlot` is there already; the page's own script comes next.

const MARK_PIXELS = 11;
/** Names of marks stand upright in the plot; below this distance they would stand in one another. */
const MARK_DISTANCE = 12;
const dark = matchMedia("(prefers-color-scheme: dark)");

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();

const fixed = (digits) => (_, value) => value?.toFixed(digits) ?? "";

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

/** Of powers of ten also 2 and 5 times as much. */
const oneTwoFive = (_, splits) => splits.map((each) => (/^0*\.?0*[125]/.test(String(each)) ? each : null));

/** Of pairs of equal x the last counts; in order. */
function unique(points) {
  const last = new Map(points);
  const sorted = [...last.keys()].sort((one, other) => one - other);
  return [sorted, sorted.map((each) => last.get(each))];
}

/** `options` are those of uPlot, and `widthMax`; `marks` are upright lines with a name. */
function show(section, name, { widthMax, marks = [], ...options }, data) {
  const width = Math.min(widthMax, section.clientWidth);
  const hooks = { draw: [(drawn) => drawMarks(drawn, marks)] };
  const plot = new uPlot({ ...options, width, hooks }, data, section);
  plot.root.setAttribute("role", "img");
  plot.root.setAttribute("aria-label", name);
}

/** Groups have a title and plots; `showPlot` draws one of them into its section. */
function showGroups(groups, showPlot) {
  const place = document.querySelector("#plots");
  for (const { title, plots } of groups) {
    const heading = document.createElement("h2");
    heading.textContent = title;
    const group = document.createElement("div");
    group.className = "group";
    place.append(heading, group);
    // All of them first: how wide each is depends on how many there are.
    const sections = plots.map(() => group.appendChild(document.createElement("section")));
    for (const [index, plot] of plots.entries()) showPlot(sections[index], title, plot);
  }
}

/** Now, and whenever colours or widths are others. */
function keepDrawn(draw) {
  const drawAnew = () => {
    document.querySelector("#plots").replaceChildren();
    draw();
  };
  drawAnew();
  dark.addEventListener("change", drawAnew);
  addEventListener("resize", drawAnew);
}

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
  ctx.font = `${MARK_PIXELS * ratio}px system-ui, sans-serif`;
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

globalThis.plotPage = { colour, fixed, axis, oneTwoFive, unique, show, showGroups, keepDrawn };
