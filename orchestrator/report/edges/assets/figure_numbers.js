"use strict";
// The numbers of a figure as a table below it: to be read where nothing is seen, to be copied, and on paper.

const NUMBERS = { bars: cellNumbers, heat_map: cellNumbers, confusion: countNumbers, epochs_to: stepNumbers };

/** Return the folded tables of a figure; none where its kind has no cells. */
function numbersOf(chart) {
  const tables = NUMBERS[chart.kind]?.(chart) ?? [];
  if (!tables.length) return [];
  const around = make("div", { class: "wide short", tabindex: 0, role: "group", "aria-label": "Numbers of this figure" });
  around.append(...tables.map(numberTable));
  const folded = make("details", { class: "notes numbers" }, make("summary", {}, "Numbers"), around);
  return [folded];
}

function numberTable({ title, corner = "", head, rows }) {
  const cells = (name, texts) => texts.map((text) => make(name, name === "th" ? { scope: "col" } : {}, text));
  const first = make("td", {}, corner);
  const made = make("table", {}, make("caption", {}, title || "Numbers"), make("thead", {}, make("tr", {}, first, ...cells("th", head))));
  const shownTitle = title ? [make("strong", {}, title)] : [];
  made.append(make("tbody", {}, ...rows.map(([label, ...texts]) => make("tr", {}, make("th", { scope: "row" }, label), ...cells("td", texts)))));
  return make("div", {}, ...shownTitle, made);
}

function cellNumbers(chart) {
  return [{ head: chart.columns, rows: chart.rows.map((label, place) => [label, ...chart.cells[place].map((cell) => cell.full)]) }];
}

function countNumbers(chart) {
  return chart.panels.map((panel) => ({
    title: panel.label, corner: "truth \u2193 answer \u2192", head: panel.labels,
    rows: panel.labels.map((label, place) => [label, ...panel.rows[place].map(String)]) }));
}

/** Return for each group its median, and how many of its trials got there. */
function stepNumbers(chart) {
  const of = (row, column) => chart.groups[column * chart.rows.length + row];
  const told = ({ median, reached, never, waiting }) =>
    `${median === null ? "no median" : `median ${median}`}, ${reached} of ${reached + never + waiting}`;
  return [{ head: chart.columns, rows: chart.rows.map((label, row) => [label, ...chart.columns.map((_, column) => told(of(row, column)))]) }];
}
