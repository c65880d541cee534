// nav.js: while something is loaded to listen to, the next page comes into this document, so that the sound goes on
//
// Where the Navigation API is missing, pages load as always and player.js resumes at the place it kept.
const leave = /^\/(audio|media|static)(\/|$)|\.\w+$/;
const metas = ['meta[name="description"]', 'link[rel="canonical"]', 'meta[property^="og:"]', 'script[type="application/ld+json"]', 'meta[name="robots"]', 'link[rel="alternate"]', 'link[rel="prev"]', 'link[rel="next"]'];
let leaving = false;

const mayStay = (event) => {
  const to = new URL(event.destination.url);
  const here = new URL(location.href);
  if (leaving || !window.listening || !event.canIntercept || event.hashChange || event.downloadRequest !== null || event.formData) return false;
  // A sentence that plays puts its address in the place of the page's: the page is the same and stays.
  if (event.navigationType === "replace" && event.destination.sameDocument) return false;
  if (event.navigationType === "reload" || to.origin !== here.origin || leave.test(to.pathname)) return false;
  return true;
};

function adopt(fresh) {
  for (const selector of metas) {
    document.head.querySelectorAll(selector).forEach((old) => old.remove());
    fresh.head.querySelectorAll(selector).forEach((one) => document.head.append(document.importNode(one, true)));
  }
  document.title = fresh.title;
  document.documentElement.lang = fresh.documentElement.lang;
  document.documentElement.dir = fresh.documentElement.dir;
  for (const part of [".head", "main", ".foot"]) document.querySelector(part).replaceWith(document.importNode(fresh.querySelector(part), true));
}

const missing = (fresh, selector, attribute) =>
  [...fresh.querySelectorAll(selector)].filter((one) => ![...document.querySelectorAll(selector)].some((own) => own.getAttribute(attribute) === one.getAttribute(attribute)));

const styled = (fresh) => Promise.all(missing(fresh, 'link[rel="stylesheet"]', "href").map((one) => new Promise((done) => {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", media: one.media, onload: done, onerror: done });
  link.href = one.getAttribute("href");
  document.head.append(link);
})));

function scripted(fresh) {
  for (const one of missing(fresh, "script[src]", "src")) {
    const script = document.createElement("script");
    script.type = "module";
    script.src = one.getAttribute("src");
    document.body.append(script);
  }
}

async function show(url, signal, again) {
  const answer = await fetch(url, { signal, headers: { Accept: "text/html" } });
  const type = answer.headers.get("Content-Type") ?? "";
  if (!type.includes("text/html") || answer.status >= 500) throw new Error(`not a page: ${answer.status}`);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!fresh.querySelector("main") || !fresh.querySelector("[data-player]")) throw new Error("not one of our pages");
  if (answer.redirected) history.replaceState(history.state, "", answer.url + new URL(url).hash);
  await styled(fresh);
  const swap = () => { adopt(fresh); scripted(fresh); document.dispatchEvent(new CustomEvent("page:ready", { detail: { again } })); };
  if (document.startViewTransition && !matchMedia("(prefers-reduced-motion: reduce)").matches) await document.startViewTransition(swap).updateCallbackDone;
  else swap();
  const heading = document.querySelector("main h1");
  if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
}

window.navigation?.addEventListener("navigate", (event) => {
  if (!mayStay(event)) return;
  const url = event.destination.url;
  event.intercept({
    focusReset: "manual",
    async handler() {
      try {
        await show(url, event.signal, event.navigationType === "traverse");
      } catch (error) {
        if (event.signal.aborted) return;
        // Whatever went wrong here, the browser itself will say it better.
        leaving = true;
        location.assign(url);
      }
    },
  });
});
