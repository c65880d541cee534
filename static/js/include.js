// include.js: a linked list is brought into the page when the reader comes near it
const seen = new IntersectionObserver((entries) => entries.forEach(async (entry) => {
  if (!entry.isIntersecting) return;
  seen.unobserve(entry.target);
  const link = entry.target.querySelector("p > a");
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) return;
    const list = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(entry.target.dataset.include);
    if (list) link.parentElement.replaceWith(document.importNode(list, true));
    // Nothing to bring: no heading stands over it, unless somebody is at its link just now.
    else if (!entry.target.contains(document.activeElement)) entry.target.remove();
  } catch { /* The link stays, and leads to the same list. */ }
}), { rootMargin: "600px" });
const enhance = () => document.querySelectorAll("[data-include]").forEach((section) => seen.observe(section));
document.addEventListener("page:ready", enhance);
enhance();
