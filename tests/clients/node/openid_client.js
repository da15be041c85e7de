// Lets openid-client speak: each line on stdin is a call, each line on stdout its answer.

import { createInterface } from "node:readline";
import "./web_crypto.js";
import * as client from "openid-client";

const { issuer, id, secret } = JSON.parse(process.argv[2]);

const config = await client.discovery(
  new URL(issuer),
  id,
  undefined,
  secret ? client.ClientSecretBasic(secret) : client.None(),
  { execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks] },
);

let checks;

async function fresh(parameters) {
  checks = {
    pkceCodeVerifier: client.randomPKCECodeVerifier(),
    expectedState: client.randomState(),
    expectedNonce: client.randomNonce(),
    idTokenExpected: true,
  };
  return {
    ...parameters,
    code_challenge: await client.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  };
}

const told = (tokens) => ({ ...tokens, claims: tokens.claims() });

const calls = {
  metadata: () => config.serverMetadata(),
  authorize: async (parameters) => client.buildAuthorizationUrl(config, await fresh(parameters)),
  callback: async (url) =>
    told(await client.authorizationCodeGrant(config, new URL(url), checks)),
  refresh: async (token, parameters) =>
    told(await client.refreshTokenGrant(config, token, parameters)),
  credentials: (parameters) => client.clientCredentialsGrant(config, parameters),
  userinfo: (token, subject) => client.fetchUserInfo(config, token, subject),
  introspect: (token) => client.tokenIntrospection(config, token),
  revoke: (token) => client.tokenRevocation(config, token),
};

async function answer([name, ...given]) {
  try {
    return { result: (await calls[name](...given)) ?? null };
  } catch (error) {
    return { refused: error.error ?? error.code ?? error.message };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))));
}
