// Rows that can be ticked: the bar comes with the first tick, Shift takes a whole range.

import { all, onContent } from "./words.js";

const ITEMS = "[data-bulk-item]";
let last = null;

function update(form) {
  const items = [...form.querySelectorAll(ITEMS)];
  const ticked = items.filter((item) => item.checked);
  form.classList.toggle("has-ticks", ticked.length > 0);
  for (const node of form.querySelectorAll("[data-bulk-count]"))
    node.textContent = ticked.length;
  for (const head of form.querySelectorAll("[data-bulk-all]")) {
    head.checked = ticked.length > 0 && ticked.length === items.length;
    head.indeterminate = ticked.length > 0 && ticked.length < items.length;
  }
  for (const item of items)
    item.closest("tr, [data-row]")?.classList.toggle("is-ticked", item.checked);
}

function range(form, item) {
  const items = [...form.querySelectorAll(ITEMS)];
  const [from, to] = [items.indexOf(last), items.indexOf(item)].sort((a, b) => a - b);
  if (from < 0) return;
  for (const one of items.slice(from, to + 1)) one.checked = item.checked;
}

function clicked(event) {
  const form = event.target.closest?.("[data-bulk]");
  if (!form) return;
  if (event.target.matches(ITEMS)) {
    if (event.shiftKey && last) range(form, event.target);
    last = event.target;
  } else if (event.target.matches("[data-bulk-all]")) {
    for (const item of form.querySelectorAll(ITEMS)) item.checked = event.target.checked;
  } else if (event.target.closest("[data-bulk-clear]")) {
    for (const item of form.querySelectorAll(ITEMS)) item.checked = false;
  } else return;
  update(form);
}

export function start() {
  onContent((part) => all(part, "[data-bulk]").forEach(update));
  document.addEventListener("click", clicked);
  document.addEventListener("change", (event) => {
    const form = event.target.closest?.("[data-bulk]");
    if (form) update(form);
  });
}
