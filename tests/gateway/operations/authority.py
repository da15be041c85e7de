"""An authority that certifies clients, for tests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

DAY = timedelta(days=1)


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@dataclass
class Authority:
    """Signs certificates of a day."""

    folder: Path
    key: ec.EllipticCurvePrivateKey = field(default_factory=_key)

    @property
    def file(self) -> Path:
        """Return the file with its own certificate."""
        own = self._signed(self.key, "an authority", ca=True)
        file = self.folder / "authority.pem"
        file.write_bytes(own.public_bytes(Encoding.PEM))
        return file

    def certified(self, name: str) -> tuple[Path, x509.Certificate]:
        """Return a file with a new key and its certificate, and the certificate."""
        key = _key()
        made = self._signed(key, name, ca=False)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        file = self.folder / f"{name}.pem"
        file.write_bytes(private + made.public_bytes(Encoding.PEM))
        return file, made

    def _signed(self, key: ec.EllipticCurvePrivateKey, name: str, *, ca: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name.from_rfc4514_string(f"CN={name}"))
            .issuer_name(x509.Name.from_rfc4514_string("CN=an authority"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - DAY)
            .not_valid_after(now + DAY)
            .add_extension(x509.BasicConstraints(ca, None), critical=True)
        )
        if not ca:
            names = x509.SubjectAlternativeName([x509.DNSName(name)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())
