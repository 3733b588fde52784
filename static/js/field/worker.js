// The service worker of the engineer's app: opens it without a network, and sends what is kept
// when the network comes back after the page was closed. `/field/sw.js` starts it with the
// list of its files and their version.

import { send } from "./outbox.js";

const PREFIX = "field-";

async function fill({ version, shell, assets }) {
  const cache = await caches.open(PREFIX + version);
  // A shell that is a redirect to the sign-in page must not be kept for the app.
  const ask = (url) => new Request(url, { cache: "reload", redirect: "error" });
  await cache.addAll([shell, ...assets].map(ask));
}

async function clear(version) {
  for (const name of await caches.keys())
    if (name.startsWith(PREFIX) && name !== PREFIX + version) await caches.delete(name);
}

async function fromCache(version, request) {
  const cache = await caches.open(PREFIX + version);
  return (await cache.match(request, { ignoreVary: true })) ?? fetch(request);
}

/** Begin; called while the worker's script is evaluated, as listeners must be. */
export function serve(site) {
  const { version, shell, assets } = site;
  const known = new Set(assets);
  self.addEventListener("install", (event) => {
    self.skipWaiting();
    event.waitUntil(fill(site));
  });
  self.addEventListener("activate", (event) => {
    event.waitUntil(clear(version).then(() => self.clients.claim()));
  });
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== self.location.origin) return;
    if (request.mode === "navigate" && url.pathname === shell)
      event.respondWith(fromCache(version, shell));
    else if (known.has(url.pathname + url.search)) event.respondWith(fromCache(version, request));
  });
  self.addEventListener("sync", (event) => {
    if (event.tag !== "field") return;
    // Not sent yet: the browser is told so, and tries again later.
    const sent = (said) => {
      if (said === "offline" || said === "busy") throw new Error(said);
    };
    event.waitUntil(send().then(sent));
  });
}
