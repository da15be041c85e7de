"""Every setting of the gateway, typed and explained where it stands.

`Deployment` is for whoever runs the machine alone, `Policy` is for admins too. Factors, drivers and
the kiosk own their settings; these classes know none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, Field, PrivateAttr, ValidationError, field_validator
from pydantic_settings import NoDecode

from contracts.errors import Misconfigured
from gateway.deployment import Deployment

Seconds = Annotated[int, Field(le=315_360_000)]
Days = Annotated[int, Field(le=36_500)]
Count = Annotated[int, Field(le=1_000_000_000)]
"""What no admin means: dates beyond the calendar, and numbers that no database holds."""


class Policy(BaseModel):
    """Settings that admins may overrule, each within its bounds."""

    registration: Literal["closed", "open"] = Field(
        "closed", description="Whether people may make accounts by themselves"
    )
    require_pushed_authorization_requests: bool = Field(
        False, description="Take authorization requests by PAR alone (RFC 9126), from every client"
    )
    code_seconds: int = Field(60, description="Life of an authorization code", ge=1, le=600)
    access_token_seconds: Seconds = Field(
        300, description="Life of an access token where the client says nothing", ge=1
    )
    id_token_seconds: Seconds = Field(300, description="Life of an ID token", ge=1)
    message_token_seconds: int = Field(
        60, description="Life of an access token for one message", ge=1, le=300
    )
    signing_key_days: Days = Field(
        90, description="Age at which a signing key is followed by the next", ge=1
    )
    jwks_seconds: int = Field(
        300,
        description="How long anyone may cache the JWK Set; keys are published so long ahead",
        ge=1,
        le=86400,
    )
    client_registration: Literal["closed", "token", "open"] = Field(
        "token",
        description="Who may register clients (RFC 7591): nobody, the bearer of an initial access "
        "token, or anyone",
    )
    registrations_per_hour: Count = Field(
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
    dpop_nonce: Literal["offered", "required"] = Field(
        "offered",
        description="Whether DPoP proofs must carry a nonce of ours; an old one never counts",
    )
    refresh_idle_seconds: Seconds = Field(3600, description="Life of an unused refresh token", ge=1)
    refresh_absolute_seconds: Seconds = Field(86400, description="Life of a grant altogether", ge=1)
    session_seconds: Seconds = Field(86400, description="Life of a browser session", ge=1)
    session_idle_seconds: Seconds = Field(
        3600, description="Life of an unused browser session", ge=1
    )
    aal3_seconds: int = Field(
        43200, description="How long a session that reached `aal3` is one", ge=1, le=43200
    )
    aal3_idle_seconds: int = Field(
        900, description="How long an unused session that reached `aal3` is one", ge=1, le=900
    )
    signup_seconds: Seconds = Field(
        1800, description="Time a person has to make an account by themselves", ge=60
    )
    signups_per_source: Count = Field(
        20, description="Codes that one address may have sent an hour to make accounts", ge=1
    )
    signups_per_hour: Count = Field(
        1000, description="Codes sent an hour to make accounts, all together", ge=1
    )
    login_seconds: Seconds = Field(600, description="Time a person has to finish a login", ge=1)
    ticket_seconds: Seconds = Field(86400, description="Life of an enrolment ticket", ge=1)
    enrolment_seconds: Seconds = Field(
        1800, description="Time to enrol once a ticket is used", ge=1
    )
    pairing_seconds: Seconds = Field(3600, description="Life of a kiosk's pairing code", ge=1)
    fresh_seconds: int = Field(
        900,
        description="How old a login may be before people change their factors, and operators do "
        "what is dangerous",
        ge=1,
        le=3600,
    )
    biometric_fresh_seconds: Seconds = Field(
        300, description="How long a biometric proof counts as fresh (`mfa+voice`)", ge=1
    )
    voice_call_idle_seconds: int = Field(
        120,
        description="Silence after which a call is over: twice as long as its digits are good for",
        ge=10,
        le=3600,
    )
    voice_call_segments: int = Field(
        600,
        description="Segments of one call: half an hour of three seconds each, the least in which "
        "a change of speaker is seen",
        ge=1,
        le=100_000,
    )
    voice_call_segments_per_minute: int = Field(
        30,
        description="Segments of one call in a minute: of two seconds each, without a pause",
        ge=1,
        le=600,
    )
    failures_per_login: Count = Field(5, description="Wrong answers that end one login", ge=1)
    failures_per_hour: Count = Field(10, description="Wrong answers per account and factor", ge=1)
    failures_per_source: Count = Field(100, description="Wrong answers per address an hour", ge=1)
    names_per_source: Count = Field(
        20, description="Names that one address is wrong about an hour before it is a spray", ge=1
    )
    names_per_hour: Count = Field(
        500,
        description="Names that all together are wrong about an hour before it is a spray",
        ge=1,
    )
    hashings_per_minute: Count = Field(
        300, description="Passwords tried a minute before browsers are asked for work first", ge=1
    )
    device_code_seconds: int = Field(
        600, description="Life of the codes of a device without a browser", ge=60, le=1800
    )
    device_entries_per_hour: Count = Field(
        1000, description="Wrong codes of devices that people may enter an hour, all together", ge=1
    )
    backchannel_seconds: Seconds = Field(
        120, description="Time a person has to answer a backend that asks for them", ge=10
    )
    backchannel_longest_seconds: Seconds = Field(
        300, description="The longest time that a backend may ask for", ge=10
    )
    backchannel_silence_seconds: Seconds = Field(
        600, description="How long a backend cannot reach a person who has refused it", ge=1
    )
    backchannel_requests_per_hour: Count = Field(
        10, description="Requests of backends that reach a person an hour and are not allowed", ge=1
    )
    failures_disable: int = Field(
        100, description="Consecutive wrong answers that disable one authenticator", ge=1, le=100
    )
    biometric_failures: int = Field(
        5, description="Consecutive refusals after which a biometric rests", ge=1, le=5
    )
    biometric_target_fmr: Literal["1e-3", "1e-4"] = Field(
        "1e-4",
        description="How often a biometric may take one person for another; thresholds follow",
    )
    erasure_grace_days: int = Field(
        7, description="How long a person who deleted their account can still keep it", ge=1, le=30
    )
    template_idle_days: int = Field(
        365,
        description="Days after which an unused biometric template is deleted; 0: never",
        ge=0,
        le=36500,
    )
    account_idle_days: int = Field(
        0,
        description="Days after which an unused account is asked to leave; 0: never",
        ge=0,
        le=36500,
    )
    messages_per_hour: Count = Field(10, description="Codes sent per account and hour", ge=1)
    questions_per_hour: int = Field(
        20,
        description="Spoken challenges per account and hour: whoever could see more would wait for "
        "the one that a recording answers",
        ge=5,
        le=100,
    )
    questions_per_day: int = Field(
        100, description="Spoken challenges per account and day", ge=5, le=2400
    )
    samples_per_hour: int = Field(
        60,
        description="Samples of an account that are measured an hour to enrol it: ten voices of "
        "six recordings, as many as one may take",
        ge=10,
        le=1000,
    )
    recovery_hours: int = Field(
        24, description="Wait before a recovery may add a factor; people may stop it", ge=1, le=720
    )
    recovery_four_eyes: Literal["on", "off"] = Field(
        "off", description="Whether a recovery that one operator starts needs another's approval"
    )
    recoveries_per_source: Count = Field(
        20, description="Recoveries that one address may begin an hour", ge=1
    )
    recoveries_per_hour: Count = Field(
        500, description="Recoveries that people may begin an hour, all together", ge=1
    )
    enroll_on_the_way: bool = Field(
        True, description="Let a person add a missing factor during a login"
    )
    factors_off: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Factors that are neither offered, accepted nor added, with commas between "
        "them; what people have of them stays",
    )

    @field_validator("factors_off", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return value.replace(",", " ").split() if isinstance(value, str) else value

    @property
    def recovery_wait(self) -> timedelta:
        """How long a recovery waits."""
        return timedelta(hours=self.recovery_hours)

    @property
    def erasure_grace(self) -> timedelta:
        """How long a person who leaves may think better of it."""
        return timedelta(days=self.erasure_grace_days)

    def span(self, name: str) -> timedelta:
        """Return the setting `<name>_seconds` as a time span."""
        return timedelta(seconds=getattr(self, f"{name}_seconds"))


class Settings(Policy, Deployment):
    """Settings of the gateway, read from environment variables `GATEHOUSE_*`."""

    _environment: Self | None = PrivateAttr(None)

    @property
    def environment(self) -> Self:
        """These settings as they are where no admin has overruled any."""
        return self._environment or self

    def overruled(self, values: Mapping[str, Any]) -> Self:
        """Return the environment's settings under these. Raises ValidationError.

        What is not for admins stays, whatever a policy in the database says.
        """
        given = self.environment.model_dump(exclude_unset=True)
        theirs = {name: value for name, value in values.items() if name in Policy.model_fields}
        made = type(self)(**{**given, **theirs})
        made._environment = self.environment
        return made


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
