// Passkeys: says why one did not work, and hides what this browser can't do.
// The ceremony itself is allauth's (mfa/js/webauthn.js).

function say(key) {
  for (const line of document.querySelectorAll("[data-passkey-error]")) {
    line.hidden = line.dataset.passkeyError !== key;
  }
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const name = event.detail?.exception?.name;
  say(name === "NotAllowedError" || name === "AbortError" ? "cancelled" : "failed");
});

if (!window.PublicKeyCredential) {
  for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = true;
  for (const part of document.querySelectorAll("[data-passkey-missing]")) part.hidden = false;
}
