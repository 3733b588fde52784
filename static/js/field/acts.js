// What an engineer does with a job: which sheet each act needs, and what is kept of it.

import { h, icon, toLocal, word } from "./dom.js";
import { openForm, Wrong } from "./forms.js";
import { keep } from "./outbox.js";
import { fits, holdOn, room, shrink } from "./photo.js";
import { look, place, stop } from "./position.js";
import { scan } from "./scan.js";
import { next, price, tidy, unprepared } from "./state.js";
import { now } from "./time.js";

/** The server's present as a datetime-local value of this phone. */
const present = () => toLocal(new Date(now()).toISOString());

function tidied(values) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, typeof value === "string" ? tidy(value) : value]));
}

export class Acts {
  /** `app` has the day, and is told when something was kept. */
  constructor(app) {
    this.app = app;
    this.keeping = Promise.resolve();
  }

  async keep(job, verb, values, more) {
    await this.follow(keep(this.app.day, job, verb, values ?? {}, more));
    holdOn();
    this.app.kept();
  }

  /** What is being kept now; whatever looks at the job next waits for it. */
  follow(work) {
    const before = this.keeping;
    this.keeping = Promise.allSettled([before, work]);
    return work;
  }

  /** The job as it is once everything is kept: a thumb can be faster than the phone. */
  async fresh(job) {
    let seen;
    do {
      seen = this.keeping;
      await seen;
    } while (seen !== this.keeping);
    await this.app.load();
    return this.app.jobs().find((one) => one.pk === job.pk) ?? job;
  }

  /** Keep an act at once; what could not be kept is said. */
  async now(job, verb, values) {
    try {
      await this.keep(job, verb, values);
    } catch (error) {
      this.app.say(word(error.name === "QuotaExceededError" ? "no_room" : "not_kept"), "bad");
    }
  }

  form(job, verb, options, done) {
    const draft = `draft:${this.app.day.me.pk}:${job.pk}:${verb}`;
    return openForm({ title: word(`do_${verb}`), send: word(`send_${verb}`), draft, ...options }, (values) => done(tidied(values)));
  }

  /** The one next step. */
  async step(shown, verb) {
    const job = await this.fresh(shown);
    if (next(job, this.app.day.rules) !== verb) return undefined; // tapped twice
    if (verb === "depart" && unprepared(job).length) return this.departUnprepared(job);
    if (verb === "finish") return this.finish(job);
    if (verb === "sign") return this.app.go(`#/job/${job.pk}/sign`);
    if (verb === "depart") look();
    if (verb !== "arrive") return this.now(job, verb);
    const where = place();
    stop();
    return this.now(job, verb, { place: where });
  }

  departUnprepared(job) {
    const missing = unprepared(job).join("、");
    const fields = [
      { kind: "text-only", label: word("not_ready", { items: missing }) },
      { name: "unprepared_reason", label: word("why_without"), required: true, max: 300 },
    ];
    return this.form(job, "depart", { fields }, (values) => {
      look();
      return this.keep(job, "depart", values);
    });
  }

  decline(job) {
    const fields = [{ kind: "area", name: "reason", label: word("reason"), required: true, max: 1000, rows: 3 }];
    return this.form(job, "decline", { fields, tone: "danger" }, (values) => this.keep(job, "decline", values));
  }

  check(job, item, done) {
    return this.now(job, "check", { item, done });
  }

  async words(shown) {
    const job = await this.fresh(shown);
    const { found, done, advice } = job.sheet;
    const base = { found, done, advice };
    const fields = [
      { kind: "area", name: "found", label: word("found"), value: found, max: 10000, rows: 3 },
      { kind: "area", name: "done", label: word("done"), value: done, max: 10000, rows: 4 },
      { kind: "area", name: "advice", label: word("advice"), value: advice, max: 4000, rows: 2 },
    ];
    return this.form(job, "record", { fields }, (values) => {
      const changed = Object.keys(base).filter((name) => values[name] !== base[name]);
      if (!changed.length) return undefined;
      const mine = Object.fromEntries(changed.map((name) => [name, values[name]]));
      const seen = Object.fromEntries(changed.map((name) => [name, base[name]]));
      return this.keep(job, "record", { ...mine, base: seen });
    });
  }

  part(job) {
    const fill = (control) => scan((serial) => (control.value = serial));
    const fields = [
      { name: "name", label: word("part"), required: true, max: 160 },
      { kind: "number", name: "quantity", label: word("quantity"), required: true, value: "1" },
      { name: "serial_in", label: word("serial_in"), max: 100, scan: fill },
      { name: "serial_out", label: word("serial_out"), max: 100, scan: fill },
      { name: "part_number", label: word("part_number"), max: 80 },
    ];
    return this.form(job, "part", { fields }, (values) => this.keep(job, "part", { ...values, quantity: Number(values.quantity) }));
  }

  hours(job) {
    const begun = job.sheet.arrived_at ? toLocal(job.sheet.arrived_at) : present();
    const fields = [
      { kind: "choice", name: "kind", label: word("hours_kind"), value: "work", choices: [["work", word("hours_work"), "tools"], ["travel", word("hours_travel"), "car"]] },
      { kind: "moment", name: "start", label: word("from"), value: begun, required: true },
      { kind: "moment", name: "end", label: word("until"), value: present(), required: true },
    ];
    return this.form(job, "time", { fields }, (values) => {
      if (values.end <= values.start) throw new Wrong(word("ends_before"));
      return this.keep(job, "time", values);
    });
  }

  extra(job) {
    const fields = [
      { kind: "text-only", label: word("extra_lead") },
      { kind: "area", name: "description", label: word("extra_what"), required: true, max: 500, rows: 3 },
      { kind: "price", name: "price", label: word("price"), required: true },
    ];
    return this.form(job, "extra", { fields }, (values) => this.keep(job, "extra", { ...values, price: price(values.price) }));
  }

  decide(job, place) {
    const fields = [
      { kind: "choice", name: "authorised", label: word("decide_label"), choices: [["yes", word("authorised"), "checks"], ["no", word("declined"), "x"]] },
      { name: "decided_by", label: word("decided_by"), value: job.contact, required: true, max: 100 },
    ];
    return this.form(job, "decide", { fields, draft: "" }, (values) =>
      this.keep(job, "decide", { ...this.which(job, place), authorised: values.authorised === "yes", decided_by: values.decided_by }));
  }

  which(job, place) {
    const key = job.extras[place];
    return typeof key === "number" ? { extra: key } : { asked_by: key };
  }

  extraDone(job, place) {
    return this.now(job, "extra_done", this.which(job, place));
  }

  finish(job) {
    const base = { done: job.sheet.done };
    if (job.sheet.extras.some((row) => row.state === "asked")) return this.app.say(word("extra_undecided"), "warn");
    const fields = [
      { kind: "choice", name: "outcome", label: word("outcome_ask"), choices: [["solved", word("solved_long"), "circle-check"], ["not_solved", word("not_solved_long"), "rotate"]] },
      { kind: "area", name: "done", label: word("done"), value: job.sheet.done, required: true, max: 10000 },
    ];
    return this.form(job, "finish", { fields, tone: "success" }, (values) => {
      if (!values.done) throw new Wrong(word("words_missing"));
      return this.keep(job, "finish", { ...values, base });
    });
  }

  refuse(job) {
    const fields = [
      { name: "name", label: word("refuse_name"), value: job.contact, required: true, max: 100 },
      { kind: "area", name: "reason", label: word("refuse_why"), required: true, max: 1000, rows: 3 },
    ];
    return this.form(job, "refuse", { fields, tone: "danger" }, async (values) => {
      await this.keep(job, "refuse", values);
      this.app.go(`#/job/${job.pk}`);
    });
  }

  rate(job, rating) {
    return this.now(job, "rate", { rating });
  }

  /** Take photos; what there is no room for is not taken. */
  async photos(job, stage) {
    const left = await room();
    if (left === 0 || !(await fits())) return this.app.say(word("room_none"), "bad");
    if (left !== null && left < 10) this.app.say(word("room_few", { n: left }), "warn");
    const files = await this.app.camera();
    const kept = await this.follow(this.keepPhotos(job, stage, files));
    if (kept) this.app.say(word("photos_kept", { n: kept }), "ok");
    return undefined;
  }

  /** Make photos small and keep them, one after the other; how many there was room for. */
  async keepPhotos(job, stage, files) {
    let kept = 0;
    for (const file of files) {
      try {
        const { taken_at, ...photo } = await shrink(file);
        await keep(this.app.day, job, "photo", { stage, taken_at }, photo);
        kept += 1;
      } catch (error) {
        const key = error.name === "QuotaExceededError" ? "no_room_photo" : "no_photo";
        this.app.say(word(key, { name: file.name }), "bad");
      }
    }
    if (kept) holdOn();
    this.app.kept();
    return kept;
  }

  /** What a scanned label says of this job. */
  scan(job) {
    return scan((serial) => {
      const own = job.device && job.device.serial.toLowerCase() === serial.trim().toLowerCase();
      const device = this.app.device(serial);
      const body = own
        ? [h("p", {}, icon("circle-check", "text-success"), " ", word("scan_own"))]
        : device
          ? [h("p", {}, icon("alert-triangle"), " ", word("scan_other"))]
          : [h("p", {}, icon("zoom-question"), " ", word("scan_unknown"))];
      const shown = own ? job.device : device;
      if (shown) body.push(h("p", {}, h("strong", {}, `${shown.category} ${shown.model}`), h("br"), shown.serial, h("br"), [shown.project, shown.site, shown.location].filter(Boolean).join(" · ")));
      else body.push(h("p", {}, h("code", {}, serial)));
      openForm({ title: word("scan_title"), fields: [], send: word("close"), body }, () => {});
    });
  }
}
