import { ahead, sendAhead, untilSubmit } from "./passkey.js";

/**
 * After a password lets the browser create a passkey by itself, where it says that it can. Nothing
 * waits for it: browsers may never answer.
 */
async function upgrade(form, signal) {
  const ask = await ahead(form, "passkey-create");
  if (!ask || signal.aborted) return;
  ask.options.authenticatorSelection.userVerification = "preferred";
  const credential = await navigator.credentials.create({
    mediation: "conditional",
    publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(ask.options),
    signal,
  });
  sendAhead(ask, { ...credential.toJSON(), mediation: "conditional" });
}

const form = document.querySelector("form[data-passkey]");
const capabilities = await globalThis.PublicKeyCredential?.getClientCapabilities?.();
if (form && capabilities?.conditionalCreate) upgrade(form, untilSubmit()).catch(() => {});
