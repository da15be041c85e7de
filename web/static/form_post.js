// Sends the one form of the page at once (OAuth 2.0 Form Post Response Mode 1.0).

document.querySelector("form[data-send]").submit();
