// A single-page app that keeps its tokens in the browser. The test sets `settings`; the id of a
// button names what it asks for, and <output> shows what came of it or whom the library knows then.

import { IndexedDbDPoPStore, UserManager } from "oidc-client-ts";

const { bound, ...settings } = window.settings;
const here = location.origin + location.pathname;

const manager = new UserManager({
  redirect_uri: here,
  popup_redirect_uri: here,
  post_logout_redirect_uri: here,
  loadUserInfo: !bound, // the library asks as a bearer does
  filterProtocolClaims: false,
  automaticSilentRenew: false,
  dpop: bound && { store: new IndexedDbDPoPStore(), bind_authorization_code: true },
  ...settings,
});

const calls = {
  signinRedirect: () => manager.signinRedirect(),
  signinPopup: () => manager.signinPopup(),
  signinSilent: () => manager.signinSilent(),
  revokeTokens: () => manager.revokeTokens(),
  signoutRedirect: () => manager.signoutRedirect(),

  async userinfo() {
    const first = await ask();
    const nonce = first.headers.get("DPoP-Nonce");
    const answer = first.status === 401 && nonce ? await ask(nonce) : first;
    return answer.ok ? answer.json() : { status: answer.status };
  },
};

async function ask(nonce) {
  const user = await manager.getUser();
  const url = await manager.metadataService.getUserInfoEndpoint();
  const proof = bound && { DPoP: await manager.dpopProof(url, user, "GET", nonce) };
  const headers = { Authorization: `${user.token_type} ${user.access_token}`, ...proof };
  return fetch(url, { headers });
}

async function show(work) {
  const output = document.querySelector("output");
  output.textContent = "";
  try {
    output.textContent = JSON.stringify((await work) ?? (await manager.getUser()));
  } catch (error) {
    output.textContent = JSON.stringify({ error: error.error ?? error.message });
  }
}

for (const button of document.querySelectorAll("button")) {
  button.onclick = () => show(calls[button.id]());
}

if (new URLSearchParams(location.search).has("state")) {
  await show(manager.signinCallback());
  history.replaceState(null, "", here);
} else {
  await show();
}
