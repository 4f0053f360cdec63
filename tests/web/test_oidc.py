"""Sign-in at an OpenID provider that really runs, and everything that must not lead in."""

import socket
import ssl
import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from oidc_provider import CLIENT, SECRET, ECKey, OctKey, Provider
from starlette.testclient import TestClient
from web_house import PASSWORD, csrf_of

from lianzhi.store import accounts
from lianzhi.web.app import create_app
from lianzhi.web.core import oidc as oidc_module
from lianzhi.web.core.oidc import AT_ONCE, FRESH_MS, LEEWAY_S, REST_MS, OidcError, claim
from lianzhi.web.core.oidc import Provider as Client
from lianzhi.web.core.settings import Oidc, SettingsError, is_safe, load_settings

MINUTE = 60_000


@pytest.fixture
def provider(node):
    provider = Provider(lambda: node.clock // 1000)
    yield provider
    provider.close()


@pytest.fixture
def oidc(provider):
    return Oidc(
        issuer=provider.url,
        client_id=CLIENT,
        client_secret=SECRET,
        roles={"lz-review": "reviewer", "lz-admin": "admin"},
    )


@pytest.fixture
def enter(node, settings, oidc):
    """A client of an application with this provider; `create` as given."""
    opened = []

    def enter(**changes):
        given = msgspec.structs.replace(oidc, **changes)
        app = create_app(node, msgspec.structs.replace(settings, oidc=given))
        client = TestClient(app, follow_redirects=False)
        client.cookies.set("lang", "en")
        opened.append(client)
        return client

    yield enter
    for client in opened:
        client.close()


@pytest.fixture
def alice(node, provider):
    user = accounts.add_user(node.ledger, "alice", PASSWORD, ["reviewer"], node.clock, "test")
    accounts.link_user(node.ledger, "alice", (provider.url, "sub-1"), node.clock, "test")
    return user


def go(client, provider, following="/"):
    """There and back; returns the answer of the way back."""
    away = client.get("/login/oidc", params={"next": following})
    assert away.status_code == 303, away.text
    return client.get(provider.authorize(away.headers["location"]))


def inside(client):
    return client.get("/settings").status_code == 200


def test_a_linked_user_signs_in_and_lands_where_they_wanted(enter, provider, alice):
    client = enter()
    assert "Sign in with your organisation" in client.get("/login?next=%2Fcases").text
    client.get("/login")
    before = csrf_of(client)
    answer = go(client, provider, "/cases?status=all")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?status=all")
    assert inside(client)
    assert csrf_of(client) != before
    asked = provider.seen[0]
    assert asked["redirect_uri"] == "http://testserver/login/oidc/back"
    assert len(asked["nonce"]) >= 32
    assert len(asked["state"]) >= 32
    assert SECRET not in str(asked)
    assert go(client, provider).status_code == 303
    assert provider.seen[1]["nonce"] != asked["nonce"]


def test_without_a_provider_nothing_of_it_is_there(client):
    assert "/login/oidc" not in client.get("/login").text
    assert client.get("/login/oidc").status_code == 404
    assert client.get("/login/oidc/back?code=x&state=y").status_code == 404


@pytest.mark.parametrize(
    "following", ["//evil.example", "https://evil.example", "/login", "x", "/\\x"]
)
def test_it_never_leads_elsewhere(enter, provider, alice, following):
    assert go(enter(), provider, following).headers["location"] == "/"


FORGERIES = {
    "another nonce": {"more": {"nonce": "n" * 32}},
    "no nonce": {"more": {"nonce": None}},
    "another audience": {"more": {"aud": "somebody-else"}},
    "several audiences without us": {"more": {"aud": ["a", "b"]}},
    "another party": {"more": {"aud": [CLIENT, "b"], "azp": "b"}},
    "no audience": {"more": {"aud": None}},
    "another issuer": {"more": {"iss": "https://evil.example"}},
    "expired": {"more": {"exp": 1_795_608_300 - LEEWAY_S - 1}},
    "no expiry": {"more": {"exp": None}},
    "from the future": {"more": {"nbf": 1_795_608_300 + LEEWAY_S + 60}},
    "nobody": {"more": {"sub": None}},
    "no text for a subject": {"more": {"sub": 7}},
    "unsigned": {"algorithm": "none"},
    "signed with a shared secret": {
        "algorithm": "HS256",
        "key": OctKey.import_key(SECRET.ljust(32, "x"), {"kid": "k1"}),
    },
    "hash of another access token": {"more": {"at_hash": "AAAAAAAAAAAAAAAAAAAAAA"}},
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_an_id_token_that_is_not_right_leads_nowhere(enter, provider, alice, forgery):
    client = enter()
    for name, value in FORGERIES[forgery].items():
        setattr(provider, name, value)
    answer = go(client, provider)
    assert answer.status_code == 401
    assert "That sign-in did not work" in answer.text
    assert provider.tokens == 1, "the token came, and was refused"
    assert not inside(client)


def test_a_token_signed_by_a_stranger_leads_nowhere(enter, provider, alice):
    client, real = enter(), provider.key
    away = client.get("/login/oidc").headers["location"]  # keys are read here
    provider.rotate()
    provider.header = {"kid": real.kid}
    back = provider.authorize(away)
    assert client.get(back).status_code == 401
    assert not inside(client)


def test_new_keys_of_the_provider_are_fetched(enter, provider, alice):
    client = enter()
    assert go(client, provider).status_code == 303
    provider.rotate()
    assert go(client, provider).status_code == 303
    provider.key, provider.algorithm = ECKey.generate_key("P-256", {"kid": "ec"}), "ES256"
    assert go(client, provider).status_code == 303


def test_a_wrong_state_leads_nowhere(enter, provider, alice):
    client = enter()
    back = provider.authorize(client.get("/login/oidc").headers["location"])
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert client.get(back.replace(state, "x" * 32)).status_code == 401
    assert client.get(back).status_code == 401, "what the session kept was good once"
    assert provider.tokens == 0
    assert not inside(client)


def test_a_code_in_the_session_of_another_leads_nowhere(enter, provider, alice):
    thief, victim = enter(), enter()
    back = provider.authorize(thief.get("/login/oidc").headers["location"])
    victim.get("/login/oidc")
    assert victim.get(back).status_code == 401
    assert enter().get(back).status_code == 401
    assert provider.tokens == 0


def test_a_replayed_code_leads_nowhere(enter, provider, alice):
    client = enter()
    away = client.get("/login/oidc").headers["location"]
    cookie, back = client.cookies["lianzhi"], provider.authorize(away)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 401, "the session keeps nothing any more"
    client.cookies.clear()
    client.cookies.set("lianzhi", cookie)
    assert client.get(back).status_code == 401, "a copy of the old cookie: the provider refuses"
    assert provider.tokens == 1
    assert not inside(client)


def test_a_stolen_code_is_worth_nothing_without_the_verifier(enter, provider, alice):
    thief, victim = enter(), enter()
    stolen = provider.authorize(victim.get("/login/oidc").headers["location"])
    own = provider.authorize(thief.get("/login/oidc").headers["location"])
    code = parse_qs(urlsplit(stolen).query)["code"][0]
    mine = parse_qs(urlsplit(own).query)["code"][0]
    assert thief.get(own.replace(mine, code)).status_code == 401
    assert provider.tokens == 0


def test_it_has_to_be_finished_in_ten_minutes(enter, provider, alice, node):
    client = enter()
    back = provider.authorize(client.get("/login/oidc").headers["location"])
    node.clock += 10 * MINUTE
    assert client.get(back).status_code == 401


def test_what_the_person_refused_there_is_told(enter, provider, alice):
    client = enter()
    back = provider.authorize(client.get("/login/oidc").headers["location"])
    state = parse_qs(urlsplit(back).query)["state"][0]
    answer = client.get("/login/oidc/back", params={"error": "access_denied", "state": state})
    assert answer.status_code == 401
    assert not inside(client)


def test_disabled_users_stay_out(enter, provider, alice, node):
    accounts.disable_user(node.ledger, "alice", node.clock, "test")
    client = enter()
    answer = go(client, provider)
    assert answer.status_code == 403
    assert "account here is disabled" in answer.text
    assert not inside(client)


def test_a_name_alone_takes_nobody_over(enter, provider, node):
    accounts.add_user(node.ledger, "alice", PASSWORD, ["admin"], node.clock, "test")
    for create, said in ((False, "not here"), (True, "belongs to another user here")):
        client = enter(create=create)
        answer = go(client, provider)
        assert answer.status_code == 403
        assert said in answer.text
        assert not inside(client)
    (user,) = accounts.list_users(node.engine)
    assert user.subject is None


def test_the_same_subject_of_another_provider_is_another_person(enter, provider, node):
    accounts.add_user(node.ledger, "alice", PASSWORD, ["admin"], node.clock, "test")
    link = ("https://other.example", "sub-1")
    accounts.link_user(node.ledger, "alice", link, node.clock, "test")
    assert go(enter(), provider).status_code == 403


def test_strangers_become_users_with_the_roles_that_are_known(enter, provider, node):
    provider.claims["roles"] = ["lz-admin", "lz-review", "unknown", 7]
    client = enter(create=True)
    assert go(client, provider).status_code == 303
    assert inside(client)
    (user,) = accounts.list_users(node.engine)
    assert (user.name, user.roles) == ("alice", ("reviewer", "admin"))
    assert (user.issuer, user.subject, user.has_password) == (provider.url, "sub-1", False)
    assert "you sign in with your organisation" in client.get("/settings").text.lower()
    said = node.ledger.payload(0)
    assert said.pop("mark")
    assert said == {"user": "alice", "roles": ["reviewer", "admin"], "by": "oidc"}
    provider.claims["roles"] = ["lz-admin"]
    assert go(enter(create=True), provider).status_code == 303
    (again,) = accounts.list_users(node.engine)
    assert again.roles == user.roles, "afterwards roles are managed here"


@pytest.mark.parametrize(
    "claims",
    [
        {"roles": ["unknown"]},
        {"roles": None},
        {"roles": {"lz-admin": True}},
        {"preferred_username": None},
        {"preferred_username": 7},
        {"preferred_username": "a\nb"},
    ],
)
def test_strangers_without_a_known_role_or_name_stay_strangers(enter, provider, node, claims):
    provider.claims |= claims
    assert go(enter(create=True), provider).status_code == 403
    assert accounts.list_users(node.engine) == []


def test_claims_may_lie_deeper():
    claims = {"realm": {"roles": ["a"]}, "x.y": 1, "x": {"y": 2}}
    assert claim(claims, "realm.roles") == ["a"]
    assert claim(claims, "x.y") == 1
    assert claim(claims, "realm.nothing.more") is None


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://id.example/token"},
        {"jwks_uri": "http://id.example/keys"},
        {"authorization_endpoint": None},
        {"jwks_uri": "https://127.0.0.1:1/keys"},
    ],
)
def test_a_provider_that_describes_itself_badly_is_not_used(enter, provider, discovery):
    provider.discovery = discovery
    answer = enter().get("/login/oidc")
    assert answer.status_code == 502
    assert "does not answer" in answer.text


@pytest.mark.parametrize("field", ["token_endpoint", "jwks_uri"])
@pytest.mark.parametrize(
    "host", ["10.0.0.8", "169.254.169.254", "167772161", "[fe80::1]", "[::ffff:192.168.1.1]"]
)
def test_a_provider_cannot_lead_into_a_private_network(enter, provider, caplog, field, host):
    provider.discovery = {field: f"https://{host}/inside"}
    assert enter().get("/login/oidc").status_code == 502
    assert "which is not public" in caplog.text


@pytest.mark.parametrize("networks", [(), ("10.0.0.0/8",)])
def test_the_issuer_itself_must_be_public_or_in_a_network_that_is_named(
    enter, caplog, monkeypatch, networks
):
    opened = []
    place = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.8", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **named: place)

    def create_connection(address, *args, **named):
        opened.append(address)
        raise OSError("no route in a test")

    monkeypatch.setattr(socket, "create_connection", create_connection)
    client = enter(issuer="https://id.example", networks=networks)
    assert client.get("/login/oidc").status_code == 502
    assert ("which is not public" in caplog.text) == (not networks)
    assert opened == [("10.0.0.8", 443)] * len(networks)


def test_the_code_is_not_sent_into_a_private_network(oidc, provider, node, monkeypatch):
    """The address of the token endpoint was public when the provider was described."""
    client = Client(oidc)
    _, pending = client.begin("http://testserver/x", "/", node.clock)
    inside = msgspec.structs.replace(client._known, token="https://10.0.0.8/token")
    monkeypatch.setattr(client, "_known", inside)
    with pytest.raises(OidcError, match="not public"):
        client.finish("http://testserver/x", "code", pending, node.clock)


def test_a_provider_that_is_away_is_told_and_tried_again(enter, provider, alice, node):
    client = enter(issuer="http://127.0.0.1:1")
    assert client.get("/login/oidc").status_code == 502
    provider.discovery = {"issuer": "wrong"}
    client = enter()
    assert client.get("/login/oidc").status_code == 502
    provider.discovery = {}
    assert client.get("/login/oidc").status_code == 502, "it is left alone for a while"
    node.clock += REST_MS
    assert go(client, provider).status_code == 303


def test_a_wrong_client_secret_leads_nowhere_and_is_not_logged(enter, provider, alice, caplog):
    client = enter(client_secret="wrong-one")
    assert go(client, provider).status_code == 401
    assert "sign-in at the provider" in caplog.text
    assert "wrong-one" not in caplog.text


def test_description_is_read_again_after_an_hour_and_kept_while_there_is_none(oidc, provider, node):
    client, at = Client(oidc), node.clock
    first, _ = client.begin("http://testserver/x", "/", at)
    moved = {"authorization_endpoint": f"{provider.url}/moved"}
    provider.discovery = moved | {"issuer": "wrong"}
    for late in (FRESH_MS - 1, FRESH_MS):
        there, _ = client.begin("http://testserver/x", "/", at + late)
        assert urlsplit(there).path == urlsplit(first).path
    provider.discovery = moved
    there, _ = client.begin("http://testserver/x", "/", at + FRESH_MS + REST_MS - 1)
    assert urlsplit(there).path == urlsplit(first).path
    there, _ = client.begin("http://testserver/x", "/", at + FRESH_MS + REST_MS)
    assert urlsplit(there).path == "/moved"


@pytest.fixture
def hanging():
    """A server that accepts and never answers; gives its address, and ends the wait."""
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def at_once(pool, count, call, waiting):
    """Start so many calls; what all but the last `waiting` of them answer within two seconds."""
    calls = [pool.submit(call) for _ in range(count)]
    done = []
    for call in as_completed(calls, timeout=2):
        done.append(call.result())
        if len(done) == count - waiting:
            return done
    raise AssertionError("unreachable")


@pytest.fixture
def pool():
    """Threads, whose last waits are cut short at the end."""
    pool = ThreadPoolExecutor(60)
    yield pool
    pool.shutdown(cancel_futures=True)


@pytest.fixture
def impatient(monkeypatch):
    """Only as long as the test needs to see who waits."""
    monkeypatch.setattr(oidc_module, "TIMEOUT_S", 3.0)


@pytest.mark.slow
def test_a_provider_that_hangs_keeps_one_thread_and_nobody_else(
    enter, hanging, alice, pool, impatient
):
    client = enter(issuer=hanging)
    answers = at_once(pool, 50, lambda: client.get("/login/oidc"), waiting=1)
    assert {answer.status_code for answer in answers} == {502}
    assert client.get("/login").status_code == 200


@pytest.mark.slow
def test_codes_are_taken_a_few_at_a_time(oidc, provider, hanging, node, pool, impatient):
    provider.discovery = {"token_endpoint": hanging}
    client = Client(oidc)
    _, pending = client.begin("http://testserver/x", "/", node.clock)

    def take():
        with pytest.raises(OidcError) as refused:
            client.finish("http://testserver/x", "code", pending, node.clock)
        return str(refused.value)

    answers = at_once(pool, 50, take, waiting=AT_ONCE)
    assert set(answers) == {"too many wait for the provider"}


def test_a_certificate_that_nobody_vouches_for_is_refused(oidc, tmp_path, node):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)

    certificate = self_signed(tmp_path)
    server = HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.handle_request, daemon=True)
    thread.start()
    there = msgspec.structs.replace(oidc, issuer=f"https://127.0.0.1:{server.server_port}")
    with pytest.raises(OidcError, match="does not answer"):
        Client(there).begin("http://testserver/x", "/", node.clock)
    thread.join(5)
    server.server_close()
    assert asked == []


def self_signed(folder):
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    certificate = (
        builder.not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost", True),
        ("http://[::1]:1", True),
        ("http://id.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost@evil.example", False),
        ("ftp://127.0.0.1", False),
        ("https://", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_http_is_for_this_machine_alone(url, safe):
    assert is_safe(url) is safe


TOML = '[oidc]\nissuer = "{issuer}"\nclient_id = "{id}"\nclient_secret_file = "{file}"\n{more}\n'


def write(home, issuer="https://id.example", client="lz", file="oidc.secret", more=""):
    (home / "web.toml").write_text(TOML.format(issuer=issuer, id=client, file=file, more=more))
    (home / "oidc.secret").write_text("hush\n")
    (home / "empty").write_text("\n")


def test_settings_read_the_secret_from_its_file(tmp_path):
    write(tmp_path, more='create = true\n[oidc.roles]\nstaff = "viewer"')
    oidc = load_settings(tmp_path).oidc
    assert (oidc.client_secret, oidc.roles, oidc.create) == ("hush", {"staff": "viewer"}, True)
    assert (oidc.name_claim, oidc.roles_claim) == ("preferred_username", "roles")


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"issuer": "http://id.example"}, "issuer"),
        ({"client": ""}, "client_id"),
        ({"file": "missing"}, "client_secret_file"),
        ({"file": "empty"}, "empty"),
        ({"more": 'client_secret = "x"'}, "does not belong here"),
        ({"more": '[oidc.roles]\nstaff = "owner"'}, "owner"),
        ({"more": "colour = 1"}, "colour"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path, given, word):
    write(tmp_path, **given)
    with pytest.raises(SettingsError, match=word) as refused:
        load_settings(tmp_path)
    assert "hush" not in str(refused.value)
