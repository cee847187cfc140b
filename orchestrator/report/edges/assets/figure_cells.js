"use strict";
// Figures of cells, as tables have them: bars, heat maps, epochs to a score, confusion matrices.

const TAKEN = 0.8; // of a column's place, by its bars
const CELL_LETTERS = 7.2; // pixels that a letter in a cell takes

/** Return cells one by one, each with where it stands among the groups of its column. */
function grouped(chart) {
  const width = TAKEN / chart.rows.length;
  return chart.cells.flatMap((row, place) => row.map((cell, column) => {
    const middle = column + (place - (chart.rows.length - 1) / 2) * width;
    return { ...cell, place, column, middle, from: middle - width * 0.46, to: middle + width * 0.46 };
  }));
}

function drawBars(chart, width) {
  const room = (width - 80) / chart.columns.length;
  const lying = Math.max(...chart.columns.map((label) => label.length)) * LETTER > room * 1.4;
  const cells = grouped(chart).filter((cell) => cell.value !== null);
  const rows = legend(chart.rows.map((label, place) => ({ label, place, form: "square" })));
  return together(...rows, lying ? lyingBars(chart, cells, width) : standingBars(chart, cells, width, room));
}

/** Return the scale of what bars are as long as: from nothing to the end of the farthest spread. */
function lengths(chart, cells) {
  const found = cells.flatMap((cell) => [cell.value, cell.low ?? cell.value, cell.high ?? cell.value]);
  return { label: chart.y, domain: d3.extent([0, ...found]), nice: true, grid: true, zero: true, ticks: 6 };
}

function standingBars(chart, cells, width, room) {
  const across = namedPlaces(chart.columns, room, chart.x);
  const texts = Math.max(...cells.map((cell) => cell.text.length + 2 * cell.mark.length)) * CELL_LETTERS <= room * TAKEN / chart.rows.length;
  return plot(width, {
    x: across.scale, y: lengths(chart, cells), marginBottom: across.below, marginTop: 26,
    marks: [
      Plot.rect(cells, { x1: "from", x2: "to", y1: 0, y2: "value", fill: (cell) => color(cell.place) }),
      Plot.ruleY([0]),
      ...spreads(cells, "x"),
      ...(texts ? [Plot.text(cells, { x: "middle", y: (cell) => Math.max(cell.high ?? 0, cell.value, 0), text: written, dy: -8, fontSize: 11 })] : []),
      Plot.tip(cells, Plot.pointerX({ x: "middle", y: "value", title: "told" })),
    ],
  });
}

function lyingBars(chart, cells, width) {
  const count = chart.columns.length * chart.rows.length;
  return plot(width, {
    height: 60 + Math.max(34 * chart.columns.length, 17 * count), marginLeft: beside(chart.columns), marginRight: 52,
    x: { ...lengths(chart, cells), ticks: Math.max(3, Math.round(width / 110)), labelArrow: "none" },
    y: { domain: [chart.columns.length - 0.5, -0.5], ticks: d3.range(chart.columns.length), tickFormat: (place) => short(chart.columns[place], 26), tickSize: 0, label: chart.x || null, labelArrow: "none" },
    marks: [
      Plot.rect(cells, { y1: "from", y2: "to", x1: 0, x2: "value", fill: (cell) => color(cell.place) }),
      Plot.ruleX([0]),
      ...spreads(cells, "y"),
      Plot.text(cells, { y: "middle", x: (cell) => Math.max(cell.high ?? 0, cell.value, 0), text: written, dx: 5, textAnchor: "start", fontSize: 11 }),
      Plot.tip(cells, Plot.pointerY({ y: "middle", x: "value", title: "told" })),
    ],
  });
}

/** Return the marks of what lies around means; `side` is where bars stand side by side. */
function spreads(cells, side) {
  const known = cells.filter((cell) => cell.low !== null && cell.high !== null);
  const other = side === "x" ? "y" : "x";
  const cap = (cell) => (cell.to - cell.from) / 7;
  const end = (name) => Plot.link(known, {
    [`${side}1`]: (cell) => cell.middle - cap(cell), [`${side}2`]: (cell) => cell.middle + cap(cell), [`${other}1`]: name, [`${other}2`]: name, strokeWidth: 1.1 });
  const rule = Plot.link(known, { [`${side}1`]: "middle", [`${side}2`]: "middle", [`${other}1`]: "low", [`${other}2`]: "high", strokeWidth: 1.1 });
  return known.length ? [rule, end("low"), end("high")] : [];
}

function written(cell) {
  return cell.mark ? `${cell.text} ${cell.mark}` : cell.text;
}

function drawHeatMap(chart, width) {
  const cells = grouped(chart).map((cell) => ({ ...cell, shows: cell.text ? written(cell) : "—" }));
  const found = cells.map((cell) => cell.value).filter((value) => value !== null);
  const left = beside(chart.rows.map((label) => short(label, 24))) + (chart.y ? 22 : 0);
  const room = (width - left - 12) / chart.columns.length;
  const across = namedPlaces(chart.columns, room, chart.x);
  const [low, high] = d3.extent(found);
  const colours = ramp(chart.more);
  const ground = (cell) => (cell.value === null ? "none" : colours(high > low ? (cell.value - low) / (high - low) : 1));
  const size = Math.min(13, room / Math.max(...cells.map((cell) => cell.shows.length)) / 0.6);
  const each = Math.max(26, Math.min(64, room * 0.7));
  const drawn = plot(width, {
    height: 24 + across.below + each * chart.rows.length, marginLeft: left, marginRight: 12, marginTop: 6, marginBottom: across.below,
    x: across.scale,
    y: { domain: [chart.rows.length - 0.5, -0.5], ticks: d3.range(chart.rows.length), tickFormat: (place) => short(chart.rows[place], 24), tickSize: 0, label: chart.y || null, labelAnchor: "center", labelArrow: "none", labelOffset: left - 8 },
    marks: [
      Plot.rect(cells, { x1: (cell) => cell.column - 0.5, x2: (cell) => cell.column + 0.5, y1: (cell) => cell.place - 0.5, y2: (cell) => cell.place + 0.5, fill: ground, inset: 0.5 }),
      ...(size >= 8 ? [Plot.text(cells, { x: "column", y: "place", text: "shows", fontSize: size, fill: (cell) => (cell.value === null ? "currentColor" : inkOn(ground(cell))) })] : []),
      Plot.tip(cells, Plot.pointer({ x: "column", y: "place", title: "told" })),
    ],
  });
  return together(colourLegend(chart.metric, high > low ? [low, high] : [low - 1, high], colours, width), drawn);
}

function drawEpochsTo(chart, width) {
  const share = TAKEN / chart.rows.length;
  const groups = chart.groups.map((group, number) => {
    const [column, place] = [Math.floor(number / chart.rows.length), number % chart.rows.length];
    return { ...group, place, middle: column + (place - (chart.rows.length - 1) / 2) * share };
  });
  const points = groups.flatMap((group) => sideBySide(group, share * 0.35));
  const room = (width - 80) / chart.columns.length;
  const across = namedPlaces(chart.columns, room, chart.x);
  const most = d3.max(points, (point) => point.step) ?? 1;
  const never = groups.filter((group) => group.never);
  const few = room * share < 52; // pixels for the words
  const medians = groups.filter((group) => group.median !== null);
  return together(
    ...legend(chart.rows.map((label, place) => ({ label, place, form: "circle" }))),
    plot(width, {
      x: across.scale, marginBottom: across.below, marginTop: 34,
      y: { label: chart.y, domain: [0, most * (never.length ? 1.1 : 1.02)], grid: true, ticks: d3.ticks(0, most, 8).filter(Number.isInteger), tickFormat: "d" },
      marks: [
        Plot.ruleX(d3.range(1, chart.columns.length).map((place) => place - 0.5), { strokeOpacity: 0.15 }),
        Plot.link(medians, { x1: (group) => group.middle - share * 0.4, x2: (group) => group.middle + share * 0.4, y1: "median", y2: "median", stroke: (group) => color(group.place), strokeWidth: 9, strokeOpacity: 0.3 }),
        Plot.dot(points, { x: "at", y: "step", r: 3.2, fill: (point) => color(point.place), fillOpacity: 0.75 }),
        Plot.text(never, { x: "middle", frameAnchor: "top", dy: -4, text: (group) => (few ? `${group.never}×` : `${group.never} never`), fontSize: 11 }),
        Plot.tip(points, Plot.pointer({ x: "at", y: "step", title: (point) => `${point.told}\n${point.step}` })),
      ],
    }),
  );
}

/** Return the points of a group, equal ones side by side. */
function sideBySide(group, room) {
  return d3.groups(group.steps, ([step]) => step).flatMap(([step, each]) => each.map(([, name], number) => ({
    step, place: group.place, told: [...new Set([group.row, group.column, name])].join("\n"),
    at: group.middle + (each.length === 1 ? 0 : (2 * number / (each.length - 1) - 1) * Math.min(1, each.length / 8) * room),
  })));
}

function drawConfusion(chart, width) {
  const across = Math.max(1, Math.min(chart.panels.length, Math.floor(width / 230)));
  const all = make("div", { class: "panels" });
  all.style.cssText = `display:grid;grid-template-columns:repeat(${across},max-content);gap:.4rem 1rem`;
  const classes = Math.max(...chart.panels.map((panel) => panel.labels.length));
  const side = Math.min(480, 130 + 70 * classes, Math.floor(width / across) - 14);
  for (const panel of chart.panels) all.append(drawMatrix(panel, side));
  return all;
}

function drawMatrix(panel, side) {
  const { labels } = panel;
  const [ground, full] = isDark() ? ["#171716", "#5db4f0"] : ["#fffefb", "#005a94"];
  const colours = d3.interpolateLab(ground, full);
  const cells = panel.rows.flatMap((row, truth) => {
    const whole = d3.sum(row);
    return row.map((count, answer) => ({ count, whole, truth, answer, share: whole ? count / whole : 0 }));
  });
  const left = beside(labels.map((label) => short(label, 16))) + 20;
  const room = (side - left - 6) / labels.length;
  const below = namedPlaces(labels, room, "Answer");
  const size = Math.min(12, room / 2);
  const percent = (cell) => (cell.share > 0.005 ? d3.format(".0f")(100 * cell.share) : "<1");
  return plot(side, {
    height: side - left + below.below + 30, marginLeft: left, marginRight: 6, marginTop: 24, marginBottom: below.below,
    title: undefined, x: below.scale,
    y: { domain: [labels.length - 0.5, -0.5], ticks: d3.range(labels.length), tickFormat: (place) => short(labels[place], 16), tickSize: 0, label: "Truth", labelAnchor: "center", labelArrow: "none", labelOffset: left - 8 },
    marks: [
      Plot.rect(cells, { x1: (cell) => cell.answer - 0.5, x2: (cell) => cell.answer + 0.5, y1: (cell) => cell.truth - 0.5, y2: (cell) => cell.truth + 0.5, fill: (cell) => colours(cell.share), stroke: "currentColor", strokeOpacity: 0.12 }),
      ...(size >= 7.5 ? [Plot.text(cells.filter((cell) => cell.count), { x: "answer", y: "truth", text: percent, fontSize: size, fill: (cell) => inkOn(colours(cell.share)) })] : []),
      Plot.text([panel.label], { frameAnchor: "top", dy: -16, fontWeight: 600 }),
      Plot.tip(cells, Plot.pointer({ x: "answer", y: "truth", title: (cell) => `true: ${labels[cell.truth]}\nanswer: ${labels[cell.answer]}\n${cell.count} of ${cell.whole} (${d3.format(".1f")(100 * cell.share)} %)` })),
    ],
  });
}
