"use strict";
// The contents at the side show where one is: its link is marked, and only its chapter is unfolded.

const MANY_LINKS = 14;
const TOP = 160; // pixels: what begins there is what one reads
const links = new Map(
  [...document.querySelectorAll(".contents a")].map((link) => [link.hash.slice(1), link]));
const chapters = [...document.querySelectorAll(".contents .chapter")];
const folds = chapters.length > 1 && links.size > MANY_LINKS;
const sections = [...links.keys()].map((name) => document.getElementById(name)).filter(Boolean);
const wide = matchMedia("(min-width: 62.01rem)");
let current = null;

/** Mark the last section that has begun at the top of the window. */
function follow() {
  let found = sections[0];
  for (const section of sections) {
    if (section.getBoundingClientRect().top > TOP) break;
    found = section;
  }
  if (!found || found === current) return;
  links.get(current?.id)?.removeAttribute("aria-current");
  current = found;
  const link = links.get(found.id);
  link.setAttribute("aria-current", "true");
  if (!wide.matches) return;
  const chapter = link.closest(".chapter");
  if (folds) for (const each of chapters) each.open = each === chapter;
  const around = document.querySelector(".contents");
  const [at, box] = [link.getBoundingClientRect(), around.getBoundingClientRect()];
  if (at.top < box.top || at.bottom > box.bottom) around.scrollTop += at.top - box.top - box.height / 3;
}

if (!wide.matches) document.querySelector(".contents > details").open = false;
let asked = false;
addEventListener("scroll", () => {
  if (!asked) requestAnimationFrame(() => { asked = false; follow(); });
  asked = true;
}, { passive: true });
follow();
