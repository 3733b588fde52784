// Keeps the page true without a reload: asks every 4 s which topics of the page have
// changed, and fetches only those parts. Never while somebody types in them.

import { correct, now } from "./servertime.js";
import { word } from "./words.js";

const EVERY = 4000; // with a sweep each second an alert shows within six; the server may ask for more patience
const LONGEST = 60000;
const PATIENCE = 2; // failures before the banner

const address = document.querySelector('meta[name="pulse-url"]')?.content;
let failures = 0;
let every = EVERY;
let refreshed = now();
let timer = 0;
let asking = false;
let ended = false;

const parts = () => [...document.querySelectorAll("[data-topic]")];

/** Whether a person is busy in a part: typing, choosing, reading something opened. */
function busy(part) {
  const active = document.activeElement;
  const selection = getSelection();
  return (
    part.querySelector(
      ":popover-open, dialog[open], .htmx-request, [data-dirty], [data-bulk-item]:checked",
    ) !== null ||
    (!selection.isCollapsed && part.contains(selection.anchorNode)) ||
    (part.contains(active) &&
      active.matches("input, textarea, select, [contenteditable]"))
  );
}

const split = (marks) => new Map(marks.map((mark) => mark.split(":")));

/** What has become of the rows that are shown, in words; "" where nothing has. */
function news(marks) {
  const shown = split([...document.querySelectorAll("[data-mark]")].map((row) => row.dataset.mark));
  const now = split(marks);
  const fresh = [...now.keys()].filter((key) => !shown.has(key)).length;
  const other = [...now].filter(([key, mark]) => shown.has(key) && shown.get(key) !== mark).length;
  // A new row pushes another off the page; what is missing besides has left the list.
  const gone = [...shown.keys()].filter((key) => !now.has(key)).length - fresh;
  const changed = other + Math.max(0, gone);
  if (fresh && changed) return word("news_both", { n: fresh, m: changed });
  if (fresh) return word("news_new", { n: fresh });
  return changed ? word("news_changed", { n: changed }) : "";
}

async function announce(part) {
  const link = part.querySelector("a");
  const { marksUrl } = part.dataset;
  if (marksUrl) {
    const answer = await fetch(marksUrl, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const text = news((await answer.json()).marks);
    if (text) part.querySelector("[data-announce-text]").textContent = text;
    link.hidden = !text;
  } else link.hidden = false;
}

const stops = (part) => [
  ...part.querySelectorAll("a[href], button, summary, [tabindex]"),
];

/** Fetches a part anew; the keyboard stays where it was. */
async function fetchPart(part) {
  const active = document.activeElement;
  const place = part.contains(active) ? stops(part).indexOf(active) : -1;
  const { id } = part;
  await window.htmx.ajax("GET", part.dataset.refreshUrl, {
    source: part,
    target: part,
    swap: "outerHTML",
  });
  if (place < 0 || !id || document.activeElement !== document.body) return;
  stops(document.getElementById(id) ?? part)[place]?.focus({ preventScroll: true });
}

function renew(part, version) {
  if (part.hasAttribute("data-announce")) {
    announce(part).catch(() => {}); // the next change says it again
  } else if (part.dataset.refreshUrl) {
    if (busy(part)) return;
    fetchPart(part);
  } else {
    window.htmx.trigger(part, "pulse", { version });
  }
  part.dataset.version = version;
}

function read(json) {
  for (const part of parts()) {
    const version = json[part.dataset.topic];
    if (version === undefined || version === null) continue;
    const text = String(version);
    if (part.dataset.version === undefined || part.dataset.version === "")
      part.dataset.version = text;
    else if (part.dataset.version !== text) renew(part, text);
  }
}

function banner(shown, ending = false) {
  const node = document.querySelector("[data-connection]");
  if (!node) return;
  node.hidden = !shown;
  if (ending) {
    node.querySelector("span").textContent = word("signed_out");
    node.querySelector("[data-connection-retry]").textContent = word("sign_in");
  }
}

async function ask() {
  const topics = [...new Set(parts().map((part) => part.dataset.topic))].sort();
  const query = new URLSearchParams({ topics: topics.join(",") });
  const left = performance.now();
  const answer = await fetch(`${address}?${query}`, {
    headers: { Accept: "application/json" },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(8000),
  });
  if (answer.type === "opaqueredirect" || [401, 403].includes(answer.status)) {
    ended = true;
    return;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const json = await answer.json();
  correct(json.now, performance.now() - left);
  every = Math.max(EVERY, (json.every ?? 0) * 1000);
  read(json);
}

async function beat() {
  clearTimeout(timer);
  if (!address || asking || document.hidden || ended) return;
  asking = true;
  try {
    await ask();
    failures = 0;
    refreshed = now();
    banner(ended, ended);
  } catch {
    failures += 1;
    if (failures >= PATIENCE || !navigator.onLine) banner(true);
  } finally {
    asking = false;
  }
  timer = setTimeout(beat, Math.min(every * 2 ** failures, LONGEST));
}

function status({ detail: instant }) {
  const node = document.querySelector("[data-pulse-status]");
  if (!node || !address) return;
  const seconds = Math.floor((instant - refreshed) / 1000);
  const text =
    seconds < 2
      ? word("refreshed_now")
      : word("refreshed", { time: word("secs", { s: seconds }) });
  if (node.textContent !== text) node.textContent = text;
}

export function start() {
  if (!address) return;
  document.addEventListener("visibilitychange", beat);
  document.addEventListener("tick", status);
  window.addEventListener("online", beat);
  window.addEventListener("offline", () => banner(true));
  document.addEventListener("click", (event) => {
    const shown = event.target.closest("[data-announce] a[hx-get]");
    if (shown) setTimeout(() => (shown.hidden = true));
    if (!event.target.closest("[data-connection-retry]")) return;
    if (ended) location.reload();
    else beat();
  });
  timer = setTimeout(beat, EVERY);
}
