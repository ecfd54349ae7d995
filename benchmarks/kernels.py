"""How long until a kernel is ready for work, with the warm spec and with the stock one."""

import subprocess
import time
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager
from stage import BenchmarkError

STOCK, WARM = "python3", "karabakh"
IMPORTS = "import pandas, matplotlib.pyplot, seaborn"
SECONDS = 120.0


def ready(spec: str) -> float:
    """Start a kernel as a front end does, and run the imports an analyst begins with.

    Parameters
    ----------
    spec : str
        Name of the kernel spec.

    Returns
    -------
    float
        Seconds from the start to the reply to the imports.

    Raises
    ------
    BenchmarkError
        The imports failed, or the warm spec gave a cold kernel.
    """
    manager = KernelManager(kernel_name=spec)
    begin = time.perf_counter()
    manager.start_kernel(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    try:
        _reply(client, client.kernel_info())
        content = _reply(client, client.execute(IMPORTS))
        seconds = time.perf_counter() - begin
        how = getattr(manager.provisioner, "how", "")
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    if content["status"] != "ok":
        raise BenchmarkError(f"kernel {spec}: {content.get('ename')}: {content.get('evalue')}")
    if spec == WARM and how != "warm":
        raise BenchmarkError(f"kernel {spec}: it is not warm, but {how or 'of another kind'}")
    return seconds


def _reply(client: BlockingKernelClient, request: str) -> dict[str, Any]:
    """Wait for the reply to a request on the shell channel."""
    end = time.monotonic() + SECONDS
    while True:
        message = client.get_shell_msg(timeout=max(0.0, end - time.monotonic()))
        if message["parent_header"].get("msg_id") == request:
            return message["content"]
