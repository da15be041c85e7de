/** Digits that are shown one at a time while somebody records; the recording is their clock. */

import { seconds } from "../seconds.js";

const TAIL = 1.2; // seconds after the last
const PACE = { usual: 0.9, slower: 1.5 };
const MARGIN = 2; // seconds for the recording to arrive

export class Digits {
  constructor(ask) {
    this.ask = ask;
    this.renew();
  }

  /** Take the digits of the ask. */
  renew() {
    this.digits = [...this.ask.options.digits];
    this.until = Date.now() + 1000 * this.ask.options.seconds;
  }

  /** Seconds for which they still count; there are no others before. */
  get left() {
    return Math.max(0, Math.ceil((this.until - Date.now()) / 1000));
  }

  get stale() {
    return this.left < this.seconds + MARGIN;
  }

  /** Wait until there can be others, and show for how long. */
  async over() {
    for (; this.left > 0; await new Promise((go) => setTimeout(go, 250))) {
      const said = this.ask.words("others").replace("{time}", seconds(this.left));
      this.ask.part("place").textContent = said;
    }
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
    this.due = due;
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

  /** Say where the digits will be. */
  wait() {
    for (const part of ["digits", "pace"]) this.ask.part(part).hidden = false;
    this.ask.part("place").textContent = this.ask.words("idle");
  }
}
