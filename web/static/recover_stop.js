/** The code of a link stands after its #, where no server and no log sees it. */

const field = document.querySelector("[data-fragment]");
if (location.hash.length > 1) {
  field.value = location.hash.slice(1);
  history.replaceState(null, "", location.pathname);
}
