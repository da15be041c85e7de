import { passkey } from "./passkey.js";

passkey("passkey-get", "parseRequestOptionsFromJSON", (options) =>
  navigator.credentials.get(options),
);
