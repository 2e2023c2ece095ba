"""Wrong words on the command line and in settings files: each a sentence, exit code 2, before anything is done."""

import os

from benchmarks.robustness.bad_days.day import NIGHT, OUT, Day, nothing_done
from benchmarks.robustness.bad_days.edits import Harm
from benchmarks.robustness.bad_days.place import Place

BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)
CHECK = ("config", "check", "--config", "{place}/own.yaml")


def check(*settings: str) -> tuple[str, ...]:
    return ("config", "check", *(part for setting in settings for part in ("--set", setting)))


def own(text: str | bytes) -> Harm:
    """A settings file with that text."""
    written = text.encode() if isinstance(text, str) else text
    return lambda place: (place.folder / "own.yaml").write_bytes(written)


def a_folder(place: Place) -> None:
    (place.folder / "own.yaml").mkdir()


def a_pipe(place: Place) -> None:
    os.mkfifo(place.folder / "own.yaml")


def named(setting: str, text: str) -> Day:
    """A file that a setting names, which cannot be used."""
    return Day(
        f"{setting} of a file that makes no sense", own(text), check(f"{setting}={{place}}/own.yaml"), 2, ("own.yaml",)
    )


SETTINGS = (
    *(
        Day(name, nothing_done, check(setting), 2, (words,))
        for name, setting, words in (
            ("a setting that does not exist", "labels.grace=3", "The closest is 'labels.grace_days'"),
            ("a setting without a value", "labels.grace_days", "grace_days"),
            ("a setting of another kind", "labels.grace_days=many", "grace_days"),
            ("a setting below its limit", "labels.grace_days=-1", "greater than or equal to 0"),
            ("a setting of NaN", "holdout.share=.nan", "holdout.share"),
            ("a setting of infinity", "worklist.month_target=.inf", "month_target"),
            ("a setting that is no YAML", "labels.grace_days={", "not a value"),
            ("a setting that runs code", "labels.grace_days=!!python/object/apply:os.system [id]", "grace_days"),
            ("a share of more than one", "holdout.share=7", "holdout.share"),
            ("a strategy that is not there", "worklist.strategy=none", "none"),
            ("segments that climb out of the folder", "worklist.segments=../../../etc/passwd", "passwd"),
            ("a list of collectors that is not there", "capacity.collectors=/nowhere.yaml", "/nowhere.yaml"),
            ("a language that is not there", "worklist.language=xx", "xx"),
            ("a classifier that is not there", "training.estimator=sklearn.nothing.Here", "sklearn.nothing"),
            ("a classifier that is a program", "training.estimator=os.system", "os.system"),
            ("a currency that is none", "ledger.reporting_currency=€", "reporting_currency"),
        )
    ),
    *(
        Day(name, own(text), CHECK, 2, (words,))
        for name, text, words in (
            ("a settings file that is a list", "- 1\n- 2\n", "own.yaml"),
            ("a settings file with tabs", "labels:\n\tgrace_days: 3\n", "own.yaml"),
            ("a settings file with an unknown section", "labls:\n  grace_days: 3\n", "labls"),
            ("a settings file that says a thing twice", "labels:\n  grace_days: 3\n  grace_days: 4\n", "grace_days"),
            ("a settings file that runs code", "labels: !!python/object/apply:os.system ['id']\n", "own.yaml"),
            ("a settings file that grows a billion times", BOMB, "own.yaml"),
            ("a settings file of random bytes", bytes(range(256)), "own.yaml"),
            ("a settings file in UTF-16", "labels: {grace_days: 3}".encode("utf-16"), "own.yaml"),
        )
    ),
    Day("a settings file of comments alone", own("# nothing yet\n"), CHECK, 0, ("# default",)),
    Day(
        "a mapping that is not there",
        nothing_done,
        ("import", "none.yaml", "--input", ".", "--out", "l"),
        3,
        ("none.yaml",),
    ),
    Day("a settings file that is not there", nothing_done, CHECK, 2, ("own.yaml",)),
    Day("a settings file that is a folder", a_folder, CHECK, 2, ("own.yaml",)),
    Day("a settings file that is a pipe", a_pipe, CHECK, 2, ("own.yaml",)),
    named("capacity.collectors", "collectors: [{id: 3, minutes_a_day: -5}]\n"),
    named("worklist.strategy", "ladders: 7\n"),
    named("worklist.segments", "segments: [{name: x, when: [{fact: nonsense, at_least: 1}]}]\n"),
    named("drafts.company", "nam: Miller\n"),
    *(
        Day(name, nothing_done, arguments, 2, (words,))
        for name, arguments, words in (
            ("a command that does not exist", ("nigthly",), "No such command"),
            ("a night without a place", ("nightly", "ledger", "--as-of", NIGHT), "Missing option '--out'"),
            (
                "a ledger of no customers",
                ("simulate", "--customers", "0", "--days", "5", "--seed", "1", "--out", "l"),
                "customers",
            ),
            (
                "a seed that is a word",
                ("simulate", "--customers", "5", "--days", "5", "--seed", "x", "--out", "l"),
                "seed",
            ),
            (
                "a day without a history",
                ("import", "odoo", "--input", ".", "--out", "l", "--as-of", NIGHT),
                "--history",
            ),
            (
                "an upgrade of what is no address",
                ("database", "upgrade", "nonsense"),
                "the database URL cannot be read",
            ),
            ("roles in SQLite", ("database", "roles", "sqlite:///none.db"), "SQLite knows no users"),
            (
                "a prune of what later nights read",
                ("database", "prune", "sqlite:///none.db", "--older-than", "3"),
                "later nights",
            ),
            (
                "a prune of minus one day",
                ("database", "prune", "sqlite:///none.db", "--older-than", "-1"),
                "older-than",
            ),
            ("deployments without a server", ("deploy",), "PREFECT_API_URL"),
            ("deployments with a password", ("deploy", "--ledger", "postgresql://u:s3cret@h/d"), "password"),
            ("deployments of a file that is none", ("deploy", "--file", "none.yaml"), "none.yaml"),
            ("alerts to a block that is none", ("alerts", "nothing/here"), "nothing/here"),
            ("forgetting in a folder that is not there", ("forget", "C1", "--out", "nowhere"), "there is no folder"),
            (
                "nights in an empty word, as of a variable that is not set",
                ("nightly", "l", "--as-of", NIGHT, "--out", ""),
                "is empty",
            ),
        )
    ),
    Day("forgetting no one", lambda place: place.out, ("forget", "", "--out", OUT), 2, ("is empty",)),
    Day(
        "forgetting a customer that no one knows",
        lambda place: place.out,
        ("forget", "C99999", "--out", OUT),
        2,
        ("nothing was changed",),
    ),
)
