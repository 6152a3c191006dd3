// Asks the browser for a security key or passkey and sends its answer with the form it belongs to.
"use strict";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (ch) => ch.charCodeAt(0));

const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)))
  .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

const descriptors = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }));

const created = async (options) => {
  const credential = await navigator.credentials.create({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: descriptors(options.excludeCredentials),
  } });
  return { credential, response: { attestationObject: text(credential.response.attestationObject) } };
};

const asserted = async (options) => {
  const credential = await navigator.credentials.get({ publicKey: {
    ...options,
    challenge: bytes(options.challenge),
    allowCredentials: descriptors(options.allowCredentials),
  } });
  const { authenticatorData, signature, userHandle } = credential.response;
  return { credential, response: {
    authenticatorData: text(authenticatorData),
    signature: text(signature),
    userHandle: userHandle ? text(userHandle) : null,
  } };
};

const ask = async (form) => {
  const options = JSON.parse(form.dataset.options);
  const { credential, response } = await (options.user ? created(options) : asserted(options));
  form.elements.credential.value = JSON.stringify({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  });
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.options || form.elements.credential.value) return;
  event.preventDefault();
  const problem = form.querySelector("[data-key-problem]");
  problem.hidden = true;
  try {
    await ask(form);
    form.submit();
  } catch {
    problem.hidden = false;
    problem.focus();
  }
});
