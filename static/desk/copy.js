// copy.js: a button that puts a text into the clipboard and says so
for (const button of document.querySelectorAll("button[data-copy-from]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copyFrom);
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
  });
}
