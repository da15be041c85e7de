"""The demo: a gateway, a chatbot and an outbox on one machine, made for looking around."""
