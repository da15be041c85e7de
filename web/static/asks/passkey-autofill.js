import { ahead, sendAhead, untilSubmit } from "./passkey.js";

/** Offers passkeys among what the browser fills in; the page works the same without it. */

const EARLY = 0.9;

async function offer(form, signal) {
  const ask = await ahead(form, "passkey-get");
  if (!ask || signal.aborted) return;
  const late = AbortSignal.timeout(ask.options.timeout * EARLY);
  try {
    const credential = await navigator.credentials.get({
      mediation: "conditional",
      publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(ask.options),
      signal: AbortSignal.any([signal, late]),
    });
    sendAhead(ask, credential);
  } catch {
    // A challenge has its time; whatever else failed, the button is still there.
    if (late.aborted && !signal.aborted) await offer(form, signal);
  }
}

const form = document.querySelector("form[data-passkey]");
if (await globalThis.PublicKeyCredential?.isConditionalMediationAvailable?.()) {
  offer(form, untilSubmit()).catch(() => {});
}
