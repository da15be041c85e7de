import { mount } from "../ask.js";
import { listen, supported } from "../microphone.js";
import { join, resample, wave } from "../wave.js";

const RATE = 16000;
const FLOOR = 60; // dB below full scale that the meter shows as nothing

/** Loudness of a block between 0 (the floor) and 1 (full scale). */
function loudness(block) {
  const power = block.reduce((sum, value) => sum + value * value, 0) / block.length;
  return Math.max(0, 1 + (10 * Math.log10(power + 1e-12)) / FLOOR);
}

/** One recording: from the press of the button to the file, or to words about what went wrong. */
class Recording {
  constructor(ask) {
    this.ask = ask;
    this.blocks = [];
    this.frames = 0;
  }

  async start() {
    this.ask.go.hidden = true;
    this.ask.say("asking");
    try {
      this.microphone = await listen(RATE, (block) => this.hear(block), () => this.fail("other"));
    } catch (error) {
      return this.fail(error.name);
    }
    this.show(true);
    this.ask.say("recording");
    this.ask.part("stop").onclick = () => this.stop();
    this.ask.part("stop").focus();
  }

  hear(block) {
    if (!this.microphone || this.stopped) return;
    this.blocks.push(block);
    this.frames += block.length;
    const seconds = this.frames / this.microphone.rate;
    this.ask.part("meter").value = loudness(block);
    this.ask.part("clock").textContent = `${Math.floor(seconds)} / ${this.ask.options.seconds} s`;
    if (seconds >= this.ask.options.seconds) this.stop();
  }

  async stop() {
    if (this.stopped) return;
    this.stopped = true;
    await this.microphone.close();
    this.show(false);
    const samples = join(this.blocks);
    if (samples.every((value) => value === 0)) return this.fail("silent");
    this.ask.say("sending");
    this.hand(wave(await resample(samples, this.microphone.rate, RATE), RATE));
  }

  /** Put the file where the person would have chosen one, and send it. */
  hand(file) {
    const files = new DataTransfer();
    files.items.add(file);
    this.ask.part("answer").files = files.files;
    this.ask.send();
  }

  async fail(situation) {
    this.stopped = true;
    await this.microphone?.close();
    this.show(false);
    this.ask.fail(situation);
    this.ask.ready();
    this.ask.go.focus();
  }

  show(recording) {
    for (const name of ["level", "stop"]) this.ask.part(name).hidden = !recording;
    this.ask.element.classList.toggle("recording", recording);
  }
}

mount("voice", (ask) => {
  if (!supported) return ask.fail("unsupported");
  ask.go.addEventListener("click", () => new Recording(ask).start());
  ask.ready();
});
