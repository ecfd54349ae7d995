"""The process kernels are forked from: ``python -m helpers.warm.parent SOCKET < listening socket``.

It is started by `helpers.warm.client`, which binds and passes the socket, so clients may connect
before the imports are done.
"""

import argparse
import os
import socket
import sys
from pathlib import Path

from helpers.warm.preload import FOR_ANALYSTS, reason_to_refuse
from helpers.warm.server import Server


def main() -> None:
    """Preload, serve, end."""
    parser = argparse.ArgumentParser(prog="helpers.warm.parent")
    parser.add_argument("socket", type=Path, help="name of the listening socket on standard input")
    parser.add_argument("--linger", type=float, default=0, help="seconds to stay without clients")
    parser.add_argument("--shared", action="store_true", help="nobody's child: outlive the caller")
    options = parser.parse_args()
    if options.shared and os.fork():
        os._exit(0)
    if "" in sys.path or str(Path.cwd()) == sys.path[0]:
        del sys.path[0]  # `-m` puts the folder it was called in there
    listener = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    refusal = reason_to_refuse(*FOR_ANALYSTS if options.shared else ())
    Server(
        listener, options.socket, linger=options.linger, shared=options.shared, refusal=refusal
    ).serve()
    os._exit(0)  # somebody waits, and taking apart all that is loaded takes a tenth of a second


if __name__ == "__main__":
    main()
