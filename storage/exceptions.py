"""Every exception this project raises on purpose. They carry facts and do nothing."""

from __future__ import annotations

from storage.schema import Outcome


class GongkaiError(Exception):
    """Base of all expected failures; its message says what happened, where, and what to do."""


class SettingsError(GongkaiError):
    """Raised when an environment variable has a value that cannot be used."""


class CityFileError(GongkaiError):
    """Raised when a city file cannot be read or is not valid.

    ``problems`` holds one line a problem: file, line or key path, what was found, what is expected.
    """

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.path = path
        self.problems = problems


class ReceiversFileError(GongkaiError):
    """Raised when the receivers file cannot be read or is not valid; ``problems`` as of :class:`CityFileError`."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.path = path
        self.problems = problems


class ChannelsFileError(GongkaiError):
    """Raised when the channels file cannot be read or is not valid; ``problems`` as of :class:`CityFileError`."""

    def __init__(self, path: str, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.path = path
        self.problems = problems


class DutyFileError(GongkaiError):
    """Raised when a file cannot be read as a unit's directory of duties (主动公开基本目录)."""


class SheetRefused(GongkaiError):
    """Raised when a sheet of figures cannot be taken in; ``problems`` holds one line an error, with its cell."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class ReportRefused(GongkaiError):
    """Raised when a yearly report that came by mail cannot be taken in: empty, too large, or of another year."""


class OversizedFile(DutyFileError):
    """Raised when a file holds more than any genuine one, or is made to exhaust its reader."""


class FileReaderNotStarted(GongkaiError):
    """Raised when the process that reads files does not start: a fault of this machine, of no file."""


class LockedFile(DutyFileError):
    """Raised when a file is under a password."""


class UnknownTarget(GongkaiError):
    """Raised when a unit, column, finding or receiver named by the user does not exist."""


class PlacePaused(GongkaiError):
    """Raised when somebody asks to look at a unit or column that the office has paused; says since when and why."""


class StepRefused(GongkaiError):
    """Raised when a finding cannot take a step of its life where it stands, or the step lacks its reason."""


class PaperFailed(GongkaiError):
    """Raised when a paper's template cannot be filled in."""


class PeopleRefused(GongkaiError):
    """Raised when an account, a link or a sign-in is refused.

    ``what`` is a machine word: name, taken, unit, link, last, short, long, plain, name, wrong, wait,
    old, linked, unlinked, only_way.
    """

    def __init__(self, what: str, said: str, *, wait_s: float = 0.0) -> None:
        super().__init__(said)
        self.what = what
        self.wait_s = wait_s


class IdentityRefused(GongkaiError):
    """Raised when a provider cannot say who somebody is, or is not believed.

    ``what`` is a machine word: oidc_down, oidc_refused.
    """

    def __init__(self, what: str, said: str) -> None:
        super().__init__(said)
        self.what = what


class ProofRefused(GongkaiError):
    """Raised when a file cannot be taken as proof. ``what`` is a machine word: proof_empty, proof_large, proof_kind."""

    def __init__(self, what: str, said: str) -> None:
        super().__init__(said)
        self.what = what


class PeriodRefused(GongkaiError):
    """Raised when a period cannot be frozen or amended as things stand; what was frozen is as it was."""


class DatabaseError(GongkaiError):
    """Raised when the database cannot be opened, written, or is not at the schema this code knows."""


class DatabaseTooNew(DatabaseError):
    """Raised when the database was migrated by a newer version of this code."""


class ArchiveError(GongkaiError):
    """Raised when captured bytes cannot be written or found again."""


class CrawlFailed(GongkaiError):
    """Raised by the parent when a crawl's child process died without its summary."""


class DeliveryFailed(GongkaiError):
    """Raised when a receiver did not take a batch; nothing was lost, the next run goes on from there.

    ``retry_after_s``: the seconds that the receiver itself asks to be left alone, where it does.
    """

    def __init__(self, said: str, *, retry_after_s: float | None = None) -> None:
        super().__init__(said)
        self.retry_after_s = retry_after_s


class NoticeFailed(GongkaiError):
    """Raised when a channel did not take a notice; nothing was lost, it waits and is tried again."""


class UnsafeAddress(GongkaiError):
    """Raised when an address is private, loopback or otherwise not to be fetched without permission."""


class ExportError(GongkaiError):
    """Raised when the file of an export cannot be written; none is left half-written."""


class BadQuery(GongkaiError):
    """Raised when what a reader of the catalogue asks for cannot be understood."""


class NoAnswer(GongkaiError):
    """Raised when an address that a person asked for gave no page; ``outcome`` and ``reason`` as of an observation."""

    def __init__(self, said: str, *, outcome: Outcome = Outcome.UNREACHABLE, reason: str) -> None:
        super().__init__(said)
        self.outcome = outcome
        self.reason = reason
