// Elements in one expression; never markup from text.

import { icon, word } from "../words.js";

export { icon, word };

/** h("p", {class: "x", onclick: f}, "text", child, null): an element with its children. */
export function h(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return node;
}

/** A button of ours: label, picture, what it does. */
export const button = (label, sign, onclick, css = "btn", more = {}) =>
  h("button", { type: "button", class: css, onclick, ...more }, sign && icon(sign), label);

/** A word with a picture in a colour of its tone. */
export const badge = (text, tone, sign) => h("span", { class: `pill tone-${tone}` }, sign && icon(sign), text);

/** A card with a heading. */
export const card = (title, sign, ...body) =>
  h("section", { class: "card field-card" },
    title && h("h2", { class: "field-card-title" }, sign && icon(sign), title),
    ...body,
  );

/** A message that stands in the page. */
export const note = (tone, sign, ...body) =>
  h("div", { class: `field-note tone-${tone}`, role: tone === "bad" ? "alert" : "status" }, icon(sign), h("div", {}, ...body));

let zone;

/** Times are those of the company. */
export function setZone(name) {
  zone = name || undefined;
}

function format(iso, options) {
  return new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: zone, hourCycle: "h23", ...options }).format(
    new Date(iso),
  );
}

const TIME = { hour: "2-digit", minute: "2-digit" };
const DAY = { month: "short", day: "numeric" };

/** The day of an instant as a key, in the company's zone. */
export const dayOf = (iso) =>
  new Intl.DateTimeFormat("sv-SE", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(new Date(iso));

/** "16:00" today, else "22 Nov 16:00". */
export function when(iso) {
  if (!iso) return "";
  const today = dayOf(iso) === dayOf(new Date().toISOString());
  return today ? format(iso, TIME) : `${format(iso, DAY)} ${format(iso, TIME)}`;
}

/** "14:00 – 16:00", with the day where it is not today. */
export function stretch(from, until) {
  if (!from) return "";
  const end = dayOf(from) === dayOf(until) ? format(until, TIME) : when(until);
  return `${when(from)} – ${end}`;
}

/** The value of a datetime-local field for an instant, and back. */
export function toLocal(iso) {
  const date = new Date(iso);
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

export const fromLocal = (text) => (text ? new Date(text).toISOString() : "");
