"""Refuses websocket sessions whose id is not a UUID.

Chainlit 2.12 lets the browser choose its session id and uses it as the name of a folder that is created,
filled and removed without a check. Its own page always sends a UUID, so nothing else is let in.
"""

import re
from typing import Any

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_session_id(value: object) -> bool:
    """Whether `value` is a UUID in its usual form: hexadecimal digits and hyphens, nothing around them."""
    return isinstance(value, str) and UUID.fullmatch(value) is not None


def install_session_guard() -> None:
    """Put the check before Chainlit's own connect handler. Call once, after chainlit.server is imported."""
    from chainlit.server import sio
    from chainlit.socket import connect

    async def guarded(sid: str, environ: dict[str, Any], auth: Any = None) -> Any:
        from socketio.exceptions import ConnectionRefusedError as Refused

        if not isinstance(auth, dict) or not is_session_id(auth.get("sessionId")):
            raise Refused("bad session")
        return await connect(sid, environ, auth)

    sio.on("connect", guarded)
