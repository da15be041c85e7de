import { able, before, find, sign } from "./device.js";

/** A browser that is remembered signs beside the password; nobody notices where it is not. */

const form = document.querySelector("form[data-signature]");

async function prove(signal) {
  const key = await find(form.elements.username.value);
  if (!key) return;
  const shown = { id: key.id };
  await sign({ form, type: "device-get", purpose: "prove", key, shown }, signal);
}

if (form && able) before(form, prove);
