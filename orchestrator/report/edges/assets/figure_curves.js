"use strict";
// Figures of what was logged, and of answers in their order.

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
  return plot(width, {
    height, marginRight: labels.length ? widest(ends.map((end) => end.label)) : 20, caption: labels.length ? undefined : lineNames(ends),
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
