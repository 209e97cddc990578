"""A guard on every socket that Python opens: loopback and local sockets pass, all else does not.

It is an audit hook, which the interpreter calls below the ``socket`` module, so code that kept
its own reference to a socket function is caught as well. A hook cannot be taken out again, so
it is put in once a process and told when to watch.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
_RESOLVING = {"socket.getaddrinfo", "socket.gethostbyname"}
# None and "" stand for this machine when a server asks what to bind to.
_LOCAL_NAMES = {None, "", "localhost", b"localhost"}


class OutsideConnectionError(RuntimeError):
    """Something tried to reach another machine."""


@dataclass
class NetworkGuard:
    """Records what was contacted; raises on what is not this machine."""

    watching: bool = False
    contacted: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def install(self) -> NetworkGuard:
        """Start to listen; watching begins when ``watching`` is set."""
        sys.addaudithook(self._hear)
        return self

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if not self.watching:
            return
        if event in _CONNECTING:
            connection, address = args[0], args[-1]
            if connection.family == getattr(socket, "AF_UNIX", None) or address is None:
                return
            host = address[0] if isinstance(address, tuple) else address
        elif event in _RESOLVING:
            host = args[0]
        else:
            return
        self._judge(event, host)

    def _judge(self, event: str, host: Any) -> None:
        self.contacted.append(f"{event} {host}")
        if not is_local(host):
            self.outside.append(f"{event} {host}")
            raise OutsideConnectionError(f"{event} to {host!r}")


def is_local(host: Any) -> bool:
    """Whether ``host``, as given to a socket function, means this machine."""
    if host in _LOCAL_NAMES:
        return True
    name = host.decode() if isinstance(host, bytes) else str(host)
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def raise_loopback() -> None:
    """Switch loopback on in a network of one's own, where it starts switched off (Linux)."""
    import fcntl
    import struct

    set_flags, up, running = 0x8914, 0x1, 0x40  # SIOCSIFFLAGS, IFF_UP, IFF_RUNNING of Linux
    request = struct.pack("16sh14x", b"lo", up | running)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, set_flags, request)


def count_unroutable() -> int:
    """Packets and connections, of any process in this network, that had nowhere to go.

    0 where the system does not count them: outside Linux.
    """
    counters = Path("/proc/self/net/snmp")
    if not counters.exists():
        return 0
    lines = counters.read_text().splitlines()
    names, values = (line.split() for line in lines if line.startswith("Ip:"))
    count = int(values[names.index("OutNoRoutes")])
    six = Path("/proc/self/net/snmp6")
    if six.exists():
        rows = dict(line.split() for line in six.read_text().splitlines())
        count += int(rows["Ip6OutNoRoutes"])
    return count
