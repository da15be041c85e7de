import { mount } from "../ask.js";

/** Tells devices and password managers which passkeys are in use, where the browser can. */
function signals({ rpId, userId, credentialId, name, displayName, allAcceptedCredentialIds }) {
  if (credentialId) return { signalUnknownCredential: { rpId, credentialId } };
  return {
    signalAllAcceptedCredentials: { rpId, userId, allAcceptedCredentialIds },
    signalCurrentUserDetails: { rpId, userId, name, displayName },
  };
}

mount("passkey-signal", (ask) => {
  for (const [name, told] of Object.entries(signals(ask.options))) {
    globalThis.PublicKeyCredential?.[name]?.(told).catch(() => {});
  }
});
