// keys.js: single keys control the player; a switch in the bar turns them off (WCAG 2.1.4)
const toggle = document.querySelector("[data-keys-switch]");
const KEYS = {
  " ": ["toggle"], k: ["toggle"], j: ["skip", -15], l: ["skip", 30], ArrowLeft: ["skip", -5], ArrowRight: ["skip", 5],
  "<": ["speed", -1], ">": ["speed", 1], m: ["mute"], "?": ["keys"],
};
try { toggle.checked = localStorage.getItem("keys") !== "off"; } catch { /* on, as by default */ }
toggle.addEventListener("change", () => {
  try { localStorage.setItem("keys", toggle.checked ? "on" : "off"); } catch { /* holds for this page then */ }
});
document.addEventListener("keydown", (event) => {
  if (!toggle.checked || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input, textarea, select, button, a, summary, audio, [contenteditable]")) return;
  const act = KEYS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act || !window.listening) return;
  event.preventDefault();
  document.dispatchEvent(new CustomEvent("sound:do", { detail: { what: act[0], by: act[1] } }));
});
