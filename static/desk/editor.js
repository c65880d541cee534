// editor.js: hear the sentence one corrects; every control also works without it, only slower
const root = document.querySelector("[data-editor]");
const audio = root?.querySelector("audio");
const sentences = [...(root?.querySelectorAll("[data-sentence]") ?? [])];
const form = document.getElementById("sentences");
const status = root?.querySelector("[data-status]");

const startOf = (sentence) => readTime(sentence.querySelector("[data-start]").value);
const here = () => document.activeElement?.closest("[data-sentence]");

function readTime(text) {
  const parts = text.trim().replace(",", ".").split(":").map(Number);
  if (!text.trim() || parts.some(Number.isNaN)) return null;
  return Math.round(parts.reduce((sum, part) => sum * 60 + part, 0) * 1000);
}

function writeTime(ms) {
  const hours = Math.floor(ms / 3600000);
  const minutes = Math.floor(ms / 60000) % 60;
  const seconds = Math.floor(ms / 1000) % 60;
  const clock = hours
    ? `${hours}:${String(minutes).padStart(2, "0")}:${String(seconds).padStart(2, "0")}`
    : `${minutes}:${String(seconds).padStart(2, "0")}`;
  return ms % 1000 ? `${clock}.${String(ms % 1000).padStart(3, "0")}` : clock;
}

function playFrom(sentence) {
  const start = sentence && startOf(sentence);
  if (!audio || start === null || start === undefined) return;
  audio.currentTime = Math.max(start - 100, 0) / 1000;
  audio.play();
}

function setStart(sentence, ms) {
  const field = sentence.querySelector("[data-start]");
  field.value = writeTime(Math.max(Math.round(ms), 0));
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function nextDoubt() {
  const from = sentences.indexOf(here()) + 1;
  const next = sentences.slice(from).find((sentence) => "doubtful" in sentence.dataset);
  if (next) {
    next.querySelector("textarea").focus();
    next.scrollIntoView({ block: "center" });
    playFrom(next);
  } else if (root.dataset.laterDoubt && !changed) {
    location.assign(root.dataset.laterDoubt);
  } else {
    status.textContent = root.dataset.laterDoubt
      ? "The next doubtful sentence is on a later page: save this one first."
      : "No more doubtful sentences.";
  }
}

const keys = {
  Escape: () => (audio.paused ? audio.play() : audio.pause()),
  F8: () => (audio.paused ? audio.play() : audio.pause()),
  F7: () => (audio.currentTime = Math.max(audio.currentTime - 3, 0)),
  F9: nextDoubt,
  F10: () => here() && setStart(here(), audio.currentTime * 1000),
};

let changed = false;

if (root && audio) {
  root.querySelector("[data-keys]").hidden = false;
  root.querySelectorAll("[data-nudge]").forEach((group) => (group.hidden = false));

  document.addEventListener("keydown", (event) => {
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key === "Enter" && here()) {
      playFrom(here());
    } else if (control && event.key.toLowerCase() === "s") {
      changed = false;
      form.requestSubmit();
    } else if (keys[event.key] && !control && !event.altKey && !event.isComposing) {
      keys[event.key]();
    } else {
      return;
    }
    event.preventDefault();
  });

  root.addEventListener("click", (event) => {
    const sentence = event.target.closest("[data-sentence]");
    if (event.target.matches("[data-play]")) playFrom(sentence);
    if (event.target.matches("[data-by]")) {
      const start = startOf(sentence) ?? audio.currentTime * 1000;
      setStart(sentence, start + Number(event.target.dataset.by));
      playFrom(sentence);
    }
  });

  let current = null;
  audio.addEventListener("timeupdate", () => {
    const ms = audio.currentTime * 1000;
    const now = sentences.findLast((sentence) => {
      const start = startOf(sentence);
      return start !== null && start <= ms;
    });
    if (now === current) return;
    current?.removeAttribute("data-current");
    now?.setAttribute("data-current", "");
    current = now;
  });
}

if (form) {
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}
