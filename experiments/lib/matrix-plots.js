// What each plot of the matrix shows for a choice, as figures of plotly. `DATA` is there already; the page comes next.

const { implementations, workMs, messages, servers, clients, cells, shares, floors, floorRatioMax } = DATA;
const COLOURS = { correio: "first", raw: "mark", go: "second", python: "fourth" };
const titles = Object.fromEntries(implementations.map(({ name, title }) => [name, title]));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const colourOf = (name) => colour(COLOURS[name]);

const cellAt = (work, message, server, client) =>
  cells[((work * messages.length + message) * servers.length + server) * clients.length + client] ?? undefined;

/** Three digits that say something; thousands apart. */
function figure(value) {
  const digits = value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return value.toFixed(digits).replace(/\B(?=(\d{3})+$)/g, digits === 0 ? " " : "");
}

const interval = ([value, low, high], unit) => `${figure(value)} [${figure(low)}, ${figure(high)}]${unit}`;
const counted = (count, what) => `${figure(count)} ${what}${count === 1 ? "" : "s"}`;
const workWords = (work) => (workMs[work] === 0 ? "without work" : `with ${workMs[work]} ms of work`);

function hoverOf(name, place, { limited, series }) {
  const { time, runs, sessions, filteredMean, removed, messagesPerSecond } = series[name];
  return [
    `<b>${titles[name]}</b>`,
    place,
    `mean ${interval(time, " ms")}`,
    `sessions with |z| ≤ 3: mean ${figure(filteredMean)} ms, ${removed} of ${sessions} removed`,
    `${figure(messagesPerSecond)} messages/s`,
    counted(runs, "run"),
    ...(limited.split(", ").includes(titles[name]) ? ["limited by the generator"] : []),
  ].join("<br>");
}

const placeOf = (message, server, client) =>
  [counted(servers[server], "server"), counted(clients[client], "client"), counted(messages[message], "message")].join(
    ", ",
  );

function axis(title, values, kind = "linear") {
  const line = { color: colour("ink"), gridcolor: colour("grid"), zerolinecolor: colour("grid") };
  const ticks = values === undefined ? {} : { tickmode: "array", tickvals: values, ticktext: values.map(figure) };
  return { title: { text: title }, type: kind, ...line, ...ticks };
}

/** Of many values every second: their names must not stand in one another. */
const thinned = (values) => (values.length > 6 ? values.filter((_, index) => index % 2 === 1) : values);

function scene(x, y, z) {
  const pane = { showbackground: true, backgroundcolor: colour("pane") };
  const [xaxis, yaxis, zaxis] = [x, y, z].map((each) => ({ ...each, ...pane }));
  return { xaxis, yaxis, zaxis, aspectmode: "manual", aspectratio: { x: 1.25, y: 1.1, z: 0.8 } };
}

const base = () => ({
  paper_bgcolor: "transparent",
  plot_bgcolor: "transparent",
  font: { family: "system-ui, sans-serif", size: 12, color: colour("ink") },
  margin: { l: 0, r: 0, t: 8, b: 0 },
  hoverlabel: { bgcolor: colour("ground"), bordercolor: colour("mark"), font: { color: colour("ink") }, align: "left" },
  uirevision: "kept",
  showlegend: false,
});

/** A surface where both dimensions have two values or more, and the measured points with their whiskers. */
function surfaceOf({ xs, ys, paint, points }) {
  const wide = xs.length > 1 && ys.length > 1;
  const z = ys.map((_, y) => xs.map((_, x) => points[y][x]?.value ?? null));
  const flat = ys.flatMap((y, row) => xs.map((x, column) => ({ x, y, ...points[row][column] })));
  const there = flat.filter(({ value }) => value !== undefined);
  const surface = {
    type: "surface",
    x: xs,
    y: ys,
    z,
    ...paint.surface,
    showscale: false,
    opacity: 0.82,
    hoverinfo: "skip",
    lighting: { ambient: 0.75, diffuse: 0.5, specular: 0.05 },
    contours: Object.fromEntries([..."xyz"].map((each) => [each, { highlight: false }])),
  };
  const marks = {
    type: "scatter3d",
    mode: wide ? "markers" : "lines+markers",
    x: there.map((each) => each.x),
    y: there.map((each) => each.y),
    z: there.map((each) => each.value),
    text: there.map((each) => each.text),
    hoverinfo: "text",
    marker: { size: 3, color: paint.mark },
    line: { color: paint.mark, width: 4 },
    error_z: whiskers(there, paint.mark, 1.5),
  };
  return wide ? [surface, marks] : [marks];
}

const whiskers = (points, color, thickness) => ({
  type: "data",
  symmetric: false,
  array: points.map(({ value, high }) => high - value),
  arrayminus: points.map(({ value, low }) => value - low),
  color,
  thickness,
  width: 3,
});

const even = (name) => ({
  surface: {
    colorscale: [
      [0, colourOf(name)],
      [1, colourOf(name)],
    ],
  },
  mark: colourOf(name),
});

const spanOf = (values) => (values.length === 0 ? 1 : Math.max(...values) / Math.min(...values));
const scaleOf = (traces) => (spanOf(valuesOf(traces)) > 5 ? "log" : "linear");
const valuesOf = (traces) => traces.filter(({ type }) => type === "scatter3d").flatMap(({ z }) => z);

/** Response time by clients and servers: a surface for each implementation. */
function timeFigure({ work, message, shown }) {
  const data = shown.flatMap((name) => {
    const points = servers.map((_, server) =>
      clients.map((_, client) => {
        const cell = cellAt(work, message, server, client);
        if (cell?.series[name] === undefined) return undefined;
        const [value, low, high] = cell.series[name].time;
        return { value, low, high, text: hoverOf(name, placeOf(message, server, client), cell) };
      }),
    );
    return surfaceOf({ xs: clients, ys: servers, paint: even(name), points });
  });
  const z = axis("response time, ms", undefined, scaleOf(data));
  return { data, layout: { ...base(), scene: scene(axis("clients", thinned(clients)), axis("servers", servers), z) } };
}

/** Response time or throughput by clients and messages. */
function scaleFigure({ work, server, measure, shown }) {
  const data = shown.flatMap((name) => {
    const points = messages.map((_, message) =>
      clients.map((_, client) => {
        const cell = cellAt(work, message, server, client);
        if (cell?.series[name] === undefined) return undefined;
        const { time, messagesPerSecond: rate } = cell.series[name];
        const [value, low, high] = measure === 0 ? time : [rate, rate, rate];
        return { value, low, high, text: hoverOf(name, placeOf(message, server, client), cell) };
      }),
    );
    return surfaceOf({ xs: clients, ys: messages, paint: even(name), points });
  });
  const z = axis(measure === 0 ? "response time, ms" : "messages/s, all clients", undefined, scaleOf(data));
  const y = axis("messages of a client", messages, messages.length > 1 ? "log" : "linear");
  return { data, layout: { ...base(), scene: scene(axis("clients", thinned(clients)), y, z) } };
}

/** The time of one over that of another, whichever way the pair was kept. */
function ratioOf(cell, ours, theirs) {
  const kept = cell?.ratios[`${ours}/${theirs}`];
  if (kept !== undefined) return kept;
  const [value, low, high] = cell?.ratios[`${theirs}/${ours}`] ?? [];
  return value === undefined ? undefined : [1 / value, 1 / high, 1 / low];
}

/** Ours over theirs by clients and servers, with the plane on which both are as quick. */
function ratioFigure({ work, message, ours, theirs }) {
  const points = servers.map((_, server) =>
    clients.map((_, client) => {
      const ratio = ratioOf(cellAt(work, message, server, client), ours, theirs);
      if (ratio === undefined) return undefined;
      const [value, low, high] = ratio;
      const words = [
        `<b>${titles[ours]} / ${titles[theirs]}</b>`,
        placeOf(message, server, client),
        interval(ratio, ""),
      ];
      return { value, low, high, text: words.join("<br>") };
    }),
  );
  const values = points.flat().flatMap((point) => point?.value ?? []);
  const far = Math.max(1.01, ...values.map((value) => Math.max(value, 1 / value)));
  const paint = {
    surface: {
      surfacecolor: points.map((row) => row.map((point) => (point === undefined ? null : Math.log(point.value)))),
      cmin: -Math.log(far),
      cmax: Math.log(far),
      colorscale: [
        [0, colourOf(ours)],
        [0.5, colour("grid")],
        [1, colourOf(theirs)],
      ],
    },
    mark: colour("ink"),
  };
  const plane = {
    type: "surface",
    x: [clients[0], clients.at(-1)],
    y: [servers[0], servers.at(-1)],
    z: [
      [1, 1],
      [1, 1],
    ],
    colorscale: [
      [0, colour("mark")],
      [1, colour("mark")],
    ],
    opacity: 0.3,
    showscale: false,
    hoverinfo: "skip",
  };
  const z = { ...axis("ratio of times", undefined, far > 2 ? "log" : "linear") };
  const data = [...surfaceOf({ xs: clients, ys: servers, paint, points }), plane];
  return { data, layout: { ...base(), scene: scene(axis("clients", thinned(clients)), axis("servers", servers), z) } };
}

const flatLayout = (x, y) => ({
  ...base(),
  margin: { l: 64, r: 16, t: 8, b: 48 },
  xaxis: x,
  yaxis: y,
  dragmode: false,
});

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
  const x = axis("response time of a session, ms", undefined, "log");
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
    line: { color: colourOf(name), width: 2 },
    hovertemplate: `${titles[name]}: %{y:.1f} % within %{x:.4g} ms<extra></extra>`,
  }));
  const x = axis("response time of a session, ms", undefined, "log");
  return { data, layout: flatLayout(x, { ...axis("sessions at most so long, %"), range: [0, 101] }) };
}

const shownIn = (cell, shown) => shown.filter((name) => cell?.series[name] !== undefined);

/** Response over the floor by messages: geometric means over servers and clients. */
function floorFigure({ work, shown }) {
  const data = shown.map((name) => {
    const own = floors.filter((floor) => floor.name === name && floor.workMs === workMs[work]);
    const points = own.map(({ ratio: [value, low, high] }) => ({ value, low, high }));
    return {
      type: "scatter",
      mode: "lines+markers",
      name: titles[name],
      x: own.map((floor) => floor.messages),
      y: points.map(({ value }) => value),
      text: own.map((floor) => `${titles[name]}, ${counted(floor.messages, "message")}: ${interval(floor.ratio, "")}`),
      hoverinfo: "text",
      line: { color: colourOf(name), width: 2 },
      error_y: whiskers(points, colourOf(name), 1.5),
    };
  });
  const edge = { xref: "paper", x0: 0, x1: 1, line: { color: colour("mark"), dash: "dash", width: 1.5 } };
  const words = { xref: "paper", x: 1, xanchor: "right", yanchor: "bottom", showarrow: false };
  const layout = flatLayout(axis("messages of a client", messages, "log"), {
    ...axis("response time / floor"),
    rangemode: "normal",
  });
  return {
    data,
    layout: {
      ...layout,
      shapes: [{ type: "line", y0: floorRatioMax, y1: floorRatioMax, ...edge }],
      annotations: [{ ...words, y: floorRatioMax, text: `the level: ${floorRatioMax}` }],
    },
  };
}

globalThis.matrixPlots = {
  timeFigure,
  scaleFigure,
  ratioFigure,
  histogramFigure,
  distributionFigure,
  floorFigure,
  colourOf,
  titles,
  figure,
  workWords,
};
