// The plots of the matrix in two dimensions, for a choice: the sessions of a cell, and how near to the floor all are.

const { workMs, messages, shares, floors, floorRatioMax } = DATA;
const {
  titles,
  whole,
  colour,
  colourOf,
  cellAt,
  symbolOf,
  interval,
  counted,
  axis,
  base,
  whiskers,
  oneTwoFive,
  spanning,
} = matrixFigures;

/** Sessions of one cell by their response time, as shares of the implementation's sessions. */
function histogramFigure({ work, message, server, client, shown }) {
  const cell = cellAt(work, message, server, client);
  const data = shownIn(cell, shown).map((name) => {
    const { bins, sessions } = cell.series[name];
    return {
      type: "scatter",
      mode: "lines",
      name: titles[name],
      x: [...bins.keys(), bins.length].map((bin) => cell.binStart * cell.binRatio ** bin),
      y: [...bins, 0].map((count) => (count / sessions) * 100),
      line: { shape: "hv", color: colourOf(name), width: 1.5 },
      fill: "tozeroy",
      hovertemplate: `${titles[name]}: %{y:.1f} % from %{x:.4g} ms<extra></extra>`,
    };
  });
  const x = sessionAxis(data);
  return { data, layout: flatLayout(x, { ...axis("share of sessions, %"), rangemode: "tozero" }) };
}

/** The share of sessions that took at most so long. */
function distributionFigure({ work, message, server, client, shown }) {
  const cell = cellAt(work, message, server, client);
  const data = shownIn(cell, shown).map((name) => ({
    type: "scatter",
    mode: "lines",
    name: titles[name],
    x: cell.series[name].quantiles,
    y: shares.map((share) => share * 100),
    // A step at each share that is kept, not at each session: quantiles between sessions are interpolated.
    line: { shape: "hv", color: colourOf(name), width: 2 },
    hovertemplate: `${titles[name]}: %{y:.1f} % within %{x:.4g} ms<extra></extra>`,
  }));
  const x = sessionAxis(data);
  return {
    data,
    layout: flatLayout(x, { ...axis("share of sessions that<br>took at most so long, %"), range: [0, 101] }),
  };
}

const shownIn = (cell, shown) => shown.filter((name) => cell?.series[name] !== undefined);

/** How much longer than the floor, by messages: geometric means over servers and clients. */
function floorFigure({ work, shown }) {
  const data = shown.map((name) => {
    const own = floors.filter((floor) => floor.name === name && floor.workMs === workMs[work]);
    const points = own.map(({ ratio }) => {
      const [value, low, high] = ratio.map(beyond);
      return { value, low, high };
    });
    return {
      type: "scatter",
      mode: "lines+markers",
      name: titles[name],
      x: own.map((floor) => floor.messages),
      y: points.map(({ value }) => value),
      text: own.map(
        (floor) =>
          `${titles[name]}, ${counted(floor.messages, "message")}: ${interval(floor.ratio.map(beyond), " %")} longer`,
      ),
      hoverinfo: "text",
      line: { color: colourOf(name), width: 2 },
      marker: { symbol: symbolOf(name), size: 8 },
      error_y: whiskers(points, colourOf(name), 2, 5),
    };
  });
  const level = beyond(floorRatioMax);
  const values = [level, ...data.flatMap(({ y }) => y)];
  const kind = Math.min(...values) > 0 ? "log" : "linear";
  const layout = flatLayout(
    axis("messages of a client", messages, "log"),
    axis("longer than the floor, %", kind === "log" ? oneTwoFive(values) : undefined, kind),
  );
  const edge = { type: "line", xref: "paper", x0: 0, x1: 1, line: { color: colour("mark"), dash: "dash", width: 1.5 } };
  const words = { xref: "paper", x: 0, xanchor: "left", yref: "paper", y: 1, yanchor: "bottom", showarrow: false };
  const text = `dashed: the level for Correio, ${whole(level)} %`;
  return {
    data,
    layout: {
      ...layout,
      shapes: [{ ...edge, y0: level, y1: level }],
      annotations: [{ ...words, text }],
      margin: { ...layout.margin, t: 28 },
    },
  };
}

/** In per cent of the floor. */
const beyond = (ratio) => (ratio - 1) * 100;

const flatLayout = (x, y) => ({
  ...base(),
  margin: { l: 64, r: 16, t: 8, b: 48 },
  xaxis: x,
  yaxis: y,
  dragmode: false,
});

const sessionAxis = (traces) =>
  spanning(
    "response time of a session, ms",
    traces.flatMap((trace) => trace.x),
    4,
  );

globalThis.matrixCurves = { histogramFigure, distributionFigure, floorFigure };
