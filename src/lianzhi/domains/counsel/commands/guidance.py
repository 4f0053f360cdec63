"""`lianzhi counsel unread` and `lesson-effects`: who has not read what, what lessons changed."""

from pathlib import Path

import click
from rich.table import Table

from lianzhi.domains.counsel.effect_wording import effect_sentences
from lianzhi.domains.counsel.words import words
from lianzhi.kit.options import deployment_options
from lianzhi.kit.terminal import console, deployment, print_json


@click.command()
@deployment_options
def unread(home: Path, as_json: bool) -> None:
    """Print who has not read which manual, the longest overdue first."""
    with deployment().desk(home, "counsel") as desk:
        rows = desk.guidance.manuals.unread()
    if as_json:
        print_json([each._asdict() for each in rows])
        return
    table = Table("manual", "version", "user", "read by", "days late")
    for manual, version, user, due, late in rows:
        table.add_row(manual, str(version), user, due.isoformat(), str(late) if late > 0 else "")
    console().print(table)


@click.command("lesson-effects")
@click.option("--language", type=click.Choice(["zh", "en"]), default="en", show_default=True)
@deployment_options
def lesson_effects(language: str, home: Path, as_json: bool) -> None:
    """Print what changed with each lesson that was held: rates before and after, with intervals."""
    with deployment().desk(home, "counsel") as desk:
        lessons = desk.guidance.lessons
        effects = {each.id: lessons.effects(each) for each in lessons.every("held") if each.cause}
    texts = {key: effect_sentences(each, words(language)) for key, each in effects.items()}
    if as_json:
        print_json(texts)
        return
    for key, sentences in texts.items():
        for sentence in sentences:
            click.echo(f"{key}: {sentence}")
