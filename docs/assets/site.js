// What is wider than its frame can be scrolled by keys as well: it is a stop of the Tab key.
function reach() {
  for (const part of document.querySelectorAll(".md-typeset pre > code, .md-typeset__scrollwrap")) {
    if (part.scrollWidth > part.clientWidth) part.tabIndex = 0;
    else part.removeAttribute("tabindex");
  }
}
for (const moment of ["load", "resize"]) addEventListener(moment, reach);
document.addEventListener("toggle", reach, true);
