// quote.js: selected words, or the sentence being spoken, are copied with speaker, episode, time and link
const clock = (ms) => {
  const s = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  return s >= 3600 ? `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}` : `${Math.floor(s / 60)}:${two(s % 60)}`;
};
let bar = null;
let words = null;

function chosen() {
  const selection = getSelection();
  if (!words?.isConnected || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  if (!words.contains(range.commonAncestorContainer)) return null;
  const spans = [...words.querySelectorAll(".said > span[id]")].filter((span) => range.intersectsNode(span));
  if (!spans.length) return null;
  // The times stand between the words, and are not part of what was said.
  const copy = range.cloneContents();
  copy.querySelectorAll(".clock, .turn-voice, .words-chapter").forEach((one) => one.remove());
  return { text: copy.textContent.replace(/\s+/g, " ").trim(), first: spans[0] };
}
function spoken() {
  const now = words?.querySelector('[aria-current="true"]');
  return now ? { text: now.textContent.replace(/\s+/g, " ").trim(), first: now } : null;
}
function asText({ text, first }) {
  const turn = first.closest(".turn");
  const audio = document.querySelector("audio[data-episode]");
  const url = new URL(audio.dataset.page, location.href);
  const start = first.dataset.start;
  if (start !== undefined) url.searchParams.set("t", Math.floor(start / 1000));
  const language = new URL(location.href).searchParams.get("lang");
  if (language) url.searchParams.set("lang", language);
  url.hash = first.id;
  let named = turn;
  while (named && !named.querySelector(".turn-voice")) named = named.previousElementSibling;
  const who = turn.dataset.voice ? named?.querySelector(".turn-voice")?.textContent.trim() : "";
  const from = [who, audio.dataset.show, `“${audio.dataset.title}”`, start === undefined ? "" : clock(start)].filter(Boolean).join(", ");
  return `“${text}”\n— ${from}\n${url.href}`;
}
async function copy(quote) {
  if (!quote) return document.dispatchEvent(new CustomEvent("sound:say", { detail: bar.dataset.nothing }));
  await navigator.clipboard.writeText(asText(quote));
  document.dispatchEvent(new CustomEvent("sound:say", { detail: bar.dataset.copied }));
  bar.hidden = true;
}

document.addEventListener("selectionchange", () => {
  if (!bar?.isConnected) return;
  const quote = chosen();
  bar.hidden = !quote || quote.text.length < 2;
});
// The report link carries the place: the sentence chosen, or the one being spoken.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-report]");
  const first = link && (chosen() ?? spoken())?.first;
  if (!first) return;
  const url = new URL(link.href);
  url.searchParams.set("s", first.id.slice(1));
  link.href = url.href;
}, true);
function enhance() {
  words = document.querySelector("[data-episode-page] [data-words]");
  bar = document.querySelector("[data-quote-bar]");
  if (!words || !bar) return;
  // pointerdown would empty the selection before the click comes.
  bar.addEventListener("pointerdown", (event) => event.preventDefault());
  bar.querySelector("button").addEventListener("click", () => copy(chosen()));
  document.querySelector("[data-quote-now]")?.addEventListener("click", () => copy(chosen() ?? spoken()));
}
document.addEventListener("page:ready", enhance);
enhance();
