// Light, dark or like the device: shown at once, kept by the server for the next page.

function mark(value) {
  document.documentElement.dataset.bsTheme = value;
  for (const button of document.querySelectorAll("[data-theme-switch] button")) {
    const active = button.value === value;
    button.classList.toggle("active", active);
    button.setAttribute("aria-pressed", String(active));
  }
  document.dispatchEvent(new CustomEvent("themechange"));
}

function chosen(event) {
  const form = event.target;
  const button = event.submitter;
  if (!form.matches("[data-theme-switch]") || !button) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  mark(button.value);
  const body = new FormData(form, button);
  fetch(form.action, { method: "POST", body, redirect: "manual" });
}

export function start() {
  document.addEventListener("submit", chosen, true);
}
