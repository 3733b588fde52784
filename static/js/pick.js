// A select with data-pick="address" becomes a search: what is typed is asked for at that
// address ({"results": [{id, name, detail, sets}], "more"}), and what is chosen is the select's
// value as ever, so forms, drafts and htmx need not know. Without this script it is a select.

import { all, element, onContent, word } from "./words.js";

const PATIENCE = 200;
let number = 0;
let left = ""; // the search that was used last, for the part that takes its place

const chosen = (select) => (select.value ? select.selectedOptions[0]?.text ?? "" : "");

/** Gives a select a value, with an option of its own where the list has none for it. */
export function setPick(select, value, label) {
  const known = [...select.options].some((option) => option.value === String(value));
  if (!known) select.add(new Option(label, value));
  select.value = value;
  select.dispatchEvent(new CustomEvent("pick:set"));
}

class Pick {
  constructor(select) {
    this.select = select;
    this.box = element("div", "pick");
    this.input = element("input", "form-control");
    this.list = element("div", "pick-list");
    this.found = [];
    this.at = -1;
    this.dress();
    this.listen();
    this.show();
  }

  dress() {
    const { select, input, list } = this;
    const id = select.id || `pick-${(number += 1)}`;
    Object.assign(input, { type: "text", id: `${id}-search`, autocomplete: "off", maxLength: 100 });
    Object.assign(list, { id: `${id}-list`, hidden: true });
    list.setAttribute("role", "listbox");
    for (const [name, value] of Object.entries({
      role: "combobox",
      "aria-expanded": "false",
      "aria-autocomplete": "list",
      "aria-controls": list.id,
      "data-no-draft": "",
    }))
      input.setAttribute(name, value);
    for (const name of ["aria-describedby", "aria-invalid"])
      if (select.hasAttribute(name)) input.setAttribute(name, select.getAttribute(name));
    input.classList.toggle("is-invalid", select.classList.contains("is-invalid"));
    input.placeholder = select.dataset.pickHint || (select.options[0]?.value === "" ? select.options[0].text : "");
    input.required = select.required;
    select.required = false;
    const label = document.querySelector(`label[for="${CSS.escape(select.id)}"]`);
    if (label) {
      label.htmlFor = input.id;
      label.id ||= `${id}-label`;
      list.setAttribute("aria-labelledby", label.id);
    }
    select.hidden = true;
    select.before(this.box);
    this.box.append(input, list, select);
  }

  listen() {
    const { input, list, select } = this;
    input.addEventListener("input", () => this.typed());
    input.addEventListener("focus", () => {
      left = input.id;
      input.select();
    });
    input.addEventListener("click", () => this.ask());
    input.addEventListener("keydown", (event) => this.key(event));
    input.addEventListener("blur", () => this.leave());
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) this.choose(Number(option.dataset.place));
    });
    select.addEventListener("pick:set", () => this.show());
    // The search is no field of the form: what it says is the select's.
    input.addEventListener("change", (event) => event.stopPropagation());
  }

  show() {
    this.input.value = chosen(this.select);
    this.input.setCustomValidity("");
  }

  typed() {
    clearTimeout(this.timer);
    this.input.setCustomValidity(this.input.value.trim() ? word("pick_choose") : "");
    this.timer = setTimeout(() => this.ask(this.input.value), PATIENCE);
  }

  address(text) {
    const url = new URL(this.select.dataset.pick, location.href);
    url.searchParams.set("q", text);
    for (const name of (this.select.dataset.pickWithin ?? "").split(" ").filter(Boolean)) {
      const value = this.select.form?.elements[name]?.value;
      if (value) url.searchParams.set(name, value);
    }
    return url;
  }

  async ask(text = "") {
    this.asked = text;
    this.box.classList.add("is-asking");
    try {
      const answer = await fetch(this.address(text), { headers: { Accept: "application/json" } });
      if (answer.ok && this.asked === text) this.offer(await answer.json(), text.trim());
    } catch {
      this.offer({ results: [] }, text.trim());
    } finally {
      this.box.classList.remove("is-asking");
    }
  }

  offer({ results, more }, text) {
    if (document.activeElement !== this.input) return;
    this.found = results.map((row) => ({ ...row, text: [row.name, row.detail].filter(Boolean).join(" · ") }));
    if (text && this.select.dataset.pickNew) this.found.push({ fresh: text });
    const empty = this.select.options[0]?.value === "";
    if (empty && this.select.value && !text && !this.input.required)
      this.found.unshift({ id: "", name: this.select.options[0].text, text: "" });
    this.list.replaceChildren(...this.found.map((row, place) => this.option(row, place)));
    if (!results.length) this.say(text ? word("pick_none") : word("pick_empty"));
    else if (more) this.say(word("pick_more"));
    this.open(true);
    this.mark(text && results.length ? 0 : -1);
  }

  option(row, place) {
    const option = element("div", "pick-option");
    option.id = `${this.list.id}-${place}`;
    option.dataset.place = place;
    option.setAttribute("role", "option");
    option.append(element("span", "pick-name", row.fresh ? word("pick_new", { text: row.fresh }) : row.name));
    if (row.detail) option.append(element("span", "row-sub", row.detail));
    return option;
  }

  say(text) {
    const note = element("div", "pick-note", text);
    note.setAttribute("role", "option");
    note.setAttribute("aria-disabled", "true");
    this.list.prepend(note);
    if (this.found.length) this.list.append(note);
  }

  open(shown) {
    this.list.hidden = !shown;
    this.input.setAttribute("aria-expanded", String(shown));
    if (!shown) this.mark(-1);
  }

  mark(place) {
    this.at = place;
    const options = [...this.list.querySelectorAll("[data-place]")];
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === place)));
    if (place < 0) this.input.removeAttribute("aria-activedescendant");
    else {
      this.input.setAttribute("aria-activedescendant", options[place].id);
      options[place].scrollIntoView({ block: "nearest" });
    }
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const shown = !this.list.hidden;
    if (event.isComposing) return;
    if (step) {
      event.preventDefault();
      if (!shown) this.ask();
      else if (this.found.length) this.mark((this.at + step + this.found.length) % this.found.length);
    } else if (event.key === "Enter" && shown) {
      event.preventDefault();
      if (this.at >= 0) this.choose(this.at);
    } else if (event.key === "Escape" && shown) {
      event.preventDefault();
      event.stopPropagation();
      this.open(false);
      this.show();
    }
  }

  choose(place) {
    const row = this.found[place];
    this.open(false);
    if (row.fresh) {
      setPick(this.select, "", "");
      this.select.dispatchEvent(new CustomEvent("pick:new", { bubbles: true, detail: row.fresh }));
      return;
    }
    for (const [name, [value, label]] of Object.entries(row.sets ?? {})) {
      const other = this.select.form?.elements[name];
      if (other) setPick(other, value, label);
    }
    setPick(this.select, row.id, row.text);
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Left empty it is nothing. Words that chose nothing stay, and the form says so. */
  leave() {
    clearTimeout(this.timer);
    this.asked = null;
    this.open(false);
    const text = this.input.value.trim();
    if (!text && this.select.value) {
      setPick(this.select, "", "");
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    } else if (!text || text === chosen(this.select)) this.show();
  }
}

function prepare(select) {
  if (select.closest(".pick")) return;
  const pick = new Pick(select);
  if (select.autofocus) pick.input.focus();
  // A part that took the place of the one being used keeps the keyboard.
  if (pick.input.id === left && document.activeElement === document.body) pick.input.focus();
}

export function start() {
  onContent((part) => all(part, "select[data-pick]").forEach(prepare));
  document.addEventListener("focusin", (event) => {
    if (!event.target.closest(".pick")) left = "";
  });
}
