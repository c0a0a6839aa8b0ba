"""Downloads one PDF politely, and never from where it should not.

An address that somebody else wrote (a redirect, a list) must not make this machine talk to its own network.
So every step of a redirect is checked: its scheme, and every address that its host resolves to. The
connection goes to the address that was checked, with the host's name in the `Host` header and in TLS; asking
the resolver a second time could give another answer. Proxies are not used, since they would resolve anew.
"""

import hashlib
import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import unquote

import httpx

from assistant import __version__
from assistant.errors import FetchError
from assistant.library.manifest import safe_name

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
USER_AGENT = f"pact-assistant/{__version__} (document sync of the Pact for Skills assistant)"

_PDF_TYPES = frozenset(
    ("application/pdf", "application/x-pdf", "application/octet-stream", "binary/octet-stream", "")
)
_HEADER_WITHIN = 1024  # bytes in which "%PDF-" has to stand, as for ingestion
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REDIRECTS = frozenset((301, 302, 303, 307, 308))
_BUSY = frozenset((429, 503))
_GONE = frozenset((404, 410))


@dataclass(frozen=True, slots=True)
class Politeness:
    """How patient and how gentle a fetch is; times in seconds."""

    delay_s: float = 1.0
    """Between two requests to one host."""
    read_timeout_s: float = 30.0
    """Longest silence; also for connecting."""
    total_s: float = 300.0
    """Longest time for one document."""
    retries: int = 2
    longest_wait_s: float = 60.0
    """A server that asks for a longer wait is left alone until the next sync."""
    redirects: int = 5


@dataclass(frozen=True, slots=True)
class Download:
    """A document that arrived."""

    name: str
    """Proposed file name, safe to use."""
    etag: str | None
    last_modified: str | None
    sha256: str
    size: int


class GoneError(FetchError):
    """The server says that the document is not there (404) or was removed (410)."""


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the public internet, also when it wraps an IPv4 address."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner:
            return is_public(inner)
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def any_address(address: IPAddress) -> bool:
    """Lets every address through; for intranets and tests."""
    return True


def check_step(url: httpx.URL, previous: httpx.URL | None = None) -> None:
    """Refuse an address by its form: the first one, or the one that `previous` redirects to.

    Raises:
        FetchError: not https or http, http after https, no host, or a user name in it.
    """
    origin = f", to which {previous} redirects," if previous else ""
    if url.scheme not in ("https", "http") or not url.host:
        raise FetchError(f"{url}{origin} is not an https address")
    if previous and previous.scheme == "https" and url.scheme == "http":
        raise FetchError(f"{url}{origin} is not encrypted; the document was asked for with https")
    if url.userinfo:
        raise FetchError(f"{url}{origin} holds a user name or password; give it without")


def resolve(host: str, port: int, is_allowed: Callable[[IPAddress], bool]) -> list[str]:
    """The addresses of a host.

    Raises:
        FetchError: it has none, or one of them is not allowed.
    """
    try:
        addresses = [ipaddress.ip_address(host)]
    except ValueError:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{host} cannot be found: {error}") from error
        addresses = [
            ipaddress.ip_address(each) for each in dict.fromkeys(str(entry[4][0]) for entry in found)
        ]
    for address in addresses:
        if not is_allowed(address):
            raise FetchError(
                f"{host} is at {address}, which is not a public address; "
                "ASSISTANT_ALLOW_PRIVATE_HOSTS=true permits that"
            )
    return [str(address) for address in addresses]


class CheckedTransport(httpx.BaseTransport):
    """Sends each request to an address that was checked, under the host's own name."""

    def __init__(self, is_allowed: Callable[[IPAddress], bool], verify: ssl.SSLContext | None = None) -> None:
        self._is_allowed = is_allowed
        # No connection is kept: one to the same address may have been made, and certified, for another host.
        self._transport = httpx.HTTPTransport(
            verify=verify or httpx.create_ssl_context(), limits=httpx.Limits(max_keepalive_connections=0)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """See `httpx.BaseTransport`.

        Raises:
            FetchError: the host cannot be found, or is at an address that is not allowed.
        """
        url = request.url
        port = url.port or (443 if url.scheme == "https" else 80)
        addresses = resolve(url.host, port, self._is_allowed)
        for number, address in enumerate(addresses, start=1):
            request.url = url.copy_with(host=address)
            request.extensions = {**request.extensions, "sni_hostname": url.raw_host.decode("ascii")}
            try:
                return self._transport.handle_request(request)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                if number == len(addresses):
                    raise
            finally:
                request.url = url
        raise AssertionError("resolve gives at least one address")

    def close(self) -> None:
        """Free the connections."""
        self._transport.close()


class Fetcher:
    """Downloads documents one after the other. Use as a context manager."""

    def __init__(
        self,
        *,
        max_bytes: int,
        is_allowed: Callable[[IPAddress], bool] = is_public,
        politeness: Politeness | None = None,
        verify: ssl.SSLContext | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            max_bytes: Of one document.
            is_allowed: Which addresses may be connected to.
            politeness: Waits and limits.
            verify: Whose certificates are trusted; else those of certifi or of SSL_CERT_FILE.
        """
        self._politeness = politeness or Politeness()
        self._max_bytes = max_bytes
        self._last_request: dict[str, float] = {}
        self._client = httpx.Client(
            transport=CheckedTransport(is_allowed, verify),
            timeout=self._politeness.read_timeout_s,
            follow_redirects=False,
            headers={
                "User-Agent": USER_AGENT,
                "Accept": "application/pdf, */*;q=0.1",
                "Accept-Encoding": "identity",
            },
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def fetch(
        self, url: str, target: Path, *, etag: str | None = None, last_modified: str | None = None
    ) -> Download | None:
        """Download one PDF to `target`; None when it is what `etag` or `last_modified` stand for.

        Only its first bytes are looked at: whether the PDF can be read is for the caller to find out.

        Args:
            url: https, or http for a server that has nothing else.
            target: Written to; left incomplete when anything fails.
            etag: Of the copy at hand, as the server gave it.
            last_modified: Likewise.
        Raises:
            GoneError: 404 or 410.
            FetchError: anything else.
        """
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        deadline = time.monotonic() + self._politeness.total_s
        try:
            response = self._answer(httpx.URL(url), headers, deadline)
            try:
                if response.status_code == httpx.codes.NOT_MODIFIED and headers:
                    return None
                return self._save(response, target, deadline)
            finally:
                response.close()
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise FetchError(f"{url} could not be fetched: {error or type(error).__name__}") from error

    def _answer(self, url: httpx.URL, headers: dict[str, str], deadline: float) -> httpx.Response:
        """The response at the end of the redirects, its body not read yet."""
        previous: httpx.URL | None = None
        for _ in range(self._politeness.redirects + 1):
            check_step(url, previous)
            response = self._patiently(url, headers, deadline)
            if response.status_code not in _REDIRECTS:
                return response
            response.close()
            if "location" not in response.headers:
                raise FetchError(f"{url} redirects to nowhere")
            previous, url = url, url.join(response.headers["location"]).copy_with(fragment=None)
        raise FetchError(f"{url} is the end of more than {self._politeness.redirects} redirects")

    def _patiently(self, url: httpx.URL, headers: dict[str, str], deadline: float) -> httpx.Response:
        """Ask, and ask again later where the server is busy."""
        for attempt in range(self._politeness.retries + 1):
            self._pause(url.host)
            response = self._client.send(self._client.build_request("GET", url, headers=headers), stream=True)
            if response.status_code not in _BUSY or attempt == self._politeness.retries:
                break
            wait = _retry_after(response.headers.get("retry-after"), attempt)
            response.close()
            if wait > self._politeness.longest_wait_s or time.monotonic() + wait > deadline:
                raise FetchError(f"{url} is busy ({response.status_code}) and asks to wait {wait:.0f} s")
            time.sleep(wait)
        return response

    def _pause(self, host: str) -> None:
        """Wait until the host may be asked again."""
        ready = self._last_request.get(host, float("-inf")) + self._politeness.delay_s
        time.sleep(max(0.0, ready - time.monotonic()))
        self._last_request[host] = time.monotonic()

    def _save(self, response: httpx.Response, target: Path, deadline: float) -> Download:
        _check_status(response)
        _check_type(response)
        with target.open("wb") as stream:
            digest, size = self._copy(response, stream, deadline)
        return Download(
            safe_name(_names(response)),
            response.headers.get("etag"),
            response.headers.get("last-modified"),
            digest,
            size,
        )

    def _copy(self, response: httpx.Response, stream: IO[bytes], deadline: float) -> tuple[str, int]:
        promised = int(response.headers.get("content-length", "0"))
        digest = hashlib.sha256()
        size = 0
        head = b""
        if promised > self._max_bytes:
            raise self._too_large(response)
        for part in response.iter_bytes():
            size += len(part)
            head = head + part[: _HEADER_WITHIN - len(head)] if len(head) < _HEADER_WITHIN else head
            if size > self._max_bytes:
                raise self._too_large(response)
            if time.monotonic() > deadline:
                raise FetchError(f"{response.url} took longer than {self._politeness.total_s:g} s")
            if len(head) >= _HEADER_WITHIN and b"%PDF-" not in head:
                break
            digest.update(part)
            stream.write(part)
        if b"%PDF-" not in head:
            raise FetchError(f"{response.url} is not a PDF: it starts with {head[:16]!r}")
        return digest.hexdigest(), size

    def _too_large(self, response: httpx.Response) -> FetchError:
        return FetchError(
            f"{response.url} is larger than {self._max_bytes / 1_000_000:g} MB; raise ASSISTANT_MAX_FILE_MB"
        )


def _check_status(response: httpx.Response) -> None:
    code = response.status_code
    said = f"{response.url} answers {code} {response.reason_phrase}".rstrip()
    if code in _GONE:
        raise GoneError(said)
    if code != httpx.codes.OK:
        raise FetchError(said)


def _check_type(response: httpx.Response) -> None:
    media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in _PDF_TYPES:
        raise FetchError(f"{response.url} is {media_type}, not a PDF; give the address of the PDF itself")


def _names(response: httpx.Response) -> list[str | None]:
    """Names that the server proposes, the best first."""
    header = Message()
    header["content-disposition"] = re.sub(r"[\r\n]", "", response.headers.get("content-disposition", ""))
    path = unquote(response.url.path)
    return [header.get_filename(), path.rstrip("/"), response.url.host]


def _retry_after(value: str | None, attempt: int) -> float:
    """Seconds to wait: what the server asks for, else 1, 2, 4."""
    if value and value.strip().isdecimal():
        return float(value)
    try:
        until = parsedate_to_datetime(value or "")
    except ValueError:
        return float(2**attempt)
    return max(0.0, (until.replace(tzinfo=until.tzinfo or UTC) - datetime.now(UTC)).total_seconds())
