"""What Python's zoneinfo says about shifts around every change of every zone's offset, 1990 to 2040.

Usage: oracle.py RELEASE PART PARTS. Local times become instants by PEP 495 (fold=0); a time in a gap becomes the
instant of the jump, found by halving. Shifts are written out as intervals of instants and looked up. Output, in lines:

    Z NAME...                              zones with the same data
    S JSON                                 a schedule, for ZONE put the name
    T AT BEFORE AFTER DAY A B C            a change: seconds, both offsets, local day, three hours for every day
    BITS NEXT UNTIL NEXT UNTIL ...         an answer for each schedule: on or off at AT + each of PROBES;
                                           seconds from AT until next on and off, for each of ASKED
"""

import json
import sys
from bisect import bisect_right
from datetime import date, datetime, timedelta, timezone
from importlib import resources
from zoneinfo import ZoneInfo, available_timezones, reset_tzpath

import tzdata

PROBES = [-86400, -43200, -1, *range(-18000, 18001, 900), 1, 43200, 86400]
ASKED = [-90000, -1800, 0, 3600]
UTC = timezone.utc
DAY = timedelta(days=1)
FIRST, LAST = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (1990, 2041))

NAMES = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
EVERY = range(7)
# Zone ("" for the one in question), days of the week, hours.
FIXED = [
    [("", EVERY, ["22:00-06:00"])],
    [("", EVERY, ["00:00-08:00", "16:00-00:00"])],
    [("", (0, 2, 4, 6), ["00:00-00:00"])],
    [("", EVERY, ["02:30-03:30", "03:30-04:00"]), ("UTC", (0, 1, 2, 5, 6), ["01:00-02:00"])],
]


def written(shifts):
    def week(days, hours):
        return {NAMES[day]: [dict(zip(("start", "end"), each.split("-"))) for each in hours] for day in days}

    shifts = [{"zone": zone or "ZONE", "week": week(days, hours)} for zone, days, hours in shifts]
    return json.dumps({"zone": "ZONE", "shifts": shifts})


def offset(zone, instant):
    return int(datetime.fromtimestamp(instant, zone).utcoffset().total_seconds())


def first(zone, low, high):
    """The first instant after low at which the offset is that of high."""
    before = offset(zone, low)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(zone, middle) == before else (low, middle)
    return high


def changes(zone):
    step = 2 * 86400
    before = offset(zone, FIRST)
    for at in range(FIRST + step, LAST + step, step):
        after = offset(zone, at)
        if after != before:
            change = first(zone, at - step, at)
            if change < LAST:
                yield change, before, after
        before = after


def instant(zone, day, minute):
    local = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)
    late = int(local.replace(tzinfo=zone, fold=0).timestamp())
    if datetime.fromtimestamp(late, zone).replace(tzinfo=None) == local:
        return late
    early = int(local.replace(tzinfo=zone, fold=1).timestamp())
    return first(zone, early, late)


def minutes(time):
    return int(time[:2]) * 60 + int(time[3:])


def expand(zone, shifts, days):
    """All intervals of the shifts that begin on these days, in order, joined where they touch."""
    found = []
    for name, week, hours in shifts:
        there = ZoneInfo(name) if name else zone
        for each in hours:
            start, end = map(minutes, each.split("-"))
            end += 1440 if end <= start else 0
            for day in days:
                if day.weekday() in week:
                    found.append((instant(there, day, start), instant(there, day, end)))
    joined = []
    for start, end in sorted(found):
        if start == end:
            continue
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return joined


def without(intervals, start, end):
    if start == end:  # A day that the zone never had.
        yield from intervals
        return
    for left, right in intervals:
        if left < min(right, start):
            yield [left, min(right, start)]
        if max(left, end) < right:
            yield [max(left, end), right]


def answer(at, intervals):
    edges = [edge for interval in intervals for edge in interval]
    bits = "".join(str(bisect_right(edges, at + probe) % 2) for probe in PROBES)
    told = []
    for ask in ASKED:
        behind = bisect_right(edges, at + ask)
        if behind % 2:
            told += [ask, edges[behind] - at]
        else:
            told += [edges[behind] - at, "-"]
    return " ".join([bits, *map(str, told)])


def derived(before, after, at):
    """Hours that start, end, and lie within the times that the clock skips or shows twice."""
    low, high = sorted(((at + before) // 60, (at + after) // 60))

    def hours(start, end):
        return "-".join(f"{minute // 60 % 24:02}:{minute % 60:02}" for minute in (start, end))

    middle, quarter = (low + high) // 2, max((high - low) // 4, 1)
    return [hours(middle, middle + 60), hours(low - 60, middle), hours(low + quarter, low + 2 * quarter)]


def tell(zone):
    for shifts in FIXED:
        yield f"S {written(shifts)}"
    for at, before, after in changes(zone):
        local = datetime.fromtimestamp(at + before, UTC).date()
        every = derived(before, after, at)
        yield f"T {at} {before} {after} {local} {' '.join(every)}"
        near = [local + n * DAY for n in range(-3, 6)]
        for shifts in FIXED:
            yield answer(at, expand(zone, shifts, near))
        for hours in every:
            yield answer(at, expand(zone, [("", EVERY, [hours])], near))
        # Around the clock, less the local day, and less the day after the next in UTC.
        on = expand(zone, [("", EVERY, ["00:00-00:00"])], near)
        on = without(on, instant(zone, local, 0), instant(zone, local + DAY, 0))
        holiday = local + 2 * DAY
        yield answer(at, list(without(on, instant(UTC, holiday, 0), instant(UTC, holiday + DAY, 0))))


def main(release, part, parts):
    reset_tzpath(to=[])  # The package's data, not the system's.
    if tzdata.IANA_VERSION != release:
        sys.exit(f"zoneinfo has {tzdata.IANA_VERSION}, the crate {release}: change the pin of tzdata")
    same = {}
    for name in sorted(available_timezones()):
        data = resources.files("tzdata.zoneinfo").joinpath(*name.split("/")).read_bytes()
        same.setdefault(data, []).append(name)
    for names in list(same.values())[part::parts]:
        lines = [f"Z {' '.join(names)}", *tell(ZoneInfo(names[0]))]
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
