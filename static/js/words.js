// What the scripts say: translated on the server, in components/words.html.

const holder = document.getElementById("words");

export const icons = holder?.dataset.icons ?? "";

/** A translated pattern with its gaps filled: word("left", {time: "3 min"}). */
export function word(key, values = {}) {
  const text = holder?.getAttribute(`data-w-${key}`) ?? "";
  return text.replace(/%\((\w+)\)s/g, (gap, name) => values[name] ?? gap);
}

/** An icon of the sprite as an element. */
export function icon(name, css = "") {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", `icon ${css}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with a class and text; never markup from text. */
export function element(tag, css = "", text = "") {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

/** Calls back for the page and for every part htmx puts into it. */
export function onContent(callback) {
  callback(document);
  document.addEventListener("htmx:load", (event) => {
    if (event.detail.elt !== document.body) callback(event.detail.elt);
  });
}

/** Elements in a part that match, the part itself included. */
export function all(part, selector) {
  const found = [...part.querySelectorAll(selector)];
  if (part.matches?.(selector)) found.unshift(part);
  return found;
}
