// The map of change beside its table: it draws what the table's rows say, and they point at each
// other. The page is whole without it.

const room = document.getElementById("forecasts");
const words = JSON.parse(room.dataset.words);
const element = (id) => document.getElementById(id);
const PHONE = window.matchMedia("(max-width: 720px)");
const row = (code) => document.querySelector(`.changes tr[data-code="${CSS.escape(code)}"]`);
const known = Object.fromEntries([...document.querySelectorAll(".changes tr[data-code]")].map((one) => [
  one.dataset.code, { ...one.dataset, name: one.querySelector("a").textContent },
]));
let map = null;
let drawing = false;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

function tip(code, name) {
  const told = element("map-tip");
  document.querySelector(".changes .pointed")?.classList.remove("pointed");
  told.hidden = !code;
  if (!code) return;
  const one = known[code];
  const text = !one ? words.none : one.points ? words.change : words.new;
  told.textContent = fill(text, { name, ...one });
  row(code)?.classList.add("pointed");
}

function pick(code) {
  const link = row(code)?.querySelector("a");
  if (!link) return;
  link.closest("tr").scrollIntoView({ block: "center" });
  link.focus({ preventScroll: true });
}

function webgl() {
  try { return Boolean(document.createElement("canvas").getContext("webgl2")); } catch { return false; }
}

async function draw() {
  if (drawing) return;
  drawing = true;
  element("map-open").hidden = true;
  if (!webgl()) { element("map-note").textContent = words.no_webgl; return; }
  try {
    const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/static/vendor/maplibre-gl.css?${room.dataset.version}` });
    document.head.append(sheet);
    const { ChangeMap } = await import(`/static/forecast_map.js?${room.dataset.version}`);
    map = new ChangeMap({ words, known, version: room.dataset.version }, { tip, pick });
    window.farwatchMap = map.map;
  } catch (error) {
    element("map-note").textContent = words.no_map;
    throw error;
  }
}

// A row that is pointed at or has the focus is outlined on the map.
const pointed = (happened) => map?.point(happened.target.closest?.("tr[data-code]")?.dataset.code ?? "");
document.querySelector(".changes")?.addEventListener("mouseover", pointed);
document.querySelector(".changes")?.addEventListener("focusin", pointed);
document.querySelector(".changes")?.addEventListener("mouseleave", () => map?.point(""));
document.addEventListener("keydown", (pressed) => {
  if (pressed.ctrlKey || pressed.metaKey || pressed.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(pressed.target.tagName)) return;
  if (pressed.key === "m") { pressed.preventDefault(); draw(); (document.querySelector("#map canvas") ?? element("map")).focus(); }
});

element("map-open").addEventListener("click", draw);
element("map-open").hidden = !PHONE.matches;
if (!PHONE.matches) draw();
