/** Digits that are shown one at a time while somebody records; the recording is their clock. */

const TAIL = 1.2; // seconds after the last
const PACE = { usual: 0.9, slower: 1.5 };
const FRESH = 15; // seconds for which digits may wait until somebody begins

export class Digits {
  constructor(ask) {
    this.ask = ask;
    this.renew();
  }

  /** Take the digits of the ask, which were never shown. */
  renew() {
    this.digits = [...this.ask.options.digits];
    this.since = Date.now();
    this.shown = false;
  }

  get stale() {
    return this.shown || Date.now() - this.since > 1000 * FRESH;
  }

  get pace() {
    return this.ask.part("slower").checked ? PACE.slower : PACE.usual;
  }

  /** Seconds of recording before the first; speech that begins earlier is no answer. */
  get lead() {
    return this.ask.options.lead_ms / 1000;
  }

  get seconds() {
    return this.lead + this.pace * this.digits.length + TAIL;
  }

  /** Show the digit that is due; each is put there once, so that it is read out once. */
  at(seconds) {
    const due = Math.min(Math.floor((seconds - this.lead) / this.pace), this.digits.length - 1);
    if (due < 0 || due === this.due) return;
    [this.due, this.shown] = [due, true];
    this.ask.part("digit").textContent = this.digits[due];
    this.ask.part("word").textContent = this.word(this.digits[due]);
    this.ask.part("place").textContent = this.ask
      .words("place")
      .replace("{number}", due + 1)
      .replace("{count}", this.digits.length);
  }

  /** The word to say, where the digits are to be said in a language that the page knows. */
  word(digit) {
    const words = this.ask.element.querySelectorAll('[data-part="words"] li');
    return this.ask.options.language === "en" ? words[digit].textContent : "";
  }

  clear() {
    this.due = undefined;
    for (const part of ["digit", "word", "place"]) this.ask.part(part).textContent = "";
  }
}
