// Forms that forgive: one submission per click, a busy button at once, a count of what is
// left to type, the first mistake in focus, a warning before unsaved work is lost.

import { all, element, onContent } from "./words.js";

const PATIENCE = 20000;
const NEAR = 0.8; // of maxlength: from here on the count is shown

const guarded = (form) => form.method !== "get" && !form.hasAttribute("data-no-guard");

function submitted(event) {
  const form = event.target;
  if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch]")) return;
  form.removeAttribute("data-dirty");
  if (!guarded(form)) return;
  if (form.dataset.busy) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.busy = "true";
  const button = event.submitter ?? form.querySelector('[type="submit"]');
  button?.classList.add("is-busy");
  button?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), PATIENCE); // a download never leaves the page
}

function release(form) {
  if (!form?.dataset?.busy) return;
  delete form.dataset.busy;
  for (const button of form.querySelectorAll(".is-busy")) {
    button.classList.remove("is-busy");
    button.removeAttribute("aria-busy");
  }
}

function counter(box) {
  if (box.dataset.counted || box.maxLength < 40) return;
  box.dataset.counted = "true";
  const count = element("div", "form-count");
  count.setAttribute("aria-hidden", "true");
  (box.closest(".input-group") ?? box).after(count);
  const show = () => {
    const used = [...box.value].length;
    count.textContent =
      used >= box.maxLength * NEAR ? `${used} / ${box.maxLength}` : "";
  };
  box.addEventListener("input", show);
  show();
}

function password(group) {
  const button = group.querySelector("[data-password-show]");
  const input = group.querySelector("input");
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = input.type === "text";
    input.type = shown ? "password" : "text";
    button.setAttribute("aria-pressed", String(!shown));
  });
}

function prepare(part) {
  for (const box of all(part, "textarea[maxlength], input[maxlength]:not([type=search])"))
    counter(box);
  for (const group of all(part, "[data-password]")) password(group);
  all(part, "[data-form-errors]")[0]?.focus();
}

/** The way back to everything is offered as soon as something is filtered. */
function filters(event) {
  const form = event.target.closest?.("form[data-filters]");
  const clear = form?.querySelector("[data-filters-clear]");
  if (!clear) return;
  const fields = [...form.querySelectorAll(".filter :is(input, select)")];
  clear.hidden = !fields.some((field) =>
    field.type === "checkbox" ? field.checked : field.value,
  );
}

/** A search box asks while it is typed in. Asking once more as it is left would replace the
 * very row or menu that is being clicked. */
function left(event) {
  if (event.target.matches?.("form[data-filters] input[type=search]"))
    event.stopPropagation();
}

function quick(event) {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  if (event.target.matches("textarea")) event.target.form?.requestSubmit();
}

export function start() {
  onContent(prepare);
  document.addEventListener("submit", submitted, true);
  document.addEventListener("input", filters);
  document.addEventListener("change", left, true);
  document.addEventListener("keydown", quick);
  document.addEventListener("input", (event) =>
    event.target.form?.matches("[data-draft], [data-unsaved]") &&
    event.target.form.setAttribute("data-dirty", ""),
  );
  document.addEventListener("htmx:afterRequest", (event) =>
    release(event.detail.elt.closest?.("form") ?? event.detail.elt),
  );
  window.addEventListener("pageshow", () => {
    for (const form of document.forms) release(form);
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-unsaved][data-dirty]")) event.preventDefault();
  });
}


