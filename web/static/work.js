/** Has the work of a form done beside the page while it is filled in; the form waits for it.
 *
 * Where that cannot be, the words about waiting stay, and the person waits in its place.
 */

for (const element of document.querySelectorAll("[data-work]")) {
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  const words = (name) => element.querySelector(`[data-say="${name}"]`).content.textContent;
  const form = element.closest("form");
  let held = false;

  const hold = (event) => {
    event.preventDefault();
    held = true;
    part("status").textContent = words("checking");
  };
  const release = (status) => {
    form.removeEventListener("submit", hold);
    part("status").textContent = status;
    if (held) form.requestSubmit();
  };

  const worker = new Worker(new URL("work-solver.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => {
    worker.terminate();
    element.querySelector('[name="solution"]').value = data;
    release(words("checked"));
  });
  worker.addEventListener("error", () => {
    part("wait").hidden = false;
    release("");
  });
  part("wait").hidden = true;
  form.addEventListener("submit", hold);
  worker.postMessage({ challenge: element.dataset.work, bits: Number(element.dataset.bits) });
}
