// copy.js: a button with data-copy="#id" copies that element's text
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent.trim());
  document.dispatchEvent(new CustomEvent("sound:say", { detail: button.dataset.copied ?? "✓" }));
});
