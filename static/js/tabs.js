// Tabs that don't fit stand in one line that scrolls: the one that is open is in view, and
// an edge that fades says that there are more.

import { all, onContent } from "./words.js";

function edges(bar) {
  const left = bar.scrollLeft > 4;
  const right = bar.scrollLeft + bar.clientWidth < bar.scrollWidth - 4;
  bar.classList.toggle("has-before", left);
  bar.classList.toggle("has-after", right);
}

function prepare(bar) {
  const here = bar.querySelector(".nav-link.active");
  if (here) bar.scrollLeft = here.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  edges(bar);
  bar.addEventListener("scroll", () => edges(bar), { passive: true });
}

export function start() {
  onContent((part) => all(part, "nav.tabs").forEach(prepare));
  window.addEventListener("resize", () => document.querySelectorAll("nav.tabs").forEach(edges));
}
