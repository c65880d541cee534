// theme.js: runs before the first paint, so that neither colours nor the player jump
document.documentElement.classList.add("js");
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to us (private windows, strict settings): the system's colours are right.
}
// The page stands as scripts will have it from the first paint on; if the player could not be had, it goes back to plain.
addEventListener("load", () => {
  if (!("listening" in window)) document.documentElement.classList.remove("js");
});
