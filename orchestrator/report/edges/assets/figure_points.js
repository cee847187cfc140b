"use strict";
// Figures of single trials: a point for each, or the pictures that they left.

const PICTURE_HEIGHT = 380; // pixels of a row at most

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

/** Return the pictures in rows and columns, with their names at the sides; a single row is wrapped. */
function drawPictures(chart, width) {
  const cells = chart.cells.flat();
  const [wide, high] = [d3.max(cells, (cell) => cell.wide ?? 0) || 200, d3.max(cells, (cell) => cell.high ?? 0) || 200];
  const most = Math.max(120, Math.min(cells.length > 1 ? 420 : width, 2 * wide, PICTURE_HEIGHT * wide / high));
  const rows = chart.rows.some(Boolean);
  const alone = chart.cells.length === 1 && !rows;
  const grid = make("div", { class: "pictures" });
  const columns = alone ? `repeat(auto-fill,minmax(min(${Math.min(most, width, 150)}px,100%),${most}px))` : `${rows ? "max-content " : ""}repeat(${chart.columns.length},minmax(0,${most}px))`;
  grid.style.cssText = `display:grid;gap:.35rem;font-size:12px;justify-content:start;align-items:${alone ? "start" : "center"};grid-template-columns:${columns}`;
  if (!alone && chart.columns.some(Boolean)) grid.append(...(rows ? [make("span", {})] : []), ...chart.columns.map(heading));
  chart.cells.forEach((row, place) => {
    if (rows) grid.append(heading(chart.rows[place]));
    row.forEach((cell, column) => {
      const shownCell = cell.address ? picture(cell) : without(cell);
      grid.append(alone ? together(...(chart.columns[column] && cells.length > 1 ? [heading(chart.columns[column])] : []), shownCell) : shownCell);
    });
  });
  return grid;
}

function heading(label) {
  const made = make("span", {}, label);
  made.style.cssText = "display:block;font-weight:600;text-align:center";
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
