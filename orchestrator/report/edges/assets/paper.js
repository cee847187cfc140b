"use strict";
// On paper nothing is folded but what stands below the tables too, and tables and figures are no wider than
// the sheet; afterwards all is as it was.

let folded = [];

addEventListener("beforeprint", () => {
  document.body.classList.add("on-paper");
  drawAll(); // numbers below a figure are there once it is drawn
  folded = [...document.querySelectorAll("main section:not(#_findings) details:not([open])")];
  for (const each of folded) each.open = true;
  const width = document.querySelector("main").clientWidth;
  for (const table of document.querySelectorAll(".wide > table")) {
    const fit = width / table.offsetWidth;
    if (fit < 1) table.style.zoom = fit;
  }
});
addEventListener("afterprint", () => {
  for (const each of folded) each.open = false;
  document.body.classList.remove("on-paper");
  for (const table of document.querySelectorAll(".wide > table")) table.style.removeProperty("zoom");
  drawAll();
});
