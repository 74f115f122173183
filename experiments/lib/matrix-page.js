// The plots of the matrix with their controls. `DATA`, `Plotly` and what the plots show are there already.

const { timeFigure, scaleFigure, ratioFigure } = matrixSurfaces;
const { histogramFigure, distributionFigure, floorFigure } = matrixCurves;
const { titles, whole, workWords } = matrixFigures;
const { implementations, workMs, messages, servers, clients, cells } = DATA;
const dark = matchMedia("(prefers-color-scheme: dark)");
const CONFIG = {
  responsive: true,
  displaylogo: false,
  // The page scrolls over its plots, and offers nothing that would leave it.
  scrollZoom: false,
  showSendToCloud: false,
  plotlyServerURL: "",
  modeBarButtonsToRemove: ["toImage", "tableRotation", "resetCameraLastSave3d"],
};
const FLAT_CONFIG = { ...CONFIG, displayModeBar: false };
/** Where one looks from; turning with a pointer is not the only way. */
const VIEWS = [
  ["from a corner", { x: -1.6, y: -1.6, z: 0.8 }],
  ["along the servers", { x: 0, y: -1.9, z: 0.15 }],
  ["along the clients", { x: -1.9, y: 0, z: 0.15 }],
  ["from above", { x: 0, y: -0.01, z: 1.9 }],
];

const names = implementations.map(({ name }) => name);
const named = (values, words) => values.map((value, index) => [words(value, index), index]);
const preferred = (values, wanted) => Math.max(0, values.includes(wanted) ? values.indexOf(wanted) : values.length - 1);

const measuredWork = (work) => cells.slice(work * (cells.length / workMs.length)).some((cell) => cell !== null);
const firstWork = Math.max(
  0,
  [...workMs.keys()].findIndex((work) => workMs[work] === 0 && measuredWork(work)),
);

const work = { name: "work", label: "Work", options: named(workMs, (_, index) => workWords(index)), value: firstWork };
const message = {
  name: "message",
  label: "Messages",
  options: named(messages, whole),
  value: preferred(messages, 1_000),
};
const server = { name: "server", label: "Servers", options: named(servers, whole), value: servers.length - 1 };
const client = { name: "client", label: "Clients", options: named(clients, whole), value: clients.length - 1 };
const measure = {
  name: "measure",
  label: "Measure",
  options: [
    ["response time", 0],
    ["messages a second", 1],
  ],
  value: 0,
};
const viewOf = (first, second) => ({
  name: "view",
  label: "View",
  options: VIEWS.map(([words], index) => [words.replace("servers", second).replace("clients", first), index]),
  value: 0,
});
const who = (name, label, value) => ({ name, label, options: names.map((each) => [titles[each], each]), value });

const worked = workMs.flatMap((ms, index) => (ms > 0 ? [[workWords(index), index]] : []));
const others = names.filter((name) => name !== "correio");
const first = names.includes("correio") ? "correio" : names[0];

const PLOTS = [
  {
    title: "Response time by clients and servers",
    about: "A session's time from its first request to its last reply: the mean of all runs, with 95 % whiskers.",
    selects: [work, message, viewOf("clients", "servers")],
    draws: [["Response time in milliseconds by clients and servers, in three dimensions", timeFigure]],
  },
  {
    title: "How it scales with clients and messages",
    about: "The same measure as clients and messages grow, or what all clients together get through.",
    selects: [work, server, measure, viewOf("clients", "messages")],
    draws: [["Response time or throughput by clients and messages, in three dimensions", scaleFigure]],
  },
  ...(others.length === 0 || names.length < 2
    ? []
    : [
        {
          title: "The difference between two",
          about:
            "The first one's time over the second one's. On the grey plane both are even; below it the first is quicker.",
          selects: [
            who("ours", "First", first),
            who("theirs", "Second", others.find((name) => name !== "raw") ?? others[0] ?? first),
            work,
            message,
            viewOf("clients", "servers"),
          ],
          pair: true,
          draws: [
            ["Ratio of two implementations' response times by clients and servers, in three dimensions", ratioFigure],
          ],
        },
      ]),
  {
    title: "Sessions of one cell",
    about: "All sessions of all valid runs: how many took how long, and how many took at most so long.",
    selects: [work, message, server, client],
    draws: [
      ["Histogram of the sessions' response times", histogramFigure],
      ["Cumulative distribution of the sessions' response times", distributionFigure],
    ],
  },
  ...(worked.length === 0
    ? []
    : [
        {
          title: "How near to the floor",
          about:
            "With simulated work no session can be quicker than its messages times that work: how much longer it takes.",
          selects: [{ name: "work", label: "Work", options: worked, value: worked[0][1] }],
          draws: [["Response time beyond the floor by messages", floorFigure]],
        },
      ]),
];

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function selectOf({ name, label, options, value }, choice, changed) {
  choice[name] = value;
  const select = element(
    "select",
    { name },
    ...options.map(([words, each]) => element("option", { value: each, selected: each === value }, words)),
  );
  select.addEventListener("change", () => {
    choice[name] = options[select.selectedIndex][1];
    changed(name);
  });
  return element("label", {}, `${label} `, select);
}

/** Which implementations are shown: also the legend. */
function checksOf(choice, changed) {
  choice.shown = names;
  const boxes = names.map((name) => element("input", { type: "checkbox", name, checked: true }));
  const fieldset = element("fieldset", {}, element("legend", {}, "Shown"));
  for (const [index, box] of boxes.entries()) {
    const swatch = element("span", { className: `swatch ${names[index]}` });
    fieldset.append(element("label", {}, box, swatch, titles[names[index]]));
    box.addEventListener("change", () => {
      choice.shown = names.filter((_, each) => boxes[each].checked);
      changed("shown");
    });
  }
  return fieldset;
}

/** Further away where the place is narrow: what is seen is as high as the place, whatever its width. */
function cameraOf(chosen, { clientWidth, clientHeight }) {
  const away = Math.max(1, (1.6 * clientHeight) / clientWidth);
  const eye = Object.fromEntries(Object.entries(VIEWS[chosen][1]).map(([axis, at]) => [axis, at * away]));
  return { eye, center: { x: 0, y: 0, z: -0.14 } };
}

/** Returns whether there was anything to draw. */
function drawAt(place, { data, layout }, view) {
  place.hidden = data.every(({ type, x }) => type === "surface" || x.length === 0);
  if (place.hidden) {
    Plotly.purge(place);
    return false;
  }
  if (view === undefined) {
    Plotly.react(place, data, layout, FLAT_CONFIG);
    return true;
  }
  // A view that is chosen anew holds; one that somebody turned to is kept while other choices change.
  const scene = { ...layout.scene, camera: cameraOf(view, place), uirevision: `${view}` };
  Plotly.react(place, data, { ...layout, scene }, CONFIG);
  return true;
}

function showPlot({ title, about, selects, draws, pair }) {
  const choice = {};
  const places = draws.map(([label]) => element("div", { className: "plot", role: "group", ariaLabel: label }));
  const isSolid = selects.some(({ name }) => name === "view");
  const empty = element("p", { className: "quiet", role: "status" });
  const draw = () => {
    const drawn = draws.map(([, figureOf], index) => drawAt(places[index], figureOf(choice), choice.view));
    empty.textContent = drawn.includes(true) ? "" : "Nothing was measured for this choice.";
  };
  const controls = element("form", { className: "controls", ariaLabel: `Choices: ${title}` });
  controls.append(...selects.map((select) => selectOf(select, choice, draw)));
  if (pair !== true) controls.append(checksOf(choice, draw));
  const figures = element("div", { className: isSolid ? "solid" : "flat" }, ...places);
  const section = element("section", {}, element("h2", {}, title), element("p", {}, about), controls, figures, empty);
  document.querySelector("#plots").append(section);
  draw();
  dark.addEventListener("change", () => draw());
}

for (const plot of PLOTS) showPlot(plot);
document.documentElement.dataset.drawn = "all";
