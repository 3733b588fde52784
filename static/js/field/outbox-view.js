// What was done here and where it is: kept here, sending, arrived, or refused with the reason
// and what can be done about it.

import { badge, button, card, h, icon, note, toLocal, when, word } from "./dom.js";
import { openForm } from "./forms.js";
import { change } from "./outbox.js";
import { differences } from "./state.js";
import { happened, now } from "./time.js";

const LOOKS = {
  kept: ["device-mobile", "warn"],
  sending: ["send", "info"],
  arrived: ["circle-check", "ok"],
  refused: ["alert-circle", "bad"],
  aside: ["archive", "mute"],
};
/** Photos that there is room for: from here on it is worth a word. */
const FEW = 100;
/** What a name of the sheet is called here, where it is not its own name. */
const LABELS = { hours: "hours_title" };
/** A time that was refused can be put right. */
const ABOUT_TIME = ["in_the_future", "before_received", "before_departure", "before_arrival", "before_finish", "after_next", "clock_changed", "beyond_backdate_limit"];

const again = (item) => ({ ...item, state: "kept", problem: undefined });

function correctTime(app, item) {
  const value = toLocal(happened(item));
  const fields = [
    { kind: "moment", name: "entered_at", label: word("happened_at"), value, required: true },
    { name: "reason", label: word("reason"), required: true, max: 300 },
  ];
  openForm({ title: word("correct_time"), send: word("send_again"), fields }, async ({ entered_at, reason }) => {
    await change(item.n, (one) => ({ ...again(one), entered_at, reason }));
    app.kept();
  });
}

function askWhy(app, item) {
  const fields = [{ name: "unprepared_reason", label: word("why_without"), required: true, max: 300 }];
  openForm({ title: word("do_depart"), send: word("send_again"), fields }, async (values) => {
    await change(item.n, (one) => ({ ...again(one), values: { ...one.values, ...values } }));
    app.kept();
  });
}

const MIX = { mine: (mine) => mine, theirs: (_mine, theirs) => theirs, both: (mine, theirs) => `${theirs}\n${mine}` };

/** Let what is to stand be chosen, field by field; what stands on the server is then known. */
function choose(app, item) {
  const rows = Object.entries(item.problem.theirs);
  const fields = rows.map(([name, theirs]) => ({
    kind: "choice",
    name,
    label: word(name),
    choices: [["mine", word("take_mine", { text: item.values[name] })], ["theirs", word("take_theirs", { text: theirs })], ["both", word("take_both")]],
  }));
  openForm({ title: word("choose_title"), send: word("send_again"), fields }, async (chosen) => {
    await change(item.n, (one) => {
      const values = { ...one.values, base: { ...one.values.base } };
      for (const [name, theirs] of rows) {
        values[name] = MIX[chosen[name]](one.values[name], theirs);
        values.base[name] = theirs;
      }
      return { ...again(one), values };
    });
    app.kept();
  });
}

function shown(value) {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "string") return /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(value) ? when(value) : value;
  return Array.isArray(value) ? word("n_entries", { n: value.length }) : JSON.stringify(value);
}

function table(item, job) {
  const rows = job ? differences(item, job) : [];
  if (!rows.length) return null;
  return h("table", { class: "table table-sm field-differences" },
    h("caption", { class: "visually-hidden" }, word("differences")),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, word("differences_field")), h("th", { scope: "col" }, word("differences_mine")), h("th", { scope: "col" }, word("differences_theirs")))),
    h("tbody", {}, rows.map(([name, mine, theirs]) => h("tr", {}, h("th", { scope: "row" }, word(LABELS[name] ?? name) || name), h("td", {}, shown(mine)), h("td", {}, shown(theirs))))));
}

async function aside(app, item) {
  await change(item.n, (one) => ({ ...one, state: "aside" }));
  app.kept();
}

async function retry(app, item) {
  await change(item.n, again);
  app.kept();
}

function ways(app, item, job) {
  const { code, field } = item.problem;
  const css = "btn btn-sm";
  return h("div", { class: "field-buttons" },
    code === "differs" && button(word("choose"), "switch-horizontal", () => choose(app, item), "btn btn-primary"),
    code === "not_prepared" && button(word("say_why"), "edit", () => askWhy(app, item), "btn btn-primary"),
    code === "changed" && job && button(word("sign_again"), "signature", async () => {
      await aside(app, item);
      app.go(`#/job/${job.pk}/sign`);
    }, "btn btn-primary"),
    (ABOUT_TIME.includes(code) || field === "happened_at") && button(word("correct_time"), "clock", () => correctTime(app, item), "btn btn-primary"),
    button(word("try_again"), "refresh", () => retry(app, item), css),
    button(word("set_aside"), "archive", () => aside(app, item), css));
}

/** Said of an act in the list: its word, and the words in it. */
function content({ verb, values, size }) {
  if (verb === "photo") return `${word(values.stage === "before" ? "stage_before" : "stage_after")} · ${Math.round(size / 1000)} kB`;
  return [values.found, values.done, values.advice, values.name, values.description, values.reason].filter((text) => typeof text === "string" && text).join(" · ");
}

function row(app, item, { jobs, last }) {
  const [sign, tone] = LOOKS[item.state];
  const job = jobs.get(item.order);
  const text = content(item);
  return h("li", { class: "field-item" },
    h("div", { class: "field-item-top" }, badge(word(`item_${item.state}`), tone, sign), h("time", {}, when(happened(item)))),
    h("div", {}, h("strong", {}, word(`do_${item.verb}`)), " ", h("span", { class: "text-secondary" }, item.number)),
    text && h("div", { class: "field-item-text" }, text),
    item.state === "refused" && [note("bad", "alert-circle", item.problem.message || word("refused_plain")), table(item, job), ways(app, item, job)],
    item.state === "kept" && last && h("div", { class: "field-buttons" }, button(word("take_back"), "arrow-back-up", () => change(item.n, () => null, ["kept"]).then(() => app.kept()), "btn btn-sm btn-ghost")),
    item.state === "aside" && h("div", { class: "field-buttons" }, button(word("try_again"), "refresh", () => change(item.n, again, ["aside"]).then(() => app.kept()), "btn btn-sm btn-ghost")));
}

/** The list of everything that was done here. */
export function outboxView(app) {
  const mine = app.items.filter((item) => item.member === app.day?.me.pk);
  const others = app.items.filter((item) => item.member !== app.day?.me.pk && item.state !== "arrived");
  const jobs = new Map((app.day?.jobs ?? []).map((job) => [job.pk, job]));
  const lasts = new Map();
  for (const item of mine) if (["kept", "sending", "refused"].includes(item.state)) lasts.set(item.order, item.n);
  const rank = { refused: 0, sending: 1, kept: 1, aside: 2, arrived: 3 };
  const sorted = [...mine].sort((one, other) => rank[one.state] - rank[other.state] || (one.state === "arrived" ? other.n - one.n : one.n - other.n));
  return [
    h("div", { class: "field-head" },
      h("a", { class: "btn btn-icon btn-ghost", href: "#/", "aria-label": word("back") }, icon("chevron-left")),
      h("div", { class: "field-head-text" }, h("h1", { class: "field-title", tabindex: "-1" }, word("outbox_title")))),
    others.length > 0 && note("warn", "lock", word("others_keep", { n: others.length })),
    app.left !== null && app.left < FEW && card(word("room"), "database", h("p", { class: "mb-0" }, word("room_left", { n: app.left }))),
    mine.some((item) => item.state === "kept") && h("div", { class: "field-buttons" }, button(word("send_now"), "send", () => app.kept(), "btn btn-primary")),
    sorted.length ? h("ul", { class: "field-items" }, sorted.map((item) => row(app, item, { jobs, last: lasts.get(item.order) === item.n }))) : h("div", { class: "field-empty" }, icon("circle-check", "icon-lg"), h("p", { class: "field-empty-title" }, word("outbox_empty"))),
    h("p", { class: "text-secondary field-foot" }, word("clock_ahead", { s: Math.round((now() - Date.now()) / 1000) })),
  ];
}
