"""Downloading from real servers on this machine; each test says which addresses are allowed."""

import socket
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_address

import httpx
import pytest
from library_server import LocalServer, certificate, in_turn, pdf, redirects, sends, with_etag

from assistant.errors import FetchError
from assistant.library.fetch import (
    Fetcher,
    GoneError,
    IPAddress,
    Politeness,
    any_address,
    check_step,
    is_public,
    resolve,
)

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 40
HASTY = Politeness(delay_s=0.0, read_timeout_s=0.5, total_s=3.0, longest_wait_s=1.0)


def only(address: str) -> Callable[[IPAddress], bool]:
    """Lets one address through."""
    return lambda each: str(each) == address


@pytest.fixture
def server() -> Iterator[LocalServer]:
    with LocalServer() as running:
        yield running


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    with Fetcher(max_bytes=1_000_000, is_allowed=only("127.0.0.1"), politeness=HASTY) as made:
        yield made


def resolved_as(monkeypatch: pytest.MonkeyPatch, **answers: list[list[str]]) -> None:
    """Let host names (`_` for `.`) resolve to these addresses; the last answer of a host stays."""

    real = socket.getaddrinfo

    def look_up(host: str, port: int, *args: object, **options: object) -> list[tuple[object, ...]]:
        if host.replace(".", "_") not in answers:
            return real(host, port, *args, **options)
        left = answers[host.replace(".", "_")]
        addresses = left.pop(0) if len(left) > 1 else left[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_a_pdf_arrives_with_what_identifies_it(server, fetcher, tmp_path):
    server.routes["/a/report.pdf"] = pdf(PDF, ETag='"v1"', Last_Modified="Mon, 02 Nov 2026 10:00:00 GMT")
    got = fetcher.fetch(f"{server.url}/a/report.pdf", tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == PDF
    assert (got.name, got.etag, got.size) == ("report.pdf", '"v1"', len(PDF))
    assert got.last_modified == "Mon, 02 Nov 2026 10:00:00 GMT"
    ((_, headers),) = server.asked
    assert headers["User-Agent"].startswith("pact-assistant/")
    assert headers["Host"] == f"127.0.0.1:{server.port}"


def test_what_did_not_change_is_not_sent_again(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = with_etag(PDF, '"v1"')
    url = f"{server.url}/a.pdf"
    assert (
        fetcher.fetch(url, tmp_path / "part", etag='"v1"', last_modified="Mon, 02 Nov 2026 10:00:00 GMT")
        is None
    )
    assert server.asked[0][1]["If-None-Match"] == '"v1"'
    assert server.asked[0][1]["If-Modified-Since"] == "Mon, 02 Nov 2026 10:00:00 GMT"
    assert fetcher.fetch(url, tmp_path / "part", etag='"v0"').etag == '"v1"'


def test_not_modified_without_having_asked_is_an_error(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = sends(304)
    with pytest.raises(FetchError, match="answers 304"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


@pytest.mark.parametrize("status", [404, 410])
def test_a_document_that_is_gone_is_told_apart(server, fetcher, tmp_path, status):
    server.routes["/a.pdf"] = sends(status)
    with pytest.raises(GoneError, match=f"a.pdf answers {status}"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


@pytest.mark.parametrize("status", [204, 206, 401, 403, 500])
def test_any_other_status_is_an_error_that_names_it(server, fetcher, tmp_path, status):
    server.routes["/a.pdf"] = sends(status)
    with pytest.raises(FetchError, match=f"a.pdf answers {status}") as caught:
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert not isinstance(caught.value, GoneError)


def test_a_web_page_is_not_a_pdf(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = sends(200, b"%PDF-", Content_Type="text/html; charset=utf-8")
    with pytest.raises(FetchError, match="is text/html, not a PDF"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


@pytest.mark.parametrize("body", [b"", b"<html>" + b"x" * 5000, b"<html>"])
def test_a_web_page_that_calls_itself_a_pdf_is_not_a_pdf(server, fetcher, tmp_path, body):
    server.routes["/a.pdf"] = pdf(body)
    with pytest.raises(FetchError, match="is not a PDF: it starts with"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


def test_a_promise_to_be_too_large_ends_before_the_body(server, tmp_path):
    server.routes["/a.pdf"] = pdf(PDF)
    with (
        Fetcher(max_bytes=1000, is_allowed=any_address, politeness=HASTY) as fetcher,
        pytest.raises(FetchError, match=r"larger than 0\.001 MB; raise ASSISTANT_MAX_FILE_MB"),
    ):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert (tmp_path / "part").read_bytes() == b""


def test_a_stream_without_a_promise_ends_at_the_limit(server, fetcher, tmp_path):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/pdf")
        handler.end_headers()
        handler.wfile.write(b"%PDF-1.7\n")
        while len(sent) < 1000:
            handler.wfile.write(bytes(100_000))
            sent.append(100_000)

    server.routes["/a.pdf"] = endless
    with pytest.raises(FetchError, match="larger than 1 MB"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert (tmp_path / "part").stat().st_size <= 1_000_000
    assert sum(sent) < 50_000_000  # what fits into the buffers between


def test_a_body_shorter_than_promised_is_an_error(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = pdf(PDF, Content_Length=str(len(PDF) + 1))
    with pytest.raises(FetchError, match="could not be fetched: peer closed connection"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


def test_a_silent_server_is_given_up(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = lambda handler: time.sleep(2)
    started = time.monotonic()
    with pytest.raises(FetchError, match="timed out"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert time.monotonic() - started < 1.9


def test_a_server_that_drips_is_given_up(server, fetcher, tmp_path):
    def drip(handler):
        pdf(PDF[:2000], Content_Length="100000")(handler)
        for _ in range(50):
            handler.wfile.write(bytes(1000))
            time.sleep(0.1)

    server.routes["/a.pdf"] = drip
    with pytest.raises(FetchError, match="took longer than 3 s"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


def test_nobody_there_is_an_error(fetcher, tmp_path):
    with pytest.raises(FetchError, match=r"http://127\.0\.0\.1:9/a\.pdf could not be fetched: .*refused"):
        fetcher.fetch("http://127.0.0.1:9/a.pdf", tmp_path / "part")


def test_a_busy_server_is_asked_again_when_it_says(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = in_turn(sends(503, Retry_After="1"), sends(429, Retry_After="0"), pdf(PDF))
    started = time.monotonic()
    assert fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part").size == len(PDF)
    assert time.monotonic() - started >= 1
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_left_alone_after_three_times(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = sends(429, Retry_After="0")
    with pytest.raises(FetchError, match="answers 429"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    "wait", ["3600", format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)]
)
def test_a_server_that_asks_for_a_long_wait_is_left_alone_at_once(server, fetcher, tmp_path, wait):
    server.routes["/a.pdf"] = sends(503, Retry_After=wait)
    with pytest.raises(FetchError, match=r"is busy \(503\) and asks to wait 3\d\d\d s"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert len(server.asked) == 1


@pytest.mark.parametrize("wait", [None, "soon", "\u00b2"])
def test_without_a_readable_wait_a_busy_server_is_asked_again_after_a_second(server, fetcher, tmp_path, wait):
    busy = sends(503, **({"Retry_After": wait} if wait else {}))
    server.routes["/a.pdf"] = in_turn(busy, pdf(PDF))
    started = time.monotonic()
    fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert time.monotonic() - started >= 1


def test_a_host_is_not_asked_twice_within_the_delay(server, tmp_path):
    server.routes["/a.pdf"] = pdf(PDF)
    with Fetcher(max_bytes=1_000_000, is_allowed=any_address, politeness=Politeness(delay_s=0.4)) as fetcher:
        started = time.monotonic()
        for _ in range(3):
            fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert 0.8 <= time.monotonic() - started < 3


def test_redirects_are_followed(server, fetcher, tmp_path):
    server.routes |= {"/old": redirects("/new/"), "/new/": redirects("b.pdf", 308), "/new/b.pdf": pdf(PDF)}
    assert fetcher.fetch(f"{server.url}/old", tmp_path / "part").name == "b.pdf"


def test_a_circle_of_redirects_ends(server, fetcher, tmp_path):
    server.routes["/a.pdf"] = redirects("/a.pdf")
    with pytest.raises(FetchError, match="more than 5 redirects"):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
    assert len(server.asked) == 6


@pytest.mark.parametrize(
    "target",
    ["http://127.0.0.2:{port}/b.pdf", "http://10.0.0.1/", "http://169.254.169.254/latest", "http://[::1]/"],
)
def test_a_redirect_to_a_private_address_is_refused(server, fetcher, tmp_path, target):
    with LocalServer("127.0.0.2") as inner:
        server.routes["/a.pdf"] = redirects(target.format(port=inner.port))
        with pytest.raises(FetchError, match="which is not a public address"):
            fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")
        assert inner.asked == []


@pytest.mark.parametrize(
    ("target", "told"),
    [
        ("file:///etc/passwd", "is not an https address"),
        ("ftp://127.0.0.1/a.pdf", "is not an https address"),
        ("data:application/pdf,%25PDF-", "could not be fetched: For absolute URLs"),
    ],
)
def test_a_redirect_to_another_kind_of_address_is_refused(server, fetcher, tmp_path, target, told):
    server.routes["/a.pdf"] = redirects(target)
    with pytest.raises(FetchError, match=told):
        fetcher.fetch(f"{server.url}/a.pdf", tmp_path / "part")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org/a.pdf", "https://", "//a/b.pdf"])
def test_only_https_and_http_are_fetched(fetcher, tmp_path, url):
    with pytest.raises(FetchError, match="is not an https address"):
        fetcher.fetch(url, tmp_path / "part")


def test_an_address_with_a_password_is_refused(fetcher, tmp_path):
    with pytest.raises(FetchError, match="user name or password"):
        fetcher.fetch("https://me:secret@example.org/a.pdf", tmp_path / "part")


def test_http_may_lead_to_https_but_never_back():
    plain, safe = httpx.URL("http://example.org/a"), httpx.URL("https://example.org/a")
    check_step(plain)
    check_step(plain, plain)
    check_step(safe, plain)
    with pytest.raises(FetchError, match="is not encrypted"):
        check_step(plain, safe)


def test_a_real_https_server_cannot_redirect_to_http(server, tmp_path):
    server.routes["/b.pdf"] = pdf(PDF)
    server_context, client_context = certificate(tmp_path, "127.0.0.1")
    with (
        LocalServer(context=server_context) as encrypted,
        Fetcher(max_bytes=10**6, is_allowed=any_address, politeness=HASTY, verify=client_context) as fetcher,
    ):
        encrypted.routes |= {"/a.pdf": redirects(f"{server.url}/b.pdf"), "/b.pdf": pdf(PDF)}
        assert fetcher.fetch(f"{encrypted.url}/b.pdf", tmp_path / "part").size == len(PDF)
        with pytest.raises(FetchError, match="is not encrypted; the document was asked for with https"):
            fetcher.fetch(f"{encrypted.url}/a.pdf", tmp_path / "part")
    assert server.asked == []


def test_the_certificate_is_checked_for_the_name_and_not_for_the_address(monkeypatch, tmp_path):
    resolved_as(monkeypatch, docs_example=[["127.0.0.1"]], other_example=[["127.0.0.1"]])
    server_context, client_context = certificate(tmp_path, "docs.example")
    with (
        LocalServer(context=server_context) as server,
        Fetcher(max_bytes=10**6, is_allowed=any_address, politeness=HASTY, verify=client_context) as fetcher,
    ):
        server.routes["/a.pdf"] = pdf(PDF)
        fetcher.fetch(f"https://docs.example:{server.port}/a.pdf", tmp_path / "part")
        assert server.asked[0][1]["Host"] == f"docs.example:{server.port}"
        with pytest.raises(FetchError, match=r"CERTIFICATE_VERIFY_FAILED.*other\.example"):
            fetcher.fetch(f"https://other.example:{server.port}/a.pdf", tmp_path / "part")
        assert len(server.asked) == 1


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch, server, fetcher, tmp_path):
    # The resolver gives the good address once; a second look-up would lead to the inner network.
    resolved_as(monkeypatch, docs_example=[["127.0.0.1"], ["127.0.0.2"]])
    server.routes["/a.pdf"] = pdf(PDF)
    url = f"http://docs.example:{server.port}/a.pdf"
    assert fetcher.fetch(url, tmp_path / "part").size == len(PDF)
    with pytest.raises(FetchError, match=r"docs\.example is at 127\.0\.0\.2, which is not a public address"):
        fetcher.fetch(url, tmp_path / "part")


def test_one_private_address_among_others_is_enough_to_refuse(monkeypatch):
    resolved_as(monkeypatch, docs_example=[["93.184.215.14", "192.168.1.1"]])
    with pytest.raises(FetchError, match=r"docs\.example is at 192\.168\.1\.1"):
        resolve("docs.example", 443, is_public)


def test_the_next_address_is_tried_when_one_does_not_answer(monkeypatch, server, tmp_path):
    resolved_as(monkeypatch, docs_example=[["127.0.0.9", "127.0.0.1"]])
    server.routes["/a.pdf"] = pdf(PDF)
    with Fetcher(max_bytes=10**6, is_allowed=any_address, politeness=HASTY) as fetcher:
        got = fetcher.fetch(f"http://docs.example:{server.port}/a.pdf", tmp_path / "part")
    assert got.size == len(PDF)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1"),
        *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a00:1"),
    ],
)
def test_addresses_of_inner_networks_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14"])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("path", "disposition", "name"),
    [
        ("/x/Report%202025.PDF", None, "Report-2025.pdf"),
        ("/x/..%2F..%2Fetc%2Fpasswd", None, "passwd.pdf"),
        ("/download", 'attachment; filename="../../evil.pdf"', "evil.pdf"),
        ("/download", 'attachment; filename="C:\\\\temp\\\\a.pdf"', "a.pdf"),
        ("/download", "attachment; filename*=UTF-8''F%C3%B6rderung.pdf", "Förderung.pdf"),
        ("/download", 'attachment; filename=".hidden"', "hidden.pdf"),
        ("/download", 'attachment; filename=".."', "download.pdf"),
        ("/", None, "127.0.0.1.pdf"),
        ("/" + "a" * 300 + ".pdf", None, "a" * 100 + ".pdf"),
    ],
)
def test_a_name_from_outside_becomes_a_plain_file_name(server, fetcher, tmp_path, path, disposition, name):
    server.routes[path] = pdf(PDF, **({"Content_Disposition": disposition} if disposition else {}))
    assert fetcher.fetch(f"{server.url}{path}", tmp_path / "part").name == name
