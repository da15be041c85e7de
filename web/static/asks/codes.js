import { mount } from "../ask.js";

/** The sheet as text: its heading, then a code a line. */
function text(ask) {
  const name = ask.element.querySelector(".sheet-name").textContent.trim();
  const codes = [...ask.part("codes").children].map((code) => code.textContent.trim());
  return [name, "", ...codes, ""].join("\n");
}

/** Have the browser keep a file that was made in the page and never leaves it otherwise. */
function download(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type: "text/plain" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

mount("codes", (ask) => {
  ask.part("tools").hidden = false;
  ask.go.addEventListener("click", () => download(ask.options.file, text(ask)));
  ask.part("print").addEventListener("click", () => print());
});
