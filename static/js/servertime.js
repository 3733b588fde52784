// The server's time. The device's own clock may be wrong by hours; the difference is
// measured when the page arrives and corrected by every pulse.

const page = performance.getEntriesByType("navigation")[0];
const arrived = performance.timeOrigin + (page?.responseStart || 0);
const stamped = Date.parse(
  document.querySelector('meta[name="server-now"]')?.content ?? "",
);
let offset = Number.isNaN(stamped) ? 0 : stamped - arrived;

/** The server's time in milliseconds. */
export function now() {
  return Date.now() + offset;
}

/** An answer that left the server at `instant` (ISO) travelled for `journey` ms there and back. */
export function correct(instant, journey) {
  const server = Date.parse(instant);
  if (!Number.isNaN(server) && journey < 3000) {
    offset = server + journey / 2 - Date.now();
  }
}

/** Where there is no page from the server: how far it is ahead, as measured before. */
export function shift(milliseconds) {
  offset = milliseconds;
}
