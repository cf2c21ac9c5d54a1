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
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  if (going) {
    going = false;
    const room = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (room) { event.preventDefault(); room.click(); return; }
  }
  const button = document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (button) { event.preventDefault(); button.click(); return; }
  if (KEYS[event.key]) { event.preventDefault(); KEYS[event.key](); }
});

const address = document.body.dataset.live;
if (address && "EventSource" in window) {
  const source = new EventSource(address);
  for (const name of ["alerts", "events", "sites", "sources"]) {
    source.addEventListener(name, (message) => {
      const detail = JSON.parse(message.data);
      document.body.dispatchEvent(new CustomEvent(`live:${name}`, { detail, bubbles: true }));
    });
  }
}

const clock = document.querySelector("[data-clock]");
if (clock) {
  setInterval(() => { clock.textContent = `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC`; }, 5000);
}
