"""Where a gateway runs and what it stands on, typed and explained where it stands."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

LOCAL = {"localhost", "127.0.0.1", "::1"}

ISSUER = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:/[A-Za-z0-9._~-]+)*"
)
"""RFC 8414, section 2: neither query nor fragment; clients compare it character by character."""


class Deployment(BaseSettings):
    """Settings of this one installation."""

    model_config = SettingsConfigDict(env_prefix="GATEHOUSE_", frozen=True, extra="ignore")

    env: Literal["production", "development", "test"] = Field(
        "production",
        description="Where this runs; `production` refuses simulators and `limits=off`",
    )
    data: Path = Field(Path("var"), description="Folder of the embedded database, keys and sockets")
    issuer: str = Field(
        "http://localhost:8080",
        description="Public address, the `iss` of every token; may have a path; "
        "https unless it is localhost",
    )
    service_name: str = Field("Gatehouse", description="Name shown on pages and in messages")
    controller: str = Field(
        "", description="Who is responsible for the data of people (GDPR, Article 4(7))"
    )
    privacy_contact: str = Field("", description="Where people turn to about their data")
    host: str = Field("127.0.0.1", description="Address to listen on")
    port: int = Field(8080, description="Port to listen on", ge=1, le=65535)
    workers: int = Field(1, description="Web worker processes", ge=1)
    threads: int = Field(8, description="Requests one web worker handles at a time", ge=1)
    tls_certificate: Path | None = Field(None, description="PEM certificate chain; enables TLS 1.3")
    tls_key: Path | None = Field(None, description="PEM private key of the certificate")
    trusted_proxy: bool = Field(
        False, description="Take the client's address from X-Forwarded-For of the last proxy"
    )
    client_certificate_header: str = Field(
        "",
        description="Field in which the trusted proxy hands client certificates on, `Client-Cert` "
        "(RFC 9440) or another; the proxy must drop it from what clients send",
    )
    database_url: str = Field(
        "", description="SQLAlchemy URL (`postgresql+psycopg://...`); default SQLite in `data`"
    )
    keystore: str = Field(
        "", description="SQLAlchemy URL of the subject keys, never in the database's backup"
    )
    key_file: Path | None = Field(
        None, description="JSON file of key-encryption keys and pepper, mode 0600"
    )
    valkey_url: str = Field(
        "",
        description="Valkey that counts limits for all replicas, `valkey://`, `valkeys://` (TLS) "
        "or `unix://`; default: the database counts (`valkey` extra)",
    )
    places_file: Path | None = Field(
        None,
        description="Where networks are: CSV lines `network,latitude,longitude`, or an MMDB file "
        "(`places` extra); none: nobody asks where a login comes from",
    )
    limits: Literal["on", "off"] = Field(
        "on", description="Attempt limits; `off` is honoured in development only, for load tests"
    )
    simulators: bool = Field(False, description="Allow simulated sensors; refused in production")
    smtp_url: str = Field(
        "", description="Mail server, `smtp://user:password@host:587` (STARTTLS) or `smtps://`"
    )
    mail_from: str = Field("gatehouse@localhost", description="Sender of the e-mails")
    phone_webhook_url: str = Field("", description="Receives phone messages as signed JSON")
    phone_webhook_secret_file: Path | None = Field(
        None, description="File with the secret that signs phone messages"
    )
    twilio_account_sid: str = Field(
        "", description="Twilio account that carries phone messages, in the webhook's place"
    )
    twilio_key_sid: str = Field("", description="API key of Twilio; none: the account's own token")
    twilio_secret_file: Path | None = Field(
        None, description="File with the secret of the API key, or with the account's token"
    )
    twilio_from: str = Field(
        "", description="Number or name that people see, or the SID of a messaging service"
    )
    twilio_url: str = Field("https://api.twilio.com", description="Twilio, or a region of it")
    pkcs11_module: Path | None = Field(
        None, description="PKCS#11 library that makes and holds the signing keys (`pkcs11` extra)"
    )
    pkcs11_token: str = Field("gatehouse", description="Label of the PKCS#11 token")
    pkcs11_pin_file: Path | None = Field(
        None, description="File with the PIN of the PKCS#11 token, mode 0600"
    )
    fetch_loopback: bool = Field(
        False,
        description="Fetch the documents of clients from this machine too, for trials and tests; "
        "refused in production, and where the issuer is not localhost",
    )
    history_days: int = Field(
        0,
        description="Days for which the audit trail is kept; 0: for ever; no admin shortens it",
        ge=0,
        le=36500,
    )
    audit_checkpoint_seconds: int = Field(
        60, description="How often what was written to the audit trail is signed", ge=1, le=3600
    )
    audit_anchor_file: Path | None = Field(
        None,
        description="File that signed checkpoints of the audit trail are appended to; best on a "
        "disk that only grows; default in `data`",
    )
    audit_anchor_url: str = Field(
        "", description="Service that signed checkpoints of the audit trail are posted to"
    )
    audit_url: str = Field(
        "", description="Service (SIEM) that the audit trail is posted to, as JSON lines"
    )
    audit_secret_file: Path | None = Field(
        None, description="File with the secret (`whsec_...`) that signs both"
    )
    inference_socket: Path | None = Field(
        None, description="Unix socket of the inference pool; default in `data`"
    )

    @model_validator(mode="after")
    def _sound(self) -> Self:
        issuer = urlsplit(self.issuer)
        if not ISSUER.fullmatch(self.issuer):
            raise ValueError(
                "GATEHOUSE_ISSUER must be an http(s) address that ends without a slash"
            )
        if self.env == "production" and not self.secure and issuer.hostname not in LOCAL:
            raise ValueError("GATEHOUSE_ISSUER must be https in production")
        if self.client_certificate_header and not self.trusted_proxy:
            raise ValueError("GATEHOUSE_CLIENT_CERTIFICATE_HEADER needs GATEHOUSE_TRUSTED_PROXY")
        if self.env == "production" and self.simulators:
            raise ValueError("GATEHOUSE_SIMULATORS is refused in production")
        if self.env == "production" and self.limits == "off":
            raise ValueError("GATEHOUSE_LIMITS=off is honoured in development only")
        return self

    @model_validator(mode="after")
    def _on_trial_alone(self) -> Self:
        if self.fetch_loopback and not self.on_trial:
            raise ValueError("GATEHOUSE_FETCH_LOOPBACK is for development on localhost alone")
        return self

    @property
    def path(self) -> str:
        """Path that everything here is under; empty for the whole of a host."""
        return urlsplit(self.issuer).path

    @property
    def secure(self) -> bool:
        """Whether the public address is https."""
        return self.issuer.startswith("https://")

    @property
    def on_trial(self) -> bool:
        """Whether this is no production, and runs on the machine of whoever tries it out."""
        return self.env != "production" and urlsplit(self.issuer).hostname in LOCAL

    @property
    def embedded(self) -> bool:
        """Whether the database is the SQLite file of `data`, set up without being asked."""
        return not self.database_url

    @property
    def database(self) -> str:
        """URL of the database in use."""
        return self.database_url or f"sqlite:///{self.data / 'gatehouse.db'}"

    @property
    def keystore_url(self) -> str:
        """URL of the keystore in use."""
        return self.keystore or f"sqlite:///{self.data / 'keystore.db'}"

    @property
    def keys(self) -> Path:
        """File of the key-encryption keys and the pepper."""
        return self.key_file or self.data / "keys.json"

    @property
    def audit_anchors(self) -> Path:
        """File of the checkpoints that are kept outside the database."""
        return self.audit_anchor_file or self.data / "audit-anchors.jsonl"

    @property
    def inference(self) -> Path:
        """Socket of the inference pool."""
        return self.inference_socket or self.data / "inference.sock"
