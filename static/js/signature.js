// A signature drawn with a finger, a pen or the mouse, kept as a PNG in a hidden field.

const INK = "#101828";

function pen(canvas) {
  const context = canvas.getContext("2d");
  Object.assign(context, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: INK });
  return context;
}

function at(canvas, event) {
  const box = canvas.getBoundingClientRect();
  return [
    ((event.clientX - box.left) / box.width) * canvas.width,
    ((event.clientY - box.top) / box.height) * canvas.height,
  ];
}

/** Let a canvas be drawn on; `changed` is called with whether anything is there. */
export function signatureOn(canvas, changed) {
  const context = pen(canvas);
  let drawing = false;

  canvas.addEventListener("pointerdown", (event) => {
    drawing = true;
    canvas.setPointerCapture(event.pointerId);
    context.beginPath();
    context.moveTo(...at(canvas, event));
    context.lineTo(...at(canvas, event));
    context.stroke();
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!drawing) return;
    const strokes = event.getCoalescedEvents?.() ?? [event];
    for (const one of strokes.length ? strokes : [event]) context.lineTo(...at(canvas, one));
    context.stroke();
  });
  for (const end of ["pointerup", "pointercancel"])
    canvas.addEventListener(end, () => {
      if (drawing) changed(true);
      drawing = false;
    });
  return {
    clear() {
      context.clearRect(0, 0, canvas.width, canvas.height);
      changed(false);
    },
  };
}

function prepare(form) {
  const canvas = form.querySelector("[data-signature]");
  const value = form.querySelector("[data-signature-value]");
  const pad = signatureOn(canvas, (drawn) => {
    value.value = drawn ? canvas.toDataURL("image/png") : "";
  });
  form.querySelector("[data-signature-clear]").addEventListener("click", () => pad.clear());
}

for (const form of document.querySelectorAll("[data-signature-form]")) prepare(form);
