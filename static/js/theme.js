// Light, dark or like the device, at once; the cookie tells the server for the next page.

export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const value = event.submitter?.value;
    if (!form.matches("[data-theme-switch]") || !value) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const secure = location.protocol === "https:" ? "; Secure" : "";
    document.cookie = `theme=${value}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
    document.documentElement.dataset.bsTheme = value;
    for (const button of document.querySelectorAll("[data-theme-switch] button")) {
      const active = button.value === value;
      button.classList.toggle("active", active);
      button.setAttribute("aria-pressed", String(active));
    }
    document.dispatchEvent(new CustomEvent("themechange"));
  }, true);
}
