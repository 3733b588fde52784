// The customer reads what was done and signs exactly that: the signature is kept with the
// SHA-256 of what was shown.

import { canonical, sha256 } from "../canonical.js";
import { signatureOn } from "../signature.js";
import { button, h, icon, note, stretch, when, word } from "./dom.js";
import { possible, tidy } from "./state.js";

const fact = (label, ...body) => body.filter(Boolean).length > 0 && [h("dt", {}, label), h("dd", { class: "field-text" }, ...body)];

function sheet(content) {
  return h("dl", { class: "field-facts field-sheet-shown" },
    fact(word("title"), content.title),
    fact(word("client"), content.client),
    fact(word("engineer"), content.engineer),
    fact(word("purpose"), content.purpose),
    fact(word("departed_at"), when(content.departed_at)),
    fact(word("arrived_at"), when(content.arrived_at)),
    fact(word("finished_at"), when(content.finished_at)),
    fact(word("found"), content.found),
    fact(word("done"), content.done),
    fact(word("advice"), content.advice),
    fact(word("outcome"), content.outcome && word(content.outcome)),
    content.parts.length > 0 && fact(word("parts"), content.parts.map((row) => h("div", {}, `${row.quantity} × ${row.name}`, [row.part_number, row.serial_in, row.serial_out].filter(Boolean).map((text) => ` · ${text}`)))),
    content.hours.length > 0 && fact(word("hours_title"), content.hours.map((row) => h("div", {}, `${word(`hours_${row.kind}`)} ${stretch(row.from, row.until)} · ${row.person}`))),
    content.extras.length > 0 && fact(word("extras"), content.extras.map((row) => h("div", {}, `${row.description} · ${row.price} ${row.currency} · ${row.done ? word("extra_is_done") : word(`extra_${row.state}`)}${row.by ? ` · ${row.by}` : ""}`))),
    content.photos.length > 0 && fact(word("photos"), String(content.photos.length)),
  );
}

async function drawn(canvas) {
  const blob = await new Promise((done) => canvas.toBlob(done, "image/png"));
  return blob.arrayBuffer();
}

/** The page on which the customer signs; drawn once, so that nothing moves under the pen. */
export function signView(app, job) {
  const back = h("a", { class: "btn btn-icon btn-ghost", href: `#/job/${job.pk}`, "aria-label": word("back") }, icon("chevron-left"));
  const head = h("div", { class: "field-head" }, back, h("div", { class: "field-head-text" }, h("h1", { class: "field-title", tabindex: "-1" }, word("sign_title")), h("p", { class: "field-sub" }, job.number)));
  if (!possible(job, "sign", app.day.rules)) return [head, note("mute", "info-circle", word(`job_${job.state}`))];
  const shown = structuredClone(job.sheet);
  const hash = sha256(canonical(shown));
  const mark = h("code", {});
  hash.then((text) => (mark.textContent = text));
  const name = h("input", { class: "form-control", id: "sign-name", required: true, maxlength: 100, autocomplete: "off", value: job.contact });
  const canvas = h("canvas", { class: "field-signature", width: 900, height: 400, role: "img", "aria-label": word("signature") });
  const said = h("div", { class: "invalid-feedback field-said", role: "alert" });
  let anything = false;
  const pad = signatureOn(canvas, (drawnNow) => (anything = drawnNow));
  const tell = (text) => {
    said.textContent = text;
    said.classList.add("d-block");
  };
  const send = h("button", { type: "submit", class: "btn btn-success field-big" }, icon("signature"), word("send_sign"));
  const form = h("form", { class: "card field-card" },
    h("label", { class: "form-label", for: "sign-name" }, word("sign_name")), name,
    h("div", { class: "form-label field-gap" }, word("signature")), canvas,
    h("div", { class: "field-buttons" }, button(word("clear"), "eraser", () => pad.clear(), "btn btn-sm")),
    said, send);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const signer = tidy(name.value);
    if (!signer) return tell(word("sign_who"));
    if (!anything) return tell(word("sign_blank"));
    send.disabled = true;
    try {
      const file = await drawn(canvas);
      await app.acts.keep(job, "sign", { sha256: await hash, name: signer }, { file, media: "image/png", file_name: "signature.png", shown });
      app.go(`#/job/${job.pk}`);
    } catch (error) {
      send.disabled = false;
      tell(word(error.name === "QuotaExceededError" ? "no_room" : "not_kept"));
    }
    return undefined;
  });
  return [
    head,
    h("p", {}, word("sign_lead")),
    h("section", { class: "card field-card" }, sheet(shown), h("p", { class: "text-secondary field-hash" }, word("fingerprint"), ": ", mark)),
    form,
    h("div", { class: "field-buttons field-more" }, button(word("do_refuse"), "x", () => app.acts.refuse(job), "btn btn-ghost")),
  ];
}
