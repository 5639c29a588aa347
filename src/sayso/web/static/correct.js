// Correcting and attributing in the reader: a panel beside the text, places marked with the mouse or nudged with keys.
//
// The panel is the form of /statements/ID/correct (or /documents/ID/attribute): the same that works without this script.
// Places are code points of the document's text. A paragraph's id (c123) says where it begins; controls that the page
// writes out (⟦U+202E⟧) count as the one character that they are.

const ROLES = ["source", "cue", "content"];
const WRITTEN_OUT = /⟦U\+[0-9A-F]{4,6}⟧/gu;
const article = document.querySelector("article[data-document]");
const panel = document.getElementById("panel");
const body = panel && panel.querySelector(".panel-body");
const toolbar = document.getElementById("marker");
const paragraphs = Array.from(document.querySelectorAll(".para[id]"), (element) => ({
  element,
  start: Number(element.id.slice(1)),
}));
let picked = null; // the last selection: [start, end]
let opener = null;

// --- between places and the page -------------------------------------------------------------------------------------

function units(text) {
  const found = [];
  let at = 0;
  while (at < text.length) {
    WRITTEN_OUT.lastIndex = at;
    const control = text[at] === "⟦" ? WRITTEN_OUT.exec(text) : null;
    const size = control && control.index === at ? control[0].length : text.codePointAt(at) > 0xffff ? 2 : 1;
    found.push(text.slice(at, at + size));
    at += size;
  }
  return found;
}

function offsetIn(paragraph, node, offset) {
  const range = document.createRange();
  range.setStart(paragraph.element, 0);
  range.setEnd(node, offset);
  return paragraph.start + units(range.toString()).length;
}

function selected() {
  const selection = window.getSelection();
  if (!selection || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  const touched = paragraphs.filter((each) => range.intersectsNode(each.element));
  if (!touched.length) return null;
  const [first, last] = [touched[0], touched[touched.length - 1]];
  const start = first.element.contains(range.startContainer)
    ? offsetIn(first, range.startContainer, range.startOffset)
    : first.start;
  const end = last.element.contains(range.endContainer)
    ? offsetIn(last, range.endContainer, range.endOffset)
    : last.start + units(last.element.textContent).length;
  // White space at the ends is no part of what was meant; white space alone is nothing.
  const marked = units(range.toString());
  const words = marked.map((unit) => /\S/.test(unit));
  const [before, after] = [words.indexOf(true), marked.length - 1 - words.lastIndexOf(true)];
  return before >= 0 && end - after > start + before ? [start + before, end - after] : null;
}

function paragraphAt(place) {
  let found = null;
  for (const each of paragraphs) {
    if (each.start > place) break;
    found = each;
  }
  return found;
}

function point(place) {
  const paragraph = paragraphAt(place);
  if (!paragraph) return null;
  let left = place - paragraph.start;
  const walker = document.createTreeWalker(paragraph.element, NodeFilter.SHOW_TEXT);
  let node = walker.nextNode();
  let last = null;
  while (node) {
    const parts = units(node.data);
    if (left <= parts.length) return [node, parts.slice(0, left).join("").length];
    left -= parts.length;
    last = node;
    node = walker.nextNode();
  }
  return last && [last, last.data.length];
}

function rangeOf(start, end) {
  const [from, to] = [point(start), point(end)];
  if (!from || !to) return null;
  const range = document.createRange();
  range.setStart(...from);
  range.setEnd(...to);
  return range;
}

// --- the panel -------------------------------------------------------------------------------------------------------

function field(role) {
  return panel.querySelector(`textarea[name=${role}]`);
}

function placesOf(role) {
  const box = field(role);
  if (!box) return [];
  return box.value
    .split("\n")
    .map((line) => /^\s*(\d+)\s*[-–]\s*(\d+)\s*$/.exec(line))
    .filter(Boolean)
    .map((match) => [Number(match[1]), Number(match[2])]);
}

function paint() {
  for (const role of ROLES) {
    const ranges = placesOf(role).map(([start, end]) => rangeOf(start, end)).filter(Boolean);
    if (window.CSS && CSS.highlights) {
      CSS.highlights.delete(`edit-${role}`);
      if (ranges.length) CSS.highlights.set(`edit-${role}`, new Highlight(...ranges));
    }
    const words = panel.querySelector(`#h-${role}`);
    if (words && ranges.length) words.textContent = ranges.map(String).join(" · ");
    else if (words && field(role) && !field(role).value.trim()) words.textContent = "none";
  }
}

function put(role, places, { add = false } = {}) {
  const box = field(role);
  if (!box) return;
  const line = `${places[0]}-${places[1]}`;
  box.value = add && box.value.trim() ? `${box.value.trim()}\n${line}` : line;
  box.rows = Math.max(1, box.value.split("\n").length);
  paint();
  window.getSelection().removeAllRanges();
  hideToolbar();
  say(`${role}: ${panel.querySelector(`#h-${role}`).textContent}`);
}

function nudge(role, side, step) {
  const places = placesOf(role);
  if (!places.length) return;
  const piece = places[side === "start" ? 0 : places.length - 1];
  const at = side === "start" ? piece[0] : piece[1];
  const paragraph = paragraphAt(side === "start" ? at : at - 1);
  const text = units(paragraph.element.textContent);
  const blank = (index) => index < 0 || index >= text.length || /^\s*$/.test(text[index]);
  // To the next beginning (or end) of a word on that side.
  let to = at - paragraph.start;
  const edge = side === "start" ? (i) => blank(i - 1) && !blank(i) : (i) => !blank(i - 1) && blank(i);
  do to += step;
  while (to > 0 && to < text.length && !edge(to));
  to = paragraph.start + Math.max(0, Math.min(text.length, to));
  if (side === "start" ? to >= piece[1] : to <= piece[0]) return;
  piece[side === "start" ? 0 : 1] = to;
  field(role).value = places.map((each) => each.join("-")).join("\n");
  paint();
  say(panel.querySelector(`#h-${role}`).textContent);
}

function tools(role) {
  const row = document.createElement("p");
  row.className = "nudge";
  const add = (label, title, act) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain";
    button.textContent = label;
    button.title = title;
    button.setAttribute("aria-label", title);
    button.addEventListener("click", act);
    row.append(button);
  };
  add("Take marked", `Take marked words as ${role}`, () => picked && put(role, picked));
  add("Add", `Add the marked words to the ${role} as another piece`, () => picked && put(role, picked, { add: true }));
  for (const [side, step, sign] of [["start", -1, "⇤"], ["start", 1, "⇥"], ["end", -1, "⇤"], ["end", 1, "⇥"]]) {
    const way = step < 0 ? "earlier" : "later";
    add(`${side} ${sign}`, `${side} ${sign} ${role}, one word ${way}`, () => nudge(role, side, step));
  }
  return row;
}

async function open(address, places = {}) {
  const answer = await fetch(address, { headers: { accept: "text/html" } });
  if (!answer.ok) {
    window.location.href = address;
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const form = page.querySelector("form.edit");
  if (!form) return;
  const title = page.querySelector("h1").textContent;
  body.replaceChildren();
  const head = document.createElement("h2");
  head.textContent = title;
  head.id = "panel-title";
  body.append(head, document.adoptNode(form));
  for (const extra of page.querySelectorAll("main form.one")) body.append(document.adoptNode(extra));
  for (const role of ROLES) {
    const box = body.querySelector(`.field[data-role=${role}]`);
    box.append(tools(role));
    field(role).addEventListener("input", paint);
    field(role).addEventListener("keydown", (event) => {
      if (!event.altKey || !["ArrowLeft", "ArrowRight"].includes(event.key)) return;
      event.preventDefault();
      nudge(role, event.shiftKey ? "start" : "end", event.key === "ArrowLeft" ? -1 : 1);
    });
  }
  body.querySelector("[data-hint]").textContent =
    "Mark words in the text and press 1, 2 or 3; Alt+← → moves an end by a word, with Shift its beginning.";
  body.querySelector("[data-cancel]").addEventListener("click", (event) => {
    event.preventDefault();
    close();
  });
  opener = opener || document.activeElement;
  panel.hidden = false;
  document.body.classList.add("with-panel");
  for (const [role, place] of Object.entries(places)) put(role, place);
  paint();
  panel.focus();
}

function close() {
  if (!panel || panel.hidden) return false;
  panel.hidden = true;
  body.replaceChildren();
  document.body.classList.remove("with-panel");
  if (window.CSS && CSS.highlights) for (const role of ROLES) CSS.highlights.delete(`edit-${role}`);
  if (opener && opener.isConnected) opener.focus({ preventScroll: true });
  opener = null;
  return true;
}

function say(text) {
  const status = document.getElementById("status");
  if (status) status.textContent = text;
}

// --- marking words ---------------------------------------------------------------------------------------------------

function hideToolbar() {
  toolbar.hidden = true;
}

function take(role, add = false) {
  const places = selected() || picked;
  if (!places) return;
  picked = places;
  if (!panel.hidden) put(role, places, { add });
  else open(`/documents/${encodeURIComponent(article.dataset.document)}/attribute`, { [role]: places });
}

function offer() {
  const places = selected();
  if (!places) {
    hideToolbar();
    return;
  }
  picked = places;
  const box = window.getSelection().getRangeAt(0).getBoundingClientRect();
  toolbar.hidden = false;
  const left = Math.min(Math.max(8, box.left + box.width / 2 - toolbar.offsetWidth / 2), innerWidth - toolbar.offsetWidth - 8);
  toolbar.style.left = `${left + scrollX}px`;
  toolbar.style.top = `${box.bottom + scrollY + 8}px`;
}

function currentCard() {
  return document.querySelector(".card.current") || document.querySelector(".card:target");
}

function remove(card) {
  const form = document.getElementById("delete");
  form.action = `/statements/${encodeURIComponent(card.id)}/delete`;
  form.requestSubmit();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (event.key === "Escape" && close()) {
    event.stopImmediatePropagation();
    return;
  }
  if (event.target.closest("input, textarea, select")) return;
  const role = { 1: "source", 2: "cue", 3: "content" }[event.key];
  const card = currentCard();
  if (role && (selected() || (picked && !panel.hidden))) take(role);
  else if (event.key === "e" && card) open(`/statements/${encodeURIComponent(card.id)}/correct`);
  else if (event.key === "a") open(`/documents/${encodeURIComponent(article.dataset.document)}/attribute`, selected() ? { content: selected() } : {});
  else if (event.key === "x" && card && !card.classList.contains("rejected")) remove(card);
  else if (event.key === "u") document.querySelector(".changes li:not(.undone) form")?.requestSubmit();
  else return;
  event.preventDefault();
}

if (article && panel && toolbar) {
  let waiting = 0;
  document.addEventListener("selectionchange", () => {
    clearTimeout(waiting);
    waiting = setTimeout(offer, 180);
  });
  toolbar.addEventListener("mousedown", (event) => event.preventDefault()); // or the selection is gone before the click
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-role]");
    if (button) take(button.dataset.role);
  });
  document.addEventListener("keydown", keys, true);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-correct]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open(link.getAttribute("href"));
  });
  panel.querySelector("[data-close]").addEventListener("click", close);
}
