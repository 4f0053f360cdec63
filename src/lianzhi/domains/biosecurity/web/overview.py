"""Overview: what was intercepted in a period, from where, how, and with which effort."""

import datetime as dt
from collections import Counter

from fastapi import APIRouter, Request
from fastapi.responses import Response

from lianzhi.domains.biosecurity.nouns.interception import CHANNELS
from lianzhi.domains.biosecurity.nouns.registers import Taxon
from lianzhi.domains.biosecurity.queries import views
from lianzhi.domains.biosecurity.rules.places import origin_name
from lianzhi.domains.biosecurity.web.page import Desk, Reader, chosen_days, period_choices, show
from lianzhi.domains.biosecurity.words import words
from lianzhi.kit import plots as measure
from lianzhi.kit.addresses import address
from lianzhi.kit.figure_sentences import change_sentence
from lianzhi.kit.form_values import day
from lianzhi.kit.page import QueryText, language_of
from lianzhi.kit.plots import Part, Plot, plot
from lianzhi.stats.intervals import poisson_rate
from lianzhi.stats.rate_change import rate_change

router = APIRouter()
#: Bars of a picture.
_BARS = 15


@router.get("/overview")
def overview(request: Request, desk: Desk, user: Reader, period: QueryText = "") -> Response:
    """Figures of a period, each with the list behind it."""
    office = desk.office
    today, language = office.today(), language_of(request)
    days = chosen_days(period, today)
    gettext = words(language).gettext
    where = views.between(days.since, days.until)
    with office.reading() as connection:
        register = office.register(connection)
        counts = {
            column: views.counts(connection, column, where)
            for column in ("channel", "method", "origin", "taxon", "port")
        }
        inspected = views.inspected(connection, days.since, days.until)
        firsts = views.first_counts(connection, days.since, days.until)
    taxa: Counter[str] = Counter()
    for code, count in counts["taxon"].items():
        taxa[register.accepted(code)] += count

    def bars(column: str, name: str, texts: dict[str, str]) -> Plot | None:
        rows = list(counts[column].items())[:_BARS]
        parts = [_part(texts.get(key, key), n, days.name, name, key) for key, n in rows]
        return plot(parts, None, upright=False, share=False) if parts else None

    channels = {key: gettext(f"biosecurity_channel.{key}") for key in counts["channel"]}
    methods = {key: gettext(f"biosecurity_method.{key}") for key in counts["method"]}
    origins = {key: origin_name(key, language) for key in counts["origin"]}
    context = {
        "period": days,
        "choices": period_choices(today),
        "occurrences": sum(counts["channel"].values()),
        "species": sum(_is_species(register.taxa.get(code)) for code in taxa),
        "inspected": inspected,
        "rate": poisson_rate(sum(counts["channel"].values()), inspected / 1000)
        if inspected
        else None,
        "firsts": firsts,
        "plots": [
            (key, bars(key, key, texts))
            for key, texts in (("origin", origins), ("channel", channels), ("method", methods))
        ],
        "measure": measure,
        "ladder": [(code, register.name(code), n) for code, n in taxa.most_common(_BARS)],
    }
    return show(request, "overview.html", **context)


@router.get("/campaign")
def campaign(
    request: Request,
    desk: Desk,
    user: Reader,
    since: QueryText = "",
    until: QueryText = "",
    channel: QueryText = "",
) -> Response:
    """A special operation: its days in a channel beside as many days before it."""
    office = desk.office
    today = office.today()
    begin = day(since, "since") or today - dt.timedelta(29)
    last = max(begin, day(until, "until") or today)
    end = last + dt.timedelta(1)
    channel = channel if channel in CHANNELS else ""
    with office.reading() as connection:
        register = office.register(connection)
        sides = []
        for first, after in ((begin - (end - begin), begin), (begin, end)):
            where = views.between(first, after)
            where += [views.channel_is(channel)] if channel else []
            taxa = {register.accepted(code) for code in views.counts(connection, "taxon", where)}
            occurrences = sum(views.counts(connection, "channel", where).values())
            inspected = views.inspected(connection, first, after, channel)
            rate = poisson_rate(occurrences, inspected / 1000) if inspected else None
            sides.append((first, after - dt.timedelta(1), occurrences, len(taxa), inspected, rate))
    (*_, before, _, inspected_before, _), (*_, within, _, inspected_within, _) = sides
    effort = (float(inspected_before), float(inspected_within))
    change = rate_change(before, within, effort if all(effort) else None)
    context = {
        "sides": sides, "since": begin, "until": last, "channel": channel, "channels": CHANNELS,
        "sentence": change_sentence(change, words(language_of(request))),
    }  # fmt: skip
    return show(request, "campaign.html", **context)


def _is_species(taxon: Taxon | None) -> bool:
    return taxon is None or taxon.rank == "species"


def _part(text: str, count: int, period: str, name: str, key: str) -> Part:
    href = address("/biosecurity/interceptions", period=period, **{name: key})
    return Part(text, f"{count:,}", "", href, count, None, None, False)
