// The map itself: borders, levels, marks. It asks the desk for what its box shows at its zoom.

import { Map, NavigationControl, ScaleControl, setWorkerUrl } from "/static/vendor/maplibre-gl.mjs";
import { drawn, tokens } from "./watch_marks.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const FINER = 3.2; // zoom from which the finer borders are drawn
const EVENTS = ["events", "clusters"];
const SITES = ["sites", "site-groups"];
const NAMED = 5.5; // zoom from which sites carry their names

const get = (name) => ["get", name];
const marks = (id, source, extra = {}) => ({
  id, source, type: "symbol",
  layout: { "icon-image": get("icon"), "icon-allow-overlap": true, "icon-ignore-placement": false, "symbol-sort-key": get("order"), "icon-padding": 0, ...extra.layout },
  ...(extra.filter ? { filter: extra.filter } : {}), ...(extra.paint ? { paint: extra.paint } : {}),
});

function style(look) {
  const empty = (id) => [id, { type: "geojson", data: NOTHING }];
  const names = (id, kind, minzoom, maxzoom) => ({
    id, source: id, type: "symbol", minzoom, maxzoom,
    layout: { "icon-image": ["concat", `n|${kind}|`, get("name")], "icon-padding": 4, "symbol-sort-key": get("order"), "icon-anchor": kind === "town" ? "left" : "center" },
  });
  return {
    version: 8,
    sources: Object.fromEntries(["countries", "levels", "radii", "country-names", "unit-names", "towns", "site-names", "marks-sites", "marks-events", "picked"].map(empty)),
    layers: [
      { id: "sea", type: "background", paint: { "background-color": look.sea } },
      { id: "land", source: "countries", type: "fill", paint: { "fill-color": look.land, "fill-antialias": false } },
      { id: "levels", source: "levels", type: "fill", paint: { "fill-color": get("color"), "fill-opacity": look.dark ? 0.55 : 0.75 } },
      { id: "level-lines", source: "levels", type: "line", paint: { "line-color": look.border, "line-width": 0.8 } },
      { id: "borders", source: "countries", type: "line", paint: { "line-color": look.border, "line-width": ["interpolate", ["linear"], ["zoom"], 1, 0.5, 6, 1.2] } },
      { id: "radii", source: "radii", type: "fill", filter: ["==", ["get", "picked"], true], paint: { "fill-color": look.ink, "fill-opacity": 0.07 } },
      { id: "radius-lines", source: "radii", type: "line", paint: { "line-color": look.ink, "line-opacity": ["case", ["get", "picked"], 0.9, 0.35], "line-width": ["case", ["get", "picked"], 1.6, 1], "line-dasharray": [3, 3] } },
      names("towns", "town", 4, 24),
      names("unit-names", "unit", 3.6, 10),
      names("country-names", "country", 1.5, 7),
      { ...names("site-names", "site", NAMED, 24), layout: { "icon-image": ["concat", "n|site|", get("name")], "icon-anchor": "left", "icon-offset": [15, 0], "icon-padding": 0 } },
      marks("site-groups", "marks-sites", { filter: [">", get("count"), 1] }),
      marks("sites", "marks-sites", { filter: ["==", get("count"), 1] }),
      marks("clusters", "marks-events", { filter: [">", get("count"), 1] }),
      marks("events", "marks-events", { filter: ["==", get("count"), 1] }),
      { id: "picked", source: "picked", type: "circle", paint: { "circle-radius": ["get", "size"], "circle-color": "transparent", "circle-stroke-color": look.ink, "circle-stroke-width": 3 } },
    ],
  };
}

// A circle on the earth, 64 corners (haversine's direct problem, on the sphere of the desk).
export function circle(lat, lon, km) {
  const [phi, turn, angle] = [lat * Math.PI / 180, lon * Math.PI / 180, km / 6371.0088];
  const ring = [];
  for (let n = 0; n <= 64; n++) {
    const bearing = (n % 64) * Math.PI / 32;
    const y = Math.asin(Math.sin(phi) * Math.cos(angle) + Math.cos(phi) * Math.sin(angle) * Math.cos(bearing));
    const x = turn + Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(phi), Math.cos(angle) - Math.sin(phi) * Math.sin(y));
    ring.push([x * 180 / Math.PI, y * 180 / Math.PI]);
  }
  return ring;
}

// Points of a grid that lie inside the largest part of a shape, those near `at` first.
function inside({ coordinates }, at) {
  const [ring] = coordinates.reduce((most, one) => (one[0].length > most[0].length ? one : most));
  const [xs, ys] = [0, 1].map((n) => ring.map((corner) => corner[n]));
  const [west, south, east, north] = [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  const holds = ([x, y]) => ring.reduce((odd, [x1, y1], n) => {
    const [x2, y2] = ring[(n || ring.length) - 1];
    return (y1 > y) !== (y2 > y) && x < (x2 - x1) * (y - y1) / (y2 - y1) + x1 ? !odd : odd;
  }, false);
  const found = [];
  for (let row = 1; row < 8; row++) for (let column = 1; column < 8; column++) found.push([west + (east - west) * column / 8, south + (north - south) * row / 8]);
  const away = (spot) => (spot[0] - at[0]) ** 2 + (spot[1] - at[1]) ** 2;
  return found.filter(holds).sort((one, other) => away(one) - away(other));
}

const point = (lon, lat, properties) => ({ type: "Feature", geometry: { type: "Point", coordinates: [lon, lat] }, properties });
const collection = (features) => ({ type: "FeatureCollection", features });
const VAGUE = new Set(["admin1", "country", "region"]);

async function json(address, signal) {
  const answer = await fetch(address, { signal, headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

export class WatchMap {
  constructor(room, told) {
    this.room = room; // words, language, version, query()
    this.told = told; // what the page is told: pick, area, tip
    this.look = tokens();
    this.outlines = {};
    this.units = [];
    this.levelsOn = true;
    setWorkerUrl(`/static/vendor/maplibre-gl-worker.mjs?${room.version}`);
    const [west, south, east, north] = room.begins || [-150, -45, 170, 65];
    const alone = west === east && south === north;
    this.map = new Map({
      container: "map", style: style(this.look), attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0, minZoom: 0.5, maxZoom: 13, fadeDuration: 0,
      ...(alone ? { center: [west, south], zoom: 5 } : { bounds: [[west, south], [east, north]], fitBoundsOptions: this.fitting() }),
      locale: { "NavigationControl.ZoomIn": room.words.zoom_in, "NavigationControl.ZoomOut": room.words.zoom_out },
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver((id) => {
      const made = drawn(id, this.look);
      if (made && !this.map.hasImage(id)) this.map.addImage(id, made.data, made.options);
    });
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl({ onAdd: () => this.home(), onRemove: () => {} }, "top-right");
    this.map.addControl(new ScaleControl({ maxWidth: 120 }), "bottom-right");
    this.ready = new Promise((resolve) => { this.map.once("load", resolve); });
    this.ready.then(() => this.begin());
  }

  fitting() { return { padding: { top: 64, bottom: 48, left: window.innerWidth > 1100 ? 290 : 48, right: 56 }, maxZoom: 8 }; }

  home() {
    const held = document.createElement("div");
    held.className = "maplibregl-ctrl maplibregl-ctrl-group";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "map-home";
    button.textContent = "⌂";
    button.title = button.ariaLabel = this.room.words.whole;
    button.addEventListener("click", () => { const b = this.room.begins; if (b) this.map.fitBounds([[b[0], b[1]], [b[2], b[3]]], this.fitting()); });
    held.append(button);
    return held;
  }

  async begin() {
    const map = this.map;
    map.getCanvas().setAttribute("aria-label", this.room.label);
    this.borders();
    map.on("moveend", () => { this.borders(); this.marks(); this.towns(); });
    for (const layer of [...EVENTS, ...SITES, "levels"]) {
      map.on("mousemove", layer, (moved) => this.over(moved));
      map.on("mouseleave", layer, () => { map.getCanvas().style.cursor = ""; this.told.tip(""); });
    }
    map.on("click", (clicked) => this.click(clicked));
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    await Promise.allSettled([this.marks(), this.levels(), this.towns()]);
    this.pick(this.picked);
    document.getElementById("map").dataset.drawn = "yes";
  }

  async restyle() {
    this.look = tokens();
    this.map.setStyle(style(this.look), { diff: false });
    await this.map.once("style.load");
    this.drawnBorders = null;
    this.borders();
    this.refresh();
    this.towns();
    this.pick(this.picked);
  }

  set(source, data) { this.map.getSource(source)?.setData(data); }

  box() {
    const bounds = this.map.getBounds();
    let [west, south, east, north] = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    if (east - west >= 360) [west, east] = [-180, 180];
    const turn = (lon) => ((lon + 180) % 360 + 360) % 360 - 180;
    if (east - west < 360) [west, east] = [turn(west), turn(east)];
    if (west === east) [west, east] = [-180, 180];
    return [west, Math.max(-90, south), east, Math.min(90, north)].map((side) => side.toFixed(3)).join(",");
  }

  async outline(name) {
    this.outlines[name] ??= json(`/static/vendor/${name}.json?${this.room.version}`);
    return this.outlines[name];
  }

  async borders() {
    const name = this.map.getZoom() >= FINER ? "countries-fine" : "countries-coarse";
    if (this.drawnBorders === name) return;
    const first = !this.drawnBorders;
    this.drawnBorders = name;
    if (first) this.set("countries", await this.outline("countries-coarse")); // at once, the finer ones when they come
    const found = await this.outline(name);
    if (this.drawnBorders !== name) return;
    this.set("countries", found);
    const told = new Intl.DisplayNames([this.room.language], { type: "region" });
    const word = ({ code, name: given }) => { try { return code ? told.of(code) : given; } catch { return given; } };
    this.set("country-names", collection(found.features.filter((one) => one.properties.area > 0.3).map(({ properties }) => point(...properties.at, { name: word(properties).toLocaleUpperCase(this.room.language), order: -properties.area }))));
  }

  async marks() {
    this.asking?.abort();
    this.asking = new AbortController();
    const asked = new URLSearchParams([...this.room.query(), ["bbox", this.box()], ["zoom", this.map.getZoom().toFixed(2)]]);
    try {
      const [events, sites] = await Promise.all(["events", "sites"].map((what) => json(`/api/v1/map/${what}?${asked}`, this.asking.signal)));
      for (const one of events.features) {
        const p = one.properties;
        p.icon = p.count > 1 ? `c|${p.count}|${p.severity}|${p.alerts ? 1 : 0}` : `e|${p.category ?? "other"}|${p.severity}|${VAGUE.has(p.precision) ? 1 : 0}|${p.alerts ? 1 : 0}`;
        p.order = p.severity + (p.alerts ? 10 : 0);
      }
      for (const { properties: p } of sites.features) {
        p.icon = p.count > 1 ? `g|${p.count}|${p.exposed ? 1 : 0}` : `s|${p.exposed}|${p.warned}`;
        p.order = p.exposed;
      }
      this.eventsShown = events.features;
      this.set("marks-events", events);
      this.set("marks-sites", sites);
      this.set("site-names", collection(sites.features.filter((one) => one.properties.count === 1)));
      this.sitesShown = sites.features;
      this.radii();
      this.nameUnits();
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    }
  }

  radii() {
    const width = 40075 * Math.cos(this.map.getCenter().lat * Math.PI / 180) / (512 * 2 ** this.map.getZoom()); // km a pixel
    const of = (lat, lon, km, picked) => ({ type: "Feature", geometry: { type: "Polygon", coordinates: [circle(lat, lon, km)] }, properties: { picked } });
    const found = (this.eventsShown ?? []).filter(({ properties: p }) => p.count === 1 && !VAGUE.has(p.precision) && p.radius_km / width > 14 && p.event !== this.picked?.event)
      .map(({ geometry: g, properties: p }) => of(g.coordinates[1], g.coordinates[0], p.radius_km, false));
    if (this.picked?.lat !== undefined && this.picked.radius > 0) found.push(of(this.picked.lat, this.picked.lon, this.picked.radius, true));
    this.set("radii", collection(found));
  }

  async towns() {
    if (this.map.getZoom() < 4) return;
    const found = await json(`/api/v1/map/towns?bbox=${this.box()}&zoom=${this.map.getZoom().toFixed(1)}`);
    this.set("towns", collection(found.items.map((one) => point(one.lon, one.lat, { name: `· ${one.name}`, order: -one.population }))));
  }

  async levels() {
    if (!this.levelsOn) { this.set("levels", NOTHING); this.units = []; this.nameUnits(); return; }
    const { items } = await json(`/api/v1/map/levels?${new URLSearchParams(this.room.query())}`);
    const countries = [...new Set(items.filter((one) => one.code.includes(".")).map((one) => one.code.slice(0, 2)))];
    const shapes = await Promise.all([this.outline("countries-fine"), ...countries.map((code) => this.outline(`admin1/${code}`).catch(() => NOTHING))]);
    const known = Object.fromEntries(items.map((one) => [one.code, one]));
    const features = shapes.flatMap((found) => found.features).filter((one) => known[one.properties.code])
      .sort((a, b) => a.properties.code.length - b.properties.code.length)
      .map((one, id) => ({ ...one, id, properties: { ...one.properties, ...known[one.properties.code], color: this.look.levels[known[one.properties.code].level ?? 0] } }));
    this.set("levels", collection(features));
    this.units = features.filter((one) => one.properties.code.includes("."));
    this.nameUnits();
  }

  // Colour is never alone: a unit's name and level stand where no mark does.
  nameUnits() {
    const shown = this.map.getBounds();
    const marks = [...(this.eventsShown ?? []), ...(this.sitesShown ?? [])].map((one) => this.map.project(one.geometry.coordinates));
    const clear = (spot) => { const at = this.map.project(spot); return marks.every((mark) => Math.abs(mark.x - at.x) > 60 || Math.abs(mark.y - at.y) > 26); };
    const named = this.units.map(({ geometry, properties: p }) => {
      const spots = [p.at, ...inside(geometry, p.at)].filter((spot) => shown.contains(spot));
      return point(...(spots.find(clear) ?? spots[0] ?? p.at), { name: `${p.name} · ${p.at_least ? "≥" : ""}${p.level ?? "?"}`, order: -p.area });
    });
    this.set("unit-names", collection(named));
  }

  async refresh() { await this.ready; await Promise.allSettled([this.marks(), this.levels()]); }

  under(at) {
    const near = [[at.x - 3, at.y - 3], [at.x + 3, at.y + 3]];
    return this.map.queryRenderedFeatures(near, { layers: [...EVENTS, ...SITES] })[0] ?? this.map.queryRenderedFeatures(at, { layers: ["levels"] })[0];
  }

  over({ point: at }) {
    const found = this.under(at);
    this.map.getCanvas().style.cursor = found && found.layer.id !== "levels" ? "pointer" : "";
    this.told.tip(found ? this.words(found) : "", found?.properties.event);
  }

  words({ layer, properties: p }) {
    const words = this.room.words;
    const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
    if (layer.id === "clusters") return fill(words.events, { count: p.count.toLocaleString(this.room.language), severity: p.severity });
    if (layer.id === "events") return p.title;
    if (layer.id === "site-groups") return fill(words.sites, { count: p.count, exposed: p.exposed });
    if (layer.id === "sites") return `${fill(words.site, p)}: ${p.exposed ? fill(words.exposed, p) : words.clear}`;
    const level = p.level ?? 0;
    return fill(level ? (p.at_least ? words.at_least : words.level) : words.unassessed, { name: p.name, level, word: words.levels[level] });
  }

  click({ point: at }) {
    const found = this.under(at);
    if (!found) return;
    const { layer, properties: p, geometry } = found;
    if (layer.id === "events") this.told.pick(p.event);
    if (layer.id === "clusters" || layer.id === "site-groups") {
      const [west, south, east, north] = JSON.parse(p.box);
      if (layer.id === "clusters") this.told.area(p.cell);
      if (east - west > 1e-3 || north - south > 1e-3) this.map.fitBounds([[west, south], [east, north]], { padding: 90, maxZoom: 12 });
    }
    if (layer.id === "sites") this.map.easeTo({ center: geometry.coordinates, zoom: Math.max(this.map.getZoom(), 8) });
  }

  // The chosen event: {event, lat, lon, radius, severity}, or null.
  pick(one, fly = false) {
    this.picked = one;
    if (!this.map.getSource("picked")) return;
    const spot = one?.lat !== undefined;
    this.set("picked", spot ? collection([point(one.lon, one.lat, { size: 14 + 2 * one.severity })]) : NOTHING);
    this.radii();
    if (!spot || !fly) return;
    const shown = this.map.getBounds().contains([one.lon, one.lat]);
    if (!shown || this.map.getZoom() < 4) this.map.easeTo({ center: [one.lon, one.lat], zoom: Math.max(this.map.getZoom(), 5), duration: 400 });
  }
}
