// Passkeys: the browser's own calls, with what is binary in them as base64url.

const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

async function asked(form, address) {
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  if (!answer.ok) throw new Error(answer.status === 422 ? "refused" : "failed");
  return answer.json();
}

async function made(options) {
  const publicKey = {
    ...options, challenge: bytes(options.challenge),
    user: { ...options.user, id: bytes(options.user.id) },
    excludeCredentials: known(options.excludeCredentials),
  };
  const found = await navigator.credentials.create({ publicKey });
  return {
    id: found.id, rawId: text(found.rawId), type: found.type,
    response: {
      clientDataJSON: text(found.response.clientDataJSON),
      attestationObject: text(found.response.attestationObject),
    },
  };
}

async function answered(options) {
  const publicKey = { ...options, challenge: bytes(options.challenge), allowCredentials: known(options.allowCredentials) };
  const found = await navigator.credentials.get({ publicKey });
  const { response } = found;
  return {
    id: found.id, rawId: text(found.rawId), type: found.type,
    response: {
      clientDataJSON: text(response.clientDataJSON), authenticatorData: text(response.authenticatorData),
      signature: text(response.signature), userHandle: response.userHandle ? text(response.userHandle) : null,
    },
  };
}

function wire(form, address, ask) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const why = form.querySelector("[data-passkey-why]");
    why.hidden = true;
    try {
      form.elements.credential.value = JSON.stringify(await ask(await asked(form, address)));
      if (form.elements.password) form.elements.password.disabled = true; // asked once is enough
      form.submit();
    } catch {
      why.hidden = false;
    }
  });
}

for (const form of document.querySelectorAll("[data-passkey-sign-in]")) wire(form, form.dataset.passkeySignIn, answered);
for (const form of document.querySelectorAll("[data-passkey-make]")) wire(form, form.dataset.passkeyMake, made);
