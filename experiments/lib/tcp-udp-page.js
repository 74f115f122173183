// Draws the curves of the page. `DATA`, `uPlot` and `plotPage` are there already.

const { colour, fixed, axis, oneTwoFive, unique, show, keepDrawn } = plotPage;

const scale = ({ distr = 1, range }) => ({ time: false, distr, log: 10, ...(range && { range }) });

function draw() {
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
  // Of equal times the largest share counts, which is the last.
  const data = uPlot.join(rows.map(({ curve }) => unique(curve.map(({ ms, share }) => [ms, share * 100]))));
  const title = `${network}: ${loss * 100} % lost each way`;
  showWays(
    title,
    data,
    rows.map(({ way }) => way),
    {
      x: { label: "latency, ms", distr: 3 },
      y: { label: "of all deliveries, %", range: () => [0, 100] },
    },
  );
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
  showWays(title, [losses.map((loss) => loss * 100), ...series], ways, {
    x: { label: "lost each way, %" },
    y,
    points: true,
  });
}

function showWays(title, data, ways, { x, y, points = false }) {
  const section = document.querySelector("#plots").appendChild(document.createElement("section"));
  const options = {
    title,
    widthMax: 560,
    height: 320,
    scales: { x: scale(x), y: scale(y) },
    axes: [x, y].map(({ label, distr }) => ({ ...axis(label), ...(distr === 3 && { filter: oneTwoFive }) })),
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
  };
  show(section, title, options, data);
}

keepDrawn(draw);
