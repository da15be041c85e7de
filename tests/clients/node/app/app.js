// A single-page app that keeps its tokens in the browser. The test sets `settings`; the id of a
// button names what it asks of the library, and <output> shows whom the library knows after that.

import { UserManager } from "oidc-client-ts";

const here = location.origin + location.pathname;
const manager = new UserManager({
  redirect_uri: here,
  post_logout_redirect_uri: here,
  loadUserInfo: true,
  filterProtocolClaims: false,
  automaticSilentRenew: false,
  ...window.settings,
});

async function show(work) {
  const output = document.querySelector("output");
  output.textContent = "";
  try {
    await work;
    output.textContent = JSON.stringify(await manager.getUser());
  } catch (error) {
    output.textContent = JSON.stringify({ error: error.error ?? error.message });
  }
}

for (const button of document.querySelectorAll("button")) {
  button.onclick = () => show(manager[button.id]());
}

if (new URLSearchParams(location.search).has("state")) {
  await show(manager.signinCallback());
  history.replaceState(null, "", here);
} else {
  await show();
}
