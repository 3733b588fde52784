// Where the phone is, for the record of an arrival. Looked up on the way, so that the tap on
// "I have arrived" needs to wait for nothing; without leave or satellites there is none.

const FRESH = 3 * 60_000;

let watching = null;
let last = null;

/** Begin to look where we are: on leaving, when somebody has just tapped. */
export function look() {
  if (watching !== null || !navigator.geolocation) return;
  const found = ({ coords, timestamp }) => (last = { coords, timestamp });
  watching = navigator.geolocation.watchPosition(found, stop, { enableHighAccuracy: true, maximumAge: FRESH });
}

/** Go on looking after the app was opened again, where that was allowed before. */
export async function lookAgain() {
  if (watching !== null) return;
  const allowed = await navigator.permissions?.query({ name: "geolocation" }).catch(() => null);
  if (allowed?.state === "granted") look();
}

export function stop() {
  if (watching !== null) navigator.geolocation.clearWatch(watching);
  watching = null;
}

/** The place as the record has it, such as "38.48712, 106.23091 (12 m)"; "" where it is not known. */
export function place() {
  if (!last || Date.now() - last.timestamp > FRESH) return "";
  const { latitude, longitude, accuracy } = last.coords;
  return `${latitude.toFixed(5)}, ${longitude.toFixed(5)} (${Math.round(accuracy)} m)`;
}
