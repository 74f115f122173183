// What all plots of the matrix share: cells, words, colours and axes. `DATA` is there already; plots come next.

const { implementations, workMs, messages, servers, clients, cells } = DATA;
const COLOURS = { correio: "first", raw: "mark", go: "second", python: "fifth" };
/** So that they can be told apart without colours. */
const SYMBOLS = { correio: "circle", raw: "x", go: "square", python: "diamond" };
const titles = Object.fromEntries(implementations.map(({ name, title }) => [name, title]));
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const colourOf = (name) => colour(COLOURS[name]);
const symbolOf = (name) => SYMBOLS[name];

const cellAt = (work, message, server, client) =>
  cells[((work * servers.length + server) * clients.length + client) * messages.length + message] ?? undefined;

/** Three digits that say something; thousands apart. */
function figure(value) {
  const digits = value === 0 ? 0 : Math.min(6, Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value)))));
  return digits === 0 ? whole(value) : value.toFixed(digits);
}

const whole = (value) => value.toFixed(0).replace(/\B(?=(\d{3})+$)/g, " ");

const interval = ([value, low, high], unit) => `${figure(value)} [${figure(low)}, ${figure(high)}]${unit}`;
const counted = (count, what) => `${whole(count)} ${what}${count === 1 ? "" : "s"}`;
const workWords = (work) => (workMs[work] === 0 ? "without work" : `with ${workMs[work]} ms of work`);

function axis(title, values, kind = "linear") {
  const line = { color: colour("ink"), gridcolor: colour("grid"), zerolinecolor: colour("grid") };
  const ticks =
    values === undefined
      ? {}
      : { tickmode: "array", tickvals: values, ticktext: values.map((each) => String(+each.toPrecision(6))) };
  return { title: { text: title }, type: kind, ...line, ...ticks };
}

const base = () => ({
  paper_bgcolor: "transparent",
  plot_bgcolor: "transparent",
  font: { family: "system-ui, sans-serif", size: 12, color: colour("ink") },
  margin: { l: 0, r: 0, t: 8, b: 0 },
  hoverlabel: { bgcolor: colour("ground"), bordercolor: colour("mark"), font: { color: colour("ink") }, align: "left" },
  modebar: { bgcolor: "transparent", color: colour("mark"), activecolor: colour("ink") },
  uirevision: "kept",
  showlegend: false,
});

const whiskers = (points, color, thickness, width = 3) => ({
  type: "data",
  symmetric: false,
  array: points.map(({ value, high }) => high - value),
  arrayminus: points.map(({ value, low }) => value - low),
  color,
  thickness,
  width,
});

/** 1, 2 and 5 of each power of ten that the points reach, and one beyond on either side. */
function oneTwoFive(values) {
  const [least, most] = [Math.min(...values) / 2.5, Math.max(...values) * 2.5];
  const powers = Array.from({ length: 24 }, (_, index) => 10 ** (index - 9));
  return powers.flatMap((power) => [1, 2, 5].map((each) => each * power)).filter((each) => each > least && each < most);
}

/** A logarithmic axis where that gives two ticks or more; else plain numbers, never below 0. */
function spanning(title, values, spanMax) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return values.length > 0 && least > 0 && most / least > spanMax
    ? axis(title, oneTwoFive(values), "log")
    : { ...axis(title), rangemode: "nonnegative" };
}

globalThis.matrixFigures = {
  titles,
  colour,
  colourOf,
  symbolOf,
  cellAt,
  figure,
  whole,
  interval,
  counted,
  workWords,
  axis,
  base,
  whiskers,
  oneTwoFive,
  spanning,
};
