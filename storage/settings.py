"""The only reader of the environment. Every name, its default and why are also in ``deploy/.env.example``.

``load()`` reads afresh at each call, so that a test or a child process sees what it was given.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from storage.exceptions import SettingsError


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What an installation may set without touching code."""

    home: Path  # data folder: database, archive, deliveries
    database_url: str
    download_timeout_s: float  # 60: first bytes after 20–45 s are normal on some sites (cms-families §4.3)
    retry_wait_s: float  # base of the back-off between tries of one page
    max_body_bytes: int  # larger responses are cut off and reported
    file_bytes: int  # a larger attachment is refused
    files_each: int  # attachments fetched of one column in one harvest; the others wait for the next
    files_mb: int  # of attachments fetched in one crawl; what is over waits for the next harvest
    file_read_s: float  # reading one attachment ends after this time
    file_read_mb: int  # memory that reading one attachment may take
    file_pages: int  # of a PDF or OFD; what lies beyond is told and not read
    crawl_workers: int  # crawls (child processes) at the same time
    crawl_timeout_s: float  # a crawl that runs longer is stopped; what it stored stays
    lease_s: float  # a host's lease is free again after this time without renewal
    withdrawal_grace_days: int  # a row gone for less is not a withdrawal (law 7)
    mass_change_share: float  # more than this share of a column's rows gone stops the write (law 7)
    api_open: bool  # what is judged may be read over REST without signing in, by whoever can reach the port
    proofs: int  # files that may be handed in with one step of a finding; 0: none
    proof_bytes: int  # of each
    delivery_folder: Path  # the JSON Lines receiver, where there is no receivers file
    receivers: Path | None  # the receivers file; None: receivers.yml in the data folder, where there is one
    channels: Path | None  # the channels file; None: channels.yml in the data folder, where there is one
    delivery_retry_s: float  # before a receiver that failed is asked again the first time; doubles each time
    delivery_retry_most_s: float  # however often it failed: one that is back is served within this time
    delivery_time_s: float  # of one scheduled run, below the schedule's five minutes: a slow one stops no later run
    receipt_days: int  # all receipts of so many days are kept; of a day before them, its last
    oai_repository: str | None  # the repository's part of OAI identifiers; None: made of the city's code
    public_url: str | None  # where the console is reached from outside, ends in a slash; None: as each request says
    oidc_issuer: str | None  # the OpenID Connect provider that may open accounts; None: passwords only
    oidc_client_id: str | None  # our name there
    oidc_name: str  # what people call it
    chromium: Path | None  # for columns that say render: true; None: the first one installed
    prefect_api_url: str | None
    log_level: str

    @property
    def archive(self) -> Path:
        """Folder of the WARC files."""
        return self.home / "archive"


def _number(name: str, default: float, least: float = 0) -> float:
    text = os.environ.get(name)
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not value >= least:
        raise SettingsError(f"{name}={text!r}: expected a number of at least {least:g}")
    return value


def _yes(name: str, *, default: bool) -> bool:
    text = (os.environ.get(name) or "").lower()
    if text not in ("", "0", "1", "no", "yes", "false", "true"):
        raise SettingsError(f"{name}={text!r}: expected yes or no")
    return text in ("1", "yes", "true") if text else default


def _host_name(name: str) -> str | None:
    text = os.environ.get(name)
    if text and not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*(\.[A-Za-z][A-Za-z0-9-]*)+", text):
        raise SettingsError(f"{name}={text!r}: expected a host name such as catalogue.example.gov.cn")
    return text or None


def data_folder() -> Path:
    """``Settings.home`` alone, for what is asked of every item."""
    return _below(str(Path.cwd()), os.environ.get("GONGKAI_HOME") or "var")


@lru_cache(maxsize=16)
def _below(folder: str, name: str) -> Path:
    return Path(folder, name)


def _public_url(name: str) -> str | None:
    text = os.environ.get(name)
    if text and not re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)*/?", text):
        raise SettingsError(f"{name}={text!r}: expected an address such as https://catalogue.example.gov.cn/")
    return f"{text.rstrip('/')}/" if text else None


def _oidc() -> dict[str, Any]:
    """The provider's settings: the issuer over TLS, or on this machine."""
    issuer, client = os.environ.get("GONGKAI_OIDC_ISSUER") or None, os.environ.get("GONGKAI_OIDC_CLIENT_ID") or None
    if issuer and not re.fullmatch(r"(https://[^\s/?#@]+|http://(127\.0\.0\.1|localhost)(:\d+)?)(/[^\s?#]*)?", issuer):
        raise SettingsError(f"GONGKAI_OIDC_ISSUER={issuer!r}: expected an address such as https://id.example.gov.cn/")
    if bool(issuer) != bool(client):
        raise SettingsError("GONGKAI_OIDC_ISSUER and GONGKAI_OIDC_CLIENT_ID: give both, or neither")
    name = os.environ.get("GONGKAI_OIDC_NAME") or "统一身份认证"
    return {"oidc_issuer": issuer, "oidc_client_id": client, "oidc_name": name}


def load() -> Settings:
    """The settings as the environment says now.

    :raises SettingsError: a variable has a value that cannot be used.
    """
    home = data_folder()
    return Settings(
        home=home,
        database_url=os.environ.get("GONGKAI_DATABASE_URL") or f"sqlite:///{home / 'gongkai.db'}",
        download_timeout_s=_number("GONGKAI_DOWNLOAD_TIMEOUT_S", 60, 0.1),
        retry_wait_s=_number("GONGKAI_RETRY_WAIT_S", 20),
        max_body_bytes=int(_number("GONGKAI_MAX_BODY_BYTES", 20 * 2**20, 1024)),
        file_bytes=int(_number("GONGKAI_FILE_BYTES", 50 * 2**20, 1024)),
        files_each=int(_number("GONGKAI_FILES_EACH", 300, 0)),
        files_mb=int(_number("GONGKAI_FILES_MB", 2000, 0)),
        file_read_s=_number("GONGKAI_FILE_READ_S", 60, 1),
        file_read_mb=int(_number("GONGKAI_FILE_READ_MB", 1024, 512)),
        file_pages=int(_number("GONGKAI_FILE_PAGES", 500, 1)),
        crawl_workers=int(_number("GONGKAI_CRAWL_WORKERS", 2, 1)),
        crawl_timeout_s=_number("GONGKAI_CRAWL_TIMEOUT_S", 6 * 3600, 1),
        lease_s=_number("GONGKAI_LEASE_S", 120, 1),
        withdrawal_grace_days=int(_number("GONGKAI_WITHDRAWAL_GRACE_DAYS", 7)),
        mass_change_share=_number("GONGKAI_MASS_CHANGE_SHARE", 0.3),
        proofs=int(_number("GONGKAI_PROOFS", 5)),
        proof_bytes=int(_number("GONGKAI_PROOF_BYTES", 10 * 2**20, 1024)),
        delivery_folder=Path(os.environ.get("GONGKAI_DELIVERY_FOLDER") or home / "delivered").absolute(),
        api_open=_yes("GONGKAI_API_OPEN", default=True),
        receivers=Path(os.environ["GONGKAI_RECEIVERS"]).absolute() if os.environ.get("GONGKAI_RECEIVERS") else None,
        channels=Path(os.environ["GONGKAI_CHANNELS"]).absolute() if os.environ.get("GONGKAI_CHANNELS") else None,
        delivery_retry_s=_number("GONGKAI_DELIVERY_RETRY_S", 60),
        delivery_retry_most_s=_number("GONGKAI_DELIVERY_RETRY_MOST_S", 900),
        delivery_time_s=_number("GONGKAI_DELIVERY_TIME_S", 240, 1),
        receipt_days=int(_number("GONGKAI_RECEIPT_DAYS", 90)),
        oai_repository=_host_name("GONGKAI_OAI_REPOSITORY"),
        public_url=_public_url("GONGKAI_PUBLIC_URL"),
        **_oidc(),
        chromium=Path(os.environ["GONGKAI_CHROMIUM"]) if os.environ.get("GONGKAI_CHROMIUM") else None,
        prefect_api_url=os.environ.get("PREFECT_API_URL") or None,
        log_level=(os.environ.get("GONGKAI_LOG_LEVEL") or "INFO").upper(),
    )


def is_set(name: str) -> bool:
    """Whether the environment says anything of ``name``."""
    return bool(os.environ.get(name))


def secret(name: str) -> str:
    """The secret that a configuration file names: ``central`` is the value of ``GONGKAI_SECRET_CENTRAL``.

    :raises SettingsError: there is none, or it is empty.
    """
    variable = f"GONGKAI_SECRET_{re.sub(r'[^A-Za-z0-9]', '_', name).upper()}"
    value = os.environ.get(variable)
    if not value:
        raise SettingsError(f"{variable} is not set: it holds the secret {name!r}, which never stands in a file")
    return value


def child_environment(**overrides: str) -> dict[str, str]:
    """A copy of the environment for a child process, with ``overrides`` laid over it.

    The child finds our rooms wherever it was started: it keeps the folder of its parent, which is what a data folder
    given as ``./var`` is counted from. Start it with ``python -P``, so that nothing in that folder passes for a module.
    """
    told = os.environ.get("PYTHONPATH")
    rooms = str(Path(__file__).parents[1])
    return {**os.environ, "PYTHONPATH": os.pathsep.join([rooms, told]) if told else rooms, **overrides}


def prepare_prefect(settings: Settings, *, quiet: bool = False) -> None:
    """Sets what Prefect reads from the environment when it is first imported; what is set already stays.

    :param quiet: for one command on a server that goes with it: Prefect's own log would say with a traceback what the
        command says in one line, and there is nobody to read it later.

    Without ``PREFECT_API_URL`` flows run against a temporary server, which takes 8 to 18 s to start on two cores
    and longer under load, so the 20 s Prefect waits are raised. Its data goes into our own data folder, and
    nothing is sent anywhere: government intranets have no way out. Requests to this machine never go through a
    proxy.
    """
    wanted = {
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "true",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_LOGGING_LEVEL": "CRITICAL" if quiet else "WARNING",
        "PREFECT_LOGGING_TO_API_ENABLED": "false" if quiet else "true",
        "DO_NOT_TRACK": "1",
    }
    for name, value in wanted.items():
        os.environ.setdefault(name, value)
    for name in ("NO_PROXY", "no_proxy"):
        told = [host for host in os.environ.get(name, "").split(",") if host]
        os.environ[name] = ",".join(dict.fromkeys([*told, "127.0.0.1", "localhost"]))


def use(**values: str | None) -> None:
    """Sets environment variables for this process and its children; None takes one away."""
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
