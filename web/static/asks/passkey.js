import { fetchAsk, mount } from "../ask.js";

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

/** The ask that this form leads to, fetched without leaving the page; null where there is none. */
export const ahead = (form, type) => fetchAsk(form.action, new FormData(form), type);

/** Send the form of an ask that was fetched, with this answer in it. */
export function sendAhead(ask, credential) {
  ask.part("answer").value = JSON.stringify(credential);
  ask.form.hidden = true;
  document.body.append(document.adoptNode(ask.form));
  ask.send();
}

/** Aborted once the person goes on by themselves: the browser runs one ceremony at a time. */
export function untilSubmit() {
  const person = new AbortController();
  document.addEventListener("submit", () => person.abort());
  return person.signal;
}
