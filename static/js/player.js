// player.js: one sound for all pages, and the bar that controls it
//
// Other scripts speak with it by events on document: "sound:load" asks for an episode, "sound:loaded", "sound:place"
// and "sound:said" tell what happened. `window.listening` holds what is loaded, for reading only.
const bar = document.querySelector("[data-player]");
const sound = bar.querySelector("[data-sound]");
const $ = (name, root = bar) => root.querySelector(`[data-${name}]`);
const remembered = {
  get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
  set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* not remembered then */ } },
};
const KEEP_HEARD = 300;
// Nothing on a page that is only read needs the bar's looks: they come when it does.
let dressed = null;
const dress = () => (dressed ??= new Promise((done) => {
  document.head.append(Object.assign(document.createElement("link"), { rel: "stylesheet", href: bar.dataset.style, onload: done, onerror: done }));
}));
let now = null; // {src, page, title, show, cover, durationMs, chapters: [{start, title}]}
let sleepAt = null; // a moment of the day in ms, or null
let sleepPlace = null; // a place in the sound in seconds, or null
let wanted = null; // a place asked for before the sound could be moved

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return h ? `${h}:${String(m).padStart(2, "0")}:${String(s).padStart(2, "0")}` : `${m}:${String(s).padStart(2, "0")}`;
};
const spoken = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const unit = (value, name) => new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: name, unitDisplay: "long" }).format(value);
  const parts = [[Math.floor(whole / 3600), "hour"], [Math.floor(whole / 60) % 60, "minute"], [whole % 60, "second"]];
  return parts.filter(([value], i) => value || (i === 2 && whole < 60)).map(([value, name]) => unit(value, name)).join(" ");
};
const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));
const say = (text, ms = 4000) => {
  const status = document.querySelector("[data-status]");
  status.textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { status.textContent = ""; }, ms);
};
document.addEventListener("sound:say", (event) => say(event.detail));

const place = () => (sound.readyState ? sound.currentTime : (wanted ?? 0));
const duration = () => (Number.isFinite(sound.duration) && sound.readyState ? sound.duration : (now?.durationMs ?? 0) / 1000);
const panel = () => {
  const audio = document.querySelector("[data-panel] audio[data-episode]");
  return audio && now && audio.dataset.page === now.page ? audio.closest("[data-panel]") : null;
};

function load(detail, { play = false, at = null } = {}) {
  if (!now || now.page !== detail.page || now.src !== detail.src) {
    keep();
    now = { chapters: [], ...detail };
    window.listening = now;
    // Nothing is fetched before somebody presses Play (the element says preload="none"): a browser takes a megabyte "to
    // know the length", which a listener may pay for and which would count as a download. Our page knows the length.
    sound.src = now.src;
    wanted = null;
    const heard = remembered.get("heard")?.[now.page];
    if (at === null && heard && !heard.done && heard.ms > 3000) at = heard.ms / 1000;
    if (now.chaptersUrl) readChapters(now);
    showSession();
    tell("sound:loaded", now);
  }
  if (at !== null) seek(at);
  sound.defaultPlaybackRate = sound.playbackRate = Number($("speed").value);
  remembered.set("last", { ...now, chapters: undefined });
  if (play) { reveal(); start(); }
  draw();
}

async function readChapters(episode) {
  try {
    const answer = await fetch(episode.chaptersUrl);
    if (!answer.ok) return;
    const found = await answer.json();
    episode.chapters = found.chapters.filter((c) => c.toc !== false).map((c) => ({ start: c.startTime, title: c.title }));
    draw();
  } catch { /* Chapters are a comfort; the sound plays without them. */ }
}

function start() {
  sound.play().catch((error) => { if (error.name !== "AbortError") say(bar.dataset.failed); });
  awaitSound();
}
// On a slow line the sound takes a while to come: who waits for it is told so, for as long as it lasts.
let waiting = null;
function awaitSound() {
  clearTimeout(waiting);
  waiting = setTimeout(() => { if (!sound.paused && sound.readyState < 3) say(bar.dataset.loading, 120000); }, 1500);
}
function arrived() {
  clearTimeout(waiting);
  if (document.querySelector("[data-status]").textContent === bar.dataset.loading) say("");
}
sound.addEventListener("waiting", awaitSound);
for (const name of ["playing", "pause", "error"]) sound.addEventListener(name, arrived);
const toggle = () => (sound.paused ? (reveal(), start()) : sound.pause());

function seek(seconds) {
  const end = duration();
  const to = Math.min(Math.max(0, seconds), end ? Math.max(0, end - 0.2) : seconds);
  if (sound.readyState) sound.currentTime = to; else wanted = to;
  draw();
}
sound.addEventListener("loadedmetadata", () => {
  if (wanted !== null) { sound.currentTime = wanted; wanted = null; }
  draw();
});

async function reveal() {
  await dress();
  if (!bar.hidden) return;
  bar.hidden = false;
  measure();
}
const measure = () => document.documentElement.style.setProperty("--player-height", bar.hidden ? "0px" : `${bar.offsetHeight}px`);
new ResizeObserver(measure).observe(bar);

const chapterAt = (seconds) => now?.chapters.findLast((c) => c.start <= seconds + 0.05) ?? null;

function draw() {
  if (!now) return;
  const at = place();
  const end = duration();
  const share = end ? `${(100 * at) / end}%` : "0%";
  const playing = !sound.paused;
  const name = playing ? bar.dataset.pauseName : bar.dataset.playName;
  const value = bar.dataset.of.replace("{time}", spoken(at)).replace("{duration}", spoken(end));
  const chapter = chapterAt(at);
  bar.classList.toggle("is-playing", playing);
  $("toggle").setAttribute("aria-label", name);
  $("now-title").textContent = now.title;
  $("now-title").href = now.page;
  $("now-chapter").textContent = chapter?.title ?? now.show ?? "";
  $("now-time").textContent = clock(at);
  $("now-duration").textContent = clock(end);
  $("chapter-buttons").hidden = now.chapters.length < 2;
  moveRange($("seek"), at, end, share, value);
  const own = panel();
  if (!own) return;
  own.classList.toggle("is-playing", playing);
  own.querySelector("[data-panel-toggle]").setAttribute("aria-label", name);
  own.querySelector("[data-panel-time]").textContent = clock(at);
  own.querySelector("[data-panel-chapter]").textContent = chapter?.title ?? "";
  own.querySelector(".wave").style.setProperty("--played", share);
  moveRange(own.querySelector("[data-panel-seek]"), at, end, share, value);
}
function moveRange(range, at, end, share, value) {
  range.max = Math.ceil(end);
  range.value = at;
  range.style.setProperty("--played", share);
  if (range.getAttribute("aria-valuetext") !== value) range.setAttribute("aria-valuetext", value);
}

// --- What is remembered: the place in each episode, the speed, the last episode ---
function keep() {
  if (!now || !sound.readyState) return;
  const heard = remembered.get("heard") ?? {};
  const done = duration() > 0 && sound.currentTime > duration() - 20;
  heard[now.page] = { ms: Math.round(sound.currentTime * 1000), durationMs: now.durationMs, done, at: Date.now() };
  const pages = Object.keys(heard).sort((a, b) => heard[b].at - heard[a].at);
  remembered.set("heard", Object.fromEntries(pages.slice(0, KEEP_HEARD).map((page) => [page, heard[page]])));
}
let keptAt = 0;
sound.addEventListener("timeupdate", () => {
  if (Date.now() - keptAt > 5000) { keptAt = Date.now(); keep(); }
  draw();
  tell("sound:place", { seconds: sound.currentTime, page: now?.page });
  sleepIfDue();
});
for (const name of ["pause", "seeked", "ended"]) sound.addEventListener(name, keep);
addEventListener("pagehide", keep);
for (const name of ["play", "pause", "ended", "durationchange", "seeked"]) sound.addEventListener(name, draw);
sound.addEventListener("seeked", () => tell("sound:place", { seconds: sound.currentTime, page: now?.page }));
// A page that only shows an episode stays calm; who has pressed Play is told (start() does when playing cannot begin).
sound.addEventListener("error", () => { if (now && sound.currentTime > 0) say(bar.dataset.failed); });

// --- Sleep ---
function chooseSleep(value) {
  sleepAt = sleepPlace = null;
  if (value === "chapter") {
    const next = now?.chapters.find((c) => c.start > place() + 0.5);
    sleepPlace = next ? next.start : duration();
  } else if (value === "end") sleepPlace = duration();
  else if (value) sleepAt = Date.now() + Number(value) * 60000;
}
function sleepIfDue() {
  const due = (sleepAt && Date.now() >= sleepAt) || (sleepPlace && sound.currentTime >= sleepPlace - 0.3);
  if (!due || sound.paused) return;
  sound.pause();
  sleepAt = sleepPlace = null;
  $("sleep").value = "";
  say(bar.dataset.asleep);
}

// --- The lock screen and headphones ---
function showSession() {
  if (!("mediaSession" in navigator)) return;
  const artwork = now.cover ? [{ src: new URL(now.cover, location.href).href }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title: now.title, artist: now.show, artwork });
  const acts = {
    play: start, pause: () => sound.pause(), stop: () => sound.pause(),
    seekbackward: (e) => seek(place() - (e.seekOffset ?? 15)), seekforward: (e) => seek(place() + (e.seekOffset ?? 30)),
    seekto: (e) => seek(e.seekTime), previoustrack: () => stepChapter(-1), nexttrack: () => stepChapter(1),
  };
  for (const [name, act] of Object.entries(acts)) {
    try { navigator.mediaSession.setActionHandler(name, act); } catch { /* an older browser without this key */ }
  }
}
for (const name of ["loadedmetadata", "seeked", "ratechange", "play"]) {
  sound.addEventListener(name, () => {
    if (!navigator.mediaSession?.setPositionState || !Number.isFinite(sound.duration)) return;
    navigator.mediaSession.setPositionState({ duration: sound.duration, playbackRate: sound.playbackRate, position: Math.min(sound.currentTime, sound.duration) });
  });
}

function stepChapter(step) {
  if (!now?.chapters.length) return seek(place() + (step < 0 ? -15 : 30));
  const at = place();
  const index = now.chapters.findLastIndex((c) => c.start <= at + 0.05);
  // Back within the first three seconds goes to the chapter before, later to the beginning of this one.
  const to = step > 0 ? index + 1 : (at - (now.chapters[index]?.start ?? 0) > 3 ? index : index - 1);
  seek(now.chapters[Math.max(0, to)]?.start ?? duration());
}

// --- The bar's own controls ---
bar.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const { dataset } = button;
  if ("toggle" in dataset) toggle();
  else if ("skip" in dataset) seek(place() + Number(dataset.skip));
  else if ("chapterStep" in dataset) stepChapter(Number(dataset.chapterStep));
  else if ("mute" in dataset) mute();
  else if ("copyMoment" in dataset) copyMoment();
  else if ("closePlayer" in dataset) close();
});
function mute() {
  sound.muted = !sound.muted;
  $("mute").setAttribute("aria-pressed", String(sound.muted));
}
async function copyMoment() {
  const url = new URL(now.page, location.href);
  url.searchParams.set("t", Math.floor(place()));
  await navigator.clipboard.writeText(url.href);
  say(`${bar.dataset.copied} ${clock(place())}`);
}
function close() {
  sound.pause();
  keep();
  try { localStorage.removeItem("last"); } catch { /* nothing was remembered */ }
  bar.hidden = true;
  measure();
  document.getElementById("main").focus({ preventScroll: true });
}
$("seek").addEventListener("input", (event) => seek(Number(event.target.value)));
$("speed").addEventListener("change", (event) => setSpeed(Number(event.target.value)));
$("sleep").addEventListener("change", (event) => chooseSleep(event.target.value));
document.addEventListener("click", (event) => {
  const details = $("bar-details");
  if (details.open && !details.contains(event.target)) details.open = false;
});
bar.addEventListener("keydown", (event) => {
  const details = $("bar-details");
  if (event.key === "Escape" && details.open) { details.open = false; details.querySelector("summary").focus(); }
});
function setSpeed(speed) {
  sound.defaultPlaybackRate = sound.playbackRate = speed;
  $("speed").value = String(speed);
  remembered.set("speed", speed);
}
const speeds = [...$("speed").options].map((option) => Number(option.value));
const speed = remembered.get("speed");
if (speeds.includes(speed)) setSpeed(speed);

// --- What other scripts may ask ---
document.addEventListener("sound:load", ({ detail: { episode, play, at } }) => load(episode, { play, at: at ?? null }));
document.addEventListener("sound:do", ({ detail: { what, by } }) => {
  if (!now) return;
  if (what === "toggle") toggle();
  else if (what === "skip") seek(place() + by);
  else if (what === "mute") mute();
  else if (what === "speed") {
    const at = speeds.indexOf(sound.playbackRate);
    setSpeed(speeds[Math.min(speeds.length - 1, Math.max(0, at + by))]);
    say(`${sound.playbackRate}×`);
  } else if (what === "keys") reveal().then(() => { $("bar-details").open = true; $("bar-details").querySelector("summary").focus(); });
});

// --- What a page brings: its own episode, buttons that play others, times that jump ---
const asked = (element) => ({
  src: (element.dataset.play ?? element.getAttribute("src")).split("#")[0], page: element.dataset.page, title: element.dataset.title,
  show: element.dataset.show, cover: element.dataset.cover, durationMs: Number(element.dataset.durationMs), chaptersUrl: element.dataset.chapters,
});
const seconds = (text) => {
  if (!text) return null;
  const parts = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?$/.exec(text);
  if (parts) return Number(parts[1] ?? 0) * 3600 + Number(parts[2] ?? 0) * 60 + Number(parts[3] ?? 0);
  return /^\d+(:\d{1,2}){1,2}$/.test(text) ? text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) : null;
};
function enhance(event) {
  const audio = document.querySelector("[data-panel] audio[data-episode]");
  if (audio) {
    const deep = seconds(new URL(location.href).searchParams.get("t") ?? /^#t=(.+)/.exec(location.hash)?.[1]);
    const own = audio.closest("[data-panel]");
    const episode = asked(audio);
    // The bar's sound takes over; the page's own element keeps only what it says of the episode.
    audio.dataset.play = episode.src;
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
    audio.hidden = true;
    // Whatever plays goes on: the page's own episode is loaded only when nothing else sounds. Who comes by a link to a
    // moment of it hears that moment; who only comes back finds it where it is by now.
    const isBack = event?.detail.again && now?.page === episode.page;
    if (!now || sound.paused || now.page === episode.page) load(episode, { at: isBack ? null : deep });
    own.querySelector("[data-panel-toggle]").addEventListener("click", () => (now?.page === episode.page ? toggle() : load(episode, { play: true, at: deep })));
    own.querySelector("[data-panel-seek]").addEventListener("input", (event) => {
      if (now?.page !== episode.page) load(episode, {});
      seek(Number(event.target.value));
    });
  } else if (!now) {
    const last = remembered.get("last");
    const heard = last && remembered.get("heard")?.[last.page];
    // Who only looked at an episode has nothing to go on with.
    if (heard && !heard.done && heard.ms > 3000 && Date.now() - heard.at < 14 * 864e5) { load(last); reveal(); }
  }
  draw();
}
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-play]");
  if (!link) return;
  event.preventDefault();
  const at = link.dataset.startMs === undefined ? null : Number(link.dataset.startMs) / 1000;
  load(asked(link), { play: true, at });
});
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest("a[data-start-ms]:not([data-play])");
  const audio = document.querySelector("[data-panel] audio[data-episode]");
  if (!link || !audio) return;
  event.preventDefault();
  load(asked(audio), { play: true, at: Number(link.dataset.startMs) / 1000 });
  history.replaceState(history.state, "", link.href);
});
document.addEventListener("page:ready", enhance);
enhance();
// What is loaded is known from here on; before, theme.js takes it that there is no player.
window.listening ??= null;
