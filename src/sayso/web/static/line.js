// The line, to work with: drag over the shares to select a time (it goes into the address), point at anything to read its
// numbers, click a dot to read its statement in place. Where this script or the chart library does not run, the drawing
// that the server made stays, and every dot leads to its statement.

const main = document.querySelector("main");
const place = main.querySelector("[data-chart]");
const still = main.querySelector("[data-still]");
const tools = main.querySelector("[data-tools]");
const one = (name) => tools.querySelector(`[data-${name}]`);
const dark = window.matchMedia("(prefers-color-scheme: dark)");
let line = null;
let view = null;
let selected = null;

const day = (time) => new Date(time).toISOString().slice(0, 10);
const nice = (iso) =>
  new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });

function specification() {
  const drawn = structuredClone((dark.matches && line.chart_dark) || line.chart);
  const width = Math.max(260, place.clientWidth - 66);
  for (const panel of drawn.vconcat) panel.width = width;
  const colour = dark.matches ? "#8cc2d6" : "#1d4e63";
  drawn.vconcat[1].layer[0].params = [
    {
      name: "time",
      select: { type: "interval", encodings: ["x"], mark: { fill: colour, fillOpacity: 0.14, stroke: colour } },
    },
  ];
  if (width < 520) {
    const legend = drawn.vconcat[1].layer[0].encoding.color.legend;
    if (legend) legend.columns = Math.max(1, Math.floor(width / 130));
  }
  drawn.background = "transparent";
  return drawn;
}

function inside(point) {
  return !selected || (point.end >= selected[0] && point.start <= selected[1]);
}

function tell() {
  one("hint").hidden = Boolean(selected);
  one("show").hidden = one("clear").hidden = !selected;
  const chosen = line.points.filter(inside);
  const ids = new Set(chosen.map((point) => point.statement));
  for (const dot of main.querySelectorAll("a[data-statement]")) {
    dot.classList.toggle("outside", Boolean(selected) && !ids.has(dot.dataset.statement));
  }
  if (!selected) {
    one("span").textContent = one("sum").textContent = "";
    return;
  }
  const shares = new Map();
  for (const point of chosen) {
    const mass = Math.max(1, Object.values(point.codes).reduce((sum, each) => sum + each, 0));
    for (const [code, share] of Object.entries(point.codes)) shares.set(code, (shares.get(code) || 0) + share / mass);
  }
  const total = [...shares.values()].reduce((sum, each) => sum + each, 0) || 1;
  const most = [...shares].sort((a, b) => b[1] - a[1]).slice(0, 3);
  one("span").textContent = `${nice(selected[0])} – ${nice(selected[1])}`;
  const count = `${chosen.length.toLocaleString("en")} statement${chosen.length === 1 ? "" : "s"}`;
  one("sum").textContent =
    count + (most.length ? `: ${most.map(([code, share]) => `${code} ${Math.round((100 * share) / total)}%`).join(", ")}` : "");
}

function address() {
  const url = new URL(window.location.href);
  for (const [name, value] of [["since", selected && selected[0]], ["until", selected && selected[1]]]) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
    const field = main.querySelector(`.filters input[name=${name}]`);
    if (field) field.value = value || "";
  }
  return url;
}

function select(span) {
  selected = span;
  window.history.replaceState(null, "", address());
  tell();
}

async function draw() {
  const embedded = await window.vegaEmbed(place, specification(), {
    mode: "vega-lite",
    renderer: line.points.length > 2000 ? "canvas" : "svg",
    actions: false,
    ast: true, // expressions are interpreted: the page's policy allows no eval
    defaultStyle: false,
    tooltip: { disableDefaultStyle: true },
  });
  if (view) view.finalize();
  view = embedded;
  // the brush's rectangles say nothing to those who cannot see them; the fields beside the chart do
  for (const part of place.querySelectorAll("[class*=_brush]")) part.setAttribute("aria-hidden", "true");
  let waiting = 0;
  embedded.view.addSignalListener("time", (name, value) => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const times = value && Object.values(value)[0];
      select(times && times[1] > times[0] ? [day(times[0]), day(times[1])] : null);
    }, 120);
  });
}

async function begin() {
  if (!place || typeof window.vegaEmbed !== "function") return;
  const twin = document.querySelector("link[rel=alternate][type='application/json']").href;
  line = await (await fetch(twin)).json();
  if (!line.chart) return;
  place.hidden = false;
  try {
    await draw();
  } catch (error) {
    place.hidden = true;
    throw error;
  }
  still.hidden = true;
  tools.hidden = false;
  place.dataset.ready = "1";
  one("show").addEventListener("click", () => window.location.assign(address()));
  one("clear").addEventListener("click", async () => {
    await draw();
    select(null);
  });
  dark.addEventListener("change", draw);
  let width = place.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(place.clientWidth - width) < 24) return;
    width = place.clientWidth;
    draw();
  }).observe(place);
}

// The dots are one stop of the Tab key: arrows walk among them, by date.
const dots = Array.from(main.querySelectorAll(".strip a[data-statement]"));
const across = (dot) => Number(dot.querySelector("circle").getAttribute("cx"));
dots.sort((a, b) => across(a) - across(b));
dots.forEach((dot, index) => dot.setAttribute("tabindex", index ? "-1" : "0"));
if (dots.length) main.querySelector("[data-arrows]").hidden = false;
main.addEventListener("keydown", (event) => {
  const at = dots.indexOf(event.target);
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (at < 0 || !step || event.altKey || event.ctrlKey || event.metaKey) return;
  const next = dots[Math.max(0, Math.min(dots.length - 1, at + step))];
  dots[at].setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
  event.preventDefault();
});

// Reading in place.
const reading = main.querySelector("[data-reading]");
const tag = (name, text, kind) => {
  const made = document.createElement(name);
  if (text) made.textContent = text;
  if (kind) made.className = kind;
  return made;
};

main.addEventListener("click", async (event) => {
  const dot = event.target.closest("a[data-statement]");
  if (!dot || !reading || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const path = dot.getAttribute("href");
  const answer = await fetch(`${path}.json`);
  if (!answer.ok) {
    window.location.assign(path);
    return;
  }
  const found = await answer.json();
  for (const each of main.querySelectorAll("a.read")) each.classList.remove("read");
  dot.classList.add("read");
  const quote = tag("blockquote");
  quote.append(tag("bdi", found.content.map((span) => span.text).join(" … ")));
  const who = tag("p", "", "who");
  who.append(tag("b", found.speaker.name || "unnamed"));
  if (found.date) who.append(`, ${found.date.value}`);
  const codes = found.codes.filter((each) => !each.unsure).map((each) => each.code);
  if (codes.length) who.append(" ", tag("span", [...new Set(codes)].join(", "), "code"));
  const chain = tag("ol", "", "chain");
  for (const link of found.chain) chain.append(tag("li", link.name, link.role));
  const more = tag("a", "Open the statement");
  more.href = path;
  reading.replaceChildren(who, quote, chain, more);
  reading.hidden = false;
});

begin();
