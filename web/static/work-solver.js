/** Finds the number whose SHA-256, after the beginning of a challenge, begins with zero bits.
 *
 * What is hashed is one block: 32 characters of the challenge's last part, a colon and nine
 * digits. WebCrypto takes longer to be asked than to hash so little, so it is done here.
 */

const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);
const SEED = 32;
const FIRST = 100_000_000;
const LAST = 999_999_999;

const w = new Uint32Array(64);

/** The first 32 bits of the hash of the block in `w` (FIPS 180-4, section 6.2.2). */
function hash() {
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
  }
  let a = 0x6a09e667, b = 0xbb67ae85, c = 0x3c6ef372, d = 0xa54ff53a;
  let e = 0x510e527f, f = 0x9b05688c, g = 0x1f83d9ab, h = 0x5be0cd19;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g; g = f; f = e; e = (d + t1) | 0;
    d = c; c = b; b = a; a = (t1 + t2) | 0;
  }
  return (a + 0x6a09e667) >>> 0;
}

/** Lay text into the block as words, with the padding of a message of this length. */
function lay(text) {
  const bytes = new DataView(new ArrayBuffer(64));
  for (let i = 0; i < text.length; i++) bytes.setUint8(i, text.charCodeAt(i));
  bytes.setUint8(text.length, 0x80);
  bytes.setUint32(60, text.length * 8);
  for (let i = 0; i < 16; i++) w[i] = bytes.getUint32(4 * i);
}

/** Put a number of nine digits behind the colon: only the words 8 to 10 change. */
function put(number) {
  const digit = (place) => 48 + (Math.floor(number / 10 ** (8 - place)) % 10);
  w[8] = (58 << 24) | (digit(0) << 16) | (digit(1) << 8) | digit(2);
  w[9] = (digit(3) << 24) | (digit(4) << 16) | (digit(5) << 8) | digit(6);
  w[10] = (digit(7) << 24) | (digit(8) << 16) | 0x8000;
}

function solve(seed, bits) {
  lay(`${seed}:${FIRST}`);
  for (let number = FIRST; number <= LAST; number++) {
    put(number);
    if (hash() >>> (32 - bits) === 0) return number;
  }
  throw new Error("no solution");
}

addEventListener("message", ({ data }) => {
  const mac = data.challenge.slice(data.challenge.lastIndexOf(".") + 1);
  postMessage(String(solve(mac.slice(0, SEED), data.bits)));
});
