// What was typed is never lost: forms with data-draft="name" are kept in this browser per
// person, put back when the page is opened again, and forgotten once they were accepted.

import { setPick } from "./pick.js";
import { all, element, icon, onContent, word } from "./words.js";

const WEEK = 7 * 24 * 3600 * 1000;
const SENT = "draft-sent";
const person = document.querySelector('meta[name="person-key"]')?.content ?? "";
const PREFIX = "draft:";

const keyOf = (form) => `${PREFIX}${person}:${form.dataset.draft}`;
const kept = (field) =>
  field.name &&
  !field.disabled &&
  !["password", "file", "hidden", "submit", "button"].includes(field.type) &&
  !field.closest("[data-no-draft]");

function store(action) {
  try {
    return action(localStorage, sessionStorage);
  } catch {
    return undefined; // no storage: nothing to keep, nothing to say
  }
}

function values(form) {
  return [...form.elements]
    .filter(kept)
    .map((field) => {
      if (["checkbox", "radio"].includes(field.type))
        return [field.name, field.value, field.checked];
      if (!field.matches("[data-pick]")) return [field.name, field.value];
      return [field.name, field.value, null, field.selectedOptions[0]?.text ?? ""];
    });
}

function fill(form, saved) {
  for (const [name, value, checked, label] of saved) {
    const fields = [...form.elements].filter((field) => field.name === name);
    if (fields[0]?.matches("[data-pick]")) setPick(fields[0], value, label ?? "");
    else if (checked === undefined || checked === null) {
      if (fields[0]) fields[0].value = value;
    } else {
      const field = fields.find((one) => one.value === value);
      if (field) field.checked = checked;
    }
  }
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function notice(form, original) {
  const box = element("div", "note-banner tone-info draft-notice");
  const button = element("button", "btn btn-sm", word("draft_discard"));
  button.type = "button";
  box.setAttribute("role", "status");
  box.append(icon("notebook"), element("div", "note-banner-text", word("draft_restored")), button);
  button.addEventListener("click", () => {
    fill(form, original);
    forget(keyOf(form));
    form.removeAttribute("data-dirty");
    box.remove();
  });
  form.prepend(box);
}

function forget(key) {
  store((local) => local.removeItem(key));
}

function restore(form) {
  if (form.dataset.drafted) return;
  form.dataset.drafted = "true";
  const key = keyOf(form);
  const original = values(form);
  const failed = form.querySelector("[data-form-errors]");
  const sent = store((local, session) => session.getItem(SENT));
  if (sent === key && failed) store((local, session) => session.removeItem(SENT));
  const draft = store((local) => JSON.parse(local.getItem(key) ?? "null"));
  if (!draft || failed) return;
  if (Date.now() - draft.at > WEEK) forget(key);
  else if (!same(draft.values, original)) {
    fill(form, draft.values);
    notice(form, original);
  }
}

let timer = 0;

function typed(event) {
  const form = event.target.form;
  if (!form?.dataset.draft) return;
  clearTimeout(timer);
  timer = setTimeout(() => {
    if (!form.isConnected || form.dataset.busy) return;
    const draft = JSON.stringify({ at: Date.now(), values: values(form) });
    store((local) => local.setItem(keyOf(form), draft));
  }, 400);
}

/** A form that was sent and has not come back with mistakes was accepted. */
function settle() {
  const sent = store((local, session) => session.getItem(SENT));
  if (!sent) return;
  const back = [...document.querySelectorAll("form[data-draft]")].some(
    (form) => keyOf(form) === sent && form.querySelector("[data-form-errors]"),
  );
  store((local, session) => session.removeItem(SENT));
  if (!back && !document.querySelector("[data-error-page]")) forget(sent);
}

function submitted(event) {
  const form = event.target;
  if (form.dataset.draft)
    store((local, session) => session.setItem(SENT, keyOf(form)));
  if (form.action.includes("logout"))
    store((local) =>
      Object.keys(local)
        .filter((key) => key.startsWith(PREFIX))
        .forEach(forget),
    );
}

export function start() {
  settle();
  onContent((part) => all(part, "form[data-draft]").forEach(restore));
  document.addEventListener("input", typed);
  document.addEventListener("change", typed);
  document.addEventListener("submit", submitted);
  // Before the answer is put in: it may take the form's own place, draft and all.
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const form = detail.elt.closest?.("form[data-draft]");
    if (!form) return;
    store((local, session) => session.removeItem(SENT));
    if (detail.xhr.status >= 200 && detail.xhr.status < 300) {
      clearTimeout(timer);
      forget(keyOf(form));
      form.removeAttribute("data-dirty");
    }
  });
}
