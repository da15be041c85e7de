"""One folder per factor, and what finds them; no web, no database."""
