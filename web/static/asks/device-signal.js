import { mount } from "../ask.js";
import { able, forget, remove } from "./device.js";

/** Lets the browser forget keys that the gateway has forgotten. */

mount("device-signal", ({ options }) => {
  if (!able) return;
  const told = options.gone ? remove(options.gone) : forget(options.name, options.keys);
  told.catch(() => {});
});
