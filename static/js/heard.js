// heard.js: on cards, where you stopped, or that you have heard it all; known to this browser only
const clock = (ms) => {
  const s = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
};
function enhance() {
  let heard = null;
  try { heard = JSON.parse(localStorage.getItem("heard")); } catch { return; }
  if (!heard) return;
  const list = document.querySelector("[data-heard-words]");
  document.querySelectorAll(".card a[data-play]").forEach((link) => {
    const known = heard[link.dataset.page];
    const words = link.querySelector("[data-play-words]");
    if (!known || !list || (!known.done && known.ms < 15000)) return;
    words.textContent = known.done ? list.dataset.done : list.dataset.resume.replace("{time}", clock(known.ms));
  });
}
document.addEventListener("page:ready", enhance);
enhance();
