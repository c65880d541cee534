// cite.js: citations can name the moment being played: the server writes them anew for that moment
function enhance() {
  const box = document.querySelector("[data-cite]");
  const choice = box?.querySelector("[data-cite-moment]");
  if (!choice) return;
  choice.addEventListener("change", async () => {
    const page = document.querySelector("audio[data-episode]").dataset.page;
    const here = window.listening?.page === page;
    const moment = choice.checked && here ? Math.floor(document.querySelector("[data-sound]").currentTime) : null;
    box.querySelectorAll("[data-cite-file]").forEach((link) => {
      const url = new URL(link.href);
      if (moment === null) url.searchParams.delete("t"); else url.searchParams.set("t", moment);
      link.href = url.href;
    });
    try {
      const answer = await fetch(moment === null ? page : `${page}?t=${moment}`);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-cite] [data-cite-text]");
      box.querySelectorAll("[data-cite-text]").forEach((text, i) => { text.textContent = fresh[i].textContent; });
    } catch { choice.checked = !choice.checked; }
  });
}
document.addEventListener("page:ready", enhance);
enhance();
