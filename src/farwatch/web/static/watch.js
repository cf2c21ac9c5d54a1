// The watch room's page: filters, time and choice live in the URL; the list is the server's, the
// map draws the same. Without this script the page is a form and a list.

document.documentElement.classList.add("scripted");

const room = document.getElementById("watch");
const words = JSON.parse(room.dataset.words);
const HELD = ["kind", "severity", "country", "state", "days", "at"];
const PHONE = window.matchMedia("(max-width: 720px)");
let map = null;
let asking = null;

const query = () => [...new URLSearchParams(location.search)].filter(([name, value]) => HELD.includes(name) && value);
const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
const element = (id) => document.getElementById(id);

// ---- the list, from the server
async function load(address, { push = true } = {}) {
  asking?.abort();
  asking = new AbortController();
  let answer;
  try {
    answer = await fetch(address, { signal: asking.signal });
  } catch (error) {
    if (error.name === "AbortError") return false;
    throw error;
  }
  if (!answer.ok || answer.redirected) { location.assign(address); return false; }
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  const before = new Map([...document.querySelectorAll("[data-alert]")].map((one) => [one.dataset.alert, one.dataset.revision]));
  const focused = document.activeElement?.closest("#feed") ? document.activeElement.getAttribute("href") : null;
  const scrolled = element("feed").scrollTop;
  for (const id of ["feed", "filters", "volume"]) {
    if (id === "filters" && element("filters").contains(document.activeElement)) { carry(fresh); continue; }
    element(id).replaceWith(fresh.getElementById(id));
  }
  if (push) history.pushState(null, "", address);
  element("feed").scrollTop = scrolled;
  if (focused) [...document.querySelectorAll("#feed a")].find((one) => one.getAttribute("href") === focused)?.focus();
  clock(fresh);
  decorate();
  if (!push) announce(before);
  return true;
}

// The form in use keeps its fields; what it carries unseen follows the URL.
function carry(fresh) {
  const form = element("filters");
  form.querySelectorAll("input[type=hidden]").forEach((one) => one.remove());
  form.prepend(...fresh.querySelectorAll("#filters input[type=hidden]"));
  const [old, now] = [form.querySelector("summary"), fresh.querySelector("#filters summary")];
  old.textContent = now.textContent;
  element("counts").replaceWith(fresh.getElementById("counts"));
  element("clear").hidden = fresh.getElementById("clear").hidden;
}

function announce(before) {
  const fresh = [...document.querySelectorAll("[data-alert]")].filter((one) => before.get(one.dataset.alert) !== one.dataset.revision);
  if (!fresh.length) return;
  const headline = fresh[0].querySelector("a").textContent;
  element("announcer").textContent = fill(fresh.length > 1 ? words.new_alerts : words.new_alert, { count: fresh.length, headline });
}

// What the page shows of its own state: set filters, the rooms' links that hold them, the choice.
function decorate() {
  for (const one of document.querySelectorAll("#filters select")) one.classList.toggle("set", one.selectedIndex > 0);
  document.querySelector("#filters summary").classList.toggle("set", Boolean(document.querySelector("#filters [name=kind]:checked")));
  for (const link of document.querySelectorAll(".rail a[href^='/alerts'], .rail a[href^='/events']")) {
    const to = new URL(link.href);
    for (const name of ["kind", "severity"]) {
      to.searchParams.delete(name);
      for (const [, value] of query().filter(([one]) => one === name)) to.searchParams.append(name, value);
    }
    link.href = to.pathname + to.search;
  }
}

function chosen() {
  const one = element("chosen")?.dataset;
  if (!one) return null;
  const spot = one.lat === undefined ? {} : { lat: +one.lat, lon: +one.lon, radius: +one.radius };
  return { event: one.event, severity: +one.severity, ...spot };
}

async function go(change, { fly = false, marks = true } = {}) {
  const address = new URL(location.href);
  for (const [name, value] of Object.entries(change)) {
    address.searchParams.delete(name);
    for (const one of [value].flat()) if (one) address.searchParams.append(name, one);
  }
  address.searchParams.delete("cursor");
  if (!(await load(address.pathname + address.search))) return;
  map?.pick(chosen(), fly);
  if (marks) map?.refresh();
}

// ---- filters
const values = () => {
  const given = new FormData(element("filters"));
  return Object.fromEntries(["kind", "severity", "state"].map((name) => [name, given.getAll(name).filter((one) => one !== "live")]));
};
document.addEventListener("change", (changed) => {
  if (changed.target.closest("#filters")) go(values());
  if (changed.target.id === "levels-on" && map) { map.levelsOn = changed.target.checked; map.levels(); }
});
document.addEventListener("submit", (sent) => {
  if (sent.target.id === "filters") { sent.preventDefault(); go(values()); }
});

// ---- choosing in the list
document.addEventListener("click", (clicked) => {
  const pick = document.querySelector(".pick[open]");
  if (pick && !pick.contains(clicked.target)) pick.open = false;
  const link = clicked.target.closest("#feed .lines [aria-current], #feed [data-event] > a, [data-close], [data-step], #clear");
  if (!link || clicked.ctrlKey || clicked.metaKey || clicked.shiftKey) return;
  clicked.preventDefault();
  load(link.getAttribute("href")).then((came) => {
    if (!came) return;
    map?.pick(chosen(), true);
    if (link.matches("[data-step], #clear")) map?.refresh();
    if (link.closest("[data-event]")) element("chosen")?.focus();
  });
});
document.addEventListener("keydown", (pressed) => {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey) return;
  if (pressed.key === "Escape") {
    const pick = document.querySelector(".pick[open]");
    if (pick) { pick.open = false; pick.querySelector("summary").focus(); return; }
    if (element("chosen")) go({ event: null }, { marks: false });
  }
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(pressed.target.tagName)) return;
  if (pressed.key === "m") { pressed.preventDefault(); tab(true); (document.querySelector("#map canvas") ?? element("map")).focus(); }
  if (pressed.key === "l") { pressed.preventDefault(); tab(false); document.querySelector("#feed [data-rows] a")?.focus(); }
});

// ---- list or map, on a phone
function tab(onMap) {
  room.classList.toggle("on-map", onMap);
  element("tab-map").setAttribute("aria-pressed", String(onMap));
  element("tab-list").setAttribute("aria-pressed", String(!onMap));
  if (onMap) draw();
  map?.map.resize();
}
element("tab-map").addEventListener("click", () => tab(true));
element("tab-list").addEventListener("click", () => tab(false));

// ---- time
const slider = element("at");
const whole = +room.dataset.hours;
const start = () => new Date(room.dataset.start).getTime();
const time = (hours) => new Date(start() + hours * 3600e3);
const shown = (when) => `${when.toISOString().slice(0, 16).replace("T", " ")} UTC`;
let waiting = 0;

function tell() {
  const text = +slider.value >= whole ? words.now : shown(time(+slider.value));
  element("at-told").textContent = text;
  slider.setAttribute("aria-valuetext", text);
  element("now").disabled = +slider.value >= whole;
}
function moved() {
  tell();
  clearTimeout(waiting);
  waiting = setTimeout(() => go({ at: +slider.value >= whole ? null : time(+slider.value).toISOString().slice(0, 19) + "Z" }), 250);
}
slider.addEventListener("input", moved);
slider.addEventListener("keydown", (pressed) => {
  const step = { PageUp: 24, PageDown: -24 }[pressed.key];
  if (!step) return;
  pressed.preventDefault();
  slider.value = String(+slider.value + step);
  moved();
});
element("now").addEventListener("click", () => { slider.value = String(whole); moved(); slider.focus(); });

// The slider's hours move on with the desk's clock.
function clock(fresh) {
  const next = fresh.getElementById("watch");
  room.dataset.start = next.dataset.start;
  slider.value = fresh.getElementById("at").value;
  tell();
}

window.addEventListener("popstate", async () => {
  if (await load(location.href, { push: false })) { map?.pick(chosen(), true); map?.refresh(); }
});

// ---- live
let late = 0;
function changed() {
  if (late) return;
  late = setTimeout(async () => {
    late = 0;
    if (await load(location.href, { push: false })) { map?.pick(chosen()); map?.refresh(); }
  }, 400);
}
for (const what of ["alerts", "events", "sites"]) document.body.addEventListener(`live:${what}`, changed);

// ---- the map
function tip(text, event) {
  const told = element("map-tip");
  told.textContent = text;
  told.hidden = !text;
  document.querySelector(".lines .pointed")?.classList.remove("pointed");
  if (event) element(`row-${event}`)?.classList.add("pointed");
}

function webgl() {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
}

let drawing = false;
async function draw() {
  if (drawing) return;
  drawing = true;
  if (!webgl()) { element("map-note").textContent = words.no_webgl; return; }
  try {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/static/vendor/maplibre-gl.css?${room.dataset.version}` });
    document.head.append(sheet);
    const { WatchMap } = await import(`/static/watch_map.js?${room.dataset.version}`);
    const begins = room.dataset.begins ? room.dataset.begins.split(",").map(Number) : null;
    map = new WatchMap(
      { words, begins, language: room.dataset.language, version: room.dataset.version, query, label: element("map-part").getAttribute("aria-label") },
      { tip, pick: (event) => go({ event }, { marks: false }).then(() => element(`row-${event}`)?.scrollIntoView({ block: "nearest" })), area: (cell) => go({ cell, event: null }, { marks: false }) },
    );
    map.picked = chosen();
    window.farwatchMap = map.map;
  } catch (error) {
    element("map-note").textContent = words.no_map;
    throw error;
  }
}

decorate();
if (window.innerWidth <= 1100 || window.innerHeight <= 760) element("legend").open = false;
if (!PHONE.matches) draw();
PHONE.addEventListener("change", () => { if (!PHONE.matches) draw(); });
