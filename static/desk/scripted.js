// scripted.js: what only scripts can do is offered only where they run
document.querySelectorAll("[data-scripted]").forEach((one) => { one.hidden = false; });
