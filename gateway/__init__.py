"""The web application: login, the OpenID Provider, account pages, command line."""
