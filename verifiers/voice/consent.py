"""What people agree to before their voice is recorded.

Whoever changes what a sentence means raises `version`: voiceprints of those who have agreed to less
rest until they agree anew.
"""

from __future__ import annotations

from contracts.abilities import Consent
from contracts.text import Text

CONSENT = Consent(
    version=2,
    points=(
        Text(
            "Your voice is recorded three times or more. From the recordings a voiceprint is made, "
            "a list of numbers that describes how you sound. The recordings are not kept."
        ),
        Text(
            "The voiceprint is kept encrypted with a key of your own. It is compared with your "
            "voice alone, when you log in with it, and never searched for or given to anybody."
        ),
        Text(
            "Of each recording a mark is kept for a month, from which nobody can hear anything, so "
            "that nobody can play it back in your place. Where this service has it switched on, "
            "your voiceprint follows how your voice changes; you can have that forgotten."
        ),
        Text(
            "You do not have to agree: you can log in in other ways, and nothing else about your "
            "account changes."
        ),
        Text(
            "You can withdraw your consent at any time on the page of your account. The voiceprint "
            "is then deleted at once."
        ),
    ),
)
