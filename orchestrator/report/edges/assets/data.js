"use strict";
// What the page holds beside its HTML: figures as JSON, and cells, trials and forms to copy, packed.

const charts = JSON.parse(document.getElementById("_charts").textContent);

let unpacked = null;

/** Return cells, trials and forms; they are unpacked when somebody first asks. */
function unpack() {
  unpacked ??= (async () => {
    const bytes = Uint8Array.from(atob(document.getElementById("_data").textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return JSON.parse(await new Response(stream).text());
  })();
  return unpacked;
}

/** Return an element with attributes and children; texts stay texts. */
function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** Say something to who does not see the page. */
function tell(text) {
  document.getElementById("_told").textContent = text;
}
