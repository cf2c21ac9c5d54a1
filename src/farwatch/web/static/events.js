// Lists that follow what happens, and an event that says when it changed.

const fresh = async () => {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  return answer?.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
};

// The first page of a list renews itself unless somebody reads in it; else a button offers it.
const renew = async () => {
  const page = await fresh();
  const list = page?.getElementById("found");
  if (list) document.getElementById("found").replaceWith(list);
};
const news = document.querySelector("[data-news]");
news?.querySelector("button").addEventListener("click", async () => { await renew(); news.hidden = true; });
const reads = () => {
  const list = document.getElementById("found");
  return list.contains(document.activeElement) || list.querySelector("[aria-selected=true], details[open]") || scrollY > 200
    || new URLSearchParams(location.search).has("cursor");
};
const mark = document.querySelector("[data-follow]");
const changed = document.querySelector("[data-changed]");
changed?.querySelector("button").addEventListener("click", () => location.replace(location.pathname));

let waiting = false;
document.body.addEventListener("live:events", () => {
  if (waiting) return;
  waiting = true; // a busy exercise changes every second: look every three
  setTimeout(async () => {
    waiting = false;
    if (news) {
      if (reads()) news.hidden = false;
      else await renew();
    }
    if (mark) {
      const now = (await fresh())?.querySelector("[data-follow]");
      if (now && now.dataset.mark !== mark.dataset.mark) changed.hidden = false;
    }
  }, 3000);
});

for (const radio of document.querySelectorAll("[data-fills]")) {
  radio.addEventListener("change", () => { radio.form.elements[radio.dataset.fills].value = radio.value; });
}
const opened = document.querySelector("#regrade");
opened?.addEventListener("toggle", () => { if (opened.open) opened.querySelector("textarea").focus(); });
