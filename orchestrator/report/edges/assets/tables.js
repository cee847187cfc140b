"use strict";
// Tables are sorted by their headers, filtered by a word, copied in three forms, walked through by arrow keys.

const FORMS = [["csv", "CSV"], ["tex", "LaTeX"], ["md", "Markdown"]];
const FEW_ROWS = 6; // so few are seen at once, and need no filter

for (const table of document.querySelectorAll("table[data-table]")) {
  table.closest(".wide").before(tools(table));
  sortable(table);
  table.addEventListener("keydown", (event) => walk(table, event));
}
for (const wide of document.querySelectorAll(".wide")) {
  const follow = () => wide.classList.toggle("at-start", wide.scrollLeft < 1);
  wide.addEventListener("scroll", follow, { passive: true });
  follow();
}

/** Return the line above a table: a filter, and what copies the table. */
function tools(table) {
  const name = table.caption.textContent;
  const line = make("div", { class: "tools" });
  const rows = [...table.tBodies[0].rows];
  if (rows.length > FEW_ROWS) {
    const input = make("input", { type: "search", placeholder: "Filter rows", "aria-label": `Filter rows: ${name}` });
    const count = make("span", {});
    input.addEventListener("input", () => {
      count.textContent = filter(rows, input.value);
    });
    line.append(input, count);
  }
  line.append("Copy as");
  for (const [suffix, title] of FORMS) {
    const button = make("button", { type: "button", "aria-label": `Copy as ${title}: ${name}` }, title);
    button.addEventListener("click", () => copy(table.dataset.table, suffix, button, title));
    line.append(button);
  }
  return line;
}

/** Show the rows that have all the words; return how many these are. */
function filter(rows, text) {
  const words = text.toLowerCase().replaceAll("\u2212", "-").split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const has = row.textContent.toLowerCase().replaceAll("\u2212", "-");
    row.hidden = !words.every((word) => has.includes(word));
    shown += !row.hidden;
  }
  return words.length ? `${shown} of ${rows.length} rows` : "";
}

async function copy(identity, suffix, button, title) {
  const text = (await unpack()).tables[identity].forms[suffix];
  const done = await put(text);
  button.textContent = done ? "Copied" : "Not allowed here";
  tell(done ? `The whole table is copied as ${title}` : "This browser does not let the page copy");
  setTimeout(() => { button.textContent = title; }, 1600);
}

/** Put a text on the clipboard; say whether the browser allowed it. */
async function put(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = make("textarea", { class: "sr" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

/** Let the lowest headers sort: upwards, downwards, then as it was. */
function sortable(table) {
  const headers = [...table.tHead.rows[table.tHead.rows.length - 1].cells];
  const body = table.tBodies[0];
  if (body.rows.length < 2) return;
  headers.forEach((header, column) => {
    const button = make("button", { type: "button" }, ...header.childNodes);
    header.append(button);
    button.addEventListener("click", () => {
      const next = { ascending: "descending", descending: "none" }[header.getAttribute("aria-sort")] ?? "ascending";
      for (const other of headers) other.removeAttribute("aria-sort");
      if (next !== "none") header.setAttribute("aria-sort", next);
      body.append(...sorted([...body.rows], column, next));
      tell(next === "none" ? "Rows as they were" : `Sorted by ${button.textContent.trim()}, ${next}`);
    });
  });
}

function sorted(rows, column, direction) {
  const keyed = rows.map((row) => [key(row, column, direction), row]);
  return keyed.sort(([one], [other]) => compare(one, other, direction)).map(([, row]) => row);
}

/** Return what a row is sorted by: its number, else its text, else null for what is missing. */
function key(row, column, direction) {
  if (direction === "none") return Number(row.dataset.row);
  const cell = row.cells[column];
  const text = (cell.querySelector(".v") ?? cell).textContent.trim();
  const number = Number(text.replaceAll(",", "").replace("\u2212", "-"));
  if (text === "" || text === "—") return null;
  return Number.isNaN(number) ? text : number;
}

function compare(one, other, direction) {
  if (one === null || other === null) return (one === null) - (other === null); // missing ones are last both ways
  const turn = direction === "descending" ? -1 : 1;
  if (typeof one === "number" && typeof other === "number") return turn * (one - other);
  return turn * String(one).localeCompare(String(other), undefined, { numeric: true });
}

const STEPS = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };

/** Move from number to number; Tab leaves the table. */
function walk(table, event) {
  const step = STEPS[event.key];
  const from = event.target.closest("tbody button");
  if (!step || !from) return;
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  let row = rows.indexOf(from.closest("tr")) + step[0];
  let column = from.closest("td").cellIndex + step[1];
  while (rows[row]?.cells[column]) {
    const button = rows[row].cells[column].querySelector("button");
    if (button) {
      from.tabIndex = -1;
      button.tabIndex = 0;
      const wide = table.closest(".wide"); // what is walked to stands beside the labels, not below them
      wide.style.scrollPadding = `${table.tHead.offsetHeight + 4}px 1rem 1rem ${rows[row].cells[0].offsetWidth + 4}px`;
      button.focus({ preventScroll: true });
      button.scrollIntoView({ block: "nearest", inline: "nearest" });
      event.preventDefault();
      return;
    }
    row += step[0];
    column += step[1];
  }
}
