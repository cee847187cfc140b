"use strict";
// Figures, drawn by Observable Plot when they come into view, and again when their width or the colours change.

const DRAWN = {
  curves: drawCurves, history: drawHistory, slices: drawSlices, parallel: drawParallel, importance: drawImportance,
  contour: drawContour, front: drawFront, training: drawTraining, deviations: drawDeviations,
  bars: drawBars, heat_map: drawHeatMap, epochs_to: drawEpochsTo, scatter: drawScatter, confusion: drawConfusion,
  pictures: drawPictures,
};

const holders = [...document.querySelectorAll("[data-chart]")];
const watched = new IntersectionObserver((entries) => {
  for (const entry of entries) if (entry.isIntersecting) draw(entry.target);
}, { rootMargin: "600px" });
for (const holder of holders) {
  if (charts[holder.dataset.chart].wide) holder.closest("section").style.gridColumn = "1 / -1";
  watched.observe(holder);
}

let waiting = 0;
addEventListener("resize", () => {
  clearTimeout(waiting);
  waiting = setTimeout(redraw, 150);
});
darkScheme.addEventListener("change", redraw);
addEventListener("beforeprint", () => { onPaper = true; redraw(); });
addEventListener("afterprint", () => { onPaper = false; redraw(); });

/** Draw again what is drawn and would look otherwise now. */
function redraw() {
  holders.filter((holder) => holder.dataset.width).forEach(draw);
}

/** Draw a figure for the width and the colours that it has now, once. */
function draw(holder) {
  const width = Math.min(holder.clientWidth || 640, 900);
  const looks = `${width}${isDark() ? " dark" : ""}`;
  if (holder.dataset.width === looks) return;
  holder.dataset.width = looks;
  const chart = charts[holder.dataset.chart];
  if (!holder.nextElementSibling?.matches(".numbers")) holder.after(...numbersOf(chart));
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
