import { mount } from "../ask.js";
import { able, before, find, forget, make, sign } from "./device.js";

/** Offers to remember this browser, and makes its key when the form is sent. */

async function remember({ form, options }, signal) {
  const key = await make(options.name, options.days);
  const shown = { key: key.point };
  await sign({ form, type: "device-create", purpose: "remember", key, shown }, signal);
}

async function offer({ element, options }) {
  await forget(options.name, options.keys);
  element.hidden = Boolean(await find(options.name));
}

mount("device-create", (ask) => {
  if (!able) return;
  const wanted = ask.part("wanted");
  before(ask.form, async (signal) => wanted.checked && (await remember(ask, signal)));
  offer(ask).catch(() => {});
});
