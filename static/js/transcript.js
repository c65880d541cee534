// transcript.js: the sentence being spoken is marked, followed if wanted, and any sentence plays from a click
let sentences = []; // timed spans in order of time
let starts = [];
let marked = null;
let words = null;
let follow = null;
let back = null;
let held = false; // the reader scrolled away by hand
let following = false; // the words being spoken have been in view

const isHere = () => window.listening && document.querySelector("audio[data-episode]")?.dataset.page === window.listening.page;
const smooth = () => (matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth");

function at(ms) {
  let low = 0;
  let high = starts.length - 1;
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (starts[middle] <= ms) { found = middle; low = middle + 1; } else high = middle - 1;
  }
  if (found < 0) return null;
  const end = Number(sentences[found].dataset.end ?? Infinity);
  // Between two sentences the one just said stays marked for a breath, longer pauses mark nothing.
  return ms < Math.max(end, starts[found + 1] ?? 0) || ms < end + 3000 ? sentences[found] : null;
}

function mark(ms) {
  const now = at(ms);
  if (now === marked) return;
  marked?.removeAttribute("aria-current");
  marked = now;
  if (!now) return;
  now.setAttribute("aria-current", "true");
  if (!follow?.checked || held) return;
  // Who plays from the top of the page is not carried off to the words: a button offers the way.
  if (!following && !inView(now)) return hold();
  following = true;
  keepInView(now);
}
function inView(element) {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight;
}
function keepInView(element) {
  const box = element.getBoundingClientRect();
  const bar = parseFloat(getComputedStyle(document.documentElement).getPropertyValue("--player-height")) || 0;
  if (box.top > innerHeight * 0.15 && box.bottom < (innerHeight - bar) * 0.75) return;
  scrollTo({ top: scrollY + box.top - innerHeight * 0.3, behavior: smooth() });
}

function hold() {
  if (held || !follow?.checked || !marked || document.querySelector("[data-sound]").paused) return;
  held = true;
  back.hidden = false;
}
for (const name of ["wheel", "touchmove"]) addEventListener(name, hold, { passive: true });
addEventListener("keydown", (event) => { if (["PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"].includes(event.key)) hold(); });

document.addEventListener("sound:place", ({ detail }) => { if (words?.isConnected && isHere()) mark(detail.seconds * 1000); });

function click(event) {
  const sentence = event.target.closest("[data-start]");
  if (!sentence || event.target.closest("a")) return;
  // A click that ends a selection is for quoting, not for playing.
  if (!getSelection().isCollapsed) return;
  held = false;
  following = true;
  back.hidden = true;
  // The page's own address: a paragraph whose first sentence has no time has no link of its own.
  const jump = document.createElement("a");
  jump.dataset.startMs = sentence.dataset.start;
  const url = new URL(location.href);
  url.searchParams.set("t", Math.floor(Number(sentence.dataset.start) / 1000));
  url.hash = sentence.id;
  jump.href = url.href;
  jump.hidden = true;
  words.append(jump);
  jump.click();
  jump.remove();
}

function enhance() {
  words = document.querySelector("[data-episode-page] [data-words]");
  marked = null;
  held = following = false;
  if (!words) return;
  sentences = [...words.querySelectorAll("[data-start]")].sort((a, b) => a.dataset.start - b.dataset.start);
  starts = sentences.map((one) => Number(one.dataset.start));
  words.classList.toggle("is-timed", sentences.length > 0);
  words.addEventListener("click", click);
  follow = document.querySelector("[data-follow]");
  back = document.querySelector("[data-back-to-now]");
  const box = document.querySelector("[data-follow-box]");
  if (box) box.hidden = !sentences.length;
  try { follow.checked = localStorage.getItem("follow") !== "off"; } catch { /* as by default */ }
  follow.addEventListener("change", () => {
    held = false;
    back.hidden = true;
    try { localStorage.setItem("follow", follow.checked ? "on" : "off"); } catch { /* holds for this page then */ }
    if (follow.checked && marked) keepInView(marked);
  });
  back.addEventListener("click", () => {
    held = false;
    following = true;
    back.hidden = true;
    if (marked) keepInView(marked);
  });
  only();
  const target = new URL(location.href).searchParams.get("t");
  if (target && !location.hash && sentences.length) {
    const one = at(1000 * Number(target));
    if (one) { one.scrollIntoView({ block: "center", behavior: "instant" }); mark(1000 * Number(target)); }
  }
}

// --- Only one voice ---
function only() {
  const choice = document.querySelector("[data-only]");
  if (!choice) return;
  const turns = [...words.querySelectorAll(".turn")];
  const names = new Map();
  turns.forEach((turn) => {
    const name = turn.querySelector(".turn-voice")?.textContent.trim();
    if (turn.dataset.voice && name && !names.has(turn.dataset.voice)) names.set(turn.dataset.voice, name);
  });
  if (names.size < 2) return;
  names.forEach((name, voice) => choice.add(new Option(name, voice)));
  choice.closest("[data-only-box]").hidden = false;
  choice.addEventListener("change", () => turns.forEach((turn) => { turn.hidden = Boolean(choice.value) && turn.dataset.voice !== choice.value; }));
}

document.addEventListener("page:ready", enhance);
enhance();
