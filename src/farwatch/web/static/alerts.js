// The alerts' room: choosing rows, keys on the row under the reader, and changes that move nothing.

const form = document.querySelector("[data-live-list]");
const announce = (text) => { const said = document.querySelector("#announcer"); if (said) said.textContent = text; };
const ticks = () => [...document.querySelectorAll('.inbox input[name="key"]')];
const current = () => document.querySelector('.inbox tr[aria-selected="true"]') || document.activeElement?.closest?.(".inbox tbody tr");

// What is chosen, in exact numbers.
function tell() {
  const said = document.querySelector("[data-chosen]");
  if (!said) return;
  const every = document.querySelector("[data-every]");
  const chosen = ticks().filter((one) => one.checked);
  const sum = (name) => chosen.reduce((total, one) => total + Number(one.dataset[name]), 0);
  const all = document.querySelector("[data-all]");
  all.checked = chosen.length > 0 && chosen.length === ticks().length;
  all.indeterminate = chosen.length > 0 && !all.checked;
  if (every?.checked) said.textContent = every.parentElement.textContent.trim();
  else if (!chosen.length) said.textContent = said.dataset.none;
  else said.textContent = said.dataset.some.replace("{rows}", chosen.length).replace("{alerts}", sum("alerts")).replace("{open}", sum("open"));
}

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) ticks().forEach((one) => { one.checked = event.target.checked; });
  tell();
});

// A key decides on what is chosen, or on the row where the reader is.
form?.addEventListener("submit", (event) => {
  const every = document.querySelector("[data-every]")?.checked;
  if (!every && !ticks().some((one) => one.checked)) {
    const tick = current()?.querySelector('input[name="key"]');
    if (tick) tick.checked = true;
    else { event.preventDefault(); announce(document.querySelector("[data-chosen]")?.dataset.none || ""); }
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  const typing = /^(TEXTAREA|SELECT)$/.test(event.target.tagName) || (event.target.tagName === "INPUT" && !/^(checkbox|radio)$/.test(event.target.type));
  if (event.key === "Escape") document.querySelectorAll("details.menu[open]").forEach((one) => { one.open = false; });
  const menu = event.target.closest?.("details.menu");
  if (event.key === "Enter" && menu && event.target.matches("input, select")) { menu.querySelector("button")?.click(); event.preventDefault(); return; }
  if (typing) return;
  const row = current();
  if (event.key === "x" && row) { row.querySelector('input[name="key"]')?.click(); event.preventDefault(); }
  if (event.key === "e" && row) {
    const to = new URL(row.querySelector(".what a").href);
    to.pathname += "/chain";
    location.assign(to);
    event.preventDefault();
  }
  if (event.key === "n") { document.querySelector('[data-key-focus="n"]')?.focus(); event.preventDefault(); }
});

// One menu at a time; the first thing in it has the focus.
document.querySelectorAll("details.menu").forEach((menu) => menu.addEventListener("toggle", () => {
  if (!menu.open) return;
  document.querySelectorAll("details.menu[open]").forEach((one) => { if (one !== menu) one.open = false; });
  menu.querySelector("select, input, button")?.focus();
}));

// Changes: rows that stand here are brought up to date where they are; what is new waits behind a
// bar, so that nothing moves under the reader's eye.
const EVERY = 3000;
let waiting = false;
let again = false;

async function fetched() {
  const address = new URL(location.href);
  address.searchParams.delete("acts");
  address.searchParams.delete("left");
  const answer = await fetch(address, { credentials: "same-origin" });
  return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
}

function renew(row, newer) {
  if (row.dataset.mark === newer.dataset.mark || row.contains(document.activeElement) && document.activeElement.matches("summary, select")) return;
  const tick = row.querySelector('input[name="key"]')?.checked;
  const focused = row.contains(document.activeElement) ? (document.activeElement.matches("a") ? "a" : "input") : null;
  row.innerHTML = newer.innerHTML;
  row.dataset.mark = newer.dataset.mark;
  row.className = newer.className;
  const box = row.querySelector('input[name="key"]');
  if (box && tick) box.checked = true;
  if (focused) row.querySelector(focused)?.focus({ preventScroll: true });
}

function follow(page) {
  const views = page.querySelector("#views");
  if (views) document.querySelector("#views").innerHTML = views.innerHTML;
  const newer = new Map([...page.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  const here = new Map([...document.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));
  if (!here.size && newer.size) { location.reload(); return; }
  for (const [name, row] of here) {
    if (newer.has(name)) renew(row, newer.get(name));
    else if (!document.querySelector(".pages")) row.classList.add("gone");
  }
  const came = [...newer.keys()].filter((name) => !here.has(name)).length;
  const bar = document.querySelector("[data-news]");
  const button = bar.querySelector("button");
  bar.hidden = !came;
  if (came) {
    const text = button.dataset.text.replace("{n}", came);
    if (button.textContent !== text) { button.textContent = text; announce(text); }
  }
  tell();
}

async function look() {
  if (waiting) { again = true; return; }
  waiting = true;
  try {
    const page = await fetched();
    if (page && form) follow(page);
    const alert = document.querySelector("[data-live-alert]");
    const newer = page?.querySelector("[data-live-alert]");
    if (alert && newer && newer.dataset.mark !== alert.dataset.mark) document.querySelector("[data-changed]").hidden = false;
  } finally {
    setTimeout(() => { waiting = false; if (again) { again = false; look(); } }, EVERY);
  }
}

document.body.addEventListener("live:alerts", look);
document.querySelectorAll("[data-news] button, [data-changed] button").forEach((one) => one.addEventListener("click", () => {
  const address = new URL(location.href);
  address.searchParams.delete("acts");
  address.searchParams.delete("left");
  location.assign(address);
}));
tell();
