// The plots of the matrix in three dimensions, for a choice: what takes how long, how it scales, and who is ahead.

const { messages, servers, clients } = DATA;
const { titles, colour, colourOf, symbolOf, cellAt, figure, interval, counted } = matrixFigures;
const { axis, base, whiskers, oneTwoFive, spanning } = matrixFigures;

/** Response time by clients and servers: a surface for each implementation. */
function timeFigure({ work, message, shown }) {
  const data = shown.flatMap((name) => {
    const points = gridOf(servers.length, clients.length, (server, client) => {
      const cell = cellAt(work, message, server, client);
      if (cell?.series[name] === undefined) return undefined;
      const [value, low, high] = cell.series[name].time;
      return { value, low, high, text: hoverOf(name, placeOf(message, server, client), cell) };
    });
    return surfaceOf({ xs: clients, ys: servers, paint: even(name), points });
  });
  const z = upright("response time, ms", data, 5);
  return { data, layout: { ...base(), scene: scene(axis("clients", thinned(clients)), axis("servers", servers), z) } };
}

/** Response time or throughput by clients and messages. */
function scaleFigure({ work, server, measure, shown }) {
  const data = shown.flatMap((name) => {
    const points = gridOf(messages.length, clients.length, (message, client) => {
      const cell = cellAt(work, message, server, client);
      if (cell?.series[name] === undefined) return undefined;
      const { time, messagesPerSecond } = cell.series[name];
      const [value, low, high] = measure === 0 ? time : messagesPerSecond;
      return { value, low, high, text: hoverOf(name, placeOf(message, server, client), cell) };
    });
    return surfaceOf({ xs: clients, ys: messages, paint: even(name), points });
  });
  const z = upright(measure === 0 ? "response time, ms" : "messages/s, all clients", data, 5);
  const y = axis("messages", messages, messages.length > 1 ? "log" : "linear");
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
  const points = gridOf(servers.length, clients.length, (server, client) => {
    const ratio = ratioOf(cellAt(work, message, server, client), ours, theirs);
    if (ratio === undefined) return undefined;
    const [value, low, high] = ratio;
    const words = [`<b>${titles[ours]} / ${titles[theirs]}</b>`, placeOf(message, server, client), interval(ratio, "")];
    return { value, low, high, text: words.join("<br>") };
  });
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
    symbol: "circle",
    opacity: 0.6,
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
    opacity: 0.2,
    showscale: false,
    hoverinfo: "skip",
  };
  const data = [...surfaceOf({ xs: clients, ys: servers, paint, points }), plane];
  const z = far > 3 ? axis("ratio of times", oneTwoFive([far, 1 / far]), "log") : axis("ratio of times");
  return { data, layout: { ...base(), scene: scene(axis("clients", thinned(clients)), axis("servers", servers), z) } };
}

function hoverOf(name, place, { limited, series }) {
  const { time, runs, sessions, filteredMean, removed, messagesPerSecond } = series[name];
  return [
    `<b>${titles[name]}</b>`,
    place,
    `mean ${interval(time, " ms")}`,
    `sessions with |z| ≤ 3: mean ${figure(filteredMean)} ms, ${removed} of ${sessions} removed`,
    interval(messagesPerSecond, " messages/s"),
    counted(runs, "run"),
    ...(limited.split(", ").includes(titles[name]) ? ["limited by the generator"] : []),
  ].join("<br>");
}

const placeOf = (message, server, client) =>
  [counted(servers[server], "server"), counted(clients[client], "client"), counted(messages[message], "message")].join(
    ", ",
  );

/** Of many values every second: their names must not stand in one another. */
const thinned = (values) => (values.length > 6 ? values.filter((_, index) => index % 2 === 1) : values);

/** Where the place is narrow, titles must not run over each other: the section's own says the rest. */
const small = (each) => ({
  ...each,
  title: { text: each.title.text.replace(/^response time, |, all clients$| of times$/, ""), font: { size: 10 } },
  tickfont: { size: 9 },
});

function scene(x, y, z) {
  const pane = { showbackground: true, backgroundcolor: colour("pane") };
  const fitted = innerWidth < 600 ? [x, y, z].map(small) : [x, y, z];
  const [xaxis, yaxis, zaxis] = fitted.map((each) => ({ ...each, ...pane }));
  return { xaxis, yaxis, zaxis, aspectmode: "manual", aspectratio: { x: 1.5, y: 1.2, z: 0.85 } };
}

/** Rows along the second axis, columns along the first. */
const gridOf = (rows, columns, pointAt) =>
  Array.from({ length: rows }, (_, row) => Array.from({ length: columns }, (__, column) => pointAt(row, column)));

/** A surface where both dimensions have two values or more, and the measured points with their whiskers. */
function surfaceOf({ xs, ys, paint, points }) {
  const wide = xs.length > 1 && ys.length > 1;
  const z = points.map((row) => row.map((point) => point?.value ?? null));
  const flat = ys.flatMap((y, row) => xs.map((x, column) => ({ x, y, ...points[row][column] })));
  const there = flat.filter(({ value }) => value !== undefined);
  const surface = {
    type: "surface",
    x: xs,
    y: ys,
    z,
    ...paint.surface,
    showscale: false,
    opacity: paint.opacity,
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
    marker: { size: 4, symbol: paint.symbol, color: paint.mark },
    line: { color: paint.mark, width: 4 },
    error_z: whiskers(there, paint.mark, 4, 6),
  };
  if (!wide || there.length === 0) return [marks];
  return [...(paint.opacity > 0 ? [surface] : []), marks, edgesOf(xs, ys, z, paint.mark)];
}

/** Lines from point to point in both directions: what is behind a surface is seen, and where the surface is. */
function edgesOf(xs, ys, z, color) {
  const rows = ys.map((y, row) => xs.map((x, column) => ({ x, y, z: z[row][column] })));
  const columns = xs.map((_, column) => rows.map((row) => row[column]));
  const lines = [...rows, ...columns].flatMap((line) => [...line, { x: null, y: null, z: null }]);
  return {
    type: "scatter3d",
    mode: "lines",
    x: lines.map((each) => each.x),
    y: lines.map((each) => each.y),
    z: lines.map((each) => each.z),
    hoverinfo: "skip",
    line: { color, width: 3 },
  };
}

const even = (name) => ({
  surface: {
    colorscale: [
      [0, colourOf(name)],
      [1, colourOf(name)],
    ],
  },
  mark: colourOf(name),
  symbol: symbolOf(name),
  // The floor has no surface, only its lines: what is close to it stays what it is.
  opacity: name === "raw" ? 0 : 0.3,
});

/** Of three dimensions the upright one: logarithmic where the points span much. */
const upright = (title, traces, spanMax) =>
  spanning(
    title,
    traces.flatMap(({ mode, z }) => (mode?.includes("markers") ? z : [])),
    spanMax,
  );

globalThis.matrixSurfaces = { timeFigure, scaleFigure, ratioFigure };
