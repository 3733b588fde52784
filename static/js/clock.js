// One ticker for all clocks and relative times of the page. It does the same sums as
// servicedesk/lib/ui/clock.py, from the due time: right after an hour of sleep.

import { now } from "./servertime.js";
import { icons, word } from "./words.js";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TONES = { running: "info", warning: "warn", missed: "bad" };

const two = (number) => String(number).padStart(2, "0");

/** "2 d 3 h", "3 h 05 min", "45 min", "4:32". */
export function duration(length) {
  const seconds = Math.floor(Math.abs(length) / SECOND);
  const d = Math.floor(seconds / 86400);
  const h = Math.floor((seconds % 86400) / 3600);
  const m = Math.floor((seconds % 3600) / 60);
  if (d) return word("days", { d, h });
  if (h) return word("hours", { h, m: two(m) });
  if (seconds >= 600) return word("minutes", { m });
  return word("seconds", { m, s: two(seconds % 60) });
}

function stateAt(clock, instant) {
  if (clock.dataset.state === "missed") return "missed";
  if (instant > Date.parse(clock.dataset.due)) return "missed";
  const warn = Date.parse(clock.dataset.warn ?? "");
  return instant >= warn ? "warning" : "running";
}

function write(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

function enter(clock, state) {
  const before = TONES[clock.dataset.state];
  clock.dataset.state = state;
  clock.classList.remove(`tone-${before}`);
  clock.classList.add(`tone-${TONES[state]}`);
  write(clock.querySelector("[data-clock-state]"), word(`state_${state}`));
  clock
    .querySelector(".clock-icon use")
    ?.setAttribute("href", `${icons}#${word(`icon_${state}`)}`);
  clock.dispatchEvent(
    new CustomEvent("clock:state", { bubbles: true, detail: { state } }),
  );
}

function fill(clock, instant, due) {
  const bar = clock.querySelector("[data-clock-bar]");
  if (!bar) return;
  const { used, limit, asOf } = clock.dataset;
  const from = Date.parse(asOf);
  const share = due > from ? (instant - from) / (due - from) : 1;
  const value = Number(used) + (limit - used) * Math.min(1, Math.max(0, share));
  if (Math.abs(bar.value - value) >= bar.max / 500) bar.value = value;
}

function tick(clock, instant) {
  const due = Date.parse(clock.dataset.due);
  const state = stateAt(clock, instant);
  if (state !== clock.dataset.state) enter(clock, state);
  const time = duration(due - instant);
  write(
    clock.querySelector("[data-clock-time]"),
    word(instant > due ? "over" : "left", { time }),
  );
  fill(clock, instant, due);
}

function relative(node, instant) {
  const then = Date.parse(node.dateTime);
  const gap = Math.abs(instant - then);
  if (gap >= DAY) return;
  const side = then <= instant ? "ago" : "in";
  let text = word("now");
  if (gap >= HOUR) text = word(`${side}_hours`, { h: Math.floor(gap / HOUR) });
  else if (gap >= MINUTE)
    text = word(`${side}_minutes`, { m: Math.floor(gap / MINUTE) });
  write(node, text);
}

/** Everything that shows time, at this instant. */
export function tickAll() {
  const instant = now();
  for (const clock of document.querySelectorAll("[data-ticking]"))
    tick(clock, instant);
  for (const node of document.querySelectorAll("time[data-when]"))
    relative(node, instant);
  for (const node of document.querySelectorAll("[data-now-clock]"))
    write(
      node,
      new Date(instant).toLocaleTimeString(document.documentElement.lang, {
        hour: "2-digit",
        minute: "2-digit",
        hour12: false,
        timeZone: node.dataset.zone || undefined,
      }),
    );
  document.dispatchEvent(new CustomEvent("tick", { detail: instant }));
}

let timer = 0;

function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  tickAll();
  timer = setTimeout(schedule, SECOND - (now() % SECOND) + 5);
}

export function start() {
  document.addEventListener("visibilitychange", schedule);
  window.addEventListener("pageshow", schedule);
  document.addEventListener("htmx:afterSettle", tickAll);
  schedule();
}
