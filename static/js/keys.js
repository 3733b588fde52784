// The keyboard: j and k walk through rows, x ticks, / searches, g and a letter goes
// somewhere, ? lists everything. Off by one switch in that list (WCAG 2.1.4).

import { openDialog } from "./dialog.js";
import { element, word } from "./words.js";

const OFF = "keys-off";
let going = 0;

const off = () => localStorage.getItem(OFF) === "1";
const rows = () =>
  [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
const linkOf = (row) => row.querySelector("[data-row-link]") ?? row.querySelector("a[href]");

function move(step) {
  const list = rows();
  const here = list.findIndex((row) => row.contains(document.activeElement));
  const next = here < 0 ? (step > 0 ? 0 : list.length - 1) : here + step;
  const row = list[Math.min(list.length - 1, Math.max(0, next))];
  if (!row) return;
  linkOf(row)?.focus();
  row.scrollIntoView({ block: "nearest" });
}

function tick() {
  const row = rows().find((one) => one.contains(document.activeElement));
  row?.querySelector("[data-bulk-item]")?.click();
}

function visible(selector) {
  return [...document.querySelectorAll(selector)].find((node) => node.offsetParent);
}

function go(key) {
  document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.click();
}

function press(key) {
  const node = visible(`[data-key="${CSS.escape(key)}"]`);
  if (!node) return false;
  if (node.matches("input, textarea, select")) node.focus();
  else node.click();
  return true;
}

function line(keys, text) {
  const row = element("div", "keys-line");
  const left = element("dt");
  keys.forEach((key) => left.append(element("kbd", "", key)));
  row.append(left, element("dd", "", text));
  return row;
}

function lines() {
  const named = (node) =>
    node.dataset.keyLabel || node.getAttribute("aria-label") || node.textContent.trim();
  const list = [
    line(["j", "k"], word("key_rows")),
    line(["Enter"], word("key_open")),
    line(["x"], word("key_tick")),
    line(["/"], word("key_search")),
    line(["Ctrl", "Enter"], word("key_send")),
    line(["?"], word("key_help")),
    line(["Esc"], word("key_close")),
  ];
  const here = [...document.querySelectorAll("[data-key]")].filter((node) => node.offsetParent);
  for (const node of here) list.push(line([node.dataset.key], named(node)));
  const seen = new Set();
  for (const node of document.querySelectorAll("[data-go]")) {
    if (seen.has(node.dataset.go)) continue;
    seen.add(node.dataset.go);
    const title = node.querySelector(".nav-link-title");
    list.push(line(["g", node.dataset.go], (title ?? node).textContent.trim()));
  }
  return list;
}

function toggle() {
  const label = element("label", "form-check form-switch keys-switch");
  const box = element("input", "form-check-input");
  box.type = "checkbox";
  box.checked = !off();
  box.addEventListener("change", () => localStorage.setItem(OFF, box.checked ? "0" : "1"));
  label.append(box, element("span", "form-check-label", word("key_on")));
  return label;
}

function help() {
  document.getElementById("keys-help")?.remove();
  const dialog = element("dialog", "dialog");
  dialog.id = "keys-help";
  dialog.setAttribute("aria-labelledby", "keys-help-title");
  const head = element("div", "dialog-head");
  const title = element("h2", "dialog-title", word("key_title"));
  const close = element("button", "btn-close");
  const body = element("div", "dialog-body");
  const list = element("dl", "keys");
  title.id = "keys-help-title";
  close.type = "button";
  close.setAttribute("aria-label", word("close"));
  close.addEventListener("click", () => dialog.close());
  list.append(...lines());
  head.append(title, close);
  body.append(list, toggle());
  dialog.append(head, body);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  openDialog(dialog);
}

const ACTIONS = {
  j: () => move(1),
  k: () => move(-1),
  x: tick,
  "/": () => visible("[data-key-search]")?.focus(),
  "?": help,
  g: () => {
    going = Date.now();
  },
};

function pressed(event) {
  const typing = event.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
  if (event.key === "Escape" && typing) typing.blur();
  if (typing || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  if (off()) return;
  if (Date.now() - going < 1500) {
    going = 0;
    go(event.key);
  } else if (ACTIONS[event.key]) ACTIONS[event.key]();
  else if (!press(event.key)) return;
  event.preventDefault();
}

export function start() {
  document.addEventListener("keydown", pressed);
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-keys-help]")) help();
  });
}
