/** Shows what the kiosk's microphone hears while it records; the page works without it. */

const EVERY = 150; // ms

/** One recording: sends the form and follows the level until the answer comes. */
class Recording {
  constructor(form) {
    this.form = form;
    this.heard = false;
  }

  part(name) {
    return this.form.querySelector(`[data-part="${name}"]`);
  }

  async run() {
    this.form.querySelector("button").disabled = true;
    this.show(null);
    const timer = setInterval(() => this.look(), EVERY);
    const body = new URLSearchParams(new FormData(this.form));
    try {
      await fetch(location.pathname, { method: "POST", body, redirect: "manual" });
    } finally {
      clearInterval(timer);
      location.reload();
    }
  }

  async look() {
    const { level } = await (await fetch(this.form.dataset.watch)).json();
    this.show(level);
  }

  show(level) {
    if (level !== null) this.heard = true;
    this.say(level !== null ? "recording" : this.heard ? "sending" : "opening");
    this.part("level").hidden = level === null;
    this.part("meter").value = level ?? 0;
  }

  /** Tell a change once: a screen reader reads out whatever is written here. */
  say(situation) {
    const words = this.form.querySelector(`[data-say="${situation}"]`).textContent;
    if (this.part("status").textContent !== words) this.part("status").textContent = words;
  }
}

for (const form of document.querySelectorAll("form[data-watch]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    new Recording(form).run();
  });
}
