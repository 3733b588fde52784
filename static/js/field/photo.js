// Photos from the camera: made small on the phone, their own time kept, refused in time when
// there is no room.

import { sha256 } from "../canonical.js";
import { ask, transact } from "./db.js";

const EDGE = 1600;
const QUALITY = 0.8;
/** Room that is left free: a phone that is quite full loses what it had kept. */
const SPARE = 8_000_000;
const TYPICAL = 500_000;
const PROBE = 2_000_000;

/** How many more photos there is room for; null where the browser does not say. */
export async function room() {
  try {
    const { quota, usage } = await navigator.storage.estimate();
    return Math.max(0, Math.floor((quota - usage - SPARE) / TYPICAL));
  } catch {
    return null;
  }
}

/**
 * Whether another photo can be kept. Browsers say little of what is really left (some name ten
 * gigabytes to everybody), so something of the size of a large photo is written and taken away.
 */
export async function fits() {
  try {
    await transact(["blobs"], "readwrite", ({ blobs }) => ask(blobs.put(new ArrayBuffer(PROBE), "probe")));
    await transact(["blobs"], "readwrite", ({ blobs }) => ask(blobs.delete("probe")));
    return true;
  } catch (error) {
    return error.name !== "QuotaExceededError";
  }
}

/** Ask the browser not to clear what is kept here when the phone runs short of room. */
export async function holdOn() {
  try {
    if (!(await navigator.storage.persisted())) await navigator.storage.persist();
  } catch {
    // Then it is kept as everything else of this browser is.
  }
}

/** A photo as it is sent: {file, sha256, media, file_name, taken_at}. Throws for what is none. */
export async function shrink(file) {
  const taken = (await cameraTime(file)) ?? new Date(file.lastModified || Date.now());
  const image = await createImageBitmap(file, { imageOrientation: "from-image" });
  try {
    const scale = Math.min(1, EDGE / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    const bytes = await blob.arrayBuffer();
    const stamp = taken.toISOString().slice(0, 19).replace(/[T:]/g, "-");
    return {
      file: bytes,
      sha256: await sha256(bytes),
      media: "image/jpeg",
      file_name: `photo-${stamp}.jpg`,
      taken_at: taken.toISOString(),
    };
  } finally {
    image.close();
  }
}

// -- the camera's own time (Exif) ---------------------------------------------------------------

const TAKEN = 0x9003;
const OFFSET = 0x9011;
const EXIF = 0x8769;

/** When the camera says that it took the picture; null where it does not. */
export async function cameraTime(file) {
  try {
    const view = new DataView(await file.slice(0, 128 * 1024).arrayBuffer());
    const start = exifAt(view);
    return start ? taken(view, start) : null;
  } catch {
    return null; // cut short, or written by somebody who did not know how
  }
}

function exifAt(view) {
  if (view.getUint16(0) !== 0xffd8) return 0;
  for (let at = 2; at + 10 < view.byteLength; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint16(at);
    if (marker === 0xffe1 && view.getUint32(at + 4) === 0x45786966) return at + 10;
    if (marker === 0xffda || marker < 0xff00) return 0;
  }
  return 0;
}

function entries(view, start, directory, little) {
  const found = new Map();
  const count = view.getUint16(start + directory, little);
  for (let index = 0; index < count; index += 1) {
    const at = start + directory + 2 + 12 * index;
    found.set(view.getUint16(at, little), { size: view.getUint32(at + 4, little), at: at + 8 });
  }
  return found;
}

function text(view, start, entry, little) {
  const at = entry.size > 4 ? start + view.getUint32(entry.at, little) : entry.at;
  let words = "";
  for (let index = 0; index < entry.size; index += 1) words += String.fromCharCode(view.getUint8(at + index));
  return words.replace(/\0.*$/s, "").trim();
}

function taken(view, start) {
  const little = view.getUint16(start) === 0x4949;
  const pointer = entries(view, start, view.getUint32(start + 4, little), little).get(EXIF);
  if (!pointer) return null;
  const exif = entries(view, start, view.getUint32(pointer.at, little), little);
  const entry = exif.get(TAKEN);
  if (!entry) return null;
  const [day, time] = text(view, start, entry, little).split(" ");
  const zone = exif.has(OFFSET) ? text(view, start, exif.get(OFFSET), little) : "";
  const date = new Date(`${day.replaceAll(":", "-")}T${time}${/^[+-]\d\d:\d\d$/.test(zone) ? zone : ""}`);
  return Number.isNaN(date.getTime()) ? null : date;
}
