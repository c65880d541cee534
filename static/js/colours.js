// colours.js: the listener's choice of light or dark, kept in this browser
function enhance() {
  const choice = document.querySelector("[data-theme-choice]");
  if (!choice) return;
  choice.value = document.documentElement.dataset.theme ?? "";
  choice.addEventListener("change", () => {
    if (choice.value) document.documentElement.dataset.theme = choice.value;
    else delete document.documentElement.dataset.theme;
    try { localStorage.setItem("theme", choice.value); } catch { /* holds for this page then */ }
  });
}
document.addEventListener("page:ready", enhance);
enhance();
