// One key a code. Keys press the buttons that stand on the page (data-key); what they send is fetched, and the part of the
// page with data-live is put in place of the old one, so that nothing flickers and the next statement is there at once.
// Without this script every button works by itself.

const status = document.querySelector("[data-status]");
let busy = false;

const live = () => document.querySelector("[data-live]");
const tell = (text) => {
  if (status) status.textContent = text;
};

function ready() {
  for (const button of live().querySelectorAll("[data-definitions]")) button.hidden = false;
}

async function send(form, pressed) {
  if (busy) return;
  busy = true;
  live().setAttribute("aria-busy", "true");
  try {
    const body = new URLSearchParams(new FormData(form, pressed || undefined));
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "text/html" } });
    if (!(answer.headers.get("content-type") || "").startsWith("text/html")) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-live]");
    if (!fresh) {
      window.location.assign(answer.url);
      return;
    }
    live().replaceWith(document.adoptNode(fresh));
    const head = page.querySelector(".head");
    if (head) document.querySelector(".head").replaceWith(document.adoptNode(head));
    if (answer.ok) window.history.replaceState(null, "", answer.url);
    ready();
    const words = live().querySelector(".quote");
    tell(words ? `Next: ${words.textContent}` : "Nothing is left in this queue.");
    window.scrollTo({ top: 0 });
  } catch {
    tell("The desk did not answer. Nothing was lost: try again.");
    form.requestSubmit(pressed || undefined);
  } finally {
    busy = false;
    live()?.removeAttribute("aria-busy");
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!live().contains(form) || event.defaultPrevented || form.dataset.plain) return;
  if (busy) {
    event.preventDefault();
    return;
  }
  event.preventDefault();
  form.dataset.plain = "1"; // should fetching fail, the browser sends it by itself
  send(form, event.submitter);
});

function definitions() {
  const all = [...live().querySelectorAll("details.define")];
  const open = all.some((each) => !each.open);
  for (const each of all) each.open = open;
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-definitions]")) definitions();
});

document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const memo = live().querySelector("[data-memo]");
    if (event.target.closest("textarea, select, input:not([type=checkbox]):not([type=radio])")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if ((event.key === " " || event.key === "Enter") && event.target.closest("a, button, summary, input")) return;
    if (event.key === "+" && memo) {
      memo.focus();
    } else if (event.key === "=") {
      definitions();
    } else {
      const pressed = [...live().querySelectorAll("[data-key]")].find((each) => each.dataset.key === event.key);
      if (!pressed) return;
      pressed.click();
    }
    event.preventDefault();
    event.stopImmediatePropagation(); // a code may bear the key of a walk through the page
  },
  true,
);

if (live()) ready();
