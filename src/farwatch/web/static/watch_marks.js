// The map's marks and names, drawn on a canvas when the map first asks for them. An image's name
// says all of it: "e|shape|severity|hollow|alerts", "c|count|severity|alerts",
// "s|exposed|warned", "g|count|exposed", "n|size|text".

const RATIO = Math.min(3, Math.max(2, window.devicePixelRatio || 1));
const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export function tokens() {
  const names = ["ink", "paper", "dim", "ground", "line", "sea", "land", "border", "unit", "halo", "on-low", "on-high"];
  const found = Object.fromEntries(names.map((name) => [name, token(`--${name}`)]));
  found.levels = [0, 1, 2, 3, 4, 5, 6].map((n) => token(`--level-${n}`));
  found.dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
  return found;
}

function canvas(width, height) {
  const made = document.createElement("canvas");
  made.width = Math.ceil(width * RATIO);
  made.height = Math.ceil(height * RATIO);
  const pen = made.getContext("2d", { willReadFrequently: true });
  pen.scale(RATIO, RATIO);
  return [made, pen];
}

const image = (made, pen) => ({ data: pen.getImageData(0, 0, made.width, made.height), options: { pixelRatio: RATIO } });

const path = (shape) => new Path2D(document.querySelector(`#shape-${shape} path`).getAttribute("d"));
export const size = (severity) => 13 + 3.5 * severity; // pixels across

function ring(pen, at, radius, color, width) {
  pen.beginPath();
  pen.arc(at, at, radius, 0, 2 * Math.PI);
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.stroke();
}

function event(look, [shape, severity, hollow, alerts]) {
  const across = size(+severity);
  const whole = across + 16;
  const [made, pen] = canvas(whole, whole);
  const outline = path(shape);
  if (+alerts) {
    ring(pen, whole / 2, across / 2 + 4.5, look.halo, 5);
    ring(pen, whole / 2, across / 2 + 4.5, look.ink, 2);
  }
  const scale = across / 24;
  pen.translate(whole / 2, whole / 2);
  pen.scale(scale, scale);
  pen.lineJoin = "round";
  pen.strokeStyle = look.halo;
  pen.lineWidth = 5 / scale;
  pen.stroke(outline);
  pen.fillStyle = +hollow ? look.paper : look.levels[+severity + 1];
  pen.fill(outline);
  pen.strokeStyle = look.ink;
  pen.lineWidth = 1.6 / scale;
  if (+hollow) pen.setLineDash([3 / scale, 2 / scale]);
  pen.stroke(outline);
  return image(made, pen);
}

const short = (count) => (count < 1000 ? `${count}` : count < 99500 ? `${(count / 1000).toPrecision(count < 9950 ? 2 : 3).replace(/\.0$/, "")}k` : `${Math.round(count / 1000)}k`);

function cluster(look, [count, severity, alerts]) {
  const across = 24 + 5 * Math.log10(+count);
  const whole = across + 16;
  const at = whole / 2;
  const [made, pen] = canvas(whole, whole);
  if (+alerts) {
    ring(pen, at, across / 2 + 4.5, look.halo, 5);
    ring(pen, at, across / 2 + 4.5, look.ink, 2);
  }
  ring(pen, at, across / 2, look.halo, 5);
  pen.beginPath();
  pen.arc(at, at, across / 2, 0, 2 * Math.PI);
  pen.fillStyle = look.levels[+severity + 1];
  pen.fill();
  ring(pen, at, across / 2, look.ink, 1.6);
  pen.fillStyle = +severity >= 4 ? look["on-high"] : look["on-low"];
  pen.font = `600 ${+count > 999 ? 11 : 12}px system-ui, sans-serif`;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(short(+count), at, at + 0.5);
  return image(made, pen);
}

function site(look, [exposed, warned]) {
  const [made, pen] = canvas(26, 26);
  if (+exposed) {
    pen.strokeStyle = look.halo;
    pen.lineWidth = 5;
    pen.strokeRect(5, 5, 16, 16);
    pen.strokeStyle = look.ink;
    pen.lineWidth = +warned ? 3 : 1.6;
    pen.strokeRect(5, 5, 16, 16);
  }
  pen.fillStyle = look.halo;
  pen.fillRect(7.5, 7.5, 11, 11);
  pen.fillStyle = look.ink;
  pen.fillRect(9, 9, 8, 8);
  return image(made, pen);
}

function group(look, [count, exposed]) {
  const text = short(+count);
  const across = 16 + 6 * (text.length - 1);
  const [made, pen] = canvas(across + 14, 30);
  if (+exposed) {
    pen.strokeStyle = look.halo;
    pen.lineWidth = 5;
    pen.strokeRect(4, 4, across + 6, 22);
    pen.strokeStyle = look.ink;
    pen.lineWidth = 1.6;
    pen.strokeRect(4, 4, across + 6, 22);
  }
  pen.fillStyle = look.halo;
  pen.fillRect(6, 6, across + 2, 18);
  pen.fillStyle = look.ink;
  pen.fillRect(7, 7, across, 16);
  pen.fillStyle = look.ground;
  pen.font = "600 10px system-ui, sans-serif";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.fillText(text, 7 + across / 2, 15.5);
  return image(made, pen);
}

function name(look, [kind, ...words]) {
  const text = words.join("|");
  const font = { country: "600 11px", unit: "11px", town: "11px", site: "600 12px" }[kind];
  const [, trial] = canvas(1, 1);
  const spacing = kind === "country" ? "1.2px" : "0px";
  const setUp = (pen) => { pen.font = `${font} system-ui, sans-serif`; pen.letterSpacing = spacing; pen.textBaseline = "middle"; };
  setUp(trial);
  const width = trial.measureText(text).width + 8;
  const [made, pen] = canvas(width, 18);
  setUp(pen);
  pen.lineJoin = "round";
  const strong = kind === "site" || kind === "unit";
  pen.strokeStyle = kind === "country" ? look.land : look.halo;
  pen.globalAlpha = strong ? 1 : 0.8;
  pen.lineWidth = 3;
  pen.strokeText(text, 4, 9);
  pen.globalAlpha = 1;
  pen.fillStyle = strong || look.dark ? look.ink : look.dim;
  pen.fillText(text, 4, 9);
  return image(made, pen);
}

const DRAWN = { e: event, c: cluster, s: site, g: group, n: name };

// The image of a name, or null for one that is not ours.
export function drawn(id, look) {
  const [kind, ...rest] = id.split("|");
  return DRAWN[kind] ? DRAWN[kind](look, rest) : null;
}
