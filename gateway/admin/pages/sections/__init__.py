"""The sections of the admin pages, in the order of the menu."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.admin.pages.sections import (
    audit,
    biometrics,
    branding,
    clients,
    keys,
    kiosks,
    operators,
    people,
    policy,
    privacy,
    recoveries,
    resources,
    retention,
    streams,
    webhooks,
)
from gateway.admin.pages.shapes import Action, Page

ALL = (
    people,
    recoveries,
    operators,
    clients,
    resources,
    keys,
    kiosks,
    branding,
    policy,
    webhooks,
    streams,
    biometrics,
    retention,
    privacy,
    audit,
)

SECTIONS: Mapping[str, Page] = {each.SECTION.page.name: each.SECTION.page for each in ALL}

ACTIONS: Mapping[str, Action] = {
    action.operation: action for each in ALL for action in each.SECTION.actions
}

HOMES: Mapping[str, str] = {
    action.operation: each.SECTION.page.name for each in ALL for action in each.SECTION.actions
}
"""The section in which each operation is asked for."""
