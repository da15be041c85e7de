"""How somebody is verified: they speak, and the utterance is judged."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.factor import Answer, Ask, Challenge, Enrolled, Kind, Verdict
from contracts.text import Text
from verifiers.voice.answers import recording
from verifiers.voice.deciding import Decider
from verifiers.voice.enrolment import Enrolment
from verifiers.voice.utterance import Ears

SECONDS = 8
AMR = ("vbm",)
PROMPT = Text(
    "Record yourself reading the phrase aloud. Your voice is compared with your voiceprint; "
    "whether you are speaking right now is not checked."
)


class Verifying:
    """Asks for one utterance and judges it."""

    def __init__(self, ears: Ears, decider: Decider) -> None:
        self._ears = ears
        self._decider = decider

    def begin(self) -> Challenge:
        """Ask for one phrase."""
        options = {"phrase": Enrolment.begin(1).phrase, "seconds": SECONDS}
        return Challenge((Ask("sample", "voice", PROMPT, options),))

    def finish(self, enrolled: Sequence[Enrolled], secret: bytes, answer: Answer) -> Verdict:  # noqa: ARG002
        """Compare one recording with the voiceprint. Raises Retry where it is too poor."""
        probe = self._ears.listen(recording(answer))
        found = self._decider.decide(probe, enrolled)
        if not found.matched:
            return Verdict(False, found.credential_id, found.score, found.reason, found.basis)
        return Verdict(
            True, found.credential_id, found.score, basis=found.basis, amr=AMR, kinds=KINDS
        )


KINDS = frozenset({Kind.INHERENCE})
