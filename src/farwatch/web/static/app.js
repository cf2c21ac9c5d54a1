// What every page needs of script: live changes, keys, the clock. Pages work without it.

const rows = () => [...document.querySelectorAll("[data-rows] tbody tr, [data-rows] > li")];
let row = -1;
let going = false;

function choose(step) {
  const all = rows();
  if (!all.length) return;
  row = Math.max(0, Math.min(all.length - 1, row + step));
  all.forEach((one, n) => one.setAttribute("aria-selected", String(n === row)));
  all[row].scrollIntoView({ block: "nearest" });
  all[row].querySelector("a")?.focus();
}

const KEYS = {
  j: () => choose(1),
  k: () => choose(-1),
  g: () => { going = true; setTimeout(() => { going = false; }, 1500); },
  "/": () => document.querySelector("[data-search]")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

for (const button of document.querySelectorAll("[data-opens]")) {
  button.addEventListener("click", () => document.getElementById(button.dataset.opens)?.showModal());
}

// Back as the browser's own button goes: what was typed into a form is still there.
document.querySelector("[data-back]")?.addEventListener("click", (event) => {
  if (history.length > 1) { event.preventDefault(); history.back(); }
});

// A menu closes on Escape and when one looks elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    const menu = document.querySelector("details.menu[open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox], [type=radio]), textarea, select")) return;
  if (going) {
    going = false;
    const room = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (room) { event.preventDefault(); room.click(); return; }
  }
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) {
    event.preventDefault();
    button.click();
    // A menu that was opened has the focus at once: the next key is meant for it, however quick.
    if (button.matches("details[open] > summary")) button.parentElement.querySelector("select, input, button")?.focus();
    return;
  }
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

const address = document.body.dataset.live;
if (address && "EventSource" in window) {
  const source = new EventSource(address);
  for (const name of ["alerts", "events", "sites", "sources", "deliveries"]) {
    source.addEventListener(name, (message) => {
      const detail = JSON.parse(message.data);
      document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail, bubbles: true }));
    });
  }
}

const zoned = (zone) => new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short", timeZone: zone });
for (const clock of document.querySelectorAll("[data-clock]")) {
  const zone = clock.dataset.zone ?? "UTC";
  const ahead = new Date(clock.dateTime).getTime() - Date.now(); // the desk's clock, not this machine's
  setInterval(() => { clock.textContent = `${zoned(zone).format(Date.now() + ahead)} ${zone.split("/").pop().replaceAll("_", " ")}`; }, 5000);
}

// New alerts are said aloud, and the count at the top is asked for again.
const count = document.querySelector("[data-open-alerts]");
document.body.addEventListener("live:alerts", async () => {
  const answer = count ? await fetch("/counts").catch(() => null) : null;
  if (!answer?.ok) return;
  const { alerts } = await answer.json();
  if (alerts === count.textContent) return;
  count.textContent = alerts;
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = `${announcer.dataset.said}: ${alerts}`;
});
