"""The device authorization grant (RFC 8628): asked for on a device without a browser."""
