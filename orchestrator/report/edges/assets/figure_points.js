"use strict";
// Figures of single trials: a point for each, or the pictures that they left.

function drawScatter(chart, width) {
  const points = chart.clouds.flatMap((cloud) => cloud.points.map(([x, y, what]) => ({ x, y, what, ...cloud })));
  const shape = (form) => SYMBOLS[form % SYMBOLS.length];
  const title = (point) => [point.label, point.what, `${chart.x} ${point.x}`, `${chart.y} ${point.y}`].filter(Boolean).join("\n");
  const small = points.length > 300;
  return together(
    ...legend(chart.clouds.map((cloud) => ({ label: cloud.label, place: cloud.color, form: shape(cloud.form) }))),
    plot(width, {
      height: Math.round(Math.max(260, Math.min(420, width * 0.55))), marginRight: 20,
      x: { ...values(chart.x, points.map((point) => point.x)), labelAnchor: "center", labelArrow: "none", ticks: Math.max(3, Math.min(7, Math.round(width / 80))) },
      y: values(chart.y, points.map((point) => point.y)),
      symbol: { type: "identity" },
      marks: [
        Plot.dot(points, { x: "x", y: "y", r: small ? 2.2 : 3.6, symbol: (point) => shape(point.form), fill: (point) => color(point.color), fillOpacity: small ? 0.55 : 0.75 }),
        Plot.tip(points, Plot.pointer({ x: "x", y: "y", title })),
      ],
    }),
  );
}

/** Return the pictures in rows and columns, with their names at the sides. */
function drawPictures(chart) {
  const named = chart.rows.some(Boolean);
  const grid = make("div", { class: "pictures" });
  const widest = d3.max(chart.cells.flat(), (cell) => cell.wide ?? 0) || 200;
  grid.style.cssText = `display:grid;gap:.35rem;font-size:12px;justify-content:start;align-items:center;grid-template-columns:${named ? "max-content " : ""}repeat(${chart.columns.length},minmax(0,${Math.min(420, Math.max(2 * widest, 160))}px))`;
  if (chart.columns.some(Boolean)) {
    if (named) grid.append(make("span", {}));
    for (const label of chart.columns) grid.append(heading(label));
  }
  chart.cells.forEach((row, place) => {
    if (named) grid.append(heading(chart.rows[place]));
    for (const cell of row) grid.append(cell.address ? picture(cell) : without(cell));
  });
  return grid;
}

function heading(label) {
  const made = make("span", {}, label);
  made.style.cssText = "font-weight:600;text-align:center";
  return made;
}

function picture(cell) {
  const made = make("img", { src: cell.address, alt: "", title: cell.told });
  made.style.cssText = `width:100%;border:1px solid var(--hair);${cell.wide < 300 ? "image-rendering:pixelated" : ""}`;
  return made;
}

function without(cell) {
  const made = make("span", {}, cell.why);
  made.style.cssText = "border:1px dashed var(--soft);color:var(--soft);padding:1.5rem .5rem;text-align:center";
  return made;
}
