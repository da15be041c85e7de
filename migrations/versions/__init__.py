"""The lines of migrations, one for each database."""
