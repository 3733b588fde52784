// The clocks of a job, in the one shape of the product; ticked by ../clock.js.

import { now, second } from "./time.js";
import { h, icon, when, word } from "./dom.js";
import { duration } from "../clock.js";

const LOOKS = {
  pending: ["circle-dashed", "mute"],
  running: ["clock-play", "info"],
  warning: ["alert-triangle", "warn"],
  paused: ["clock-pause", "mute"],
  met: ["circle-check", "ok"],
  missed: ["clock-exclamation", "bad"],
};
/** What ends a clock: known here before the server hears of it. */
const ENDS = { dispatch: "departed_at", arrival: "arrived_at" };

const ended = (clock, at) => ({ ...clock, finished: at, open: false, state: clock.due && at > clock.due ? "missed" : "met" });

/** A clock with what was done here since. */
function here(clock, job) {
  if (!clock.open || !job.waiting.length) return clock;
  const { sheet } = job;
  const end = ENDS[clock.metric] ? sheet[ENDS[clock.metric]] : "";
  if (end) return { ...ended(clock, end), local: true };
  if (clock.metric === "resolution" && sheet.outcome === "solved" && clock.due)
    return { ...ended(clock, sheet.finished_at), local: true };
  if (clock.state === "pending" && clock.starts === "arrival" && sheet.arrived_at) {
    const due = second(Date.parse(sheet.arrived_at) + clock.limit * 1000);
    return { ...clock, state: "running", start: sheet.arrived_at, due, note: "", local: true };
  }
  return clock;
}

function stateAt(clock) {
  if (clock.state !== "running") return clock.state;
  const instant = now();
  if (instant > Date.parse(clock.due)) return "missed";
  return clock.warn && instant >= Date.parse(clock.warn) ? "warning" : "running";
}

function timeOf(clock) {
  const due = Date.parse(clock.due);
  if (clock.due && clock.open && ["running", "missed"].includes(clock.state)) {
    const left = due - now();
    return word(left < 0 ? "over" : "left", { time: duration(left) });
  }
  if (!clock.due || !clock.finished) return clock.note;
  const spare = due - Date.parse(clock.finished);
  return word(spare < 0 ? "late" : "spare", { time: duration(spare) });
}

function face(clock, form) {
  const state = stateAt(clock);
  const [sign, tone] = LOOKS[state] ?? LOOKS.pending;
  const ticks = clock.due && clock.open && ["running", "missed"].includes(clock.state);
  const node = h("div", { class: `clock clock-${form} tone-${tone}`, "data-clock": "", "data-state": state });
  if (ticks) {
    const used = Math.max(0, Math.min(clock.limit, clock.limit - (Date.parse(clock.due) - now()) / 1000));
    Object.assign(node.dataset, { ticking: "", due: clock.due, limit: clock.limit, used: Math.round(used), asOf: second(now()) });
    if (clock.warn) node.dataset.warn = clock.warn;
    if (clock.start) node.dataset.start = clock.start;
  }
  node.append(
    h("div", { class: "clock-face" },
      h("span", { class: "clock-icon" }, icon(sign)),
      h("span", { class: "clock-label" }, clock.label),
      h("span", { class: "clock-state", "data-clock-state": "" }, word(`state_${state}`)),
      h("span", { class: `clock-time${clock.due ? "" : " is-words"}`, "data-clock-time": "" }, timeOf(clock)),
      ticks && clock.limit && h("progress", { class: "clock-bar", max: clock.limit, value: node.dataset.used, "data-clock-bar": "", "aria-label": word("bar") }),
      form !== "compact" && h("span", { class: "clock-due" },
        clock.due && clock.open && h("span", {}, word("due", { time: when(clock.due) })), " ",
        clock.local && h("span", { class: "clock-note" }, word("counted_here")),
      ),
    ),
  );
  return node;
}

/** All clocks of a job. */
export const clocks = (job) =>
  h("div", { class: "clock-row field-clocks" }, job.clocks.map((clock) => face(here(clock, job), "full")));

/** The one that is due next; null where none is open. */
export function nextClock(job) {
  const open = job.clocks.map((clock) => here(clock, job)).filter((clock) => clock.open && clock.due);
  open.sort((one, other) => (one.due < other.due ? -1 : 1));
  return open.length ? face(open[0], "compact") : null;
}
