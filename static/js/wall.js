// The wall: tools that go away when nobody moves, full screen, and a screen that stays lit.

const CALM = 4000; // ms without a movement
const wall = document.querySelector(".wall");
const button = document.querySelector("[data-wall-full]");
let timer;
let lock;

function wake() {
  wall.classList.add("is-awake");
  clearTimeout(timer);
  timer = setTimeout(() => wall.classList.remove("is-awake"), CALM);
}

function toggle() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
}

/** Keeps the screen lit while the page shows; browsers allow it on safe origins only. */
async function keepLit() {
  if (document.hidden || !navigator.wakeLock) return;
  lock = await navigator.wakeLock.request("screen").catch(() => undefined);
}

if (document.fullscreenEnabled) {
  button.hidden = false;
  button.addEventListener("click", toggle);
}
for (const kind of ["pointermove", "pointerdown", "keydown"]) document.addEventListener(kind, wake);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && (!lock || lock.released)) keepLit();
});
wake();
keepLit();
