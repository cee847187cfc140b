"use strict";
// Figures, drawn by Observable Plot when they come into view, and again when their width or the colours change.

const COLORS = 8; // in page.css, for light and dark
const DASHES = ["", "6 3", "2 2", "6 2 2 2"];
const DASH_SIGNS = ["\u2501\u2501", "\u254d\u254d", "\u2505\u2505", "\u2509\u2509"]; // the same in a line of text
const STATES = { complete: 0, pruned: 4, failed: 1, running: 5 };
const LABEL_ROOM = 13; // pixels between two labels
const MOST_LABELS = 18;
const DRAWN = {
  curves: drawCurves, history: drawHistory, slices: drawSlices, parallel: drawParallel, importance: drawImportance,
  contour: drawContour, front: drawFront, training: drawTraining, deviations: drawDeviations,
};

const holders = [...document.querySelectorAll("[data-chart]")];
const watched = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { rootMargin: "600px" });
for (const holder of holders) watched.observe(holder);

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => holders.filter((holder) => holder.dataset.width).forEach(draw), 150);
});

/** Draw a figure for the width that it has now, once. */
function draw(holder) {
  const width = Math.min(holder.clientWidth || 640, 900);
  if (holder.dataset.width === String(width)) return;
  holder.dataset.width = width;
  const chart = charts[holder.dataset.chart];
  holder.replaceChildren(unlabelled(DRAWN[chart.kind](chart, width)));
}

/** Return a drawing without the names of its parts: what is seen on it is said by what holds it. */
function unlabelled(drawing) {
  for (const part of drawing.querySelectorAll("g[aria-label]")) {
    part.dataset.part = part.getAttribute("aria-label");
    part.removeAttribute("aria-label");
  }
  return drawing;
}

function drawAll() {
  holders.forEach(draw);
}

function color(place) {
  return `var(--c${place % COLORS})`;
}

function plot(width, options) {
  return Plot.plot({
    width, height: Math.round(Math.max(220, Math.min(400, width * 0.5))), marginLeft: 56, marginBottom: 40,
    style: { background: "none", color: "inherit", fontSize: "12px", fontFamily: "inherit", overflow: "visible" },
    ...options,
  });
}

/** Return a scale over whole steps: no tick between two of them. */
function steps(label, points, at = (point) => point[0]) {
  const [low, high] = d3.extent(points, at);
  const ticks = d3.ticks(low ?? 0, high ?? 1, 8).filter(Number.isInteger);
  return { label, ticks, tickFormat: "d", domain: low === high ? [low - 1, high + 1] : [low, high] };
}

/** Return a vertical scale: logarithmic where values are positive and far apart. */
function values(label, found) {
  const finite = found.filter(Number.isFinite);
  const [low, high] = d3.extent(finite);
  const far = low > 0 && high / low > 100;
  const pad = low === high ? Math.abs(low) / 10 + 1e-9 : 0;
  const domain = finite.length ? { domain: [low - pad, high + pad] } : {};
  return { label, type: far ? "log" : "linear", grid: true, nice: true, ticks: 6, inset: 4, ...domain, ...(far ? { tickFormat: "~g" } : {}) };
}

/** Return marks that name lines at their ends, pushed apart where they would lie on each other. */
function endLabels(ends, height, scale) {
  const finite = ends.filter((end) => Number.isFinite(end.y));
  if (finite.length > MOST_LABELS || !finite.length) return [];
  const [low, high] = scale;
  const room = (high - low || 1) * LABEL_ROOM / height;
  const placed = finite.map((end) => ({ ...end, at: end.y })).sort((one, other) => one.at - other.at);
  for (let place = 1; place < placed.length; place += 1) {
    placed[place].at = Math.max(placed[place].at, placed[place - 1].at + room);
  }
  const over = placed[placed.length - 1].at - high - room;
  if (over > 0) for (const end of placed) end.at -= Math.min(over, Math.max(0, end.at - low));
  return [
    Plot.link(placed, { x1: "x", y1: "y", x2: "x", y2: "at", stroke: "color", strokeOpacity: 0.7, dx: 5 }),
    Plot.text(placed, { x: "x", y: "at", text: (end) => DASH_SIGNS[(end.dash ?? 0) % DASH_SIGNS.length], fill: "color", dx: 8, textAnchor: "start" }),
    Plot.text(placed, { x: "x", y: "at", text: "label", dx: 30, textAnchor: "start" }),
  ];
}

function widest(labels) {
  return Math.min(250, 40 + 6.8 * Math.max(0, ...labels.map((label) => label.length)));
}

/** Return labels without the words that all of them have. */
function distinct(labels) {
  const words = labels.map((label) => label.split(/[, ]+/));
  const left = words.map((each) => each.filter((word) => !words.every((other) => other.includes(word))).join(" "));
  return labels.length > 1 && left.every(Boolean) ? left : labels;
}

function short(label, most = 30) {
  return label.length > most ? `${label.slice(0, most - 1)}…` : label;
}

function drawCurves(chart, width) {
  const rows = chart.series.flatMap((one, place) => one.lines.flatMap((line, number) =>
    line.map(([step, value]) => ({ step, value: value ?? NaN, place, number: `${place} ${number}`, label: one.label }))));
  const means = chart.series.flatMap((one, place) =>
    (one.mean.length ? one.mean : one.lines[0]).map(([step, value]) => ({ step, value: value ?? NaN, place, label: one.label })));
  const bands = chart.series.flatMap((one, place) =>
    one.band.map(([step, low, high]) => ({ step, low: low ?? NaN, high: high ?? NaN, place })));
  const stroke = (row) => color(chart.series[row.place].color);
  const ends = chart.series.map((one) => {
    const last = (one.mean.length ? one.mean : one.lines[0]).at(-1);
    return { x: last[0], y: last[1], label: short(one.label), color: color(one.color), dash: one.dash };
  });
  const y = values(chart.y, rows.map((row) => row.value));
  const height = Math.round(Math.max(260, Math.min(420, width * 0.52)));
  const labels = y.type === "linear" && width > 420 ? endLabels(ends, height - 80, d3.extent(rows, (row) => row.value)) : [];
  const names = labels.length ? "" : ends.map((end) => end.label).join(", ");
  return plot(width, {
    height, marginRight: labels.length ? widest(ends.map((end) => end.label)) : 20, caption: names ? `Lines: ${names}` : undefined,
    x: steps(chart.x, rows, (row) => row.step), y,
    marks: [
      Plot.areaY(bands, { x: "step", y1: "low", y2: "high", z: "place", fill: stroke, fillOpacity: 0.16 }),
      Plot.line(rows, { x: "step", y: "value", z: "number", stroke, strokeWidth: 0.8, strokeOpacity: 0.4 }),
      chart.series.map((one, place) => Plot.line(means.filter((row) => row.place === place), {
        x: "step", y: "value", stroke: color(one.color), strokeWidth: 2, strokeDasharray: DASHES[one.dash % DASHES.length] })),
      ...labels,
      Plot.tip(means, Plot.pointer({ x: "step", y: "value", title: (row) => `${row.label}\n${chart.x} ${row.step}: ${row.value}` })),
    ],
  });
}

function smallCurves(name, points) {
  const labels = [...new Set(points.map((point) => point.place))];
  return plot(360, {
    height: 170, marginRight: 12, x: steps("step", points, (point) => point.step),
    y: { ...values(name, points.map((point) => point.value)), ticks: 4 },
    marks: [
      Plot.line(points, { x: "step", y: "value", z: "place", stroke: (point) => color(labels.indexOf(point.place)), strokeWidth: 1.3 }),
      Plot.tip(points, Plot.pointer({ x: "step", y: "value", title: (point) => `${point.label}\nstep ${point.step}: ${point.value}` })),
    ],
  });
}

function drawHistory(chart, width) {
  const alone = chart.searches.length === 1;
  const points = chart.searches.flatMap((one, place) => one.finished.map(([number, value]) => ({ number, value, place, label: one.label })));
  const best = chart.searches.flatMap((one, place) => one.best.map(([number, value]) => ({ number, value, place })));
  const without = chart.searches.flatMap((one) => [...one.pruned.map((number) => ({ number, state: "pruned" })), ...one.failed.map((number) => ({ number, state: "failed" }))]);
  const names = distinct(chart.searches.map((one) => one.label));
  const ends = chart.searches.flatMap((one, place) => (one.best.length ? [{
    x: one.best.at(-1)[0], y: one.best.at(-1)[1], label: alone ? "best so far" : short(names[place]), color: color(place) }] : []));
  const height = Math.round(Math.max(220, Math.min(400, width * 0.5)));
  const y = values(chart.metric, points.map((point) => point.value));
  const labels = y.type === "linear" && width > 420 ? endLabels(ends, height - 70, d3.extent(points, (point) => point.value)) : [];
  return plot(width, {
    height, marginRight: labels.length ? widest(ends.map((end) => end.label)) : 20,
    x: steps("answer", [...points, ...without], (point) => point.number), y,
    marks: [
      Plot.dot(points, { x: "number", y: "value", r: 2.6, fill: (point) => (alone ? "#8a8983" : color(point.place)), fillOpacity: 0.7 }),
      Plot.line(best, { x: "number", y: "value", z: "place", stroke: (point) => color(point.place), strokeWidth: 2, curve: "step-after" }),
      Plot.text(without, { x: "number", frameAnchor: "bottom", dy: -8, fontSize: 15, text: (one) => (one.state === "failed" ? "\u00d7" : "|"), fill: (one) => color(STATES[one.state]) }),
      ...labels,
      Plot.tip(points, Plot.pointer({ x: "number", y: "value", title: (point) => `${point.label}\nanswer ${point.number}: ${point.value}` })),
    ],
  });
}

/** Return a place on an axis of parameters as the value that stands there. */
function valueAt(axis, place) {
  if (place === null || place === undefined) return undefined;
  return axis.listed.length ? axis.listed[place] : axis.log ? 10 ** place : place;
}

/** Return a number in few letters. */
function brief(value) {
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5) ? d3.format(".3~e")(value) : d3.format(".3~g")(value);
}

/** Return the powers of ten between two numbers; null where these are fewer than two. */
function powers([low, high]) {
  const found = d3.range(Math.ceil(Math.log10(low) - 1e-9), Math.floor(Math.log10(high) + 1e-9) + 1).map((power) => 10 ** power);
  return found.length > 1 ? found.filter((_, place) => place % Math.ceil(found.length / 4) === 0) : null;
}

function parameterScale(axis, places) {
  if (axis.listed.length) return { type: "point", domain: axis.listed.map(String), label: axis.name, padding: 0.6, tickFormat: (text) => short(String(text), 12) };
  const ticks = axis.log ? powers(d3.extent(places).map((place) => 10 ** place)) ?? 2 : 4;
  return { type: axis.log ? "log" : "linear", label: axis.name, ticks, tickFormat: brief, nice: !axis.log, inset: 4 };
}

function at(axis, place) {
  const found = valueAt(axis, place);
  return axis.listed.length ? String(found) : found;
}

function drawSlices(chart, width) {
  const across = Math.max(1, Math.min(chart.slices.length, Math.floor(width / 210)));
  const each = Math.floor(width / across) - 8;
  const found = chart.slices.flatMap((slice) => slice.points.map((point) => point[1]));
  const all = make("div", { class: "panels" });
  all.style.cssText = `display:grid;grid-template-columns:repeat(${across},1fr)`;
  for (const slice of chart.slices) {
    all.append(plot(each, {
      height: 210, marginLeft: 50, marginRight: 12, x: parameterScale(slice.axis, slice.points.map((point) => point[0])), y: { ...values(chart.metric, found), ticks: 4 },
      marks: [
        Plot.dot(slice.points, { x: (point) => at(slice.axis, point[0]), y: (point) => point[1], r: 2.4, fill: color(0), fillOpacity: 0.55 }),
        Plot.tip(slice.points, Plot.pointer({ x: (point) => at(slice.axis, point[0]), y: (point) => point[1], title: (point) => `answer ${point[2]}\n${slice.axis.name} ${valueAt(slice.axis, point[0])}\n${chart.metric} ${point[1]}` })),
      ],
    }));
  }
  return all;
}

function coloured(chart, found) {
  return { type: "linear", scheme: "viridis", reverse: chart.more === false, domain: d3.extent(found.filter(Number.isFinite)), label: chart.metric, legend: true };
}

function drawParallel(chart, width) {
  const spans = chart.axes.map((axis, place) => d3.extent(chart.lines.map((line) => line[place]).filter((one) => one !== null)));
  const height = ([low, high], one) => (high === low ? 0.5 : (one - low) / (high - low));
  const rows = chart.lines.flatMap((line, number) => line.flatMap((one, place) => (one === null ? [] : [{
    axis: chart.axes[place].name, at: height(spans[place], one), number, value: chart.values[number],
    told: `${chart.axes[place].name} ${valueAt(chart.axes[place], one)}\n${chart.metric} ${chart.values[number]}` }])));
  const ticks = chart.axes.flatMap((axis, place) => (axis.listed.length
    ? axis.listed.map((label, one) => ({ axis: axis.name, at: height(spans[place], one), label: short(String(label), 12) })).filter((one) => one.at >= 0 && one.at <= 1)
    : spans[place].map((one) => ({ axis: axis.name, at: height(spans[place], one), label: brief(valueAt(axis, one)) }))));
  return plot(width, {
    marginLeft: 40, marginRight: 70, x: { type: "point", domain: chart.axes.map((axis) => axis.name), label: null, padding: 0.1 },
    y: { axis: null, domain: [0, 1] }, color: coloured(chart, chart.values),
    marks: [
      Plot.ruleX(chart.axes, { x: "name", strokeOpacity: 0.6 }),
      Plot.line(rows, { x: "axis", y: "at", z: "number", stroke: "value", strokeWidth: 1.1, strokeOpacity: 0.75 }),
      Plot.text(ticks, { x: "axis", y: "at", text: "label", dx: 5, textAnchor: "start", fontSize: 10.5, fill: "currentColor", stroke: "var(--page)", strokeWidth: 3 }),
      Plot.tip(rows, Plot.pointer({ x: "axis", y: "at", title: "told" })),
    ],
  });
}

function drawImportance(chart, width) {
  return plot(width, {
    height: 60 + 28 * chart.bars.length, marginLeft: widest(chart.bars.map(([name]) => name)), marginRight: 50,
    x: { domain: [0, 1], label: "importance", grid: true }, y: { label: null, domain: chart.bars.map(([name]) => name) },
    marks: [
      Plot.barX(chart.bars, { x: (bar) => bar[1], y: (bar) => bar[0], fill: color(0) }),
      Plot.text(chart.bars, { x: (bar) => bar[1], y: (bar) => bar[0], text: (bar) => d3.format(".2f")(bar[1]), dx: 4, textAnchor: "start" }),
    ],
  });
}

function drawContour(chart, width) {
  const x = (point) => at(chart.across, point[0]);
  const y = (point) => at(chart.up, point[1]);
  const title = (point) => `${chart.across.name} ${valueAt(chart.across, point[0])}\n${chart.up.name} ${valueAt(chart.up, point[1])}\n${chart.metric} ${point[2]}`;
  return plot(Math.min(width, 620), {
    x: parameterScale(chart.across, chart.points.map((point) => point[0])), y: { ...parameterScale(chart.up, chart.points.map((point) => point[1])), grid: true }, color: coloured(chart, chart.points.map((point) => point[2])),
    marks: [
      Plot.dot(chart.points, { x, y, fill: (point) => point[2], r: 4.5, stroke: "currentColor", strokeOpacity: 0.5, strokeWidth: 0.7 }),
      Plot.tip(chart.points, Plot.pointer({ x, y, title })),
    ],
  });
}

function drawFront(chart, width) {
  const [across, up] = chart.names;
  return plot(Math.min(width, 620), {
    x: { label: across, grid: true, nice: true, inset: 6 }, y: { label: up, grid: true, nice: true, inset: 6 },
    marks: [
      Plot.dot(chart.points, { x: (point) => point[0], y: (point) => point[1], r: 2.6, fill: "#8a8983", fillOpacity: 0.7 }),
      Plot.line(chart.front, { x: (point) => point[0], y: (point) => point[1], stroke: color(1), curve: "step-after", marker: "dot" }),
      Plot.tip(chart.points, Plot.pointer({ x: (point) => point[0], y: (point) => point[1], title: (point) => `${across} ${point[0]}\n${up} ${point[1]}` })),
    ],
  });
}

function drawTraining(chart, width) {
  const rows = chart.curves.flatMap(([state, track], number) => track.map(([step, value]) => ({ step, value: value ?? NaN, number, state })));
  const best = chart.best.map(([step, value]) => ({ step, value: value ?? NaN }));
  const states = [...new Set(chart.curves.map(([state]) => state))];
  return plot(width, {
    x: steps("step", rows, (row) => row.step), y: values(chart.metric, rows.map((row) => row.value)), marginRight: 30,
    color: { domain: [...states, "best"], range: [...states.map((state) => color(STATES[state])), "currentColor"], legend: true },
    marks: [
      Plot.line(rows, { x: "step", y: "value", z: "number", stroke: "state", strokeWidth: 0.9, strokeOpacity: 0.5 }),
      Plot.line(best, { x: "step", y: "value", stroke: "currentColor", strokeWidth: 2.2 }),
      Plot.tip(rows, Plot.pointer({ x: "step", y: "value", title: (row) => `${row.state}\nstep ${row.step}: ${row.value}` })),
    ],
  });
}

function drawDeviations(chart, width) {
  const rows = chart.rows.flatMap((row, place) => row.points.map(([percent, where, measured, printed, difference]) => ({
    percent, place: String(place), told: `${row.label}\n${where}\nmeasured ${measured}, printed ${printed}: ${difference}` })));
  const most = d3.max(rows, (row) => Math.abs(row.percent)) ?? 0;
  const far = most > 200; // symmetric logarithm: one far table does not hide all others
  const room = Math.min(320, width * 0.42);
  const [low, high] = d3.extent(rows, (row) => row.percent);
  const ticks = [-1000, -100, -30, -10, 0, 10, 30, 100, 1000].filter((tick) =>
    tick >= low - 1 && tick <= high + 1 && (width > 600 || Math.abs(tick) !== 30));
  return plot(width, {
    height: 60 + 20 * chart.rows.length, marginLeft: room, marginRight: 24, marginTop: 36, marginBottom: 14,
    x: { axis: "top", label: "measured − printed, percent of the printed number", type: far ? "symlog" : "linear", constant: 5, grid: true, nice: !far,
      ...(far ? { ticks, tickFormat: "d" } : {}) },
    y: { type: "point", label: null, domain: chart.rows.map((_, place) => String(place)), grid: true,
      tickFormat: (place) => short(chart.rows[Number(place)].label, Math.floor(room / 6.6)), padding: 0.7 },
    marks: [
      Plot.ruleX([0]),
      Plot.dot(rows, { x: "percent", y: "place", r: 3.4, fill: color(0), fillOpacity: 0.6 }),
      Plot.tip(rows, Plot.pointer({ x: "percent", y: "place", title: "told" })),
    ],
  });
}
