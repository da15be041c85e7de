"""What happened, told to whoever wants to hear of it."""
