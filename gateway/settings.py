"""Every setting of the gateway, typed and explained where it stands.

Factors, drivers and the kiosk own their settings; this class knows none of them.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.errors import Misconfigured

LOCAL = {"localhost", "127.0.0.1", "::1"}


ISSUER = re.compile(
    r"https?://(?:[A-Za-z0-9.-]+|\[[0-9a-f:.]+\])(?::[0-9]+)?(?:/[A-Za-z0-9._~-]+)*"
)
"""RFC 8414, section 2: neither query nor fragment; clients compare it character by character."""


class Settings(BaseSettings):
    """Settings of the gateway, read from environment variables `GATEHOUSE_*`."""

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
    require_pushed_authorization_requests: bool = Field(
        False, description="Take authorization requests by PAR alone (RFC 9126), from every client"
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
    inference_socket: Path | None = Field(
        None, description="Unix socket of the inference pool; default in `data`"
    )
    code_seconds: int = Field(60, description="Life of an authorization code", ge=1, le=600)
    access_token_seconds: int = Field(
        300, description="Life of an access token where the client says nothing", ge=1
    )
    id_token_seconds: int = Field(300, description="Life of an ID token", ge=1)
    message_token_seconds: int = Field(
        60, description="Life of an access token for one message", ge=1, le=300
    )
    signing_key_days: int = Field(
        90, description="Age at which a signing key is followed by the next", ge=1
    )
    jwks_seconds: int = Field(
        300,
        description="How long anyone may cache the JWK Set; keys are published so long ahead",
        ge=1,
        le=86400,
    )
    pkcs11_module: Path | None = Field(
        None, description="PKCS#11 library that makes and holds the signing keys (`pkcs11` extra)"
    )
    pkcs11_token: str = Field("gatehouse", description="Label of the PKCS#11 token")
    pkcs11_pin_file: Path | None = Field(
        None, description="File with the PIN of the PKCS#11 token, mode 0600"
    )
    client_registration: Literal["closed", "token", "open"] = Field(
        "token",
        description="Who may register clients (RFC 7591): nobody, the bearer of an initial access "
        "token, or anyone",
    )
    registrations_per_hour: int = Field(
        100, description="Clients that one address may register where registration is open", ge=1
    )
    client_metadata_documents: str = Field(
        "on",
        description="Clients whose id is the address of their metadata: `on`, `off`, or the hosts "
        "that are trusted",
    )
    dynamic_client_scope: str = Field(
        "openid profile email offline_access",
        description="What clients that no operator registered may ask for",
    )
    dynamic_client_acr: Literal["aal1", "mfa", "aal2", "phr"] = Field(
        "mfa", description="Least assurance that clients accept that no operator registered"
    )
    fetch_loopback: bool = Field(
        False,
        description="Fetch the documents of clients from this machine too, for trials and tests; "
        "refused in production, and where the issuer is not localhost",
    )
    dpop_nonce: Literal["offered", "required"] = Field(
        "offered",
        description="Whether DPoP proofs must carry a nonce of ours; an old one never counts",
    )
    refresh_idle_seconds: int = Field(3600, description="Life of an unused refresh token", ge=1)
    refresh_absolute_seconds: int = Field(86400, description="Life of a grant altogether", ge=1)
    session_seconds: int = Field(86400, description="Life of a browser session", ge=1)
    session_idle_seconds: int = Field(3600, description="Life of an unused browser session", ge=1)
    aal3_seconds: int = Field(
        43200, description="How long a session that reached `aal3` is one", ge=1, le=43200
    )
    aal3_idle_seconds: int = Field(
        900, description="How long an unused session that reached `aal3` is one", ge=1, le=900
    )
    login_seconds: int = Field(600, description="Time a person has to finish a login", ge=1)
    ticket_seconds: int = Field(86400, description="Life of an enrolment ticket", ge=1)
    enrolment_seconds: int = Field(1800, description="Time to enrol once a ticket is used", ge=1)
    pairing_seconds: int = Field(3600, description="Life of a kiosk's pairing code", ge=1)
    fresh_seconds: int = Field(
        900, description="How old a login may be when a person changes their factors", ge=1
    )
    biometric_fresh_seconds: int = Field(
        300, description="How long a biometric proof counts as fresh (`mfa+voice`)", ge=1
    )
    failures_per_login: int = Field(5, description="Wrong answers that end one login", ge=1)
    failures_per_hour: int = Field(10, description="Wrong answers per account and factor", ge=1)
    failures_per_source: int = Field(100, description="Wrong answers per address an hour", ge=1)
    device_code_seconds: int = Field(
        600, description="Life of the codes of a device without a browser", ge=60, le=1800
    )
    device_entries_per_hour: int = Field(
        1000, description="Wrong codes of devices that people may enter an hour, all together", ge=1
    )
    backchannel_seconds: int = Field(
        120, description="Time a person has to answer a backend that asks for them", ge=10
    )
    backchannel_longest_seconds: int = Field(
        300, description="The longest time that a backend may ask for", ge=10
    )
    backchannel_silence_seconds: int = Field(
        600, description="How long a backend cannot reach a person who has refused it", ge=1
    )
    backchannel_requests_per_hour: int = Field(
        10, description="Requests of backends that reach a person an hour and are not allowed", ge=1
    )
    failures_disable: int = Field(
        100, description="Consecutive wrong answers that disable one authenticator", ge=1, le=100
    )
    biometric_failures: int = Field(
        5, description="Consecutive refusals after which a biometric rests", ge=1, le=5
    )
    messages_per_hour: int = Field(10, description="Codes sent per account and hour", ge=1)
    enroll_on_the_way: bool = Field(
        True, description="Let a person add a missing factor during a login"
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
        if self.fetch_loopback and not self.on_trial:
            raise ValueError("GATEHOUSE_FETCH_LOOPBACK is for development on localhost alone")
        if self.env == "production" and self.simulators:
            raise ValueError("GATEHOUSE_SIMULATORS is refused in production")
        if self.env == "production" and self.limits == "off":
            raise ValueError("GATEHOUSE_LIMITS=off is honoured in development only")
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
    def inference(self) -> Path:
        """Socket of the inference pool."""
        return self.inference_socket or self.data / "inference.sock"

    def span(self, name: str) -> timedelta:
        """Return the setting `<name>_seconds` as a time span."""
        return timedelta(seconds=getattr(self, f"{name}_seconds"))


def load() -> Settings:
    """Read the settings from the environment. Raises Misconfigured with one line."""
    try:
        return Settings()
    except ValidationError as error:
        raise Misconfigured(detail=_first(error)) from error


def _first(error: ValidationError) -> str:
    problem = error.errors()[0]
    names = "".join(f"GATEHOUSE_{str(part).upper()}: " for part in problem["loc"])
    return names + problem["msg"].removeprefix("Value error, ")
