"""What was issued: its form, what may be said of it, and how it ends."""
