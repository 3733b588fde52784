// When something happened on site: by the phone's clock, and how far the server's is ahead.

const JOURNEY_MOST = 3000;

let ahead = 0;

/** Take over what was measured before. */
export function setAhead(ms) {
  ahead = ms;
}

/** The server's clock in milliseconds, as far as the phone knows. */
export const now = () => Date.now() + ahead;

/** What an act says of its time. */
export const stamp = () => ({ at: new Date().toISOString(), ahead_ms: ahead });

/**
 * An answer that says `server` (ISO) left between `sent` and now; how far the server is ahead,
 * or null where the journey was too long to know.
 */
export function measure(server, sent) {
  const arrived = Date.now();
  const instant = Date.parse(server);
  if (Number.isNaN(instant) || arrived - sent > JOURNEY_MOST || arrived < sent) return null;
  ahead = Math.round(instant - (sent + arrived) / 2);
  return ahead;
}

/** An instant as sheets have it: UTC, in whole seconds. */
export const second = (ms) => new Date(Math.floor(ms / 1000) * 1000).toISOString().replace(".000Z", "Z");

/** When an act happened by the server's clock: as `tickets/rules/field.py` works it out. */
export const happened = (item) =>
  second(item.entered_at ? Date.parse(item.entered_at) : Date.parse(item.at) + item.ahead_ms);
