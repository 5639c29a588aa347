// Walking through statements by keyboard: j/k to the next and previous one, Enter opens it, Escape lets go, / searches.
// Works on every page that has elements with data-stop; without this script everything is still there and linked.

const stops = Array.from(document.querySelectorAll("[data-stop]"));
const runs = new Map();
let current = -1;

for (const run of document.querySelectorAll("[data-s]")) {
  for (const number of run.dataset.s.split(" ")) {
    if (!runs.has(number)) runs.set(number, []);
    runs.get(number).push(run);
  }
}

function paint(index, on) {
  const stop = stops[index];
  if (!stop) return;
  stop.classList.toggle("current", on);
  for (const run of runs.get(stop.dataset.stop) || []) run.classList.toggle("lit", on);
}

function go(index, scroll = true) {
  if (!stops.length) return;
  paint(current, false);
  current = Math.max(0, Math.min(stops.length - 1, index));
  paint(current, true);
  const stop = stops[current];
  const link = stop.querySelector("a[data-open]");
  if (link) link.focus({ preventScroll: true });
  if (!scroll) return;
  const first = (runs.get(stop.dataset.stop) || [])[0];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  (first || stop).scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
}

function release() {
  paint(current, false);
  if (document.activeElement) document.activeElement.blur();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const field = event.target.closest("input, textarea, select, [contenteditable]");
  if (field) {
    if (event.key === "Escape") field.blur();
    return;
  }
  if (event.key === "j" || event.key === "k") {
    const step = event.key === "j" ? 1 : -1;
    go(current < 0 ? (step > 0 ? 0 : stops.length - 1) : current + step);
  } else if (event.key === "/") {
    const box = document.querySelector("input[type=search]");
    if (!box) return;
    box.focus();
    box.select();
  } else if (event.key === "Escape") {
    release();
    return;
  } else {
    return;
  }
  event.preventDefault();
});

// A click on marked words or on a card makes it the current one; links in them still lead where they lead.
document.addEventListener("click", (event) => {
  if (event.target.closest("a, summary, button, input, select")) return;
  if (String(window.getSelection())) return;
  const stop = event.target.closest("[data-stop]");
  const run = event.target.closest("[data-s]");
  const number = stop ? stop.dataset.stop : run ? run.dataset.s.split(" ").pop() : null;
  if (number === null) return;
  const index = stops.findIndex((each) => each.dataset.stop === number);
  if (index < 0) return;
  go(index, false);
  if (!stop) stops[index].scrollIntoView({ block: "nearest" });
});

// An address that names a statement (#s3) begins there.
const named = /^#s(\d+)$/.exec(window.location.hash);
if (named) go(stops.findIndex((each) => each.dataset.stop === named[1]));
