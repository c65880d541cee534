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
    else if (now.state === "done") {
      words.textContent = place.dataset.ready;
      renew();
    }
  };
  // What the episode still needs is said anew; what is written in the form stays as it is.
  const renew = async () => {
    try {
      const answer = await fetch(location.href);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-readiness]");
      if (fresh) document.querySelector("[data-readiness]").replaceWith(document.importNode(fresh, true));
    } catch { /* The next time the page is loaded says it. */ }
  };
  if (place.dataset.goingOn === "true") poll();
}
