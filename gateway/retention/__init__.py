"""What is kept too long is deleted, by the worker, a batch at a time."""
