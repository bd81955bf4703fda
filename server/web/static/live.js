/* Live parts. While the page's stream stands, a part is asked for when the stream says that something of it is new;
   while there is none, every few seconds, as `every` of its hx-trigger says. What a page shows carries the instant it
   is of, and says so when that is long ago. Without this file a page is whole, and does not change by itself. */

const SELDOM_MS = 300_000; // what passes by the clock alone and was not foretold: a loudspeaker that stays away
const APART_MS = 2_000; // a part that has news all the time is asked for as often as without a stream
const OLD_MS = 60_000;
const SILENT_MS = 45_000; // the stream gives a sign of life every twenty seconds
const JUST_OPENED_MS = 3_000; // a page that was hidden is old, and is about to be asked for
const AGAIN_MS = 30_000;

const line = document.querySelector('meta[name="events"]');
const marks = line ? { unit: line.dataset.unit, lane: line.dataset.lane } : {};
const asked = new WeakMap(); // part: when it was asked for, when it is to be asked for again
let stream = null;
let stands = false;
let spokeAt = performance.now(); // when the server last answered, or gave a sign of life
let lost = false;
let seenAt = 0; // when somebody began to look at the page

const partsOf = (mark) => document.querySelectorAll(`[data-follows~="${mark}"]`);
const lastAsked = (part) => asked.get(part)?.at ?? 0;

// What is inside a part may foretell when it will have changed, in seconds; not all desks ask at the same instant.
function foretell(part) {
  const seconds = [...part.querySelectorAll("[data-due]")].map((each) => Number(each.dataset.due));
  return Math.min(SELDOM_MS, ...seconds.map((each) => each * 1000 + 2000 * Math.random()));
}

const isDue = (part) => !stands || performance.now() >= (asked.get(part)?.due ?? 0);

function isNew(mark) {
  for (const part of partsOf(mark)) {
    asked.set(part, { at: lastAsked(part), due: 0 });
    const waits = lastAsked(part) + APART_MS - performance.now();
    setTimeout(() => isDue(part) && window.htmx.trigger(part, "news"), Math.max(0, waits));
  }
}

function hear(event) {
  spoke();
  stands = true;
  if (marks[event.type] === event.data) return;
  marks[event.type] = event.data;
  isNew(event.type);
}

function open() {
  if (!line || stream || document.hidden) return;
  stream = new EventSource(line.content);
  for (const mark of Object.keys(marks)) stream.addEventListener(mark, hear);
  stream.addEventListener("beat", (event) => {
    spoke();
    stillOf(event.data);
  });
  stream.onerror = () => {
    stands = false;
    if (stream?.readyState === EventSource.CLOSED) leave(AGAIN_MS * (1 + Math.random())); // refused: too many, or signed out
  };
}

function leave(again) {
  stream?.close();
  stream = null;
  stands = false;
  if (again) setTimeout(open, again);
}

function spoke() {
  spokeAt = performance.now();
  lost = false;
  showAge();
}

// What nothing new was said of is as true as it was.
function stillOf(instant) {
  for (const at of document.querySelectorAll("time[data-as-of]")) {
    const part = at.closest("[data-follows]");
    if (part && isDue(part)) continue;
    at.dateTime = instant;
    at.textContent = new Date(instant).toLocaleTimeString("vi-VN", { timeZone: at.dataset.zone, hour12: false });
  }
}

function showAge() {
  const age = performance.now() - spokeAt;
  const isOld = performance.now() - seenAt > JUST_OPENED_MS && (lost || age > OLD_MS);
  for (const part of document.querySelectorAll("[data-away]")) {
    part.hidden = !isOld;
    const minutes = part.querySelector("[data-minutes]");
    minutes.hidden = age < OLD_MS;
    minutes.textContent = minutes.dataset.minutes.replace("{}", Math.floor(age / 60_000));
  }
  document.body.classList.toggle("is-old", isOld);
}

document.addEventListener("htmx:beforeRequest", (event) => {
  const { elt: part, requestConfig: asking } = event.detail;
  const polled = asking?.verb === "get" && asking.triggeringEvent === undefined;
  if (polled && (document.hidden || (part.dataset.follows !== undefined && !isDue(part)))) return event.preventDefault();
  if (part.dataset.follows !== undefined) asked.set(part, { at: performance.now(), due: Infinity });
});

document.addEventListener("htmx:afterRequest", (event) => {
  const part = event.detail.elt;
  if (event.detail.successful) spoke();
  if (part.dataset?.follows === undefined) return;
  const before = asked.get(part);
  if (before?.due === Infinity) asked.set(part, { ...before, due: event.detail.successful ? before.at + foretell(part) : 0 });
});

document.addEventListener("htmx:sendError", () => {
  lost = true;
  showAge();
});

document.addEventListener("visibilitychange", () => {
  seenAt = performance.now();
  if (document.hidden) leave();
  else open();
});
window.addEventListener("pagehide", () => leave());
window.addEventListener("pageshow", open);
setInterval(() => {
  if (document.hidden) return;
  if (stands && performance.now() - spokeAt > SILENT_MS) leave(AGAIN_MS);
  showAge();
}, 5_000);

for (const part of document.querySelectorAll("[data-follows]")) asked.set(part, { at: -APART_MS, due: performance.now() + foretell(part) });
open();
