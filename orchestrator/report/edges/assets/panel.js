"use strict";
// Behind a number: a panel beside the table with the trials that made it. The table stays where it is.

const panel = document.getElementById("_panel");
let opened = null; // the button of the number that is shown

document.addEventListener("click", (event) => {
  const button = event.target.closest("table[data-table] td button");
  if (button) open(button);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !panel.hidden) close();
});

async function open(button) {
  const data = await unpack();
  const row = button.closest("tr");
  const table = row.closest("table");
  const place = button.closest("td").cellIndex - 1;
  const known = data.tables[table.dataset.table];
  const cell = known.rows[Number(row.dataset.row)][place];
  mark(button);
  const title = `${row.cells[0].textContent}, ${known.columns[place] || "value"}: ${cell.text}`;
  panel.replaceChildren(...content(cell, title, table.caption.textContent, data));
  panel.hidden = false;
  lay(button);
  panel.scrollTop = 0;
  panel.focus({ preventScroll: true });
}

/** Lay the panel where it covers neither the number nor the label of its row: right, left, else below. */
function lay(button) {
  const number = button.getBoundingClientRect();
  const wide = button.closest(".wide");
  const label = button.closest("tr").cells[0].getBoundingClientRect();
  const [width, narrow] = [25 * parseFloat(getComputedStyle(document.documentElement).fontSize), innerWidth < 992];
  const right = !narrow && number.right + 8 < innerWidth - width;
  const left = !narrow && !right && width + label.width + 8 < number.left;
  panel.className = right ? "" : left ? "at-left" : "below";
  // labels move out from under a panel at the left
  const covered = left ? Math.max(0, width + 6 - wide.getBoundingClientRect().left) : 0;
  wide.style.setProperty("--covered", `${covered}px`);
  document.body.classList.toggle("above-panel", !right && !left);
  const over = panel.getBoundingClientRect();
  if (!right && !left && number.bottom > over.top) scrollBy({ top: number.bottom - over.top + 40 });
}

addEventListener("resize", () => { if (opened) lay(opened); });

function mark(button) {
  opened?.closest("td").removeAttribute("aria-current");
  opened?.closest(".wide").style.removeProperty("--covered");
  document.body.classList.remove("above-panel");
  opened = button;
  opened?.closest("td").setAttribute("aria-current", "true");
}

function close() {
  const back = opened;
  panel.hidden = true;
  mark(null);
  back?.focus({ preventScroll: true });
}

function content(cell, title, caption, data) {
  const trials = cell.trials.map((place) => (typeof place === "number" ? data.trials[place] : { id: place }));
  const shut = make("button", { type: "button", class: "shut" }, "Close");
  shut.addEventListener("click", close);
  const values = cell.values.map(([what, value]) => [what || "value", value]);
  return [
    shut,
    make("h2", { id: "_panel-title" }, title),
    make("p", { class: "where" }, caption),
    list([["shows", cell.of], ...cell.facts, ...values], "first"),
    ...curves(cell, trials),
    make("h3", {}, trials.length === 1 ? "Its trial" : `Its ${trials.length} trials`),
    ...trials.map((trial) => trialDetails(trial, cell, trials)),
    ...(data.rule && trials.some((trial) => !Object.keys(trial.curves ?? {}).length) ? [make("p", {}, data.rule)] : []),
  ];
}

function list(facts, name = "") {
  const made = make("dl", { class: name });
  for (const [key, value] of facts) {
    made.append(make("dt", {}, key), make("dd", {}, value instanceof Node ? value : shown(value)));
  }
  return made;
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Draw what the trials have logged: the metric of the cell first, a small figure for each metric. */
function curves(cell, trials) {
  const names = new Set(trials.flatMap((trial) => Object.keys(trial.curves ?? {})));
  const order = [...names].sort((one, other) => (other === cell.metric) - (one === cell.metric)).slice(0, 4);
  if (!order.length || typeof Plot === "undefined") return [];
  const differ = differing(trials);
  const drawn = order.map((name) => {
    const points = trials.flatMap((trial, place) =>
      (trial.curves[name] ?? []).map(([step, value]) => ({ step, value, place, label: differ[place] })));
    return make("div", { class: "chart", role: "img", "aria-label": `${name} of these trials over steps` }, unlabelled(smallCurves(name, points)));
  });
  return [make("h3", {}, "During training"), make("div", { class: "curves" }, ...drawn)];
}

/** Return what tells each of these trials from the others, as `seed=1`. */
function differing(trials) {
  const axes = Object.keys(trials[0]?.axes ?? {});
  const differ = axes.filter((axis) => new Set(trials.map((trial) => JSON.stringify(trial.axes?.[axis]))).size > 1);
  const named = differ.length ? differ : axes;
  return trials.map((trial) => named.map((axis) => `${axis}=${shown(trial.axes?.[axis])}`).join(" ") || trial.id);
}

function trialDetails(trial, cell, trials) {
  const label = differing(trials)[trials.indexOf(trial)];
  const value = trial.metrics?.[cell.metric];
  const told = [label, value === undefined ? trial.state ?? "" : `${cell.metric} ${shown(value)}`].filter(Boolean).join(": ");
  const made = make("details", { class: "trial" }, make("summary", {}, told));
  made.open = trials.length === 1 || trial.state === "failed";
  if (!trial.stage) {
    made.append(list([["trial", trial.id]]));
    return made;
  }
  const folder = make("a", { href: trial.folder.split("/").map(encodeURIComponent).join("/") }, trial.id);
  made.append(list([
    ["trial", trial.folder ? folder : trial.id], ["stage", trial.stage], ["state", trial.state],
    ...Object.entries(trial.axes), ["code", trial.code || "none"], ["time of all attempts", `${trial.seconds} s`],
  ]));
  if (trial.why) made.append(make("h3", {}, "Why it failed"), make("pre", {}, trial.why));
  if (trial.log) made.append(make("h3", {}, "The end of its log"), make("pre", { tabindex: 0 }, trial.log));
  made.append(...part("Parameters", trial.params), ...part("Metrics", trial.metrics));
  if (trial.attempts.length) made.append(make("h3", {}, "Attempts"), attempts(trial.attempts));
  made.append(...part("Made with", trial.made_with));
  return made;
}

function part(title, values) {
  const entries = Object.entries(values);
  return entries.length ? [make("h3", {}, title), list(entries)] : [];
}

function attempts(each) {
  const head = ["", "ended", "on", "began", "took"].map((name) => make("th", { scope: "col" }, name || make("span", { class: "sr" }, "attempt")));
  const rows = each.map(([number, ended, host, began, seconds]) =>
    make("tr", {}, ...[number, ended, host, began, seconds === null ? "" : `${seconds} s`].map((one) => make("td", {}, String(one)))));
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}
