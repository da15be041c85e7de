"""What passkeys need beside their ceremonies: the models' metadata, the related origins."""
