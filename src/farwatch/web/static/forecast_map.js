// Countries shaded by how much the chance changed: one hue, standing out more for a rise; hatched
// where nothing is known. Numbers stand on those that moved most.

import { Map, NavigationControl, setWorkerUrl } from "/static/vendor/maplibre-gl.mjs";
import { drawn, tokens } from "./watch_marks.js";

const NOTHING = { type: "FeatureCollection", features: [] };
const STEPS = ["s0", "s1", "s2", "s3", "s4", "s5"];
const MOVED = new Set(["s0", "s1", "s5"]); // those that are given their number
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function style(look) {
  const colour = ["match", ["get", "step"], ...STEPS.flatMap((one) => [one, token(`--${one}`)]), look.land];
  return {
    version: 8,
    sources: { countries: { type: "geojson", data: NOTHING }, names: { type: "geojson", data: NOTHING } },
    layers: [
      { id: "sea", type: "background", paint: { "background-color": look.sea } },
      { id: "change", source: "countries", type: "fill", paint: { "fill-color": colour, "fill-antialias": false } },
      { id: "unknown", source: "countries", type: "fill", filter: ["!", ["in", ["get", "step"], ["literal", STEPS]]], paint: { "fill-pattern": "hatch" } },
      { id: "borders", source: "countries", type: "line", paint: { "line-color": look.border, "line-width": 0.6 } },
      { id: "pointed", source: "countries", type: "line", filter: ["==", ["get", "code"], "-"], paint: { "line-color": look.ink, "line-width": 2.5 } },
      { id: "names", source: "names", type: "symbol", layout: { "icon-image": ["concat", "n|unit|", ["get", "text"]], "icon-padding": 2, "symbol-sort-key": ["get", "order"] } },
    ],
  };
}

function hatch(look) {
  const pen = Object.assign(document.createElement("canvas"), { width: 8, height: 8 }).getContext("2d");
  pen.strokeStyle = look.border;
  pen.lineWidth = 1;
  for (const from of [-8, 0, 8]) { pen.moveTo(from, 8); pen.lineTo(from + 8, 0); }
  pen.stroke();
  return pen.getImageData(0, 0, 8, 8);
}

export class ChangeMap {
  constructor(room, told) {
    this.room = room; // words, known, version
    this.told = told; // what the page is told: tip, pick
    this.look = tokens();
    setWorkerUrl(`/static/vendor/maplibre-gl-worker.mjs?${room.version}`);
    this.map = new Map({
      container: "map", style: style(this.look), attributionControl: false, dragRotate: false, pitchWithRotate: false, maxPitch: 0, minZoom: 0, maxZoom: 6, fadeDuration: 0, renderWorldCopies: false, cooperativeGestures: false,
      bounds: [[-128, -40], [158, 66]], fitBoundsOptions: { padding: 4 },
      locale: { "NavigationControl.ZoomIn": room.words.zoom_in, "NavigationControl.ZoomOut": room.words.zoom_out },
    });
    this.map.scrollZoom.disable(); // the page scrolls over it
    this.map.touchZoomRotate.disableRotation();
    this.map.keyboard.disableRotation();
    this.map.setMissingStyleImageResolver((id) => {
      if (this.map.hasImage(id)) return;
      if (id === "hatch") { this.map.addImage(id, hatch(this.look)); return; }
      const made = drawn(id, this.look);
      if (made) this.map.addImage(id, made.data, made.options);
    });
    this.map.addControl(new NavigationControl({ showCompass: false }), "top-right");
    this.map.once("load", () => this.begin());
  }

  async begin() {
    const map = this.map;
    map.getCanvas().setAttribute("aria-label", this.room.words.map);
    const answer = await fetch(`/static/vendor/countries-coarse.json?${this.room.version}`);
    const shapes = await answer.json();
    this.countries = { ...shapes, features: shapes.features.map((one) => ({ ...one, properties: { ...one.properties, step: this.room.known[one.properties.code]?.step ?? "none" } })) };
    this.show();
    map.on("mousemove", (moved) => {
      const found = map.queryRenderedFeatures(moved.point, { layers: ["change"] })[0]?.properties;
      map.getCanvas().style.cursor = this.room.known[found?.code] ? "pointer" : "";
      this.told.tip(found?.code, this.room.known[found?.code]?.name ?? found?.name);
      this.point(found?.code ?? "");
    });
    map.on("mouseout", () => { this.told.tip(""); this.point(""); });
    map.on("click", ({ point }) => {
      const found = map.queryRenderedFeatures(point, { layers: ["change"] })[0];
      if (found) this.told.pick(found.properties.code);
    });
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.restyle());
    await map.once("idle");
    document.getElementById("map").dataset.drawn = "yes";
  }

  show() {
    this.map.getSource("countries").setData(this.countries);
    const moved = this.countries.features.filter((one) => MOVED.has(one.properties.step)).map(({ properties: p }) => ({
      type: "Feature", geometry: { type: "Point", coordinates: p.at },
      properties: { text: this.room.known[p.code].points, order: -Math.abs(Number(this.room.known[p.code].points.replace("−", "-"))) },
    }));
    this.map.getSource("names").setData({ type: "FeatureCollection", features: moved });
  }

  async restyle() {
    this.look = tokens();
    this.map.setStyle(style(this.look), { diff: false });
    await this.map.once("style.load");
    this.show();
  }

  point(code) { if (this.map.getLayer("pointed")) this.map.setFilter("pointed", ["==", ["get", "code"], code || "-"]); }
}
