// The dispatch board: a job is dragged onto an engineer and a time. What is dropped is sent at
// once; where more has to be known (the customer's consent), the form comes up with the reason.
// The same form opens with "Plan", so that nothing here is needed to plan with a keyboard.

import { openDialog } from "./dialog.js";

const SLOT = 15; // minutes
let held = null;

const body = () => document.getElementById("act-body");
const cellOf = (event) => event.target.closest?.("#board [data-at]");

/** A time of the tenant's zone, some minutes later: "2026-11-25T08:00". */
function later(text, minutes) {
  const instant = new Date(`${text}Z`);
  instant.setUTCMinutes(instant.getUTCMinutes() + minutes);
  return instant.toISOString().slice(0, 16);
}

/** The quarter of an hour of a cell under the pointer. */
function timeAt(cell, x) {
  const box = cell.getBoundingClientRect();
  const share = Math.min(Math.max((x - box.left) / box.width, 0), 0.999);
  return later(cell.dataset.at, Math.floor(share * Number(cell.dataset.slots)) * SLOT);
}

function unmark() {
  for (const cell of document.querySelectorAll("#board .bd-over")) {
    cell.classList.remove("bd-over");
    delete cell.dataset.hint;
  }
}

function lift(event) {
  const card = event.target.closest?.("[data-plan]");
  if (!card || !card.draggable) return;
  held = card;
  // The part is not fetched anew while something of it is in the hand.
  card.setAttribute("data-dirty", "");
  event.dataTransfer.effectAllowed = "move";
  event.dataTransfer.setData("text/plain", card.querySelector("a")?.textContent.trim() ?? "");
}

function over(event) {
  const cell = held && cellOf(event);
  if (!cell) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "move";
  if (!cell.classList.contains("bd-over")) unmark();
  cell.classList.add("bd-over");
  cell.dataset.hint = timeAt(cell, event.clientX).slice(11);
}

function put(event) {
  const cell = held && cellOf(event);
  if (!cell) return;
  event.preventDefault();
  const { plan, version, minutes, purpose } = held.dataset;
  const start = timeAt(cell, event.clientX);
  const values = {
    engineer: cell.closest("[data-engineer]").dataset.engineer,
    start,
    end: later(start, Number(minutes)),
  };
  if (version !== undefined) values.version = version;
  if (purpose !== undefined) Object.assign(values, { purpose, kind: "visit" });
  release();
  window.htmx.ajax("POST", plan, { target: body(), swap: "innerHTML", values });
}

function release() {
  held?.removeAttribute("data-dirty");
  held = null;
  unmark();
}

/** Not accepted as it is: the form says why. */
function answered(event) {
  const dialog = document.getElementById("act");
  if (event.target === body() && !dialog.open && !dialog.matches(":popover-open"))
    openDialog(dialog);
}

document.addEventListener("dragstart", lift);
document.addEventListener("dragover", over);
document.addEventListener("drop", put);
document.addEventListener("dragend", release);
document.addEventListener("htmx:afterSwap", answered);
