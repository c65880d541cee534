// find.js: find words in the transcript; marks stay while the sound plays, and arrive filled from a search (?q=)
const highlights = typeof Highlight === "function" && CSS.highlights;
let ranges = [];
let current = -1;
let words, field, count, buttons;

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

// Where each word or phrase stands, by text node; folding keeps one letter for one, so that places agree.
function search(query) {
  const wanted = [...query.matchAll(/"([^"]+)"|(\S+)/g)].map((m) => fold(m[1] ?? m[2]).replace(/^[-–]+|[.,;:!?]+$/g, "")).filter((w) => w.length > 1);
  const found = [];
  if (!wanted.length) return found;
  const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node.parentElement.closest(".clock, .turn[hidden]")) continue;
    const text = [...node.data].map((letter) => fold(letter)[0] ?? letter).join("");
    if (text.length !== node.data.length) continue;
    for (const word of wanted) {
      for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
        if (/[\p{L}\p{N}]/u.test(text[at - 1] ?? " ")) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + word.length);
        found.push(range);
      }
    }
  }
  return found.sort((a, b) => a.compareBoundaryPoints(Range.START_TO_START, b));
}

function unmark() {
  if (highlights) { highlights.delete("found"); highlights.delete("found-now"); return; }
  words.querySelectorAll("mark").forEach((mark) => mark.replaceWith(...mark.childNodes));
  words.normalize();
}
function show() {
  if (highlights) {
    highlights.set("found", new Highlight(...ranges));
  } else {
    ranges.toReversed().forEach((range) => range.surroundContents(document.createElement("mark")));
    ranges = [...words.querySelectorAll("mark")].map((mark) => { const r = document.createRange(); r.selectNodeContents(mark); return r; });
  }
}
function go(step) {
  if (!ranges.length) return;
  current = (current + step + ranges.length) % ranges.length;
  if (highlights) highlights.set("found-now", new Highlight(ranges[current]));
  const element = ranges[current].startContainer.parentElement;
  element.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "instant" : "smooth" });
  tell();
}
function tell() {
  count.textContent = !field.value.trim() ? "" : ranges.length ? count.dataset.of.replace("{n}", current + 1).replace("{all}", ranges.length) : count.dataset.none;
}
function find({ jump = true } = {}) {
  unmark();
  ranges = search(field.value);
  current = -1;
  show();
  buttons.forEach((button) => { button.disabled = !ranges.length; });
  if (jump && ranges.length) {
    // From here on, not from the top: the reader's place is worth more.
    current = ranges.findIndex((range) => range.getBoundingClientRect().top > 0) - 1;
    go(1);
  }
  tell();
}

function enhance() {
  words = document.querySelector("[data-episode-page] [data-words]");
  field = document.querySelector("[data-find]");
  if (!words || !field) return;
  count = document.querySelector("[data-find-count]");
  buttons = [...document.querySelectorAll("[data-find-step]")];
  ranges = [];
  let timer;
  field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(() => find({ jump: field.value.trim().length > 2 }), 200); });
  field.form.addEventListener("submit", (event) => { event.preventDefault(); go(1); });
  buttons.forEach((button) => button.addEventListener("click", () => go(Number(button.dataset.findStep))));
  const asked = new URL(location.href).searchParams.get("q");
  if (asked) { field.value = asked; find({ jump: false }); }
}
document.addEventListener("page:ready", enhance);
enhance();
