// Files dropped or pasted into a form: listed with size and picture, removable, and checked
// before they travel. The input itself holds them, so the form is sent as ever.

import { all, element, icon, onContent, word } from "./words.js";

function size(bytes) {
  if (bytes < 1000) return `${bytes} B`;
  if (bytes < 1e6) return `${Math.round(bytes / 1000)} kB`;
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function fits(file, input) {
  const wanted = (input.accept || "").split(",").map((one) => one.trim().toLowerCase()).filter(Boolean);
  const name = file.name.toLowerCase();
  return (
    !wanted.length ||
    wanted.some((one) =>
      one.startsWith(".")
        ? name.endsWith(one)
        : one.endsWith("/*")
          ? file.type.startsWith(one.slice(0, -1))
          : file.type === one,
    )
  );
}

/** Why a file can't be taken, or "". */
function refusal(file, input, count) {
  const largest = Number(input.dataset.maxSize || 0);
  const most = Number(input.dataset.maxFiles || 0);
  if (largest && file.size > largest)
    return word("file_large", { name: file.name, size: size(largest) });
  if (!file.size) return word("file_empty", { name: file.name });
  if (!fits(file, input)) return word("file_type", { name: file.name });
  if (most && count >= most) return word("file_many", { n: most });
  return "";
}

function picture(file) {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type)) return icon("file", "icon-lg");
  const image = element("img");
  image.src = URL.createObjectURL(file);
  image.alt = "";
  image.addEventListener("load", () => URL.revokeObjectURL(image.src));
  return image;
}

function row(file, remove) {
  const item = element("li", "tile");
  const frame = element("span", "tile-picture");
  const text = element("span", "tile-text");
  const button = element("button", "btn-close");
  button.type = "button";
  button.setAttribute("aria-label", word("file_remove", { name: file.name }));
  button.addEventListener("click", remove);
  frame.append(picture(file));
  text.append(element("span", "tile-name", file.name), element("span", "tile-size", size(file.size)));
  item.append(frame, text, button);
  return item;
}

function set(input, files) {
  const basket = new DataTransfer();
  for (const file of files) basket.items.add(file);
  input.files = basket.files;
}

function prepare(drop) {
  if (drop.dataset.ready) return;
  drop.dataset.ready = "true";
  const input = drop.querySelector('input[type="file"]');
  const list = drop.querySelector("[data-drop-list]");
  let held = [];

  function show(refused = []) {
    list.replaceChildren(
      ...held.map((file) => row(file, () => take(held.filter((one) => one !== file), true))),
      ...refused.map((text) => {
        const item = element("li", "invalid-feedback d-block", text);
        item.setAttribute("role", "alert");
        return item;
      }),
    );
  }

  function take(files, replace = false) {
    const kept = replace ? [] : input.multiple ? [...held] : [];
    const refused = [];
    for (const file of files) {
      const why = refusal(file, input, kept.length);
      if (why) refused.push(why);
      else kept.push(file);
    }
    held = input.multiple ? kept : kept.slice(0, 1);
    set(input, held);
    show(refused);
  }

  drop.take = take;
  if (input.files.length) take([...input.files]); // kept by htmx when a form came back
  input.addEventListener("change", () => take([...input.files]));
  input.form?.addEventListener("reset", () => take([], true));
  for (const kind of ["dragenter", "dragover"])
    drop.addEventListener(kind, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  drop.addEventListener("dragleave", () => drop.classList.remove("is-over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("is-over");
    take([...event.dataTransfer.files]);
  });
}

/** A name for a picture from the clipboard, which has none of its own worth keeping. */
function named(file) {
  if (file.name && file.name !== "image.png") return file;
  const stamp = new Date().toISOString().slice(0, 19).replace(/[T:]/g, "-");
  return new File([file], `screenshot-${stamp}.png`, { type: file.type });
}

function pasted(event) {
  const files = [...(event.clipboardData?.files ?? [])];
  const form = event.target.closest?.("form");
  const drop = (form ?? document).querySelector("[data-drop]");
  if (!files.length || !drop?.take) return;
  event.preventDefault();
  drop.take(files.map(named));
}

export function start() {
  onContent((part) => all(part, "[data-drop]").forEach(prepare));
  document.addEventListener("paste", pasted);
}
