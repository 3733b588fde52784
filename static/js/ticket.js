// The ticket page and its forms: dialogs that fetch their content, tabs of the box for words,
// canned replies, callers. Everything works without it, as plain pages.

import { openDialog } from "./dialog.js";
import { all, element, onContent } from "./words.js";

const dialog = () => document.getElementById("act");
const body = () => document.getElementById("act-body");

// -- what a button of the page opens ---------------------------------------------------------

function waiting() {
  const box = element("div", "skeleton dialog-body");
  for (let line = 0; line < 4; line += 1) box.append(element("span", "skeleton-line"));
  return box;
}

function opened(event) {
  const link = event.target.closest?.("[data-act]");
  if (!link || !dialog()) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  body().replaceChildren(waiting());
  openDialog(dialog());
}

function closed() {
  dialog()?.close();
  body()?.replaceChildren();
}

function focus(event) {
  if (event.target !== body()) return;
  const wanted =
    "[data-form-errors], [autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)";
  body().querySelector(wanted)?.focus();
}

/** After an act the page is made true at once; a pulse that is just fetching it comes first. */
function moved() {
  const head = document.getElementById("ticket-head");
  if (!head) return;
  if (head.classList.contains("htmx-request")) setTimeout(moved, 200);
  else window.htmx.trigger(head, "ticket:refresh");
}

// -- the box for words -------------------------------------------------------------------------

function show(tab) {
  const box = tab.closest("[data-compose]");
  for (const other of box.querySelectorAll('[role="tab"]')) {
    const chosen = other === tab;
    const panel = document.getElementById(other.getAttribute("aria-controls"));
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    panel.hidden = !chosen;
    delete panel.dataset.later;
    if (chosen) panel.querySelector("textarea")?.focus({ preventScroll: true });
  }
}

function walk(event) {
  const tab = event.target.closest?.('[data-compose] [role="tab"]');
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!tab || !step) return;
  const tabs = [...tab.parentElement.children];
  const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
  next.focus();
  show(next);
  next.focus();
}

/** A draft that was kept is shown, also where it was written under another tab. */
function prepare(box) {
  const tabs = [...box.querySelectorAll('[role="tab"]')];
  for (const tab of tabs) tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
}

function insert(button) {
  const area = document.getElementById(button.dataset.insert);
  if (!area) return;
  const { selectionStart: from, selectionEnd: to, value } = area;
  const gap = from > 0 && !/\s$/.test(value.slice(0, from)) ? "\n" : "";
  area.setRangeText(gap + button.dataset.text, from, to, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
  button.closest("[popover]")?.hidePopover();
  area.focus();
}

/** What has become new was shown: words that are written now answer to it. */
function seen(event) {
  const head = event.target.closest?.("#ticket-head") ?? document.getElementById("ticket-head");
  const seq = head?.dataset.seq;
  if (!seq) return;
  for (const field of document.querySelectorAll('#compose input[name="version"]'))
    if (Number(field.value) < Number(seq)) field.value = seq;
}

/** Somebody who is suggested is chosen in the list of people. */
function choose(event, link) {
  const list = document.getElementById(link.dataset.chooses);
  if (!list) return;
  event.preventDefault();
  list.value = link.dataset.choose;
  list.dispatchEvent(new Event("change", { bubbles: true }));
  list.focus();
}

// -- who is calling --------------------------------------------------------------------------------

/** Somebody whom nobody knows yet: what was typed is their name, or their number. */
function newcomer({ target, detail: text }) {
  const [name, phone] = (target.dataset.pickNew ?? "").split(" ").map((field) => target.form.elements[field]);
  if (!name || !phone) return;
  const [filled, open] = /^[-+()\d\s]+$/.test(text) ? [phone, name] : [name, phone];
  filled.value = text;
  filled.dispatchEvent(new Event("input", { bubbles: true }));
  open.focus();
}

// -- all of it ---------------------------------------------------------------------------------------

function clicked(event) {
  const tab = event.target.closest?.('[data-compose] [role="tab"]');
  if (tab) show(tab);
  const reply = event.target.closest?.("[data-insert]");
  if (reply) insert(reply);
  const suggested = event.target.closest?.("[data-choose]");
  if (suggested) choose(event, suggested);
  const other = event.target.closest?.("[data-opens]");
  const target = other && document.getElementById(other.dataset.opens);
  if (target) {
    event.preventDefault();
    openDialog(target);
  }
}

document.addEventListener("click", opened);
document.addEventListener("click", clicked);
document.addEventListener("keydown", walk);
document.addEventListener("pick:new", newcomer);
document.addEventListener("act:done", closed);
document.addEventListener("ticket:moved", moved);
document.addEventListener("htmx:afterSwap", focus);
document.addEventListener("htmx:afterSettle", seen);
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.target === body() && !body().querySelector("form")) closed();
});
/** A draft that was put back may name another project: its cards are fetched. */
function restored() {
  for (const form of document.querySelectorAll("form[data-file-form]"))
    if (form.querySelector(".draft-notice")) window.htmx.trigger(form, "draft:restored");
}

document.addEventListener("DOMContentLoaded", () => setTimeout(restored));
onContent((part) => {
  all(part, "[data-compose]").forEach(prepare);
});
