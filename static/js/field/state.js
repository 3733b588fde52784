// A job as it stands on site: what the server knows, and what was done here since. Pure.
//
// Applying an act here and receiving it on the server must come to the same, because the
// customer signs the sheet that comes of it: names, order and forms are those of
// `tickets/sheets.py`.

import { happened, second } from "./time.js";

/** Which rule of `tickets/rules/work.py` must allow an act of the phone. */
const RULE = {
  check: "prepare",
  part: "record",
  time: "record",
  photo: "record",
  extra_done: "record",
  extra: "ask_extra",
  decide: "ask_extra",
};
export const OPEN = ["kept", "sending", "refused"];

/** Whether a job allows an act now. */
export function possible(job, verb, rules) {
  const rule = rules.verbs[RULE[verb] ?? verb];
  return rule.from.includes(job.state) && (!rule.kind || rule.kind === job.kind);
}

/** The one next step of a job; "" where there is none. */
export const next = (job, rules) => (rules.next[job.state] ?? ["", ""])[job.kind === "visit" ? 0 : 1];

// Exactly what Python takes for white space, at both ends.
const BLANK = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]+";
const ENDS = new RegExp(`^${BLANK}|${BLANK}$`, "g");

/** Words as the server keeps them. */
export function tidy(text) {
  const whole = text.replace(/\r\n?/g, "\n").replace(/\0/g, "");
  return (whole.toWellFormed?.() ?? whole).replace(ENDS, "");
}

/** A price with two decimals, never through a fraction. */
export function price(text) {
  const [whole, cents = ""] = text.split(".");
  return `${whole.replace(/^0+(?=\d)/, "")}.${cents.padEnd(2, "0")}`;
}

function words(job, values) {
  for (const name of ["found", "done", "advice"])
    if (typeof values[name] === "string") job.sheet[name] = values[name];
}

const place = (job, values) =>
  job.extras.findIndex((one) => one === values.extra || one === values.asked_by);

const APPLY = {
  accept: (job, item, at) => (job.accepted_at = at),
  depart: (job, item, at) => (job.sheet.departed_at = at),
  arrive: (job, item, at) => (job.sheet.arrived_at = at),
  begin: (job, item, at) => (job.sheet.arrived_at = at),
  check(job, { values }, at) {
    const row = job.checklist[values.item];
    if (row) row.done_at = values.done ? at : undefined;
  },
  record: (job, { values }) => words(job, values),
  part: (job, { values }) =>
    job.sheet.parts.push({
      name: values.name,
      part_number: values.part_number,
      quantity: values.quantity,
      serial_in: values.serial_in,
      serial_out: values.serial_out,
    }),
  time: (job, { values }, at, me) =>
    job.sheet.hours.push({
      person: me.name,
      kind: values.kind,
      from: second(Date.parse(values.start)),
      until: second(Date.parse(values.end)),
    }),
  photo(job, item) {
    job.sheet.photos.push({ stage: item.values.stage, sha256: item.sha256 });
    job.photos.push({ uid: item.uid });
  },
  extra(job, item) {
    job.extras.push(item.uid);
    job.sheet.extras.push({
      description: item.values.description,
      price: price(item.values.price),
      currency: "CNY",
      state: "asked",
      by: "",
      done: false,
    });
  },
  decide(job, { values }) {
    const row = job.sheet.extras[place(job, values)];
    if (!row) return;
    row.state = values.authorised ? "authorised" : "declined";
    row.by = values.decided_by;
  },
  extra_done(job, { values }) {
    const row = job.sheet.extras[place(job, values)];
    if (row) row.done = true;
  },
  finish(job, { values }, at) {
    job.sheet.done = values.done;
    job.sheet.finished_at = at;
    job.sheet.outcome = values.outcome;
  },
  resume(job) {
    job.sheet.finished_at = job.sheet.outcome = "";
  },
  sign: (job, item, at) => (job.signed_at = at),
  rate: (job, { values }) => (job.rating = values.rating),
  decline() {},
  refuse() {},
};

function after(job, verb, rules) {
  if (verb === "resume") return job.kind === "visit" ? "arrived" : "begun";
  return rules.verbs[RULE[verb] ?? verb].to || job.state;
}

/** The job with everything that was done here and that the server has not got yet. */
export function applied(job, items, { rules, me }) {
  const view = structuredClone(job);
  view.waiting = items.filter(
    (item) => item.order === job.pk && OPEN.includes(item.state) && !job.uids.includes(item.uid),
  );
  for (const item of view.waiting) {
    if (!possible(view, item.verb, rules)) continue;
    const to = after(view, item.verb, rules);
    APPLY[item.verb](view, item, happened(item), me);
    view.state = to;
  }
  return view;
}

/** What must be ready before departure and is not. */
export const unprepared = (job) =>
  job.checklist.filter((row) => row.required && !row.done_at).map((row) => row.text);

const TIMES = { depart: "departed_at", arrive: "arrived_at", begin: "arrived_at", finish: "finished_at" };

/** Where an act that was refused and the server's job differ: [name, mine, theirs]. */
export function differences(item, job) {
  if (item.verb === "sign" && item.shown) {
    return Object.keys(item.shown)
      .map((name) => [name, item.shown[name], job.sheet[name]])
      .filter(([, mine, theirs]) => JSON.stringify(mine) !== JSON.stringify(theirs));
  }
  if (item.problem?.theirs)
    return Object.entries(item.problem.theirs).map(([name, theirs]) => [name, item.values[name], theirs]);
  const rows = [];
  const name = item.verb === "accept" ? "accepted_at" : TIMES[item.verb];
  const theirs = item.verb === "accept" ? job.accepted_at : job.sheet[name];
  if (name && theirs) rows.push([name, happened(item), theirs]);
  if (item.verb === "finish" && job.sheet.finished_at)
    for (const one of ["outcome", "done"])
      if (item.values[one] !== job.sheet[one]) rows.push([one, item.values[one], job.sheet[one]]);
  return rows;
}
