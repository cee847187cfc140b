"""What several parties saw of a shared folder, against what the engine rests on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from orchestrator.doctor.examination import Finding, about, note, ok, unknown, wrong
from orchestrator.evidence.evidence import BEAT_S

if TYPE_CHECKING:
    from collections.abc import Mapping

    from orchestrator.doctor.party import Agenda, Folder, View
    from orchestrator.places.profile import Profile

_SLOW_S = 5
_FEW_BYTES, _FEW_FILES = 10 * 1024**3, 100_000
_NO_BYTES, _NO_FILES = 100 * 1024**2, 1_000


def check_folder(folder: Folder) -> list[Finding]:
    """Say what the run folder lies on and how much room there is."""
    space = wrong if folder.free < _NO_BYTES else note if folder.free < _FEW_BYTES else ok
    if folder.files is None:
        files = unknown("inodes", f"{folder.kind} does not count them")
    else:
        mark = wrong if folder.files < _NO_FILES else note if folder.files < _FEW_FILES else ok
        files = mark("inodes", f"{folder.files} files may still be made")
    return [
        ok("run folder", f"{folder.path} on {folder.kind}"),
        space("free space", f"{folder.free / 1024**3:.1f} GB free, quotas left aside"),
        files,
    ]


def check_new_files(views: Mapping[str, View]) -> Finding:
    """Say how long one party needs to see what another has written."""
    trips = [(view.host, trip) for view in views.values() for trip in view.trips or ()]
    if not trips:
        return unknown("new files", "the parties did not come to it")
    blind = [f"{host} from {_host(views, trip.other)}" for host, trip in trips if trip.seconds is None]
    if blind:
        return wrong(
            "new files", f"not seen in time: {', '.join(sorted(set(blind)))}", "is it shared by all?"
        )
    slowest = max(trip.seconds or 0 for _, trip in trips)
    text = f"seen and answered within {slowest:.2f} s"
    if slowest > _SLOW_S:
        return note("new files", text, "workers learn that late what others have finished")
    return ok("new files", text)


def check_rename(views: Mapping[str, View]) -> Finding:
    """Say whether a file that is renamed over another is always seen whole, and soon."""
    seen = [value for view in views.values() for value in (view.values or {}).values()]
    if not seen:
        return unknown("rename", "the parties did not come to it")
    torn, gone = sum(value.torn for value in seen), sum(value.gone for value in seen)
    if torn:
        return wrong("rename", f"{torn} times a file was read that was not whole", "use another file system")
    if any(value.lag is None for value in seen):
        return wrong("rename", "the newest version was not seen in time", "use another file system")
    slowest = max(value.lag or 0 for value in seen)
    text = f"the newest version was seen within {slowest:.2f} s, never a part of it"
    if gone:
        return note("rename", f"{text}; {gone} times there was no file for a moment", "looks are repeated")
    return ok("rename", text)


def check_race(views: Mapping[str, View], what: str, agenda: Agenda) -> Finding:
    """Say whether of several parties that make one path exactly one was told that it was the first."""
    wins = {name: getattr(view, what) for name, view in views.items()}
    if any(won is None for won in wins.values()) or len(wins) < len(agenda.parties):
        return unknown(what, "the parties did not come to it")
    winners = [sum(number in won for won in wins.values()) for number in range(agenda.races)]
    twice, nobody = sum(count > 1 for count in winners), winners.count(0)
    text = ", ".join(f"{views[name].host} won {len(won)}" for name, won in wins.items())
    if twice or nobody:
        told = f"{agenda.races} races: {twice} had two winners, {nobody} had none ({text})"
        return wrong(what, told, "trials could be trained twice or never: use another file system")
    if sum(bool(won) for won in wins.values()) < 2:
        return unknown(what, f"one party was always there first, so nothing was learnt ({text})")
    return ok(what, f"exactly one winner in each of {agenda.races} races ({text})")


def check_lease(views: Mapping[str, View], profile: Profile) -> Finding:
    """Compare how old a beating heart looked elsewhere with the lease."""
    seen = [
        (ages, f"{view.host} of {_host(views, other)}")
        for view in views.values()
        for other, ages in (view.hearts or {}).items()
    ]
    if not seen:
        return unknown("heartbeat", "the parties did not come to it")
    oldest, who = max((ages.oldest, who) for ages, who in seen)
    youngest = min(ages.newest for ages, _ in seen)
    needed = 2 * (BEAT_S + math.ceil(max(oldest, 0)))
    text = f"a beat of every second looked up to {oldest:.1f} s old ({who})"
    if profile.lease < needed:
        return wrong("heartbeat", text, "live trials would be taken for lost", needed)
    if youngest < -BEAT_S:
        text += f", and {-youngest:.1f} s younger than now"
        return note("heartbeat", text, "clocks differ: lost trials are noticed late")
    return ok("heartbeat", text)


def check_clocks(views: Mapping[str, View], profile: Profile) -> Finding:
    """Say how much the clocks of the parties differ at least, against lease and signal_lead."""
    apart = []
    for view in views.values():
        for other in {trip.other for trip in view.trips or ()}:
            spans = [trip.ahead for trip in view.trips or () if trip.other == other and trip.ahead]
            if spans:
                low, high = max(span[0] for span in spans), min(span[1] for span in spans)
                apart.append((max(low, -high, 0.0), (high - low) / 2, _host(views, other), view.host))
    if not apart:
        return unknown("clocks", "the parties did not come to it")
    least, doubt, other, host = max(apart)
    if least == 0:
        return ok("clocks", f"no difference, measured to within {max(one[1] for one in apart):.2f} s")
    text = f"{other} and {host} differ by {least:.2f} s or more (measured to within {doubt:.2f} s)"
    limit = min(profile.lease, profile.signal_lead)
    if least > limit / 2:
        hint = f"`lease` is {profile.lease} s, `signal_lead` {profile.signal_lead} s: tell the site"
        return wrong("clocks", text, hint)
    return note("clocks", text) if least > 1 else ok("clocks", text)


def check_shared(views: Mapping[str, View], agenda: Agenda, profile: Profile) -> list[Finding]:
    """Return what the parties saw of the folder they share."""
    return [
        check_new_files(views),
        check_rename(views),
        check_race(views, "link", agenda),
        check_race(views, "mkdir", agenda),
        about(check_lease(views, profile), profile, "lease"),
        check_clocks(views, profile),
    ]


def _host(views: Mapping[str, View], name: str) -> str:
    return views[name].host if name in views else name
