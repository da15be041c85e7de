/** Hints while somebody records, by the limits that the recording is judged with afterwards. */

const PIECE_SECONDS = 0.1;
const LOOK_BACK = 20; // pieces: what is said now counts, and pauses between words do not
const LOUDEST = 5; // pieces of these that are taken for speech
const PATIENCE = 15; // pieces between two hints, so that nobody is talked over
const FULL_SCALE = 0.999;

/** Power and clipped samples of one piece. */
function weigh(samples) {
  let power = 0;
  let clipped = 0;
  for (const value of samples) {
    power += value * value;
    if (Math.abs(value) >= FULL_SCALE) clipped += 1;
  }
  return { power: power / samples.length, clipped: clipped / samples.length };
}

const mean = (numbers) => numbers.reduce((sum, each) => sum + each, 0) / numbers.length;

/** Says "closer" or "further" in the part `hint` of an ask, and takes it back. */
export class Level {
  /** `limits`: `level_dbfs` of speech at least, `clipped` share of its samples at most. */
  constructor(ask, rate, limits = ask.options.limits) {
    this.ask = ask;
    this.size = Math.round(rate * PIECE_SECONDS);
    this.limits = limits;
    this.rest = [];
    this.pieces = [];
    this.silent = 0;
    this.said = "";
  }

  /** Take a block of samples. */
  hear(block) {
    if (!this.limits || !this.ask.part("hint")) return;
    for (const value of block) this.rest.push(value);
    while (this.rest.length >= this.size) this.take(this.rest.splice(0, this.size));
  }

  take(samples) {
    this.pieces.push(weigh(samples));
    if (this.pieces.length > LOOK_BACK) this.pieces.shift();
    this.silent += 1;
    const hint = this.pieces.length < LOOK_BACK ? "" : this.judge();
    if (hint !== this.said && this.silent >= PATIENCE) this.say(hint);
  }

  /** The hint for what was heard last, by its loudest pieces; none where all is well. */
  judge() {
    const loudest = [...this.pieces].sort((one, other) => other.power - one.power).slice(0, LOUDEST);
    if (mean(loudest.map((each) => each.clipped)) > this.limits.clipped) return "further";
    const level = 10 * Math.log10(mean(loudest.map((each) => each.power)) + 1e-12);
    return level < this.limits.level_dbfs ? "closer" : "";
  }

  say(hint) {
    this.said = hint;
    this.silent = 0;
    this.ask.part("hint").textContent = hint && this.ask.words(hint);
  }
}
