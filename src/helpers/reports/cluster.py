"""Run editions on a Dask cluster whose workers share no disk with this machine."""

import importlib.util
import ipaddress
import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from helpers.data.errors import ReportError
from helpers.data.project import Project
from helpers.reports.before import Before
from helpers.reports.editions import Edition
from helpers.reports.outcome import Limits
from helpers.reports.perform import Finished

if TYPE_CHECKING:
    from distributed import Client

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s/:]+):[0-9]{1,5}")
CONNECT_SECONDS = 5.0
LOG = logging.getLogger(__name__)


class ClusterError(ReportError):
    """The cluster cannot be reached, or none of its workers will do."""


def run_on_cluster(
    address: str,
    editions: Sequence[Edition],
    project: Project,
    *,
    before: Mapping[str, Before] | None = None,
    limits: Limits | None = None,
    tell: Callable[[str], None] = LOG.warning,
) -> Iterator[Finished]:
    """Run editions on the workers of a Dask scheduler.

    Parameters
    ----------
    address : str
        Of the scheduler: ``tls://host:8786`` with the certificates that Dask's own configuration
        names; ``tcp://127.0.0.1:8786`` on this machine alone.
    editions : sequence of Edition
    project : Project
        Built already. Each notebook travels with its task, the built tables once per run.
    before : mapping of str to Before, optional
        What each edition said last time; its page tells what changed since.
    limits : Limits, optional
        The limits of a local run by default.
    tell : callable
        Told in one line of every worker that is refused; by default it is logged.

    Yields
    ------
    Finished
        As they finish. A worker that is lost costs another try; an edition whose worker is lost
        again and again fails alone. Closing the generator, or any exception in it, takes back what
        is under way, and the kernels on the workers end.

    Raises
    ------
    ClusterError
        The address is another machine's and without TLS, Dask is not installed, the scheduler does
        not answer, or no worker runs this code.
    """
    with _connected(address) as client:
        from helpers.reports.flights import Flights, Grounded  # needs the extra

        flights = Flights(client, project, limits or Limits(), tell, before)
        try:
            yield from flights.run(editions)
        except Grounded as error:
            raise ClusterError(f"{address}: {error}") from None
        finally:
            flights.cancel()


@contextmanager
def _connected(address: str) -> Iterator["Client"]:
    """Connect to a scheduler, with errors of one line."""
    if not ADDRESS.fullmatch(address):
        raise ClusterError(
            f"--cluster {address!r} is no address; write tls://HOST:PORT, or tcp://127.0.0.1:PORT"
        )
    if address.startswith("tcp:") and not _is_here(address):
        raise ClusterError(
            f"--cluster {address!r} would send code and data unencrypted to another machine; "
            "write tls://HOST:PORT and set up certificates (docs/operations.md, Encryption)"
        )
    if importlib.util.find_spec("distributed") is None:
        raise ClusterError(
            "--cluster needs Dask, which is not installed; "
            'add it with: pip install "karabakh-ledger[cluster]"'
        )
    from distributed import Client

    with _quiet():
        try:
            _check_security(address)
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except Exception as error:  # Dask raises OSError, TypeError, RuntimeError, ssl's own
            raise ClusterError(_unreachable(address, error)) from None
        with client:
            yield client


def _is_here(address: str) -> bool:
    """Whether an address is one of this machine alone."""
    host = address.partition("://")[2].rpartition(":")[0].strip("[]").lower()
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's log off the terminal; its loggers don't heed their parents' levels."""
    names = [name for name in logging.root.manager.loggerDict if name.startswith("distributed")]
    levels = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.CRITICAL)
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


def _check_security(address: str) -> None:
    """Find out what Dask would find out too late: its client then hangs when it is closed."""
    import dask.config
    from distributed import Security

    if dask.config.get("distributed.client.security-loader", None):
        return
    settings = Security().get_connection_args("client")
    if address.startswith("tls:") and not settings["ssl_context"]:
        raise ValueError("there is no certificate for the client")
    if address.startswith("tcp:") and settings["require_encryption"]:
        raise ValueError("Dask's configuration demands encryption")


def _unreachable(address: str, error: BaseException) -> str:
    """Say why there is no connection; Dask keeps the reason in the chain of causes."""
    while error.__cause__:
        error = error.__cause__
    reason = " ".join(str(error).split()) or type(error).__name__
    remedy = "start one with `dask scheduler`, or correct the address"
    if address.startswith("tls:") or isinstance(error, ValueError):
        remedy += " or Dask's configuration (distributed.comm)"
    return f"{address}: no connection to a Dask scheduler ({reason}); {remedy}"
