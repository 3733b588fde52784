// What is wider than its frame begins where its reader begins: that part is in the middle.

import { all, onContent } from "./words.js";

function show(frame) {
  const part = frame.querySelector(frame.dataset.beginAt);
  if (!part) return;
  const outer = frame.getBoundingClientRect();
  const inner = part.getBoundingClientRect();
  frame.scrollLeft += inner.left + inner.width / 2 - (outer.left + outer.width / 2);
}

export function start() {
  onContent((part) => all(part, "[data-begin-at]").forEach(show));
}
