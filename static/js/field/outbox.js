// What was done here travels to the server: in order per job, each act once.
//
// Used by the page and, where the browser has Background Sync, by the service worker after the
// page was closed. One lock for all tabs: two never send the same. The server knows each act by
// its uid, so an answer that never came back does no harm either.

import { ask, drop, transact } from "./db.js";
import { measure, second, stamp } from "./time.js";

const PATIENCE = 60_000;
/** Arrived and set-aside acts are shown this long. */
const SHOWN = 3 * 24 * 3600 * 1000;

const line = "BroadcastChannel" in globalThis ? new BroadcastChannel("field") : null;
const listeners = new Set();

/** Calls back when something that is kept has changed, here or in another tab. */
export function onChange(callback) {
  listeners.add(callback);
}

line?.addEventListener("message", ({ data }) => {
  for (const callback of listeners) callback(data);
});

function tell(what = "items") {
  for (const callback of listeners) callback(what);
  line?.postMessage(what);
}

/** Every act that is kept, the oldest first. */
export const items = () => transact(["items"], "readonly", ({ items: store }) => ask(store.getAll()));

/** The bytes of a photo or signature that has not arrived. */
export const bytes = (uid) => transact(["blobs"], "readonly", ({ blobs }) => ask(blobs.get(uid)));

/** Keep an act. It is durable when this resolves; raises QuotaExceededError when there is no room. */
export async function keep(day, job, verb, values = {}, { file = null, ...more } = {}) {
  const item = {
    uid: crypto.randomUUID(),
    member: day.me.pk,
    order: job.pk,
    number: job.number,
    verb,
    values,
    state: "kept",
    kept_at: Date.now(),
    size: file?.byteLength ?? 0,
    ...stamp(),
    ...more,
  };
  await transact(["items", "blobs"], "readwrite", async ({ items: store, blobs }) => {
    await ask(store.add(item));
    if (file) await ask(blobs.put(file, item.uid));
  });
  tell();
  return item;
}

/** Change an act that has not arrived; false where it has by now, or is on its way. */
export async function change(n, how, from = ["kept", "refused"]) {
  const done = await transact(["items", "blobs"], "readwrite", async ({ items: store, blobs }) => {
    const item = await ask(store.get(n));
    if (!item || !from.includes(item.state)) return false;
    const changed = how(item);
    if (changed) await ask(store.put(changed));
    else {
      await ask(store.delete(n));
      await ask(blobs.delete(item.uid));
    }
    return true;
  });
  tell();
  return done;
}

// -- the day -----------------------------------------------------------------------------------

/** Fetch the day; "signin" where nobody is signed in, null without a network. */
export async function fetchDay() {
  const sent = Date.now();
  let answer;
  try {
    answer = await fetch("/field/day", {
      redirect: "manual",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return null;
  }
  if (answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 404) return "signin";
  if (!answer.ok) return null;
  const day = await answer.json();
  const ahead = measure(day.now, sent);
  await keepDay(day, ahead);
  return day;
}

/** Keep the day. Jobs of somebody who was here before go; what they have not sent stays. */
async function keepDay(day, ahead) {
  await transact(["items", "blobs", "kept"], "readwrite", async ({ items: store, blobs, kept }) => {
    const before = await ask(kept.get("day"));
    if (before && before.me.pk !== day.me.pk) await ask(kept.clear());
    await ask(kept.put({ ...day, fetched_at: Date.now() }, "day"));
    if (ahead !== null) await ask(kept.put({ ahead }, "clock"));
    const arrived = new Set(day.jobs.flatMap((job) => job.uids));
    for (const item of await ask(store.getAll())) {
      if (item.member !== day.me.pk) {
        if (["arrived", "aside"].includes(item.state)) await drop(item, store, blobs);
      } else if (arrived.has(item.uid) && item.state !== "arrived") {
        await ask(store.put(settled(item)));
        await ask(blobs.delete(item.uid));
      } else if (["arrived", "aside"].includes(item.state) && Date.now() - item.kept_at > SHOWN) {
        await drop(item, store, blobs);
      }
    }
  });
  tell("day");
}

const settled = (item) => ({ ...item, state: "arrived", problem: undefined, arrived_at: Date.now() });

// -- sending -----------------------------------------------------------------------------------

/** The next act to send: of each job the oldest, unless one before it was refused. */
export function sendable(all, member) {
  const blocked = new Set();
  for (const item of all) {
    if (item.member !== member || blocked.has(item.order)) continue;
    if (item.state === "refused") blocked.add(item.order);
    else if (item.state === "kept" || item.state === "sending") return item;
  }
  return null;
}

let asked = null;

/**
 * Send everything that can be sent; "done", "offline", "signin" or "busy" (the server can't
 * now). Asked again while it is at it, it looks once more when it has come to the end.
 */
export function send() {
  if (asked) {
    asked.again = true;
    return asked.promise;
  }
  const mine = { again: false };
  mine.promise = navigator.locks
    .request("field-send", async () => {
      let said;
      do {
        mine.again = false;
        said = await drain();
      } while (mine.again && said === "done");
      return said;
    })
    .finally(() => (asked = null));
  asked = mine;
  return mine.promise;
}

async function drain() {
  let day = await fetchDay();
  if (day === null || day === "signin") return day ?? "offline";
  let turned = 0;
  for (;;) {
    const item = sendable(await items(), day.me.pk);
    if (!item) return "done";
    const said = await sendOne(item, day.csrf);
    if (said === "next") turned = 0;
    else if (said !== "csrf") return said;
    else if (turned++ > 1) return "busy";
    else {
      // Somebody has signed in again since: the day says who, and has the new key.
      day = await fetchDay();
      if (day === null || day === "signin") return day ?? "offline";
    }
  }
}

const SENT = ["uid", "member", "order", "verb", "at", "ahead_ms", "values", "entered_at", "reason"];

async function parcel(item) {
  const envelope = Object.fromEntries(SENT.map((name) => [name, item[name]]));
  envelope.sent_at = new Date().toISOString();
  const body = new FormData();
  body.set("item", JSON.stringify(envelope));
  if (item.size) {
    const kept = await bytes(item.uid);
    if (kept) body.set("file", new Blob([kept], { type: item.media }), item.file_name);
  }
  return body;
}

async function sendOne(item, csrf) {
  await mark(item.n, { state: "sending" });
  let answer, told;
  try {
    answer = await fetch("/field/items", {
      method: "POST",
      body: await parcel(item),
      headers: { "X-CSRFToken": csrf, "Idempotency-Key": item.uid, Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
  } catch {
    await mark(item.n, { state: "kept" });
    return "offline";
  }
  if (answer.status === 200 && told) return arrived(item, told);
  if (answer.type === "opaqueredirect" || answer.status === 401) return back(item, "signin");
  if (answer.status === 403 && !told) return back(item, "csrf");
  if ([400, 403, 404, 409, 413, 422].includes(answer.status)) return refused(item, answer.status, told);
  return back(item, "busy");
}

async function mark(n, values) {
  await transact(["items"], "readwrite", async ({ items: store }) => {
    const item = await ask(store.get(n));
    if (item) await ask(store.put({ ...item, ...values }));
  });
  tell();
}

async function back(item, said) {
  await mark(item.n, { state: "kept" });
  return said;
}

function withJob(day, job) {
  if (!day || !job) return day;
  const jobs = day.jobs.map((one) => (one.pk === job.pk ? job : one));
  return { ...day, jobs };
}

async function arrived(item, told) {
  await transact(["items", "blobs", "kept"], "readwrite", async ({ items: store, blobs, kept }) => {
    const fresh = await ask(store.get(item.n));
    if (fresh) await ask(store.put(settled(fresh)));
    await ask(blobs.delete(item.uid));
    const day = await ask(kept.get("day"));
    if (day?.me.pk === item.member) await ask(kept.put(withJob(day, told.job), "day"));
  });
  tell("day");
  return "next";
}

/** Refused: it stays, with the reason in words, until its owner has decided. */
async function refused(item, status, told) {
  const problem = {
    status,
    code: told?.code ?? "refused",
    message: told?.message ?? "",
    field: told?.field ?? "",
    theirs: told?.theirs ?? null,
    at: second(Date.now()),
  };
  await transact(["items", "kept"], "readwrite", async ({ items: store, kept }) => {
    const fresh = await ask(store.get(item.n));
    if (fresh) await ask(store.put({ ...fresh, state: "refused", problem }));
    const day = await ask(kept.get("day"));
    if (day?.me.pk === item.member && told?.job) await ask(kept.put(withJob(day, told.job), "day"));
  });
  tell("day");
  return "next";
}

// -- whose phone it is -------------------------------------------------------------------------

/** How many acts of `member` have not arrived, and of whom else there are some. */
export function count(all, member) {
  const open = all.filter((item) => ["kept", "sending", "refused"].includes(item.state));
  return {
    mine: open.filter((item) => item.member === member).length,
    refused: open.filter((item) => item.member === member && item.state === "refused").length,
    others: open.filter((item) => item.member !== member).length,
  };
}

/** The day, every act and the clock, as they are at one instant: an act that has arrived is in its job. */
export const everything = () =>
  transact(["items", "kept"], "readonly", async ({ items: store, kept }) => {
    const [day, clock, all] = await Promise.all([ask(kept.get("day")), ask(kept.get("clock")), ask(store.getAll())]);
    return { day: day ?? null, ahead: clock?.ahead ?? 0, items: all };
  });
