import { askIn, mount } from "../ask.js";
import { listen, supported } from "../microphone.js";
import { join, resample, wave } from "../wave.js";
import { Digits } from "./voice-digits.js";
import { Level } from "./voice-level.js";

const RATE = 16000;
const FLOOR = 60; // dB below full scale that the meter shows as nothing

/** Loudness of a block between 0 (the floor) and 1 (full scale). */
function loudness(block) {
  const power = block.reduce((sum, value) => sum + value * value, 0) / block.length;
  return Math.max(0, 1 + (10 * Math.log10(power + 1e-12)) / FLOOR);
}

/** Get other digits, once those on the page are over; say what went wrong. */
async function renew(ask, digits) {
  if (digits.left) ask.say("wait");
  await digits.over();
  const sent = { method: "POST", body: new FormData(ask.form) };
  const response = await fetch(ask.element.dataset.resend, sent).catch(() => null);
  if (response?.status === 429) return "often";
  const other = response && (await askIn(response, "voice"));
  if (!other?.options.digits) return "gone";
  ask.options = other.options;
  ask.form.elements.ceremony.value = other.form.elements.ceremony.value;
  digits.renew();
  return "";
}

/** One recording: from the press of the button to the file, or to words about what went wrong. */
class Recording {
  constructor(ask, digits) {
    this.ask = ask;
    this.digits = digits;
    this.blocks = [];
    this.frames = 0;
  }

  async start() {
    this.wait(true);
    const wrong = this.digits?.stale && (await renew(this.ask, this.digits));
    if (wrong) return this.fail(wrong);
    this.ask.say("asking");
    try {
      this.microphone = await listen(RATE, (block) => this.hear(block), () => this.fail("other"));
    } catch (error) {
      return this.fail(error.name);
    }
    this.level = new Level(this.ask, this.microphone.rate);
    this.digits?.clear();
    this.ask.go.hidden = true;
    this.show(true);
    this.ask.say(this.digits ? "digits" : "recording");
    this.ask.part("stop").onclick = () => this.stop();
    this.ask.part("stop").focus();
  }

  hear(block) {
    if (!this.microphone || this.stopped) return;
    this.blocks.push(block);
    this.frames += block.length;
    const seconds = this.frames / this.microphone.rate;
    this.ask.part("meter").value = loudness(block);
    this.level?.hear(block);
    this.digits?.at(seconds);
    this.ask.part("clock").textContent = `${Math.floor(seconds)} / ${Math.ceil(this.seconds)} s`;
    if (seconds >= this.seconds) this.stop();
  }

  get seconds() {
    return this.digits?.seconds ?? this.ask.options.seconds;
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

  /** While nothing can be pressed yet the button stays: whoever is on it would lose their place. */
  wait(waiting) {
    this.ask.go.ariaDisabled = waiting;
  }

  async fail(situation) {
    this.stopped = true;
    await this.microphone?.close();
    this.show(false);
    this.wait(false);
    this.digits?.wait();
    this.ask.fail(situation);
    this.ask.ready();
    this.ask.go.focus();
  }

  show(recording) {
    for (const name of ["level", "stop"]) this.ask.part(name).hidden = !recording;
    if (this.digits) this.ask.part("pace").hidden = recording;
    if (!recording) this.digits?.clear();
    if (!recording) this.level?.say("");
    this.ask.element.classList.toggle("recording", recording);
  }
}

mount("voice", (ask) => {
  if (!supported) return ask.fail("unsupported");
  const digits = ask.options.digits && new Digits(ask);
  digits?.wait();
  ask.go.addEventListener("click", () => {
    if (ask.go.ariaDisabled !== "true") new Recording(ask, digits).start();
  });
  ask.ready();
});
