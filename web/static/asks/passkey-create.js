import { passkey } from "./passkey.js";

passkey("passkey-create", "parseCreationOptionsFromJSON", (options) =>
  navigator.credentials.create(options),
);
