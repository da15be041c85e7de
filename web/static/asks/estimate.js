/** A meter for what is being typed: the server judges it, a moment after the last key. */

const PAUSE = 400;

for (const box of document.querySelectorAll("[data-estimate]")) {
  const input = document.getElementById(box.dataset.of);
  const [meter, words] = box.children;
  let timer, asked = 0;

  const show = ({ score, words: said }) => {
    meter.value = score;
    words.textContent = said;
    box.hidden = false;
  };

  const ask = async () => {
    const mine = ++asked;
    const body = new FormData();
    body.set("csrf", input.form.elements.csrf.value);
    body.set("value", input.value);
    const answer = await fetch(box.dataset.estimate, { method: "POST", body }).catch(() => null);
    if (mine !== asked) return;
    if (answer?.ok) show(await answer.json());
    else box.hidden = true;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value) timer = setTimeout(ask, PAUSE);
    else {
      asked++;
      box.hidden = true;
    }
  });
}
