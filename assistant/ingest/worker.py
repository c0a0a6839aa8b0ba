"""The process that opens documents on behalf of the sandbox: `python -m assistant.ingest.worker LIMITS`.

Reads one job a line from standard input, `{"file", "name"}`, and writes messages as JSON lines:
`{"ready"}` once, then for each job any number of `{"page", "of"}` and one `{"result"}` or `{"error"}`.
It ends when standard input closes, so also when its parent is killed, even in the middle of a document.
"""

import json
import os
import queue
import resource
import sys
import threading
from pathlib import Path
from typing import Any, TextIO

from assistant.errors import DamagedDocumentError, DocumentError
from assistant.ingest.extract import Limits
from assistant.ingest.formats import read_document
from assistant.ingest.wire import encode, encode_error

_CPU_GRACE_S = 15
"""The kernel ends a document that burns this much more CPU than its limit, should the parent be gone."""


def main() -> None:
    """Serve jobs until standard input closes."""
    limits = Limits(**json.loads(sys.argv[1]))
    out = _take_stdout()
    memory = limits.max_memory_mb * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    jobs: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    _send(out, {"ready": True})
    while True:
        job = json.loads(jobs.get())
        _limit_cpu(limits)
        _send(out, _serve(job, limits, out))


def _take_stdout() -> TextIO:
    """Our own handle on standard output; whatever a library prints goes to standard error."""
    handle = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return handle


def _listen(jobs: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        jobs.put(line)
    os._exit(0)


def _limit_cpu(limits: Limits) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    allowed = int(used.ru_utime + used.ru_stime + limits.max_seconds) + _CPU_GRACE_S
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (allowed, hard))


def _serve(job: dict[str, str], limits: Limits, out: TextIO) -> dict[str, Any]:
    name = job["name"]
    try:
        extracted = read_document(
            Path(job["file"]),
            name=name,
            limits=limits,
            on_page=lambda done, total: _send(out, {"page": done, "of": total}),
        )
        return {"result": encode(extracted)}
    except DocumentError as error:
        return {"error": encode_error(error)}
    except Exception as error:  # a file must not end the others
        problem = DamagedDocumentError(
            f"{name} could not be read ({type(error).__name__}: {str(error)[:120]}); "
            "save it anew from its source and report this if it stays"
        )
        return {"error": encode_error(problem)}


def _send(out: TextIO, message: dict[str, Any]) -> None:
    out.write(json.dumps(message, separators=(",", ":")) + "\n")
    out.flush()


if __name__ == "__main__":
    main()
