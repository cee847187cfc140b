"use strict";
// Figures of parameters and objectives, and of printed numbers.

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

function drawParallel(chart, width) {
  const room = (width - 110) / Math.max(1, chart.axes.length - 1);
  const letters = Math.max(4, Math.floor(room / LETTER) - 1);
  const names = chart.axes.map((axis) => Math.min(22, axis.name.length));
  const turned = names.some((one, place) => place && (one + names[place - 1]) / 2 > letters);
  const spans = chart.axes.map((axis, place) => d3.extent(chart.lines.map((line) => line[place]).filter((one) => one !== null)));
  const height = ([low, high], one) => (high === low ? 0.5 : (one - low) / (high - low));
  const rows = chart.lines.flatMap((line, number) => line.flatMap((one, place) => (one === null ? [] : [{
    axis: chart.axes[place].name, at: height(spans[place], one), number, value: chart.values[number],
    told: `${chart.axes[place].name} ${valueAt(chart.axes[place], one)}\n${chart.metric} ${chart.values[number]}` }])));
  const ticks = chart.axes.flatMap((axis, place) => (axis.listed.length
    ? axis.listed.map((label, one) => ({ axis: axis.name, at: height(spans[place], one), label: short(String(label), letters) })).filter((one) => one.at >= 0 && one.at <= 1)
    : spans[place].map((one) => ({ axis: axis.name, at: height(spans[place], one), label: brief(valueAt(axis, one)) }))));
  const colours = { ...coloured(chart, chart.values), legend: false };
  const drawn = plot(width, {
    marginTop: 28, marginLeft: 40, marginRight: 70, marginBottom: turned ? 84 : 40,
    x: { type: "point", domain: chart.axes.map((axis) => axis.name), label: null, padding: 0.1, tickRotate: turned ? -35 : 0, tickFormat: (name) => short(name, 22) },
    y: { axis: null, domain: [0, 1] }, color: colours,
    marks: [
      Plot.ruleX(chart.axes, { x: "name", strokeOpacity: 0.6 }),
      Plot.line(rows, { x: "axis", y: "at", z: "number", stroke: "value", strokeWidth: 1.1, strokeOpacity: 0.75 }),
      Plot.text(ticks, { x: "axis", y: "at", text: "label", dx: 5, textAnchor: "start", fontSize: 10.5, fill: "currentColor", stroke: "var(--page)", strokeWidth: 3 }),
      Plot.tip(rows, Plot.pointer({ x: "axis", y: "at", title: "told" })),
    ],
  });
  return together(colourLegend(chart.metric, colours.domain, colours.interpolate, width), drawn);
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
      tickFormat: (place) => short(chart.rows[Number(place)].label, Math.floor((room - 20) / LETTER)), padding: 0.7 },
    marks: [
      Plot.ruleX([0]),
      Plot.dot(rows, { x: "percent", y: "place", r: 3.4, fill: color(0), fillOpacity: 0.6 }),
      Plot.tip(rows, Plot.pointer({ x: "percent", y: "place", title: "told" })),
    ],
  });
}
