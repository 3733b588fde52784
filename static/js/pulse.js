// Keeps the page true without a reload: asks every 5 s which topics of the page have
// changed, and fetches only those parts. Never while somebody types in them.

import { correct, now } from "./servertime.js";
import { word } from "./words.js";

const EVERY = 5000;
const LONGEST = 60000;
const PATIENCE = 2; // failures before the banner

const address = document.querySelector('meta[name="pulse-url"]')?.content;
let failures = 0;
let refreshed = now();
let timer = 0;
let asking = false;
let ended = false;

const parts = () => [...document.querySelectorAll("[data-topic]")];

/** Whether a person is busy in a part: typing, choosing, reading something opened. */
function busy(part) {
  const active = document.activeElement;
  if (part.querySelector(":popover-open, dialog[open], .htmx-request")) return true;
  if (part.querySelector("[data-dirty], input[type=checkbox]:checked"))
    return Boolean(part.querySelector("[data-dirty], [data-bulk-item]:checked"));
  const selection = getSelection();
  if (!selection.isCollapsed && part.contains(selection.anchorNode)) return true;
  return (
    part.contains(active) &&
    active.matches("input, textarea, select, [contenteditable]")
  );
}

function announce(part, json) {
  const link = part.querySelector("a");
  const count = json.counts?.[part.dataset.topic];
  if (count) {
    const text = word("new_rows", { n: count });
    part.querySelector("[data-announce-text]").textContent = text;
  }
  link.hidden = false;
}

function renew(part, version, json) {
  if (part.hasAttribute("data-announce")) {
    announce(part, json);
  } else if (part.dataset.refreshUrl) {
    if (busy(part)) return;
    window.htmx.ajax("GET", part.dataset.refreshUrl, {
      source: part,
      target: part,
      swap: "outerHTML",
    });
  } else {
    window.htmx.trigger(part, "pulse", { version });
  }
  part.dataset.version = version;
}

function count(json) {
  for (const node of document.querySelectorAll("[data-topic-count]")) {
    const number = json.counts?.[node.dataset.topicCount];
    if (number !== undefined) node.textContent = number || "";
  }
}

function read(json) {
  for (const part of parts()) {
    const version = json[part.dataset.topic];
    if (version === undefined || version === null) continue;
    const text = String(version);
    if (part.dataset.version === undefined || part.dataset.version === "")
      part.dataset.version = text;
    else if (part.dataset.version !== text) renew(part, text, json);
  }
  count(json);
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
    signal: AbortSignal.timeout(8000),
  });
  if (answer.redirected || answer.status === 401 || answer.status === 403) {
    ended = true;
    return;
  }
  if (!answer.ok) throw new Error(String(answer.status));
  const json = await answer.json();
  correct(json.now, performance.now() - left);
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
  timer = setTimeout(beat, Math.min(EVERY * 2 ** failures, LONGEST));
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
    if (!event.target.closest("[data-connection-retry]")) return;
    if (ended) location.reload();
    else beat();
  });
  timer = setTimeout(beat, EVERY);
}
