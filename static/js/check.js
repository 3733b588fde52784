// The public check of a paper: the file is hashed here and does not leave the device. Where
// the browser can't (no secure context), the form is sent and the server compares.

import { sha256 } from "./canonical.js";

function start(form) {
  const answer = form.querySelector("[data-check-answer]");
  const input = form.querySelector('input[type="file"]');
  const drop = input.closest("[data-drop]") ?? form;

  async function compare(file) {
    answer.replaceChildren();
    const digest = await sha256(new Uint8Array(await file.arrayBuffer()));
    const said =
      form.querySelector(`template[data-check="${digest}"]`) ??
      form.querySelector('template[data-check=""]'); // the hash of no version of it
    answer.replaceChildren(said.content.cloneNode(true));
  }

  function take(files) {
    if (!files?.length) return;
    if (globalThis.crypto?.subtle) compare(files[0]);
    else form.submit();
  }

  input.addEventListener("change", () => take(input.files));
  drop.addEventListener("drop", (event) => take(event.dataTransfer.files));
}

for (const form of document.querySelectorAll("[data-check-form]")) start(form);
