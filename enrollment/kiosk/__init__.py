"""The app that runs on the kiosk machine: a microphone, a key of its own, one page."""
