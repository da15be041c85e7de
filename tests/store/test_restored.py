"""What a backup brought back that must not count again."""

from __future__ import annotations

from contracts.assurance import Assurance
from store import Client, Store
from store.grants import Access
from store.streams import Wanted
from tests.store.conftest import DAY


def test_what_ended_with_a_backup_is_ended_in_status_lists_and_waits_in_no_stream(
    store: Store, assurance: Assurance, chatbot: Client
) -> None:
    with store.write() as tx:
        access = Access(scope="openid")
        grant = tx.grants.open(assurance, chatbot.id, access, DAY, listed=True)
        tx.grants.open(assurance, chatbot.id, access, DAY)
        stream = tx.streams.add(chatbot.id, Wanted())
        assert stream
        tx.stream_events.put(stream, {"sub_id": {}})
    with store.write() as tx:
        assert tx.restored.forget_what_counts_once() == 3
    assert grant.status_list is not None
    with store.read() as tx:
        assert tx.statuses.ended(grant.status_list) == [grant.status_index]
        assert tx.stream_events.count(stream.id) == 0
        assert tx.grants.get(grant.id) is None
