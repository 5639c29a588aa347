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
  const [first, ...more] = runs.get(stop.dataset.stop) || [];
  const other = more.find((run) => run.closest(".beside")); // its passage in the original or translation
  if (other) other.scrollIntoView({ block: "nearest" });
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  (first || stop).scrollIntoView({ block: "center", behavior: still ? "auto" : "smooth" });
}

// On a narrow screen the bars of parts scroll: where one is should be in sight.
for (const part of document.querySelectorAll(".top nav [aria-current], .tabs [aria-current]")) {
  part.parentElement.scrollLeft = part.offsetLeft - part.parentElement.offsetLeft - 60;
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
    const on = document.querySelector(`.parts a[rel=${step > 0 ? "next" : "prev"}]`);
    if (on && (current < 0 ? step < 0 : current === (step > 0 ? stops.length - 1 : 0))) {
      sessionStorage.setItem("walk", step);
      window.location.href = on.href;
      return;
    }
    go(current < 0 ? (step > 0 ? 0 : stops.length - 1) : current + step);
  } else if (event.key === "/") {
    const box = document.querySelector("input[type=search]");
    if (!box) return;
    box.focus();
    box.select();
  } else if (event.key === "?") {
    help();
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

// The keys of this page, in a dialog.
function help() {
  let dialog = document.getElementById("help");
  if (!dialog) {
    const keys = [
      ["j  k", "next and previous"], ["Enter", "open it"], ["/", "search"], ["Esc", "let go"], ["?", "these keys"],
    ];
    if (document.getElementById("panel")) {
      keys.splice(2, 0, ["e", "correct the statement"], ["1  2  3", "marked words become source, cue, content"],
        ["a", "attribute by hand"], ["x", "delete the statement"], ["u", "undo the last correction here"],
        ["Alt+← →", "in a field: move the end by a word; with Shift the beginning"]);
    }
    if (document.querySelector("[data-definitions]")) {
      keys.splice(0, 2, ["a … z", "the key before a code chooses it"], ["-", "take the last one back"], ["Space", "skip"],
        ["+", "to the memo"], ["=", "all definitions"]);
    }
    dialog = document.createElement("dialog");
    dialog.id = "help";
    dialog.setAttribute("aria-labelledby", "help-title");
    const title = Object.assign(document.createElement("h2"), { id: "help-title", textContent: "Keys" });
    const list = document.createElement("dl");
    for (const [key, what] of keys) {
      const term = document.createElement("dt");
      for (const each of key.split("  ")) term.append(Object.assign(document.createElement("kbd"), { textContent: each }), " ");
      list.append(term, Object.assign(document.createElement("dd"), { textContent: what }));
    }
    const close = Object.assign(document.createElement("button"), { type: "button", textContent: "Close" });
    close.addEventListener("click", () => dialog.close());
    dialog.append(title, list, close);
    document.body.append(dialog);
  }
  if (!dialog.open) dialog.showModal();
}

// An address that names a statement (by its number, #s3, or its id) begins there; one in another part leads to it.
const hash = decodeURIComponent(window.location.hash.slice(1));
const named = stops.findIndex((each) => each.id === hash || `s${each.dataset.stop}` === hash);
const walked = sessionStorage.getItem("walk");
sessionStorage.removeItem("walk");
if (hash && named >= 0) go(named);
else if (/^[0-9a-f]{20,24}$/.test(hash) && document.querySelector(".parts") && !window.location.search.includes(hash))
  window.location.replace(`${window.location.pathname}?s=${hash}#${hash}`);
else if (walked && stops.length) go(Number(walked) > 0 ? 0 : stops.length - 1);
