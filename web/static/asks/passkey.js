import { mount } from "../ask.js";

/**
 * Run a WebAuthn ceremony when the person submits the form, and submit it again with the answer.
 * `perform(options)` resolves to the PublicKeyCredential.
 */
export function passkey(type, parser, perform) {
  mount(type, (ask) => {
    if (!globalThis.PublicKeyCredential?.[parser]) return ask.fail("unsupported");
    const answer = ask.part("answer");
    ask.form.addEventListener("submit", async (event) => {
      if (answer.value) return;
      event.preventDefault();
      ask.go.disabled = true;
      ask.say("waiting");
      try {
        const publicKey = PublicKeyCredential[parser](ask.options);
        answer.value = JSON.stringify(await perform({ publicKey }));
        ask.send();
      } catch (error) {
        ask.fail(error.name);
      } finally {
        ask.go.disabled = false;
      }
    });
    ask.ready();
  });
}
