// service-worker.js: gives back what the listener saved, when the network does not answer; keeps nothing by itself
const FRAME = "frame";
const OFFLINE = "/offline/";

self.addEventListener("install", (event) => event.waitUntil(keepFrame().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

// The page that lists what is saved must open without a network, with all it needs.
async function keepFrame() {
  const cache = await caches.open(FRAME);
  const answer = await fetch(OFFLINE, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${OFFLINE} answered ${answer.status}`); // the next visit tries again
  const parts = [...(await answer.clone().text()).matchAll(/(?:href|src|data-style)="(\/static\/[^"]+)"/g)].map((match) => match[1]);
  await cache.put(OFFLINE, answer);
  await Promise.allSettled([...new Set(parts)].map((part) => cache.add(part)));
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (url.pathname.startsWith("/audio/")) event.respondWith(sound(request));
  else if (url.pathname.startsWith("/static/") || url.pathname.startsWith("/media/")) event.respondWith(file(request));
  else if (request.mode === "navigate" || (request.headers.get("Accept") ?? "").startsWith("text/html")) event.respondWith(page(request));
});

const saved = (request) => caches.match(request, { ignoreSearch: true, ignoreVary: true });

async function page(request) {
  try {
    return await fetch(request);
  } catch (error) {
    return (await saved(request)) ?? (await saved(OFFLINE)) ?? Promise.reject(error);
  }
}

async function file(request) {
  return (await saved(request)) ?? fetch(request);
}

// Players ask for parts; a cached answer is whole, so the part is cut here (RFC 9110, one range).
async function sound(request) {
  const whole = await saved(request.url);
  if (!whole) return fetch(request);
  const body = await whole.blob();
  const range = /^bytes=(\d*)-(\d*)$/.exec(request.headers.get("Range") ?? "");
  const type = whole.headers.get("Content-Type") ?? "audio/mpeg";
  if (!range || (!range[1] && !range[2])) return new Response(body, { headers: { "Content-Type": type, "Accept-Ranges": "bytes", "Content-Length": String(body.size) } });
  const first = range[1] ? Number(range[1]) : Math.max(0, body.size - Number(range[2]));
  const last = range[1] && range[2] ? Math.min(Number(range[2]), body.size - 1) : body.size - 1;
  if (first > last) return new Response(null, { status: 416, headers: { "Content-Range": `bytes */${body.size}` } });
  return new Response(body.slice(first, last + 1, type), {
    status: 206,
    headers: { "Content-Type": type, "Accept-Ranges": "bytes", "Content-Length": String(last - first + 1), "Content-Range": `bytes ${first}-${last}/${body.size}` },
  });
}
