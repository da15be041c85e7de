/** The microphone as a stream of sample blocks. */

const WORKLET = new URL("./asks/voice-recorder.js", import.meta.url);
const CONSTRAINTS = { channelCount: 1, autoGainControl: false, noiseSuppression: false, echoCancellation: false };

/** Whether this browser can record at all. */
export const supported = Boolean(navigator.mediaDevices?.getUserMedia && globalThis.AudioWorkletNode);

/** Connect the stream at the wished rate; Firefox insists on the rate of the microphone. */
function connect(stream, rate) {
  const context = new AudioContext({ sampleRate: rate });
  try {
    return [context, context.createMediaStreamSource(stream)];
  } catch {
    context.close();
    const native = new AudioContext();
    return [native, native.createMediaStreamSource(stream)];
  }
}

/**
 * Open the microphone and call `hear(block)` for each block of samples.
 * Returns its rate in Hz and a function that closes it; `lost` is called when it disappears.
 */
export async function listen(rate, hear, lost) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: CONSTRAINTS });
  const [track] = stream.getAudioTracks();
  const [context, source] = connect(stream, rate);
  const close = async () => {
    track.stop();
    if (context.state !== "closed") await context.close();
  };
  try {
    await context.audioWorklet.addModule(WORKLET);
    const recorder = new AudioWorkletNode(context, "voice-recorder", { channelCount: 1, channelCountMode: "explicit" });
    recorder.port.onmessage = ({ data }) => hear(data);
    source.connect(recorder).connect(context.destination);
    await context.resume();
  } catch (error) {
    await close();
    throw error;
  }
  track.addEventListener("ended", lost);
  return { rate: context.sampleRate, close };
}
