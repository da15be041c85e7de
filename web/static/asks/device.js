import { fetchAsk } from "../ask.js";

/**
 * Keys of this browser, one for each person who had it remembered. WebCrypto makes them so that no
 * script can read them; IndexedDB keeps them, under no name that can be read either.
 */

const SITE = new URL("../..", import.meta.url).pathname;
const DATABASE = `gatehouse-device ${SITE}`;
const STORE = "keys";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNATURE = { name: "ECDSA", hash: "SHA-256" };
const DAY = 24 * 3600 * 1000;
const PATIENCE = 1000;

export const able = Boolean(globalThis.indexedDB && globalThis.crypto?.subtle);

/** Submit the form after this work was tried, and never later than in a second. */
export function before(form, work) {
  let tried = false;
  addEventListener("pageshow", () => (tried = false));
  // Around the form: what its own asks do with a submission comes first.
  form.parentElement.addEventListener("submit", async (event) => {
    if (tried || event.target !== form || event.defaultPrevented) return;
    event.preventDefault();
    tried = true;
    const signal = AbortSignal.timeout(PATIENCE);
    const late = new Promise((resolve) => signal.addEventListener("abort", resolve));
    await Promise.race([work(signal).catch(() => {}), late]);
    // While its submit event is being told a form cannot be sent again: a browser ignores that.
    setTimeout(() => form.requestSubmit());
  });
}

/** The key of a person here, if there is one that has time left. */
export async function find(name) {
  const keys = await everything();
  const folded = await Promise.all(keys.map((key) => hidden(key.id, name)));
  return keys.find((key, index) => key.name === folded[index] && key.until > Date.now());
}

/** Forget the keys of a person, but for these. */
export async function forget(name, but) {
  for (const key of await everything()) {
    const theirs = key.name === (await hidden(key.id, name));
    if ((theirs && !but.includes(key.id)) || key.until <= Date.now()) await remove(key.id);
  }
}

/** Forget one key. */
export const remove = (id) => run("readwrite", (store) => store.delete(id));

/** Make a key for a person: its private half stays inside the browser. */
export async function make(name, days) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = await crypto.subtle.exportKey("raw", pair.publicKey);
  const id = encoded(await crypto.subtle.digest("SHA-256", point));
  const made = { id, name: await hidden(id, name), key: pair.privateKey, until: Date.now() + days * DAY };
  await run("readwrite", (store) => store.put(made));
  return { ...made, point: encoded(point) };
}

/** Sign a challenge of this site's, and put the answer into a form. */
export async function sign({ form, type, purpose, key, shown }, signal) {
  const body = new FormData();
  body.set("csrf", form.elements.csrf.value);
  const ask = await fetchAsk(form.dataset.signature, body, type, signal);
  const statement = ["gatehouse device 1", purpose, location.origin, ask.options.challenge];
  const bytes = new TextEncoder().encode(statement.join("\n"));
  const signature = encoded(await crypto.subtle.sign(SIGNATURE, key.key, bytes));
  fill(form, "signing", ask.form.elements.ceremony.value);
  fill(form, "signed", JSON.stringify({ ...shown, signature }));
}

function fill(form, name, value) {
  const input = form.elements[name] ?? Object.assign(document.createElement("input"), { name });
  input.type = "hidden";
  input.value = value;
  form.append(input);
}

/** Every key there is. Where none was ever made, nothing is made of it either. */
async function everything() {
  const known = await indexedDB.databases?.();
  if (known && !known.some((database) => database.name === DATABASE)) return [];
  return run("readonly", (store) => store.getAll());
}

async function run(mode, call) {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "id" });
  const database = await settled(opening);
  try {
    return await settled(call(database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

const settled = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** A name as only somebody who knows it can tell, folded as the gateway folds it. */
async function hidden(id, name) {
  const folded = name.normalize("NFKC").trim().toUpperCase().toLowerCase();
  return encoded(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${id} ${folded}`)));
}

const encoded = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
