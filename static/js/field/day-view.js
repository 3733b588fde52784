// The day: jobs in the order in which they are to be done, each with what is due next.

import { nextClock } from "./clocks.js";
import { dayOf, h, icon, stretch, word } from "./dom.js";
import { severityBadge, stateBadge, waitingBadge } from "./job-view.js";
import { now } from "./time.js";

const AT_IT = ["departed", "arrived", "begun", "finished", "refused"];
const OVER = ["signed", "cancelled", "unassigned"];

function group(job, me) {
  if (OVER.includes(job.state) || job.engineer !== me) return "over";
  if (AT_IT.includes(job.state)) return "at_it";
  const planned = job.planned[0];
  return planned && dayOf(planned) > dayOf(new Date(now()).toISOString()) ? "later" : "today";
}

function row(job) {
  const place = [job.sheet.client, job.site].filter(Boolean).join(" · ");
  return h("li", {},
    h("a", { class: "card field-job", href: `#/job/${job.pk}`, "data-focus": `job-${job.pk}` },
      h("span", { class: "field-job-top" }, stateBadge(job), severityBadge(job), waitingBadge(job)),
      h("span", { class: "field-job-title" }, job.sheet.purpose),
      h("span", { class: "field-job-place" }, icon("building-community"), place),
      h("span", { class: "field-job-when" }, job.planned[0] ? [icon("calendar-event"), stretch(...job.planned)] : [icon("calendar-off"), word("no_time")], h("span", { class: "field-number" }, job.number)),
      nextClock(job)));
}

/** The list of jobs. */
export function dayView(app, jobs) {
  const groups = { at_it: [], today: [], later: [], over: [] };
  for (const job of jobs) groups[group(job, app.day.me.pk)].push(job);
  const shown = Object.entries(groups).filter(([, rows]) => rows.length);
  return [
    h("h1", { class: "field-title", tabindex: "-1" }, word("today_title", { name: app.day.me.name })),
    !shown.length && h("div", { class: "field-empty" }, icon("mood-smile", "icon-lg"), h("p", { class: "field-empty-title" }, word("empty_title")), h("p", { class: "text-secondary" }, word("empty_text"))),
    shown.map(([key, rows]) => h("section", {}, h("h2", { class: "field-group" }, word(`group_${key}`)), h("ul", { class: "field-jobs" }, rows.map(row)))),
  ];
}
