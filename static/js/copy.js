// A button that puts its text on the clipboard and says so.

import { say } from "./toast.js";
import { word } from "./words.js";

function byHand(text) {
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    byHand(text);
  }
}

export function start() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    await copy(button.dataset.copy);
    button.classList.add("is-done");
    setTimeout(() => button.classList.remove("is-done"), 2000);
    say(word("copied"), "ok");
  });
}
