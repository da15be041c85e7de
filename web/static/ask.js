/** What the modules of all asks share: their part of the page, its words, its form. */

export class Ask {
  constructor(element) {
    this.element = element;
    this.options = JSON.parse(element.dataset.options);
    this.form = element.closest("form");
    this.go = this.part("go");
  }

  /** The element that the template marked with this name. */
  part(name) {
    return this.element.querySelector(`[data-part="${name}"]`);
  }

  /** The template's words for a situation, or for any other failure. */
  words(situation) {
    const find = (name) => this.element.querySelector(`[data-say="${name}"]`);
    return (find(situation) ?? find("other")).textContent;
  }

  /** Let the person start: nothing happens before this press. */
  ready() {
    this.go.hidden = false;
  }

  /** Tell how it goes, politely. */
  say(situation) {
    this.part("problem").hidden = true;
    this.part("status").textContent = this.words(situation);
  }

  /** Tell what went wrong and offer another try. */
  fail(situation) {
    this.part("status").textContent = "";
    this.part("problem").textContent = this.words(situation);
    this.part("problem").hidden = false;
    this.go.textContent = this.go.dataset.again;
  }

  /** Send the form with the answer in it. */
  send() {
    this.form.requestSubmit();
  }
}

/** Set up every ask of this type on the page. */
export function mount(type, setUp) {
  for (const element of document.querySelectorAll(`[data-ask="${type}"]`)) setUp(new Ask(element));
}

/** An ask that a page leads to, fetched without leaving this one; null where there is none. */
export async function fetchAsk(action, body, type, signal) {
  return askIn(await fetch(action, { method: "POST", body, signal }), type);
}

/** The ask of a page that was fetched; null where there is none. */
export async function askIn(response, type) {
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const element = page.querySelector(`[data-ask="${type}"]`);
  return element && new Ask(element);
}
