"""What is asked for in one place and allowed in another: the device grant and CIBA alike."""
