// The QR code of a device: read by the camera, typed in where there is none.

import { button, h, word } from "./dom.js";

/** What a label says: the serial number itself, or an address that ends with it. */
export function serialOf(text) {
  const plain = text.trim();
  try {
    const url = new URL(plain);
    return url.searchParams.get("sn") ?? decodeURIComponent(url.pathname.split("/").filter(Boolean).at(-1) ?? "");
  } catch {
    return plain;
  }
}

/** The device with a serial number among those that the phone knows; null for none. */
export function deviceOf(serial, devices) {
  const wanted = serial.trim().toLowerCase();
  return wanted ? (devices.find((one) => one.serial.toLowerCase() === wanted) ?? null) : null;
}

/** What reads codes: the browser's own, which knows bars as well, or else the app's. */
async function reader() {
  try {
    const formats = await BarcodeDetector.getSupportedFormats();
    if (formats.includes("qr_code")) return new BarcodeDetector({ formats: ["qr_code", "code_128"].filter((one) => formats.includes(one)) });
  } catch {
    // Phones without Google's services, Safari and Firefox have none.
  }
  const own = await import("../../vendor/qr/decode.js");
  return new own.BarcodeDetector({ formats: ["qr_code"] });
}

async function watch(video, found) {
  const detector = await reader();
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  const stop = () => stream.getTracks().forEach((track) => track.stop());
  video.srcObject = stream;
  try {
    await video.play();
  } catch (error) {
    stop(); // the sheet was closed meanwhile
    throw error;
  }
  const look = async () => {
    if (!video.isConnected) return stop();
    const codes = await detector.detect(video).catch(() => []);
    if (codes.length) found(codes[0].rawValue);
    setTimeout(look, 200);
  };
  look();
}

/** Ask for a serial number; `found(serial)` once. */
export async function scan(found) {
  const field = h("input", { class: "form-control", id: "scan-serial", name: "serial", autocomplete: "off", required: true, maxlength: 200 });
  const video = h("video", { class: "field-video", playsinline: true, muted: true });
  const said = h("p", { class: "text-secondary" }, word("scan_type"));
  const title = h("h2", { class: "field-sheet-title", id: "scan-title" }, word("scan_title"));
  const form = h("form", { method: "dialog" },
    h("label", { class: "form-label", for: "scan-serial" }, word("serial")), field,
    h("button", { type: "submit", class: "btn btn-primary field-send mt-3" }, word("scan_find")));
  const dialog = h("dialog", { class: "field-sheet", "aria-labelledby": "scan-title" },
    h("div", { class: "field-sheet-head" }, title, button("", "x", () => dialog.close(), "btn btn-icon btn-ghost", { "aria-label": word("close") })),
    said, form);
  let told = false;
  const tell = (text) => {
    if (told) return;
    told = true;
    dialog.close();
    found(serialOf(text));
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    tell(field.value);
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  if (!navigator.mediaDevices?.getUserMedia) return;
  said.replaceWith(video);
  watch(video, tell).catch(() => video.replaceWith(said));
}
