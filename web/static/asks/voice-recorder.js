/** Hands each block of microphone samples (mono, float, 128 frames) to the page. */
class VoiceRecorder extends AudioWorkletProcessor {
  process([[samples]]) {
    if (samples) this.port.postMessage(samples.slice());
    return true;
  }
}

registerProcessor("voice-recorder", VoiceRecorder);
