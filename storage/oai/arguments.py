"""A request's arguments as the protocol allows them: every one known to its verb, once, and of its form.

All that is wrong is told at once.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from storage.oai.call import Verb
from storage.oai.errors import BAD_ARGUMENT, BAD_VERB, Problem, Refused

TOKEN: Final = "resumptionToken"  # noqa: S105 an argument's name
MOST_FIELDS: Final = 50  # of a query; the protocol knows seven
_DATE: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:T([0-9]{2}):([0-9]{2}):([0-9]{2})Z)?")


def parse(query: str) -> dict[str, list[str]]:
    """The arguments of a query string or of a form's body, each with all its values.

    Absurdly many are cut off after some that no verb takes, so that the request is refused all the same.
    """
    found: dict[str, list[str]] = {}
    cut = "&".join(query.split("&", MOST_FIELDS)[:MOST_FIELDS])
    for name, value in parse_qsl(cut, keep_blank_values=True, errors="replace"):
        found.setdefault(name, []).append(value)
    return found


def verb_of(arguments: Mapping[str, Sequence[str]], verbs: Mapping[str, Verb]) -> str:
    """The verb's name.

    :raises Refused: there is none, several, or one the protocol does not know.
    """
    given = arguments.get("verb", ())
    if len(given) != 1:
        raise Refused(Problem(BAD_VERB, "the verb is repeated" if given else "the verb is missing"))
    if given[0] not in verbs:
        raise Refused(Problem(BAD_VERB, f"{given[0]!r} is not a verb; there are {', '.join(verbs)}"))
    return given[0]


def check(name: str, verb: Verb, arguments: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The arguments but the verb, each with its one value.

    :raises Refused: one is not the verb's, is repeated or missing, or stands beside a resumptionToken.
    """
    given = {key: values for key, values in arguments.items() if key != "verb"}
    allowed = verb.required | verb.optional | ({TOKEN} if verb.resumable else frozenset())
    said = [f"{name} takes no argument {key!r}" for key in given if key not in allowed]
    said += [f"{key} is repeated" for key, values in given.items() if len(values) != 1]
    if verb.resumable and TOKEN in given:
        said += [f"{TOKEN} stands alone, without {key}" for key in given if key in allowed and key != TOKEN]
    else:
        said += [f"{key} is missing" for key in sorted(verb.required) if key not in given]
    if said:
        raise Refused(*(Problem(BAD_ARGUMENT, one) for one in said))
    return {key: values[0] for key, values in given.items()}


@dataclass(frozen=True, kw_only=True)
class Span:
    """From a moment (inclusive) to a moment (exclusive); None is open."""

    since: dt.datetime | None = None
    before: dt.datetime | None = None


def span_of(arguments: Mapping[str, str]) -> Span:
    """What ``from`` and ``until`` mean, to the day or to the second, both inclusive.

    Datestamps are kept to the microsecond and shown to the second: ``until`` holds to the end of its second, or of its
    day, so that what is asked for by a datestamp that was shown is there.

    :raises Refused: one is not a date of the protocol, they are of two granularities, or the wrong way round.
    """
    problems: list[Problem] = []
    since = _date(arguments, "from", problems)
    until = _date(arguments, "until", problems)
    if since and until:
        if len(arguments["from"]) != len(arguments["until"]):
            problems.append(Problem(BAD_ARGUMENT, "from and until are of different granularity"))
        elif since > until:
            problems.append(Problem(BAD_ARGUMENT, "from is later than until"))
    if problems:
        raise Refused(*problems)
    return Span(since=since, before=None if until is None else _end(until, arguments["until"]))


def _date(arguments: Mapping[str, str], name: str, problems: list[Problem]) -> dt.datetime | None:
    value = arguments.get(name)
    if value is None:
        return None
    found = _DATE.fullmatch(value)
    try:
        if found:
            year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
            return dt.datetime(year, month, day, hour, minute, second, tzinfo=dt.UTC)
    except ValueError:  # no such day, or no such time of the day
        pass
    problems.append(Problem(BAD_ARGUMENT, f"{name}={value!r} is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ"))
    return None


def _end(moment: dt.datetime, written: str) -> dt.datetime | None:
    try:
        return moment + (dt.timedelta(seconds=1) if "T" in written else dt.timedelta(days=1))
    except OverflowError:  # the last day there is
        return None
