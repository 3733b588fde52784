// The interface's console: Swagger UI, fetched when it is asked for and started from a file, as
// our policy wants it. Whoever loaded it once has it in the cache, and is not asked again.
"use strict";

const place = document.getElementById("api-console");
const button = place.querySelector("[data-load]");
const status = place.querySelector("[data-status]");
const LOADED = "api-console-loaded";

function fetched(element) {
  return new Promise((done, failed) => {
    element.onload = done;
    element.onerror = failed;
    document.head.append(element);
  });
}

async function load() {
  button.disabled = true;
  status.textContent = status.dataset.loading;
  try {
    const style = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.dataset.style });
    // Before our own rules, which correct it.
    document.head.prepend(style);
    await fetched(Object.assign(document.createElement("script"), { src: place.dataset.script }));
  } catch {
    button.disabled = false;
    status.textContent = status.dataset.failed;
    return;
  }
  localStorage.setItem(LOADED, place.dataset.script);
  start();
}

// The address names an endpoint ("#/Tickets/ticket_file"). Swagger UI itself would take the
// underscore of its name for a blank, and complain.
function start() {
  const { hash } = location;
  history.replaceState(null, "", location.pathname);
  const ui = window.SwaggerUIBundle({
    onComplete: () => open(ui, hash),
    domNode: place,
    url: place.dataset.schema,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    validatorUrl: null,
    // Tried out with the browser's own session, which needs the form's token.
    requestInterceptor: (request) => {
      if (new URL(request.url, location.href).origin === location.origin) {
        request.headers["X-CSRFToken"] = place.dataset.csrf;
      }
      return request;
    },
  });
}

function open(ui, hash) {
  const [tag, name] = hash.replace(/^#\//, "").split("/").map(decodeURIComponent);
  if (!name) return;
  history.replaceState(null, "", hash);
  ui.layoutActions.show(["operations-tag", tag], true);
  ui.layoutActions.show(["operations", tag, name], true);
  requestAnimationFrame(() => place.querySelector(".opblock.is-open")?.scrollIntoView());
}

button.addEventListener("click", load);
if (localStorage.getItem(LOADED) === place.dataset.script) load();
