/** Takes the ticket out of the link: what follows # is sent to no server and stays in no log. */

function take() {
  const ticket = location.hash.slice(1);
  if (!ticket) return;
  document.getElementById("ticket").value = ticket;
  history.replaceState(null, "", location.pathname);
}

take();
addEventListener("hashchange", take);
