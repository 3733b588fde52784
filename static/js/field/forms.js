// The sheets that come up from below: a few fields, one button. What is typed is kept as a
// draft until it was accepted, and is there again after the browser was killed.

import { read, transact, write } from "./db.js";
import { button, fromLocal, h, icon, word } from "./dom.js";

let serial = 0;

function input(field, id) {
  const common = { id, name: field.name, required: field.required, maxlength: field.max, class: "form-control" };
  if (field.kind === "area") return h("textarea", { ...common, rows: field.rows ?? 4, value: field.value ?? "" });
  if (field.kind === "number") return h("input", { ...common, type: "number", inputmode: "numeric", min: field.min ?? 1, max: field.most ?? 9999, value: field.value ?? "" });
  if (field.kind === "price") return h("input", { ...common, type: "text", inputmode: "decimal", pattern: "\\d{1,8}(\\.\\d{1,2})?", value: field.value ?? "" });
  if (field.kind === "moment") return h("input", { ...common, type: "datetime-local", value: field.value ?? "" });
  return h("input", { ...common, type: "text", autocomplete: "off", value: field.value ?? "" });
}

function choices(field, id) {
  return h("fieldset", { class: "field-choices" },
    h("legend", { class: "form-label" }, field.label),
    field.choices.map(([value, label, sign], place) =>
      h("label", { class: "field-choice" },
        h("input", { type: "radio", class: "form-check-input", name: field.name, value, required: true, id: `${id}-${place}`, checked: field.value === value }),
        sign && icon(sign), h("span", {}, label))),
  );
}

function row(field) {
  if (field.kind === "text-only") return h("p", { class: "text-secondary" }, field.label);
  const id = `f-${(serial += 1)}`;
  if (field.kind === "choice") return choices(field, id);
  const control = input(field, id);
  return h("div", { class: "mb-3" },
    h("label", { class: "form-label", for: id }, field.label),
    field.scan ? h("div", { class: "field-with-scan" }, control, button("", "qrcode", () => field.scan(control), "btn btn-icon", { "aria-label": word("scan") })) : control,
    field.hint && h("div", { class: "form-hint" }, field.hint),
  );
}

function values(form) {
  const found = Object.fromEntries(new FormData(form));
  for (const control of form.querySelectorAll('input[type="datetime-local"]'))
    found[control.name] = fromLocal(found[control.name]);
  return found;
}

/** What a form's fields hold as a draft; times stay as they are typed. */
function fill(form, draft) {
  for (const [name, value] of Object.entries(draft ?? {})) {
    const controls = [...form.elements].filter((one) => one.name === name);
    if (controls[0]?.type === "radio") for (const one of controls) one.checked = one.value === value;
    else if (controls[0]) controls[0].value = value;
  }
}

export const dropDraft = (key) => transact(["kept"], "readwrite", ({ kept }) => kept.delete(key));

/**
 * Show a sheet: {title, fields, send, tone, draft, extra}. `done(values)` keeps the act; the
 * sheet closes when it has, and says why where it could not.
 */
export function openForm({ title, fields, send, tone = "primary", draft = "", body = [] }, done) {
  const said = h("div", { class: "invalid-feedback field-said", role: "alert" });
  const submit = h("button", { type: "submit", class: `btn btn-${tone} field-send` }, send);
  const form = h("form", { method: "dialog", novalidate: false }, ...body, fields.map(row), said, submit);
  const heading = h("h2", { class: "field-sheet-title", id: `f-title-${(serial += 1)}` }, title);
  const close = button("", "x", () => dialog.close(), "btn btn-icon btn-ghost", { "aria-label": word("close") });
  const dialog = h("dialog", { class: "field-sheet", "aria-labelledby": heading.id }, h("div", { class: "field-sheet-head" }, heading, close), form);
  let timer = 0;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    if (draft) timer = setTimeout(() => write(draft, Object.fromEntries(new FormData(form))), 250);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    submit.disabled = true;
    try {
      await done(values(form));
      if (draft) await dropDraft(draft);
      dialog.close();
    } catch (error) {
      said.textContent = error.name === "QuotaExceededError" ? word("no_room") : (error.words ?? word("not_kept"));
      said.classList.add("d-block");
    } finally {
      submit.disabled = false;
    }
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  if (draft) read(draft).then((kept) => fill(form, kept), () => {});
  dialog.showModal();
  return dialog;
}

/** Something that a person must put right, in words. */
export class Wrong extends Error {
  constructor(words) {
    super(words);
    this.words = words;
  }
}
