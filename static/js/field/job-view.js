// One job: where, who, which clocks; one large next step; everything that is recorded on site.

import { clocks } from "./clocks.js";
import { badge, button, card, h, icon, note, stretch, word } from "./dom.js";
import { lookAgain } from "./position.js";
import { next, possible, unprepared } from "./state.js";

const STATES = {
  assigned: ["user-check", "info"],
  accepted: ["checks", "info"],
  departed: ["truck", "info"],
  arrived: ["map-pin", "accent"],
  begun: ["player-play", "accent"],
  finished: ["circle-check", "warn"],
  signed: ["signature", "ok"],
  refused: ["x", "bad"],
  cancelled: ["circle-x", "mute"],
  unassigned: ["user-x", "mute"],
};
const STEPS = {
  accept: ["checks", "primary"],
  depart: ["truck", "primary"],
  arrive: ["map-pin", "primary"],
  begin: ["player-play", "primary"],
  finish: ["circle-check", "success"],
  sign: ["signature", "success"],
  resume: ["player-play", "primary"],
};
const SEVERITIES = { general: ["flag", "info"], serious: ["alert-triangle", "warn"], urgent: ["urgent", "bad"] };

export const stateBadge = (job) => badge(word(`job_${job.state}`), STATES[job.state][1], STATES[job.state][0]);
export const severityBadge = (job) => badge(word(`sev_${job.severity}`), SEVERITIES[job.severity][1], SEVERITIES[job.severity][0]);

/** How much of a job has not arrived yet; null where everything has. */
export function waitingBadge(job) {
  const refused = job.waiting.filter((item) => item.state === "refused").length;
  if (refused) return badge(word("n_refused", { n: refused }), "bad", "alert-circle");
  return job.waiting.length ? badge(word("n_kept", { n: job.waiting.length }), "warn", "device-mobile") : null;
}

function map(job) {
  const query = encodeURIComponent([job.address, job.sheet.client, job.site].filter(Boolean).slice(0, 2).join(" "));
  const apple = /iPhone|iPad|Macintosh/.test(navigator.userAgent);
  return apple ? `maps:?q=${query}` : `geo:0,0?q=${query}`;
}

function where(app, job) {
  const place = [job.site, job.address].filter(Boolean).join(" · ");
  return card(job.sheet.client, "building-community",
    place && h("p", {}, place),
    job.site_note && h("p", { class: "text-secondary" }, job.site_note),
    h("div", { class: "field-buttons" },
      job.phone && h("a", { class: "btn", href: `tel:${job.phone.replace(/[^\d+]/g, "")}` }, icon("phone"), job.contact ? word("call_name", { name: job.contact }) : word("call")),
      place && h("a", { class: "btn", href: map(job) }, icon("map-pin"), word("map"))),
    job.contact && job.phone && h("p", { class: "text-secondary mb-0" }, `${job.contact} · ${job.phone}`),
  );
}

function device(app, job) {
  const { device: one } = job;
  return card(word("device"), "devices",
    one && h("p", {}, h("strong", {}, `${one.category} ${one.model}`), h("br"), one.serial, one.location && ` · ${one.location}`),
    h("div", { class: "field-buttons" }, button(word("scan"), "qrcode", () => app.acts.scan(job))),
  );
}

function checklist(app, job) {
  if (!job.checklist.length || job.sheet.departed_at) return null;
  const able = possible(job, "check", app.day.rules);
  return card(word("preparation"), "list-check",
    h("ul", { class: "field-list" }, job.checklist.map((row, place) =>
      h("li", {}, h("button", {
        type: "button",
        class: "field-check",
        disabled: !able,
        "aria-pressed": String(Boolean(row.done_at)),
        "data-focus": `check-${place}`,
        onclick: () => app.acts.check(job, place, !row.done_at),
      }, icon(row.done_at ? "circle-check" : "circle"), h("span", {}, row.text), row.required && !row.done_at && badge(word("needed"), "warn"))))),
  );
}

const said = (label, text) => text && [h("dt", {}, label), h("dd", { class: "field-text" }, text)];

function work(app, job) {
  const { sheet } = job;
  const able = possible(job, "record", app.day.rules);
  if (!able && !sheet.found && !sheet.done && !sheet.advice) return null;
  return card(word("work"), "tools",
    h("dl", { class: "field-facts" },
      said(word("found"), sheet.found), said(word("done"), sheet.done), said(word("advice"), sheet.advice),
      said(word("outcome"), sheet.outcome && word(sheet.outcome))),
    able && h("div", { class: "field-buttons" }, button(word("do_record"), "edit", () => app.acts.words(job), "btn", { "data-focus": "words" })),
  );
}

function partsAndHours(app, job) {
  const able = possible(job, "part", app.day.rules);
  const { parts, hours } = job.sheet;
  if (!able && !parts.length && !hours.length) return null;
  return card(word("parts_hours"), "package",
    (parts.length > 0 || hours.length > 0) && h("ul", { class: "field-list" },
      parts.map((row) => h("li", {}, `${row.quantity} × ${row.name}`, row.serial_in && h("span", { class: "text-secondary" }, ` ${row.serial_in}`))),
      hours.map((row) => h("li", {}, word(`hours_${row.kind}`), " ", stretch(row.from, row.until), h("span", { class: "text-secondary" }, ` ${row.person}`)))),
    able && h("div", { class: "field-buttons" },
      button(word("do_part"), "package", () => app.acts.part(job), "btn", { "data-focus": "part" }),
      button(word("do_time"), "clock", () => app.acts.hours(job), "btn", { "data-focus": "time" })),
  );
}

function photo(app, job, one, place) {
  const stage = job.sheet.photos[place]?.stage;
  const label = word(stage === "before" ? "stage_before" : "stage_after");
  const here = typeof one !== "string";
  const image = h("img", { alt: label, loading: "lazy", width: 96, height: 96 });
  if (here) app.picture(one.uid, image);
  else image.src = one;
  image.addEventListener("error", () => image.replaceWith(h("span", { class: "field-photo-gone" }, icon("photo"))));
  return h("li", { class: "field-photo" }, image, h("span", {}, label), here && h("span", { class: "field-photo-here" }, icon("device-mobile"), word("kept_here")));
}

function photos(app, job) {
  const able = possible(job, "photo", app.day.rules);
  if (!able && !job.photos.length) return null;
  return card(word("photos"), "photo",
    job.photos.length > 0 && h("ul", { class: "field-photos" }, job.photos.map((one, place) => photo(app, job, one, place))),
    able && h("div", { class: "field-buttons" },
      button(word("photo_before"), "photo", () => app.acts.photos(job, "before"), "btn", { "data-focus": "before" }),
      button(word("photo_after"), "photo", () => app.acts.photos(job, "after"), "btn", { "data-focus": "after" })),
  );
}

function extras(app, job) {
  const able = possible(job, "extra", app.day.rules);
  if (!able && !job.sheet.extras.length) return null;
  return card(word("extras"), "plus",
    job.sheet.extras.length > 0 && h("ul", { class: "field-list" }, job.sheet.extras.map((row, place) =>
      h("li", {}, row.description, " · ", h("strong", {}, `${row.price} ${row.currency}`), " ",
        badge(row.done ? word("extra_is_done") : word(`extra_${row.state}`), row.state === "authorised" ? "ok" : row.state === "declined" ? "bad" : "warn"),
        able && row.state === "asked" && button(word("do_decide"), "checks", () => app.acts.decide(job, place), "btn btn-sm"),
        able && row.state === "authorised" && !row.done && button(word("extra_mark_done"), "circle-check", () => app.acts.extraDone(job, place), "btn btn-sm")))),
    able && h("div", { class: "field-buttons" }, button(word("do_extra"), "plus", () => app.acts.extra(job), "btn", { "data-focus": "extra" })),
  );
}

function stars(app, job) {
  if (!["finished", "signed", "refused"].includes(job.state)) return null;
  const able = possible(job, "rate", app.day.rules) && !job.rating;
  return card(word("rating"), "star",
    h("p", { class: "text-secondary" }, word(job.rating ? "rated" : "rate_ask", { n: job.rating })),
    h("div", { class: "field-stars" }, [1, 2, 3, 4, 5].map((n) =>
      h("button", { type: "button", class: "btn btn-icon", disabled: !able, "aria-label": word("n_stars", { n }), "aria-pressed": String(n <= (job.rating ?? 0)), onclick: () => app.acts.rate(job, n) },
        icon(n <= (job.rating ?? 0) ? "star-filled" : "star")))),
  );
}

function step(app, job) {
  const verb = next(job, app.day.rules);
  const blocked = job.waiting.find((item) => item.state === "refused");
  if (!verb) return note(job.state === "signed" ? "ok" : "mute", STATES[job.state][0], word(`job_${job.state}`));
  const [sign, tone] = STEPS[verb];
  const missing = verb === "depart" ? unprepared(job) : [];
  return h("div", { class: "field-step" },
    blocked && h("a", { class: "field-note tone-bad", href: "#/outbox" }, icon("alert-circle"), h("div", {}, word("step_blocked"))),
    missing.length > 0 && h("p", { class: "field-step-note" }, word("not_ready", { items: missing.join("、") })),
    h("button", { type: "button", class: `btn btn-${tone} field-big`, "data-focus": "step", onclick: () => app.acts.step(job, verb) }, icon(sign), word(`step_${verb}`)),
  );
}

function more(app, job) {
  const able = (verb) => possible(job, verb, app.day.rules);
  return h("div", { class: "field-buttons field-more" },
    able("resume") && next(job, app.day.rules) !== "resume" && button(word("resume_more"), "arrow-back-up", () => app.acts.now(job, "resume"), "btn btn-ghost"),
    able("refuse") && button(word("do_refuse"), "x", () => app.acts.refuse(job), "btn btn-ghost"),
    able("decline") && button(word("do_decline"), "x", () => app.acts.decline(job), "btn btn-ghost"),
    h("a", { class: "btn btn-ghost", href: job.url }, icon("external-link"), word("whole_page")));
}

/** The page of a job. */
export function jobView(app, job) {
  const planned = job.planned[0];
  if (job.state === "departed") lookAgain();
  return [
    h("div", { class: "field-head" },
      h("a", { class: "btn btn-icon btn-ghost", href: "#/", "aria-label": word("back") }, icon("chevron-left")),
      h("div", { class: "field-head-text" },
        h("h1", { class: "field-title", tabindex: "-1" }, job.sheet.purpose),
        h("p", { class: "field-sub" }, job.number, planned && ` · ${stretch(...job.planned)}`))),
    h("div", { class: "field-tags" }, stateBadge(job), severityBadge(job), waitingBadge(job)),
    step(app, job),
    clocks(job),
    where(app, job),
    checklist(app, job),
    job.symptom && card(word("request"), "message", h("p", { class: "field-text mb-0" }, h("strong", {}, job.sheet.title), h("br"), job.symptom)),
    work(app, job),
    photos(app, job),
    partsAndHours(app, job),
    extras(app, job),
    device(app, job),
    stars(app, job),
    more(app, job),
  ];
}
