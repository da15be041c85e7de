// Lets openid-client speak: each line on stdin is a call, each line on stdout its answer.

import { createInterface } from "node:readline";
import "./web_crypto.js";
import * as client from "openid-client";

const P256 = { name: "ECDSA", namedCurve: "P-256" };

const { issuer, id, secret, metadata, jwk, decrypting, dpop } = JSON.parse(process.argv[2]);

const key = jwk && {
  key: await crypto.subtle.importKey("jwk", jwk, P256, false, ["sign"]),
  kid: jwk.kid,
};

function authentication() {
  if (key) return client.PrivateKeyJwt(key);
  return secret ? client.ClientSecretBasic(secret) : client.None();
}

const server = new URL(issuer);
const execute = [client.allowInsecureRequests, client.enableNonRepudiationChecks];

let config =
  id && (await client.discovery(server, id, metadata, authentication(), { execute }));

if (decrypting) {
  const own = { ...P256, name: "ECDH" };
  const opening = await crypto.subtle.importKey("jwk", decrypting, own, false, ["deriveBits"]);
  client.enableDecryptingResponses(config, ["A256GCM"], { key: opening, kid: decrypting.kid });
}

const proof = dpop && {
  DPoP: client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256")),
};

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

async function told(granting) {
  const tokens = await granting;
  return { ...tokens, claims: tokens.claims() };
}

const calls = {
  client: () => config.clientMetadata(),
  register: async (metadata, initialAccessToken) => {
    const options = { initialAccessToken, execute };
    config = await client.dynamicClientRegistration(server, metadata, undefined, options);
    return config.clientMetadata();
  },

  authorize: async (parameters) => client.buildAuthorizationUrl(config, await fresh(parameters)),
  push: async (parameters) =>
    client.buildAuthorizationUrlWithPAR(config, await fresh(parameters), proof),
  sign: async (parameters) =>
    client.buildAuthorizationUrlWithJAR(config, await fresh(parameters), key),
  signAndPush: async (parameters) => {
    const signed = await calls.sign(parameters);
    return client.buildAuthorizationUrlWithPAR(config, signed.searchParams, proof);
  },

  callback: (url) =>
    told(client.authorizationCodeGrant(config, new URL(url), checks, undefined, proof)),
  refresh: (token, parameters) =>
    told(client.refreshTokenGrant(config, token, parameters, proof)),
  credentials: (parameters) => client.clientCredentialsGrant(config, parameters, proof),
  grant: (type, parameters) => client.genericGrantRequest(config, type, parameters, proof),

  device: (parameters) => client.initiateDeviceAuthorization(config, parameters),
  pollDevice: (device) =>
    told(client.pollDeviceAuthorizationGrant(config, device, undefined, proof)),
  backchannel: (parameters) => client.initiateBackchannelAuthentication(config, parameters),
  pollBackchannel: (request) =>
    told(client.pollBackchannelAuthenticationGrant(config, request, undefined, proof)),

  userinfo: (token, subject) => client.fetchUserInfo(config, token, subject, proof),
  introspect: (token) => client.tokenIntrospection(config, token),
  revoke: (token) => client.tokenRevocation(config, token),
  endSession: (parameters) => client.buildEndSessionUrl(config, parameters),
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
