"""Workers that share a bucket and no disk find what others wrote, and leave nothing behind."""

import pickle
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest

from configs.settings import SettingsError
from ledger.partitioned import shared_folder as shared
from ledger.partitioned.shared_folder import NoStore, SharedFolder, shared_folder

OF_ANOTHER: dict[str, object] = {}


def text(words: str):
    return lambda path: path.write_text(words, "utf-8")


def on_another_machine(folder: SharedFolder) -> SharedFolder:
    """The folder as a process gets it that knows of none."""
    with pytest.MonkeyPatch.context() as process:
        process.setattr(shared, "_ROOTS", OF_ANOTHER)
        return pickle.loads(pickle.dumps(folder))


def in_the_bucket() -> list[str]:
    return fsspec.filesystem("s3", use_listings_cache=False).find("scratch")


@pytest.fixture
def folder(bucket: str) -> Iterator[SharedFolder]:
    with shared_folder(f"{bucket}/nights/") as found:
        yield found


def test_a_file_that_one_machine_wrote_is_brought_to_another_once(folder: SharedFolder) -> None:
    other = on_another_machine(folder) / "judged" / "003"
    (folder / "judged" / "003").write("rows", text("seven"))
    brought = other.file("rows")
    assert brought.read_text("utf-8") == "seven"
    assert brought == other.here / "rows" != (folder / "judged" / "003").here / "rows"
    written = brought.stat().st_mtime_ns
    assert other.file("rows").stat().st_mtime_ns == written


def test_in_the_process_of_the_run_a_folder_that_comes_back_is_the_same(folder: SharedFolder) -> None:
    assert pickle.loads(pickle.dumps(folder / "judged")) == folder / "judged"


def test_all_files_of_a_folder_are_found_whoever_wrote_them(folder: SharedFolder) -> None:
    mine, other = folder / "placed", on_another_machine(folder) / "placed"
    mine.write_all({"b.arrow": text("b"), "d.arrow": text("d"), "note.txt": text("note")})
    other.write_all({"a.arrow": text("a"), "c.arrow": text("c")})
    for who in (mine, other):
        assert [path.read_text("utf-8") for path in who.files(".arrow")] == ["a", "b", "c", "d"]
    assert (folder / "nothing").files(".arrow") == []


def test_a_file_that_no_one_wrote_is_absent_until_someone_does(folder: SharedFolder) -> None:
    other = on_another_machine(folder)
    assert other.find("fields") is None
    with pytest.raises(FileNotFoundError, match="no step has written it"):
        other.file("fields")
    folder.write("fields", text("now"))
    assert other.find("fields") is not None


def test_a_file_whose_writing_fails_is_in_no_place(folder: SharedFolder) -> None:
    def breaks(path: Path) -> None:
        path.write_text("half", "utf-8")
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        folder.write("rows", breaks)
    assert folder.find("rows") is None and on_another_machine(folder).find("rows") is None


def test_nothing_stays_in_the_bucket_nor_on_a_worker_once_the_next_run_comes(bucket: str) -> None:
    with shared_folder(bucket) as first:
        first.write("rows", text("seven"))
        earlier = on_another_machine(first).file("rows")
        assert earlier.exists() and any(name.endswith("/rows") for name in in_the_bucket())
    assert in_the_bucket() == []
    with shared_folder(bucket) as second:
        on_another_machine(second)
        assert not earlier.exists()


def test_runs_at_the_same_time_do_not_disturb_each_other(bucket: str) -> None:
    with shared_folder(bucket) as one, shared_folder(bucket) as two:
        for folder, words in ((one, "one"), (two, "two")):
            folder.write("rows", text(words))
        first = on_another_machine(one).file("rows")
        assert on_another_machine(two).file("rows").read_text("utf-8") == "two"
        assert first.read_text("utf-8") == "one"


@pytest.mark.parametrize(
    ("place", "why"),
    [("s3://no-such-bucket/nights", "bucket"), ("nowhere://bucket", "Protocol not known")],
)
def test_a_store_that_cannot_be_written_to_is_named_with_what_to_do(place: str, why: str, bucket: str) -> None:
    with (
        pytest.raises(SettingsError, match=r"scale\.scratch = .*nothing can be written there") as raised,
        shared_folder(place),
    ):
        pass
    assert why in str(raised.value) and "s3fs" in str(raised.value)


def test_a_store_that_is_gone_is_named_and_what_was_written_stays_here(
    folder: SharedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write("rows", text("seven"))
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    fsspec.filesystem("s3").clear_instance_cache()
    with pytest.raises(NoStore, match=r"object store of scale\.scratch does not answer.*run it again"):
        folder.write("more", text("eight"))
    assert folder.file("rows").read_text("utf-8") == "seven"
