// Keeps what runs up to date: while a job waits or runs, the part of the page with data-live is fetched anew and put in
// place. Without this script the page shows how it was when it was opened.

const EVERY = 1500;
const live = document.querySelector("[data-live]");
let shown = live ? live.innerHTML : "";

async function look() {
  if (document.hidden || !live.querySelector("[data-running]")) return live.querySelector("[data-running]") !== null;
  if (live.contains(document.activeElement) && document.activeElement.matches("input, select")) return true;
  const answer = await fetch(window.location.href, { headers: { accept: "text/html" }, redirect: "error" });
  if (!answer.ok) return true;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("[data-live]");
  if (fresh && fresh.innerHTML !== shown) {
    const held = document.activeElement && live.contains(document.activeElement) ? document.activeElement.dataset.hold : null;
    shown = fresh.innerHTML;
    live.replaceChildren(...fresh.cloneNode(true).childNodes);
    if (held) live.querySelector(`[data-hold="${CSS.escape(held)}"]`)?.focus({ preventScroll: true });
  }
  return live.querySelector("[data-running]") !== null;
}

async function watch() {
  let more = true;
  try {
    more = await look();
  } catch {
    more = true; // the server is away for a moment
  }
  if (more) window.setTimeout(watch, EVERY);
}

if (live) window.setTimeout(watch, EVERY);
