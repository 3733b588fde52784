// A logo is shown as it will look, on both grounds, before it is saved.

const input = document.querySelector("input[data-preview]");
const preview = document.querySelector(`[data-preview-of="${input.dataset.preview}"]`);

input.addEventListener("change", () => {
  const [file] = input.files;
  if (!file) return;
  const address = URL.createObjectURL(file);
  for (const image of preview.querySelectorAll("img")) image.src = address;
  preview.hidden = false;
});
