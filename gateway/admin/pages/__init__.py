"""The admin pages: each shows what operations give, and asks for operations."""
