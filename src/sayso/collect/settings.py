"""What the desk says about collecting: limits, politeness, who we say we are. The `[collect]` table of sayso.toml."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class HostSettings(BaseModel):
    """What holds for one host alone: `[collect.hosts."example.org"]`. Nothing here is ever sent to another host."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    delay: float | None = Field(None, ge=0, description="seconds between the starts of two requests")
    concurrency: int | None = Field(None, ge=1, le=16, description="requests at a time")
    robots: bool | None = Field(None, description="whether its robots.txt is obeyed")
    username: str = Field("", description="for HTTP basic authentication, with password")
    password: str = Field("", repr=False)
    cookies: dict[str, str] = Field(default_factory=dict, repr=False)
    headers: dict[str, str] = Field(default_factory=dict, repr=False)


class CollectSettings(BaseModel):
    """All keys of `[collect]`, with their defaults."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    user_agent: str = Field(
        "sayso/0.1 (monitoring desk; obeys robots.txt)",
        description="how we name ourselves to hosts; add an address where you can be reached",
    )
    allow_private: bool = Field(
        False, description="whether private, loopback and link-local addresses may be asked, also after redirects"
    )
    robots: bool = Field(True, description="obey robots.txt (RFC 9309)")
    concurrency: int = Field(64, ge=1, le=512, description="requests at a time, over all hosts")
    per_host: int = Field(2, ge=1, le=16, description="requests at a time to one host")
    delay: float = Field(
        0.25,
        ge=0,
        description="seconds between the starts of two requests to one host; robots.txt may ask for more. Not kept for "
        "private addresses, where the host is the desk's own",
    )
    connect_timeout: float = Field(10.0, gt=0, description="seconds until a host must have taken our call")
    read_timeout: float = Field(20.0, gt=0, description="seconds of silence after which an answer is given up")
    total_timeout: float = Field(60.0, gt=0, description="seconds that one page may take in all, redirects included")
    max_bytes: int = Field(50_000_000, gt=0, description="larger items are refused, before they are read")
    max_redirects: int = Field(8, ge=0, description="redirects followed for one page")
    retries: int = Field(2, ge=0, le=10, description="times a failed request is tried again (with growing pauses)")
    max_wait: float = Field(
        60.0, ge=0, description="a host that asks us to wait longer (Retry-After) is left alone until the next run"
    )
    timestamp_authority: str = Field(
        "", description="address of an RFC 3161 authority that `sayso archive stamp` has stamp the archive's chain"
    )
    timestamp_certificates: str = Field(
        "", description="PEM file with the certificates that this authority's stamps are checked against"
    )
    hosts: dict[str, HostSettings] = Field(default_factory=dict, description="settings for single hosts, by name")

    @property
    def most_per_host(self) -> int:
        """The most requests at a time that any host gets."""
        return max(self.per_host, *(own.concurrency or 1 for own in self.hosts.values()), 1)

    def host(self, name: str) -> HostSettings:
        """What holds for this host; hosts are named without port."""
        return self.hosts.get(name.lower(), _NOTHING)


_NOTHING = HostSettings()  # type: ignore[call-arg]
