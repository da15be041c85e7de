"""Answering a login by a voice message or a call, through the chatbot that it is for."""
