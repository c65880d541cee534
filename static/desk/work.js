// work.js: shows how far the background work on the audio is, without a reload that would cost unsaved text
const place = document.querySelector("[data-work-url]");

if (place) {
  const bar = place.querySelector("progress");
  const words = place.querySelector("[data-work-words]");
  const poll = async () => {
    let now;
    try {
      const answer = await fetch(place.dataset.workUrl, { headers: { Accept: "application/json" } });
      now = await answer.json();
    } catch {
      setTimeout(poll, 5000);
      return;
    }
    bar.value = now.percent;
    bar.hidden = !now.going_on;
    const text = now.going_on ? `${now.words} … ${now.percent} %` : now.words;
    if (words.textContent !== text) words.textContent = text;
    place.classList.toggle("desk-problem", now.state === "failed");
    if (now.going_on) setTimeout(poll, 1000);
    else if (now.state === "done") words.textContent = place.dataset.ready;
  };
  if (place.dataset.goingOn === "true") poll();
}
