// offline.js: an episode is saved in this browser, page, words and sound, and removed again
const able = "serviceWorker" in navigator && "caches" in window;
const list = () => { try { return JSON.parse(localStorage.getItem("kept")) ?? {}; } catch { return {}; } };
const store = (kept) => { try { localStorage.setItem("kept", JSON.stringify(kept)); return true; } catch { return false; } };
const worker = () => navigator.serviceWorker.register("/sw.js", { scope: "/" });
const cacheOf = (page) => `kept:${page}`;

async function save(audio, tell) {
  const { page, play, title, show, cover } = audio.dataset;
  await worker();
  const cache = await caches.open(cacheOf(page));
  const parts = [...document.querySelectorAll('link[rel="stylesheet"], script[src], link[rel="preload"]')].map((one) => one.href || one.src);
  parts.push(document.querySelector("[data-player]").dataset.style);
  const pictures = [...document.querySelectorAll(".head img, .episode-cover img")].map((one) => one.currentSrc).filter(Boolean);
  await Promise.all([page, ...(cover ? [cover] : []), ...new Set([...parts, ...pictures])].map((one) => cache.add(one)));
  const answer = await fetch(play);
  if (!answer.ok) throw new Error(String(answer.status));
  const total = Number(answer.headers.get("Content-Length")) || 0;
  let got = 0;
  const counted = answer.body.pipeThrough(new TransformStream({ transform(chunk, out) { got += chunk.length; if (total) tell(Math.floor((100 * got) / total)); out.enqueue(chunk); } }));
  await cache.put(play, new Response(counted, { headers: { "Content-Type": answer.headers.get("Content-Type") } }));
  if (!store({ ...list(), [page]: { title, show, bytes: got, at: Date.now() } })) throw new Error("no storage");
  navigator.storage?.persist?.();
}
async function remove(page) {
  await caches.delete(cacheOf(page));
  const { [page]: gone, ...rest } = list();
  store(rest);
}

function enhance() {
  if (!able) return;
  const offer = document.querySelector("[data-offline]");
  const audio = document.querySelector("audio[data-episode]");
  if (offer && audio) {
    const button = offer.querySelector("button");
    const words = button.querySelector("span");
    const draw = () => { words.textContent = list()[audio.dataset.page] ? offer.dataset.remove : offer.dataset.save; };
    offer.hidden = false;
    draw();
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        if (list()[audio.dataset.page]) await remove(audio.dataset.page);
        else await save(audio, (percent) => { words.textContent = `${offer.dataset.saving} ${percent} %`; });
        draw();
      } catch {
        await remove(audio.dataset.page);
        draw();
        document.dispatchEvent(new CustomEvent("sound:say", { detail: offer.dataset.noRoom }));
      }
      button.disabled = false;
    });
  }
  const shelf = document.querySelector("[data-kept]");
  if (shelf) shelve(shelf);
}
function shelve(shelf) {
  const kept = Object.entries(list()).sort((a, b) => b[1].at - a[1].at);
  shelf.replaceChildren(...kept.map(([page, { title, show, bytes }]) => {
    const row = document.importNode(document.querySelector("[data-kept-row]").content, true);
    const link = row.querySelector("a");
    link.href = page;
    link.textContent = title;
    row.querySelector("[data-kept-about]").textContent = `${show} · ${(bytes / 1e6).toFixed(1)} MB`;
    const button = row.querySelector("button");
    button.setAttribute("aria-label", `${button.textContent.trim()}: ${title}`);
    button.addEventListener("click", async () => { await remove(page); shelve(shelf); shelf.closest("[data-shelf]").querySelector("h1").focus(); });
    return row;
  }));
  document.querySelector("[data-kept-none]").hidden = kept.length > 0;
}
document.addEventListener("page:ready", enhance);
enhance();
if (able && Object.keys(list()).length) worker();
