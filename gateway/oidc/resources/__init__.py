"""What tokens are for: protected resources (RFC 8707) and authorization details (RFC 9396)."""
