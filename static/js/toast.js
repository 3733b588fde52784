// Short messages at the edge of the screen. Good news leaves by itself, bad news stays.

import { element, icon, onContent, word } from "./words.js";

const STAY = 6000;
const SIGNS = { ok: "circle-check", info: "info-circle", warn: "alert-triangle", bad: "alert-circle" };

function leave(toast) {
  const held = toast.matches(":hover") || toast.contains(document.activeElement);
  if (held) setTimeout(() => leave(toast), STAY / 2);
  else toast.remove();
}

function watch(toast) {
  if (toast.dataset.watched) return;
  toast.dataset.watched = "true";
  const id = toast.dataset.toastId;
  const twin = id && document.querySelectorAll(`[data-toast-id="${CSS.escape(id)}"]`);
  if (twin && twin.length > 1) toast.remove();
  else if (toast.matches(".tone-ok, .tone-info") && !id)
    setTimeout(() => leave(toast), STAY);
}

/** Says something: tone ok, info, warn or bad. */
export function say(text, tone = "info") {
  const region = document.getElementById("toasts");
  if (!region) return;
  for (const old of region.children) if (old.textContent.trim() === text) old.remove();
  const toast = element("div", `toast-item tone-${tone}`);
  const close = element("button", "btn-close");
  close.type = "button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", word("close"));
  toast.append(icon(SIGNS[tone]), element("span", "toast-text", text), close);
  region.append(toast);
  watch(toast);
}

function failed({ detail }) {
  const status = detail.xhr?.status ?? 0;
  const key = { 0: "failed_network", 403: "failed_403", 404: "failed_404", 409: "failed_409", 413: "failed_413", 429: "failed_429" };
  say(word(key[status] ?? "failed"), "bad");
}

export function start() {
  onContent((part) => {
    for (const toast of part.querySelectorAll(".toast-item")) watch(toast);
    if (part.matches?.(".toast-item")) watch(part);
  });
  document.addEventListener("click", (event) =>
    event.target.closest?.("[data-toast-close]")?.closest(".toast-item").remove(),
  );
  document.addEventListener("toast", ({ detail }) => say(detail.text, detail.tone));
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:timeout", failed);
}
