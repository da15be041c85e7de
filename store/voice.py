"""What is kept of people who answer in chats and calls."""

from __future__ import annotations

from store.voice_calls import VoiceCalls
from store.voice_note_consents import VoiceNoteConsents
from store.voice_notes import VoiceNotes
from store.work import Work


class Voice:
    """Who agreed to it, which challenges wait, which calls go on."""

    def __init__(self, work: Work) -> None:
        self.consents = VoiceNoteConsents(work)
        self.notes = VoiceNotes(work)
        self.calls = VoiceCalls(work)

    def withdraw(self, account_id: str, client_id: str) -> bool:
        """End a consent and whatever was under way by it; False where none stood."""
        self.notes.forget(account_id, client_id)
        self.calls.forget(account_id, client_id)
        return self.consents.withdraw(account_id, client_id)

    def forget(self, account_id: str) -> None:
        """Forget whatever is under way of a person, by any client."""
        self.notes.forget_all(account_id)
        self.calls.forget_all(account_id)
