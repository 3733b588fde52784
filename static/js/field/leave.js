// When somebody leaves this browser, the engineer's app forgets them: jobs, drafts, what has
// arrived. What has not arrived stays for its owner, unseen by whoever comes next.

import { ask, drop, read, transact } from "./db.js";

/** Whether anything of the app was ever kept here. */
async function used() {
  if (!("indexedDB" in globalThis) || !indexedDB.databases) return false;
  return (await indexedDB.databases()).some((one) => one.name === "field");
}

/** Take everything away that has arrived; how many acts are left for their owners. */
export async function forget() {
  let left = 0;
  await transact(["items", "blobs", "kept"], "readwrite", async ({ items, blobs, kept }) => {
    for (const item of await ask(items.getAll())) {
      if (["arrived", "aside"].includes(item.state)) await drop(item, items, blobs);
      else left += 1;
    }
    await ask(kept.clear());
  });
  if ("caches" in globalThis) for (const name of await caches.keys()) await caches.delete(name);
  return left;
}

/** A form that signs out, on any page: forget first, and say what is to stay. */
async function leaving(event) {
  const form = event.target;
  if (!form.matches('form[method="post"][action$="/accounts/logout/"]') || form.dataset.forgot) return;
  event.preventDefault();
  form.dataset.forgot = "true";
  try {
    if (await used()) {
      const unsent = Object.assign(document.createElement("input"), { type: "hidden", name: "unsent" });
      unsent.value = String(await forget());
      form.append(unsent);
    }
  } finally {
    form.submit();
  }
}

/** Somebody else has signed in on this phone: the one before is forgotten. */
async function changed() {
  const person = document.querySelector('meta[name="person-key"]')?.content;
  if (!person || !(await used())) return;
  const day = await read("day");
  if (day && day.me.key !== person) await forget();
}

export function start() {
  document.addEventListener("submit", leaving);
  changed().catch(() => {});
}
