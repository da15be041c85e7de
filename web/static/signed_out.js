// Goes on once every frame has loaded, or after three seconds (Front-Channel Logout 1.0, section 3).

const frames = [...document.querySelectorAll("iframe")];
const loaded = frames.map((frame) => new Promise((resolve) => {
  frame.addEventListener("load", resolve, { once: true });
  frame.addEventListener("error", resolve, { once: true });
}));
const late = new Promise((resolve) => setTimeout(resolve, 3000));

await Promise.race([Promise.all(loaded), late]);
location.replace(document.querySelector("#back").href);
