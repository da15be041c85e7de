"""The test plan of RP-Initiated Logout, its modules by their names."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.gateway.oidc.logout.rp_initiated.conftest import AFTER, Case, asked, refused


class TestPlan:
    """The modules of the OpenID Foundation's RP-initiated logout plan, by their names."""

    def test_oidcc_rp_initiated_logout(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER, state="x y&z")
        assert answer.status_code == 303
        assert answer.location.partition("?")[0] == AFTER
        assert parse_qs(urlsplit(answer.location).query) == {"state": ["x y&z"]}
        assert not case.logged_in()
        assert case.alive() == [401, 400]

    def test_oidcc_rp_initiated_logout_bad_id_token_hint(self, case: Case) -> None:
        for bad in ("nonsense", "a.b.c", case.tokens["access_token"], "e30.e30."):
            refused(case, case.logout(id_token_hint=bad, post_logout_redirect_uri=AFTER))
            refused(case, case.logout(id_token_hint=bad))

    def test_oidcc_rp_initiated_logout_bad_post_logout_redirect_uri(self, case: Case) -> None:
        refused(case, case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER + "x"))

    def test_oidcc_rp_initiated_logout_modified_id_token_hint(self, case: Case) -> None:
        head, claims, signature = case.hint.split(".")
        first = "A" if signature[0] != "A" else "B"
        modified = f"{head}.{claims}.{first}{signature[1:]}"
        refused(case, case.logout(id_token_hint=modified, post_logout_redirect_uri=AFTER))

    def test_oidcc_rp_initiated_logout_no_id_token_hint(self, case: Case) -> None:
        asked(case, case.logout(post_logout_redirect_uri=AFTER, state="x"))
        case.person.page = case.logout(post_logout_redirect_uri=AFTER, state="x")
        done = case.person.fill(case.person.form(action="/oauth/logout/confirm"))
        assert done.status_code == 200
        assert "You are logged out" in done.text
        assert AFTER not in done.text

    def test_oidcc_rp_initiated_logout_no_params(self, case: Case) -> None:
        asked(case, case.logout())
        case.person.page = case.logout()
        case.person.fill(case.person.form(action="/oauth/logout/confirm"))
        assert not case.logged_in()
        assert case.alive() == [401, 400]

    def test_oidcc_rp_initiated_logout_no_post_logout_redirect_uri(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, state="x")
        assert answer.status_code == 200
        assert "You are logged out" in answer.text
        assert not case.logged_in()

    def test_oidcc_rp_initiated_logout_no_state(self, case: Case) -> None:
        answer = case.logout(id_token_hint=case.hint, post_logout_redirect_uri=AFTER)
        assert (answer.status_code, answer.location) == (303, AFTER)

    def test_oidcc_rp_initiated_logout_only_state(self, case: Case) -> None:
        asked(case, case.logout(state="x"))

    def test_oidcc_rp_initiated_logout_query_added_to_post_logout_redirect_uri(
        self, case: Case
    ) -> None:
        uri = f"{AFTER}?foo=bar"
        refused(case, case.logout(id_token_hint=case.hint, post_logout_redirect_uri=uri))

    def test_oidcc_rp_initiated_logout_discovery_endpoint_verification(self, case: Case) -> None:
        metadata = case.person.client.get("/.well-known/openid-configuration").get_json()
        assert metadata["end_session_endpoint"] == "http://localhost:8080/oauth/logout"
