"""Images of one's own become a named data set, whole or not at all, and training finds it by its name."""

from __future__ import annotations

import errno
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.vae_core.data.gathering.own_pictures import picture, two_classes, zip_of
from vae_core.data import DataError, load_images, read_metadata
from vae_core.data.gathering import check_shape, gather, gathered_report, look_at, writing
from vae_core.data.idx import write_idx


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LATENT_EXPLORER_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def test_a_zip_of_folders_is_found_by_name_with_its_labels(root: Path, tmp_path: Path) -> None:
    file = zip_of(tmp_path / "pets.zip", two_classes(24))
    told: list[float] = []
    gathered = gather([file], "pets", (3, 16, 16), report=lambda share, word: told.append(share))
    images = load_images("pets")
    assert images.shape == (24, 3, 16, 16)
    assert images.label_names == ("cats", "dogs")
    assert images.labels.tolist() == [0] * 12 + [1] * 12, "in the order of their paths"
    assert gathered == gathered_report(root / "pets")
    assert gathered.notes == ("The 2 sub-folders are the labels.",)
    assert "averaged over areas to 16×16" in gathered.fitted[0]
    assert told[-1] == 1.0
    assert told == sorted(told)
    assert [entry.name for entry in root.iterdir()] == ["pets"], "nothing else is left behind"


def test_broken_files_are_listed_by_name_and_left_out(root: Path, tmp_path: Path) -> None:
    content = two_classes(20) | {
        "all/cats/cut.png": picture(1)[:60],
        "all/cats/words.jpg": b"no picture",
        "all/dogs/notes.txt": b"a text",
        "all/dogs/.DS_Store": b"clutter",
        "__MACOSX/all/cats/00.png": b"clutter",
        "all/dogs/empty.png": b"",
    }
    gathered = gather([zip_of(tmp_path / "pets.zip", content)], "pets", (1, 8, 8))
    why = {each.name: each.why for each in gathered.left_out}
    assert sorted(why) == ["all/cats/cut.png", "all/cats/words.jpg", "all/dogs/empty.png", "all/dogs/notes.txt"]
    assert "cut off or damaged" in why["all/cats/cut.png"]
    assert "The file is empty" in why["all/dogs/empty.png"]
    assert gathered.n_left_out == 4
    assert gathered.count == len(load_images("pets")) == 20


def test_a_folder_is_read_without_following_links(root: Path, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number:02d}.png").write_bytes(picture(number))
    (tmp_path / "secret.png").write_bytes(picture(99))
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    gathered = gather([folder], "mine", (3, 8, 8))
    assert [each.name for each in gathered.left_out] == ["link.png"]
    assert "links are not followed" in gathered.left_out[0].why
    assert load_images("mine").labels is None
    assert read_metadata(root / "mine" / "metadata.csv").file_names[0] == "00.png"


def test_a_table_beside_the_pictures_follows_the_images_that_were_kept(root: Path, tmp_path: Path) -> None:
    content = {f"{n:02d}.png": picture(n) for n in range(12)} | {"03.png": b"broken"}
    lines = "\n".join(f"{n:02d}.png,writer {n % 3}" for n in reversed(range(12)))
    content["metadata.csv"] = f"file,writer\n{lines}".encode()
    gathered = gather([zip_of(tmp_path / "a.zip", content)], "written", (1, 8, 8))
    table = read_metadata(root / "written" / "metadata.csv")
    writer = next(column for column in table.columns if column.name == "writer")
    assert gathered.count == table.count == 11
    assert [writer.names[code] for code in writer.values[2:5]] == ["writer 2", "writer 1", "writer 2"]


def test_pixels_of_an_array_of_the_size_are_kept_to_the_bit(root: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (30, 28, 20), dtype=np.uint8)
    np.save(tmp_path / "faces.npy", images)
    assert look_at([tmp_path / "faces.npy"]).shape == (1, 28, 20)
    gather([tmp_path / "faces.npy"], "faces", (1, 28, 20))
    assert np.array_equal(load_images("faces").images[:, 0], images)


@pytest.mark.parametrize(
    ("values", "first"),
    [
        (np.full((12, 8, 8), 0.5), 128),
        (np.full((12, 3, 8, 8), 200, np.int64), 200),
        (np.ones((12, 8, 8), bool), 255),
        (np.ones((12, 8, 8), np.uint8), 255),
        (np.full((12, 64), 7, np.uint8), 7),
    ],
)
def test_any_usual_array_is_grey_values(root: Path, tmp_path: Path, values: np.ndarray, first: int) -> None:
    np.save(tmp_path / "x.npy", values)
    shape = look_at([tmp_path / "x.npy"]).shape
    gather([tmp_path / "x.npy"], "x", shape)
    assert load_images("x").images[0, 0, 0, 0] == first


def test_an_npz_brings_its_labels_and_its_test_images(root: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (40, 8, 8), dtype=np.uint8)
    words = np.array(["b", "a"] * 15)
    np.savez(tmp_path / "a.npz", x_train=images[:30], y_train=words, x_test=images[30:], y_test=np.array(["a"] * 10))
    gathered = gather([tmp_path / "a.npz"], "lettered", (1, 8, 8))
    found = load_images("lettered")
    assert gathered.label_names == ("a", "b")
    assert found.labels[:2].tolist() == [1, 0]
    assert found.test.tolist() == list(range(30, 40))


def test_idx_files_are_told_apart_whatever_they_are_called(root: Path, tmp_path: Path) -> None:
    images = np.random.default_rng(0).integers(0, 256, (20, 9, 9), dtype=np.uint8)
    write_idx(tmp_path / "letters.gz", images)
    write_idx(tmp_path / "which.gz", np.arange(20, dtype=np.uint8) % 4)
    gather([tmp_path / "which.gz", tmp_path / "letters.gz"], "letters", (1, 9, 9))
    found = load_images("letters")
    assert np.array_equal(found.images[:, 0], images)
    assert found.label_names == ("0", "1", "2", "3")


def refused(files: list[Path], name: str = "mine", shape: tuple[int, int, int] = (1, 8, 8)) -> str:
    with pytest.raises(DataError) as problem:
        gather(files, name, shape)
    return str(problem.value)


def test_what_cannot_be_gathered_is_said_and_nothing_is_left(root: Path, tmp_path: Path) -> None:
    good = zip_of(tmp_path / "good.zip", two_classes())
    (tmp_path / "cut.zip").write_bytes(good.read_bytes()[:200])
    np.save(tmp_path / "codes.npy", np.zeros((5, 7)))
    np.savez(tmp_path / "other.npz", a=np.zeros(3), b=np.zeros(4))
    (tmp_path / "a.txt").write_text("a")
    np.save(tmp_path / "code.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    assert "cut.zip is no ZIP that can be read" in refused([tmp_path / "cut.zip"])
    assert "height × width × channels must be as many" in refused([tmp_path / "codes.npy"])
    assert "other.npz holds the arrays a, b; the images are looked for under images" in refused(
        [tmp_path / "other.npz"]
    )
    assert "a.txt is no source of images; it must be a ZIP" in refused([tmp_path / "a.txt"])
    assert "code.npy is no array that can be read" in refused([tmp_path / "code.npy"])
    assert "The data's name is 'My Pets'; it has 1 to 64 characters" in refused([good], "My Pets")
    assert "The data's name mnist is taken" in refused([good], "mnist")
    assert "each side must be 8 to 128" in refused([good], shape=(1, 4, 300))
    assert "3 of 3 images can be read; a data set needs at least 10" in refused(
        [zip_of(tmp_path / "few.zip", {f"{n}.png": picture(n) for n in range(3)})]
    )
    assert not root.exists() or list(root.iterdir()) == []


def test_a_name_that_is_there_is_never_written_over(root: Path, tmp_path: Path) -> None:
    gather([zip_of(tmp_path / "a.zip", two_classes())], "pets", (1, 8, 8))
    assert "The data's name pets is taken; nothing is overwritten" in refused([tmp_path / "a.zip"], "pets")


def test_a_full_disk_is_said_and_leaves_nothing(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = zip_of(tmp_path / "a.zip", two_classes())

    def full(*arguments: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(writing, "write_cache", full)
    assert "The disk of the data folder is full; nothing was kept. Free some space" in refused([file])
    assert list(root.iterdir()) == []


def test_too_little_room_is_said_before_anything_is_read(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = zip_of(tmp_path / "a.zip", two_classes())
    monkeypatch.setattr("shutil.disk_usage", lambda place: type("Usage", (), {"free": 50_000_001})())
    assert "50 MB are free in the data folder. Choose a smaller size" in refused([file])


def test_an_entry_that_unpacks_to_too_much_is_left_out_by_its_header(root: Path, tmp_path: Path) -> None:
    file = tmp_path / "bomb.zip"
    zip_of(file, two_classes())
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("all/cats/bomb.png", b"\0" * 100_000_001)
    look = look_at([file])
    assert (look.count, look.left_out) == (12, 1)


def test_a_look_says_what_is_there_and_what_size_suits(tmp_path: Path) -> None:
    look = look_at([zip_of(tmp_path / "a.zip", two_classes(20))])
    assert (look.count, look.classes, look.n_classes) == (20, (("cats", 10), ("dogs", 10)), 2)
    assert look.shape == (3, 30, 40)
    assert look.why == "All 20 looked at are 30×40 pixels; 20 of 20 looked at have a colour, so colour is kept."


def test_large_grey_photographs_are_suggested_small_and_square(tmp_path: Path) -> None:
    content = {f"{n}.jpg": picture(n, (400 + n, 300), colour=False, kind="JPEG") for n in range(12)}
    look = look_at([zip_of(tmp_path / "a.zip", content)])
    assert look.shape == (1, 64, 64)
    assert look.why.startswith(
        "They are about 300×405 pixels; each is cut to its middle square and made 64×64. None of"
    )


def test_folders_of_a_split_are_no_classes(tmp_path: Path) -> None:
    content = {f"{part}/{kind}/{n}.png": picture(n) for part in ("train", "test") for kind in "ab" for n in range(4)}
    look = look_at([zip_of(tmp_path / "a.zip", content)])
    assert look.classes == (("a", 8), ("b", 8))
    assert "The split is made anew: train and test are taken together." in look.notes[0]


def test_pictures_beside_the_folders_have_no_labels(tmp_path: Path) -> None:
    content = two_classes() | {"all/one.png": picture(5)}
    look = look_at([zip_of(tmp_path / "a.zip", content)])
    assert look.n_classes == 0
    assert look.notes == ("1 pictures lie beside the sub-folders, so there are no labels.",)


def test_a_shape_that_models_take_is_taken() -> None:
    check_shape((3, 8, 128))
