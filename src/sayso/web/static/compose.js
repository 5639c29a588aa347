// Composing without losing one's place: what a button does is fetched and put in place, pieces can be dragged, text fields
// grow, and leaving with words that are not saved asks first. Without this script every button works by itself.

const live = () => document.querySelector("[data-live]");
let dirty = false;
let busy = false;

function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}

function ready() {
  for (const area of live().querySelectorAll("textarea[data-grow]")) grow(area);
  for (const piece of live().querySelectorAll(".piece")) piece.draggable = !piece.querySelector("textarea");
}

function mark() {
  dirty = true;
  const saved = live().querySelector("[data-saved]");
  if (saved) saved.textContent = "Not saved yet";
}

async function send(form, pressed, extra) {
  if (busy) return;
  busy = true;
  try {
    const body = new URLSearchParams(new FormData(form, pressed || undefined));
    if (extra) body.set("do", extra);
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh) {
      dirty = false;
      window.location.assign(answer.url);
      return;
    }
    const place = window.scrollY;
    live().replaceWith(document.adoptNode(fresh));
    dirty = !answer.ok;
    ready();
    window.scrollTo({ top: answer.ok ? place : 0 });
    const what = extra || (pressed ? pressed.value : "");
    const hash = new URL(answer.url).hash.slice(1) || (/^(text|up|down)/.test(what) ? "piece" : "");
    const piece = hash ? document.getElementById(hash) : null;
    const field = piece ? piece.querySelector("textarea, button:not([disabled])") : null;
    if (field) field.focus();
    const status = live().querySelector("[data-status]");
    if (status) status.textContent = answer.ok ? "Saved." : "Not saved: see above.";
  } catch {
    dirty = false;
    form.dataset.plain = "1";
    form.requestSubmit(pressed || undefined);
  } finally {
    busy = false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!live().contains(form) || form.dataset.plain) return;
  if (!form.matches(".composition")) {
    if (dirty && !window.confirm("There are words that are not saved. Go on without them?")) event.preventDefault();
    else dirty = false;
    return;
  }
  if (event.submitter && event.submitter.value === "preview") {
    dirty = false;
    return;
  }
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("input", (event) => {
  if (!event.target.closest(".composition")) return;
  mark();
  if (event.target.matches("textarea[data-grow]")) grow(event.target);
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key !== "s") return;
  const form = live().querySelector(".composition");
  event.preventDefault();
  send(form, form.querySelector("button[value=save]"));
});

// Dragging: the order of the pieces on the page is the order that is asked for.
let dragged = null;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest && event.target.closest(".piece");
  if (dragged) dragged.classList.add("dragged");
});
document.addEventListener("dragover", (event) => {
  const over = event.target.closest && event.target.closest(".piece");
  if (!dragged || !over || over === dragged) return;
  event.preventDefault();
  const box = over.getBoundingClientRect();
  over.parentNode.insertBefore(dragged, event.clientY > box.top + box.height / 2 ? over.nextSibling : over);
});
document.addEventListener("drop", (event) => {
  if (dragged) event.preventDefault();
});
document.addEventListener("dragend", () => {
  if (!dragged) return;
  dragged.classList.remove("dragged");
  dragged = null;
  // The fields go in the order of the page, so saving is all there is to do.
  send(live().querySelector(".composition"), null, "save");
});

window.addEventListener("beforeunload", (event) => {
  if (dirty) event.preventDefault();
});

if (live()) ready();
