// What the phone keeps: one database per site (each company has its own host name).
//
//   items  every act, in the order in which it was done (n): kept, sending, arrived,
//          refused or aside; whose it is is part of it
//   blobs  the bytes of photos and signatures, by the act's uid, until it has arrived
//   kept   "day": whose phone this is now and their jobs; "clock": how far the server is ahead
//
// Every transaction is durable ("strict"): what the page has said to be kept outlives a
// browser that is killed in the next moment.

const NAME = "field";
const VERSION = 1;
export const STORES = ["items", "blobs", "kept"];

let opening = null;

function upgrade(db) {
  db.createObjectStore("items", { keyPath: "n", autoIncrement: true }).createIndex("uid", "uid", {
    unique: true,
  });
  db.createObjectStore("blobs");
  db.createObjectStore("kept");
}

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => upgrade(request.result);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const db = request.result;
      db.onversionchange = () => db.close();
      db.onclose = () => (opening = null);
      resolve(db);
    };
  }).catch((error) => {
    opening = null;
    throw error;
  });
  return opening;
}

/** The answer of one request inside a transaction. */
export function ask(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** One durable transaction over stores; resolves with what `work(stores)` gave, once it is kept. */
export async function transact(names, mode, work) {
  const db = await open();
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(names, mode, { durability: "strict" });
    const stores = Object.fromEntries(names.map((name) => [name, transaction.objectStore(name)]));
    let result;
    transaction.oncomplete = () => resolve(result);
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    Promise.resolve(work(stores)).then(
      (value) => (result = value),
      (error) => {
        reject(error);
        try {
          transaction.abort();
        } catch {
          // It has ended already; the error is told all the same.
        }
      },
    );
  });
}

export const read = (key) => transact(["kept"], "readonly", ({ kept }) => ask(kept.get(key)));

export const write = (key, value) =>
  transact(["kept"], "readwrite", ({ kept }) => ask(kept.put(value, key)));

/** Take an act away, with its bytes. */
export async function drop(item, store, blobs) {
  await ask(store.delete(item.n));
  await ask(blobs.delete(item.uid));
}
