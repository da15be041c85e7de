/** How long something can still be answered: shown each second, said aloud twice. What can only be
 * done afterwards is not there before. */

import { seconds } from "./seconds.js";

const TOLD = [30, 10]; // seconds

for (const element of document.querySelectorAll("[data-countdown]")) {
  const part = (name) => element.querySelector(`[data-part="${name}"]`);
  const end = Date.now() + 1000 * element.dataset.countdown;
  let before = Number(element.dataset.countdown);

  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000));
    const shown = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    element.querySelector('[role="timer"]').textContent = shown;
    const passed = TOLD.find((at) => left <= at && before > at);
    if (passed) part("told").textContent = part("words").textContent.replace("{time}", seconds(left));
    before = left;
    if (left === 0) location.reload();
    else setTimeout(tick, 250);
  };

  part("total").hidden = true;
  part("left").hidden = false;
  tick();
}

for (const element of document.querySelectorAll("[data-over]")) element.hidden = true;
