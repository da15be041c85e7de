/** RIFF/WAVE files of mono 16-bit PCM. */

const HEADER = 44;

/** Join blocks of samples in [-1, 1] into one. */
export function join(blocks) {
  const joined = new Float32Array(blocks.reduce((length, block) => length + block.length, 0));
  let at = 0;
  for (const block of blocks) {
    joined.set(block, at);
    at += block.length;
  }
  return joined;
}

/** Bring samples from one rate (Hz) to another. */
export async function resample(samples, from, to) {
  if (from === to || samples.length === 0) return samples;
  const context = new OfflineAudioContext(1, Math.ceil((samples.length * to) / from), to);
  const buffer = context.createBuffer(1, samples.length, from);
  buffer.copyToChannel(samples, 0);
  const source = new AudioBufferSourceNode(context, { buffer });
  source.connect(context.destination);
  source.start();
  return (await context.startRendering()).getChannelData(0);
}

/** Write samples in [-1, 1] at `rate` Hz as a WAVE file. */
export function wave(samples, rate) {
  const bytes = new DataView(new ArrayBuffer(HEADER + samples.length * 2));
  const text = (at, word) => [...word].forEach((c, i) => bytes.setUint8(at + i, c.charCodeAt(0)));
  text(0, "RIFF");
  bytes.setUint32(4, bytes.byteLength - 8, true);
  text(8, "WAVEfmt ");
  bytes.setUint32(16, 16, true); // length of the fmt chunk
  bytes.setUint16(20, 1, true); // PCM
  bytes.setUint16(22, 1, true); // mono
  bytes.setUint32(24, rate, true);
  bytes.setUint32(28, rate * 2, true); // bytes per second
  bytes.setUint16(32, 2, true); // bytes per frame
  bytes.setUint16(34, 16, true); // bits per sample
  text(36, "data");
  bytes.setUint32(40, samples.length * 2, true);
  samples.forEach((value, i) => {
    const clipped = Math.max(-1, Math.min(1, value));
    bytes.setInt16(HEADER + i * 2, Math.round(clipped * 32767), true);
  });
  return new File([bytes], "sample.wav", { type: "audio/wav" });
}
