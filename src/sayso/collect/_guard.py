"""The wall between the desk and its own network: connections go only to addresses that may be asked.

In: a host name, as an HTTP connection is about to be opened. Out: a connection to one of its IP addresses, checked.
The name is resolved once and the connection goes to that very address, so neither a redirect nor a DNS answer that
changes between check and connection (rebinding) leads inside.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import ssl
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import httpcore
import httpx

Resolve = Callable[[str, int], Awaitable[list[str]]]
_HOSTS_KEPT = 200  # whose connections stay open


class Forbidden(Exception):
    """The host has no address that may be asked."""


def is_public(address: str) -> bool:
    """Whether an IP address lies in the public internet (not private, loopback, link-local, multicast, reserved …)."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None and not is_public(str(inner)):
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


async def resolve(host: str, port: int) -> list[str]:
    """The IP addresses of a host name, as the system resolves it. Raises OSError."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(item[4][0]) for item in found))


class _GuardedBackend(httpcore.AsyncNetworkBackend):
    def __init__(self, allow_private: bool, resolve: Resolve) -> None:
        self._inner = httpcore.AnyIOBackend()
        self._allow_private = allow_private
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                addresses = await self._resolve(host, port)
        except TimeoutError:
            raise httpcore.ConnectTimeout(f"the name {host} was not resolved in time") from None
        except (OSError, UnicodeError) as error:
            reason = getattr(error, "strerror", None) or error
            raise httpcore.ConnectError(f"the name {host} cannot be resolved ({reason})") from None
        allowed = [address for address in addresses if self._allow_private or is_public(address)]
        if not allowed:
            raise Forbidden(f"{host} is at {', '.join(addresses) or 'no address'}, which is not in the public internet")
        problem: Exception | None = None
        for address in allowed[:4]:
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        assert problem is not None
        raise problem

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.AsyncNetworkStream:
        raise Forbidden("sockets on this machine are never asked")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class GuardedTransport(httpx.AsyncBaseTransport):
    """Guarded connections for httpx: HTTP/2 where the host has it, no proxies, nothing from the environment.

    Each host has a small pool of its own (one pool for all is searched from end to end at every request).
    """

    def __init__(
        self,
        *,
        allow_private: bool,
        per_host: int,
        verify: ssl.SSLContext | None = None,
        resolve: Resolve = resolve,
    ) -> None:
        self._per_host = per_host
        self._context = verify
        self._backend = _GuardedBackend(allow_private, resolve)
        self._hosts: OrderedDict[tuple[str, str, int | None], _Pool] = OrderedDict()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        key = (request.url.scheme, request.url.host, request.url.port)
        if key not in self._hosts:
            if self._context is None and request.url.scheme == "https":
                self._context = ssl.create_default_context()  # reads all authorities: only once it is needed
            context = self._context or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self._hosts[key] = _Pool(context, self._per_host, self._backend)
        self._hosts.move_to_end(key)
        if len(self._hosts) > _HOSTS_KEPT:
            await self._let_go()
        return await self._hosts[key].handle_async_request(request)

    async def _let_go(self) -> None:
        """Closes the connections to the host that was asked longest ago, unless it is answering."""
        key = next(iter(self._hosts))
        if self._hosts[key].idle:
            await self._hosts.pop(key).aclose()
        else:
            self._hosts.move_to_end(key)

    async def aclose(self) -> None:
        while self._hosts:
            await self._hosts.popitem()[1].aclose()


class _Pool(httpx.AsyncHTTPTransport):
    """The connections to one host."""

    def __init__(self, context: ssl.SSLContext, connections: int, backend: _GuardedBackend) -> None:
        super().__init__(verify=context, trust_env=False)
        # httpx has no argument for the network backend, so its pool is replaced by one that has it
        self._pool: httpcore.AsyncConnectionPool = httpcore.AsyncConnectionPool(
            ssl_context=context,
            max_connections=connections,
            keepalive_expiry=15.0,
            http1=True,
            http2=True,
            network_backend=backend,
        )

    @property
    def idle(self) -> bool:
        return all(connection.is_idle() for connection in self._pool.connections)
