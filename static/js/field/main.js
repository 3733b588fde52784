// The engineer's app: what is kept on the phone, drawn; and sent whenever there is a network.

import { start as startClocks, tickAll } from "../clock.js";
import { shift } from "../servertime.js";
import { Acts } from "./acts.js";
import { dayView } from "./day-view.js";
import { button, h, icon, note, setZone, word } from "./dom.js";
import { jobView } from "./job-view.js";
import { bytes, count, everything, onChange, send } from "./outbox.js";
import { outboxView } from "./outbox-view.js";
import { room } from "./photo.js";
import { deviceOf } from "./scan.js";
import { signView } from "./sign-view.js";
import { applied } from "./state.js";
import { setAhead } from "./time.js";
import { forget } from "./leave.js";

/** How often the day is asked for while the page is looked at, and after a failure. */
const EVERY = 60_000;
const AGAIN = 15_000;
const SAID_FOR = 7000;

const $ = (selector) => document.querySelector(selector);

class App {
  day = null;
  items = [];
  left = null;
  said = "";
  pictures = new Map();
  drawing = false;
  pressed = false;
  timer = 0;

  constructor() {
    this.acts = new Acts(this);
  }

  // -- what the views ask for ----------------------------------------------------------------

  go(hash) {
    if (location.hash === hash) this.draw();
    else location.hash = hash;
  }

  device(serial) {
    return deviceOf(serial, this.day.devices);
  }

  /** Show the bytes of a photo that has not arrived. */
  async picture(uid, image) {
    if (!this.pictures.has(uid)) {
      const kept = await bytes(uid).catch(() => null);
      if (!kept) return;
      this.pictures.set(uid, URL.createObjectURL(new Blob([kept], { type: "image/jpeg" })));
    }
    image.src = this.pictures.get(uid);
  }

  /** Photos from the camera, or none. The field stands outside of what is drawn anew. */
  camera() {
    const input = $("#field-camera");
    input.value = "";
    return new Promise((resolve) => {
      input.onchange = () => resolve([...input.files]);
      input.oncancel = () => resolve([]);
      input.click();
    });
  }

  /** Something was kept: try to send it, now and whenever the network comes back. */
  kept() {
    this.send();
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("field")).catch(() => {});
  }

  say(text, tone = "info") {
    const signs = { ok: "circle-check", info: "info-circle", warn: "alert-triangle", bad: "alert-circle" };
    const toast = h("div", { class: `field-toast tone-${tone}`, role: tone === "bad" ? "alert" : "status" }, icon(signs[tone]), h("span", {}, text), button("", "x", () => toast.remove(), "btn btn-icon btn-ghost", { "aria-label": word("close") }));
    $("#field-toasts").replaceChildren(toast);
    if (tone !== "bad") setTimeout(() => toast.remove(), SAID_FOR);
  }

  // -- sending -------------------------------------------------------------------------------

  async send() {
    clearTimeout(this.timer);
    try {
      this.said = await send();
    } catch {
      this.said = "busy";
    }
    await this.load();
    if (document.hidden) return;
    const waits = this.items.some((item) => item.member === this.day?.me.pk && ["kept", "sending"].includes(item.state));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.send(), waits && this.said !== "done" ? AGAIN : EVERY);
  }

  async load() {
    const { day, ahead, items } = await everything();
    this.day = day;
    this.items = items;
    setAhead(ahead);
    shift(ahead);
    setZone(day?.zone);
    this.left = await room();
    this.plan();
  }

  // -- drawing -------------------------------------------------------------------------------

  /** Draw soon; never under a finger that is down: its tap would be lost. */
  plan() {
    if (this.drawing) return;
    this.drawing = true;
    let turns = 0; // a key's going up can go to another window
    const wait = () => (this.pressed && (turns += 1) < 60 ? setTimeout(wait, 30) : this.planned());
    setTimeout(wait, 30);
  }

  planned() {
    this.drawing = false;
    this.draw();
  }

  /** Know whether a finger, a button of the mouse or a key is down. */
  feel() {
    const down = () => (this.pressed = true);
    const up = () => setTimeout(() => (this.pressed = false), 60);
    for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, down, true);
    for (const kind of ["pointerup", "pointercancel", "keyup"]) document.addEventListener(kind, up, true);
    addEventListener("blur", up);
  }

  jobs() {
    const context = { rules: this.day.rules, me: this.day.me };
    return this.day.jobs.map((job) => applied(job, this.items, context));
  }

  view() {
    const [, name, pk, sub] = location.hash.split("/");
    if (name === "outbox") return outboxView(this);
    if (!this.day) return this.first();
    if (name !== "job") return dayView(this, this.jobs());
    const job = this.jobs().find((one) => String(one.pk) === pk);
    if (!job) return [h("h1", { class: "field-title", tabindex: "-1" }, word("job_gone")), h("a", { class: "btn", href: "#/" }, word("back"))];
    return sub === "sign" ? signView(this, job) : jobView(this, job);
  }

  first() {
    const reason = { signin: "first_signin", offline: "first_offline", busy: "first_offline" }[this.said] ?? "first_wait";
    return [h("h1", { class: "field-title", tabindex: "-1" }, word("app_name")), h("div", { class: "field-empty" }, icon(this.said === "offline" ? "wifi-off" : "refresh", "icon-lg"), h("p", { class: "text-secondary" }, word(reason)))];
  }

  draw() {
    this.head();
    const main = $("#field-main");
    // Nothing moves under the pen of somebody who is signing.
    if (main.dataset.view === location.hash && location.hash.endsWith("/sign") && main.querySelector("canvas")) return;
    const moved = main.dataset.view !== location.hash;
    const focused = document.activeElement?.dataset?.focus;
    main.dataset.view = location.hash;
    main.replaceChildren(...this.view().flat(3).filter(Boolean));
    if (moved) {
      scrollTo(0, 0);
      if (main.dataset.drawn) main.querySelector("h1")?.focus();
    } else if (focused) main.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    main.dataset.drawn = "true";
    tickAll();
  }

  head() {
    const { mine, refused, others } = count(this.items, this.day?.me.pk);
    const offline = !navigator.onLine || ["offline", "busy"].includes(this.said);
    const pill = $("#field-state");
    const tone = refused ? "bad" : offline || mine ? "warn" : "ok";
    pill.className = `pill field-state tone-${tone}`;
    const text = refused ? word("n_refused", { n: refused }) : mine ? word("n_kept", { n: mine }) : word(offline ? "offline" : "all_sent");
    pill.replaceChildren(icon(refused ? "alert-circle" : offline ? "wifi-off" : mine ? "send" : "circle-check"), text);
    const bars = [];
    if (this.said === "signin") bars.push(note("warn", "lock", h("p", {}, word(mine || others ? "signin_kept" : "signin", { n: mine })), h("a", { class: "btn btn-primary", href: "/accounts/login/?next=/field/" }, word("signin_do"))));
    else if (offline) bars.push(note("warn", "wifi-off", word("offline_long")));
    if (others && this.day) bars.push(note("warn", "lock", word("others_keep", { n: others })));
    $("#field-bars").replaceChildren(...bars);
  }

  // -- leaving -------------------------------------------------------------------------------

  signOut() {
    const { mine } = count(this.items, this.day?.me.pk);
    $("#field-leave-text").textContent = mine ? word("leave_kept", { n: mine }) : word("leave_text");
    $("#field-leave-dialog").showModal();
  }

  /** End the session, then take everything away that has arrived; the rest waits for its owner. */
  async leave(form) {
    const { mine, others } = count(this.items, this.day?.me.pk);
    const body = new FormData();
    body.set("unsent", mine + others);
    try {
      const headers = { "X-CSRFToken": this.day?.csrf ?? "" };
      const answer = await fetch(form.action, { method: "POST", body, headers });
      if (answer.status === 403) return location.assign(form.action);
    } catch {
      $("#field-leave-dialog").close();
      return this.say(word("leave_offline"), "bad");
    }
    await forget();
    return location.assign("/accounts/login/?next=/field/");
  }
}

/** Let the worker of a version of the app take over; the one that is there goes on else. */
async function install(version) {
  const options = { scope: "/field/", type: "module", updateViaCache: "none" };
  try {
    await navigator.serviceWorker.register(`/field/sw.js?v=${version}`, options);
  } catch {
    // Without a network: what was installed goes on working.
  }
}

async function installs(app) {
  if (!("serviceWorker" in navigator)) return;
  const page = document.documentElement.dataset;
  const had = Boolean(navigator.serviceWorker.controller);
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (had) app.say(word("new_version"), "info");
  });
  if (!had) install(page.version);
  let newest = page.version;
  onChange(async () => {
    const { day } = await everything();
    if (!day || day.shell === newest) return;
    newest = day.shell;
    install(newest);
  });
  await navigator.serviceWorker.ready;
  page.worker = "ready";
}

async function begin() {
  const app = new App();
  await app.load();
  app.feel();
  startClocks();
  onChange(() => app.load());
  addEventListener("hashchange", () => app.draw());
  addEventListener("online", () => app.send());
  addEventListener("offline", () => app.draw());
  document.addEventListener("visibilitychange", () => document.hidden || app.send());
  $("#field-state").addEventListener("click", () => app.go("#/outbox"));
  $("#field-leave-open").addEventListener("click", () => app.signOut());
  $("#field-stay").addEventListener("click", () => $("#field-leave-dialog").close());
  $("#field-leave").addEventListener("submit", (event) => {
    event.preventDefault();
    app.leave(event.target);
  });
  document.documentElement.classList.add("js");
  installs(app);
  await app.send();
}

begin();
