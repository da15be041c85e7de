"""The trail, outside the database: anchored, pushed, exported, looked at."""
