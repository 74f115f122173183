// Draws the curves of the page. `DATA` and `uPlot` are there already.

const plots = document.querySelector("#plots");
const dark = matchMedia("(prefers-color-scheme: dark)");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const WIDTH_MAX = 560;
const HEIGHT = 320;

/** Of powers of ten also 2 and 5 times as much. */
const shown = (_, splits) => splits.map((each) => (/^0*\.?0*[125]/.test(String(each)) ? each : null));
const scale = ({ distr = 1, range }) => ({ time: false, distr, log: 10, ...(range && { range }) });
const fixed = (digits) => (_, value) => value?.toFixed(digits) ?? "";

function draw() {
  plots.replaceChildren();
  for (const network of ["relay", "kernel"]) {
    const rows = DATA.filter((point) => point.network === network);
    for (const loss of new Set(rows.map((row) => row.loss))) {
      drawCurves(
        network,
        loss,
        rows.filter((row) => row.loss === loss),
      );
    }
    if (new Set(rows.map((row) => row.loss)).size > 1) {
      const delivered = { label: "delivered, %", range: () => [0, 105] };
      drawByLoss(`Delivered, ${network}`, rows, delivered, (row) => row.delivered * 100);
      drawByLoss(`99 in 100 came within, ${network}`, rows, { label: "latency, ms", distr: 3 }, (row) => row.p99Ms);
    }
  }
}

/** Latency to the right, as powers of ten; the share that has come by then upwards. */
function drawCurves(network, loss, rows) {
  const joined = rows.map(({ curve }) => [curve.map(({ ms }) => ms), curve.map(({ share }) => share * 100)]);
  const data = uPlot.join(joined.map(([ms, share]) => unique(ms, share)));
  const title = `${network}: ${loss * 100} % lost each way`;
  show(
    title,
    data,
    rows.map(({ way }) => way),
    {
      x: { label: "latency, ms", distr: 3 },
      y: { label: "of all deliveries, %", range: () => [0, 100] },
    },
  );
}

/** Of equal times the largest share counts. */
function unique(ms, share) {
  const last = new Map(ms.map((each, index) => [each, share[index]]));
  return [[...last.keys()], [...last.values()]];
}

function drawByLoss(title, rows, y, valueOf) {
  const ways = [...new Set(rows.map(({ way }) => way))];
  const losses = [...new Set(rows.map(({ loss }) => loss))];
  const series = ways.map((way) =>
    losses.map((loss) => {
      const row = rows.find((each) => each.way === way && each.loss === loss);
      return row === undefined ? null : valueOf(row);
    }),
  );
  show(title, [losses.map((loss) => loss * 100), ...series], ways, {
    x: { label: "lost each way, %" },
    y,
    points: true,
  });
}

function show(title, data, ways, { x, y, points = false }) {
  const place = document.createElement("section");
  plots.append(place);
  const ink = colour("ink");
  const axis = (label) => ({
    label,
    stroke: ink,
    grid: { stroke: colour("grid"), width: 1 },
    ticks: { stroke: colour("grid"), width: 1 },
    font: "12px system-ui, sans-serif",
    labelFont: "13px system-ui, sans-serif",
  });
  const plot = new uPlot(
    {
      title,
      width: Math.min(WIDTH_MAX, place.clientWidth),
      height: HEIGHT,
      scales: { x: scale(x), y: scale(y) },
      axes: [x, y].map(({ label, distr }) => ({ ...axis(label), ...(distr === 3 && { filter: shown }) })),
      series: [
        { label: x.label, value: fixed(1) },
        ...ways.map((way) => ({
          label: way,
          stroke: colour(way),
          width: 2,
          dash: way === "hybrid" ? [6, 4] : undefined,
          spanGaps: true,
          points: { show: points },
          value: fixed(1),
        })),
      ],
    },
    data,
    place,
  );
  plot.root.setAttribute("aria-label", title);
}

draw();
dark.addEventListener("change", draw);
addEventListener("resize", draw);
