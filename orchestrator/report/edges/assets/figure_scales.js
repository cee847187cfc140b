"use strict";
// What all figures have in common: colours, scales, labels.

const COLORS = 8; // in page.css, for light and dark
const DASHES = ["", "6 3", "2 2", "6 2 2 2"];
const DASH_SIGNS = ["\u2501\u2501", "\u254d\u254d", "\u2505\u2505", "\u2509\u2509"]; // the same in a line of text
const STATES = { complete: 0, pruned: 4, failed: 1, running: 5 };
const LABEL_ROOM = 13; // pixels between two labels
const MOST_LABELS = 18;
const SYMBOLS = ["circle", "triangle", "square", "diamond", "cross", "star", "wye", "times"];
const LETTER = 6.6; // pixels

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
let onPaper = false; // which is always light

/** Say whether figures stand on a dark ground now. */
function isDark() {
  return darkScheme.matches && !onPaper;
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

/** Return the names of lines, each behind a piece of it, for a figure without room for them; one needs none. */
function lineNames(ends) {
  if (ends.length < 2) return undefined;
  return make("span", {}, ...ends.flatMap((end) => {
    const piece = make("span", {}, DASH_SIGNS[(end.dash ?? 0) % DASH_SIGNS.length]);
    piece.style.color = end.color;
    return [piece, `\u00a0${end.label}\u2003`];
  }));
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

/** Return what turns 0 to 1 into colours, the best of which stand out most from the ground. */
function ramp(more) {
  const turned = (more !== false) !== isDark();
  const [from, to] = isDark() ? [0.15, 1] : [0, 0.88]; // the palest ones would not be seen
  return (share) => d3.interpolateViridis(from + (to - from) * (turned ? 1 - share : share));
}

function coloured(chart, found) {
  return { type: "linear", interpolate: ramp(chart.more), domain: d3.extent(found.filter(Number.isFinite)), label: chart.metric, legend: true };
}

/** Return what says which number a colour means. */
function colourLegend(label, domain, interpolate, width) {
  return Plot.legend({ color: { type: "linear", domain, interpolate, label }, width: Math.min(280, width - 20), marginLeft: 12, ticks: 4, style: { background: "none", color: "inherit", overflow: "visible" } });
}

/** Return black or white, whichever has more contrast to a colour. */
function inkOn(ground) {
  const { r, g, b } = d3.rgb(ground);
  const [red, green, blue] = [r, g, b].map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#000" : "#fff";
}

/** Return a line that says what colours and forms mean; nothing for one. */
function legend(entries) {
  if (entries.length < 2) return [];
  const line = make("div", { class: "legend" });
  line.style.cssText = "display:flex;flex-wrap:wrap;gap:0 1.1em;font-size:12px;margin:0 0 .2rem";
  for (const { label, place, form } of entries) {
    const sign = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ width: 14, height: 12, viewBox: "-7 -6 14 12" })) sign.setAttribute(name, value);
    sign.style.cssText = "display:inline-block;vertical-align:-1px;margin-right:.3em";
    d3.select(sign).append("path").attr("d", d3.symbol(d3[`symbol${form[0].toUpperCase()}${form.slice(1)}`], 60)()).style("fill", color(place));
    const entry = make("span", {}, label);
    entry.prepend(sign);
    line.append(entry);
  }
  return [line];
}

/** Return what belongs together as one drawing. */
function together(...parts) {
  return make("div", {}, ...parts);
}

/** Return a scale whose places are whole numbers with names, and the room that these take below it. */
function namedPlaces(labels, room, label) {
  const most = Math.max(0, ...labels.map((one) => one.length));
  const turned = most * LETTER > room;
  const shownLabels = labels.map((one) => short(one, 22));
  const below = turned ? 16 + LETTER * 0.64 * Math.min(22, most) : 22;
  return {
    scale: { type: "linear", domain: [-0.5, labels.length - 0.5], ticks: d3.range(labels.length), tickFormat: (place) => shownLabels[place],
      tickRotate: turned ? -40 : 0, tickSize: 0, label, labelAnchor: "center", labelArrow: "none", labelOffset: below + 14 },
    below: below + (label ? 22 : 6),
  };
}

/** Return the room that labels take beside a figure. */
function beside(labels, most = 180) {
  return Math.min(most, 14 + LETTER * Math.max(0, ...labels.map((label) => label.length)));
}
