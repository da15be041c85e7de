/** Looks whether something else waits on this device than the page shows, and shows it. */

const { watch: shown, at } = document.querySelector("[data-watch]").dataset;
const [SOON, LATE, FAILING] = [2000, 10_000, 60_000];
let pause = SOON;
let timer;

async function look() {
  try {
    const answer = await fetch(at, { headers: { Accept: "application/json" } });
    const { request } = await answer.json();
    if ((request ?? "") !== shown) return location.reload();
    pause = Math.min(pause * 1.2, LATE);
  } catch {
    pause = Math.min(pause * 2, FAILING);
  }
  wait();
}

function wait() {
  clearTimeout(timer);
  if (document.visibilityState === "visible") timer = setTimeout(look, pause);
}

/** A page that is not looked at asks nothing; one that is looked at again is up to date at once. */
document.addEventListener("visibilitychange", () => {
  clearTimeout(timer);
  pause = SOON;
  if (document.visibilityState === "visible") look();
});

wait();
