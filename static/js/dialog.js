// Menus and dialogs are the browser's own: `popover` and `<dialog>`. They open without
// this script; with it dialogs are modal, menus obey arrow keys and sit at their button.

const MENU = "[data-menu]";
const ITEMS = "a[href], button:not([disabled]), input, select, summary";
const anchored = CSS.supports("position-area: block-end");

function place(menu, button) {
  if (anchored || !button || matchMedia("(max-width: 575px)").matches) return;
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const below = at.bottom + height + 8 < innerHeight || at.top < height;
  const left = at.left + width + 8 < innerWidth ? at.left : at.right - width;
  Object.assign(menu.style, {
    position: "fixed",
    margin: "0",
    inset: "auto",
    top: `${below ? at.bottom + 4 : at.top - height - 4}px`,
    left: `${Math.max(8, left)}px`,
  });
}

const opener = (id) => document.querySelector(`[popovertarget="${CSS.escape(id)}"]`);

function toggled(event) {
  const menu = event.target;
  if (!menu.matches?.("[popover]")) return;
  const open = event.newState === "open";
  const button = menu.openedBy ?? opener(menu.id);
  button?.setAttribute("aria-expanded", String(open));
  if (!open || !menu.matches(MENU)) return;
  place(menu, button);
  menu.dispatchEvent(new CustomEvent("opened"));
  if (menu.classList.contains("dropdown-menu")) menu.querySelector(ITEMS)?.focus();
}

function walk(event) {
  const menu = event.target.closest?.(`.dropdown-menu${MENU}`);
  const step = { ArrowDown: 1, ArrowUp: -1, Home: "first", End: "last" }[event.key];
  if (!menu || !step || event.target.matches("input, select, textarea")) return;
  event.preventDefault();
  const items = [...menu.querySelectorAll(ITEMS)].filter((item) => item.offsetParent);
  const here = items.indexOf(document.activeElement);
  const next = { first: 0, last: items.length - 1 }[step] ?? here + step;
  items[(next + items.length) % items.length]?.focus();
}

/** Opens a dialog as a modal one, whatever way it was asked for. */
export function openDialog(dialog) {
  if (dialog.open) return;
  if (dialog.matches(":popover-open")) dialog.hidePopover();
  for (const menu of document.querySelectorAll(`${MENU}:popover-open`)) {
    if (!menu.contains(dialog)) menu.hidePopover();
  }
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("opened"));
  const wanted = "[autofocus], .dialog-body :is(input:not([type=hidden]), select, textarea)";
  dialog.querySelector(wanted)?.focus();
}

function clicked(event) {
  const button = event.target.closest?.("[popovertarget]");
  const target = button && document.getElementById(button.getAttribute("popovertarget"));
  if (target?.tagName === "DIALOG") {
    event.preventDefault();
    if (button.getAttribute("popovertargetaction") === "hide") target.close();
    else openDialog(target);
    return;
  }
  if (target) target.openedBy = button;
  if (event.target.tagName === "DIALOG" && event.target.open) {
    const box = event.target.getBoundingClientRect();
    const inside =
      event.clientX >= box.left &&
      event.clientX <= box.right &&
      event.clientY >= box.top &&
      event.clientY <= box.bottom;
    if (!inside) event.target.close();
  }
  const menu = event.target.closest?.(`${MENU}:popover-open`);
  if (menu && event.target.closest(".dropdown-item")) menu.hidePopover();
}

export function start() {
  document.addEventListener("click", clicked);
  document.addEventListener("toggle", toggled, true);
  document.addEventListener("keydown", walk);
  document.addEventListener("dialog:close", () => {
    for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  });
}
