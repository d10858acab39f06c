"""What is compiled is read as code: it lies in a folder that is this user's and nobody else's."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import sim

pytestmark = pytest.mark.skipif(not hasattr(os, "geteuid"), reason="folders have owners elsewhere")


@pytest.fixture
def places(tmp_path, monkeypatch):
    """A home that is a folder of caches, and a shared temporary folder."""
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sim.tempfile, "tempdir", str(shared))
    return tmp_path / "home" / "backlash", shared


def mode(path):
    return path.lstat().st_mode & 0o777


def private(folder):
    assert mode(folder) == 0o700 and folder.stat().st_uid == os.geteuid()
    assert not folder.is_symlink() and not folder.parent.is_symlink()
    return True


def test_the_folder_is_the_users_and_the_same_each_time(places):
    home, _ = places
    found = sim._cache_folder()
    assert found.parent == home and private(found) and mode(home) == 0o700
    assert sim._cache_folder() == found


def test_a_folder_that_others_could_read_is_closed(places):
    home, _ = places
    found = sim._cache_folder()
    for folder in (home, found):
        folder.chmod(0o755)
    assert sim._cache_folder() == found and private(found) and mode(home) == 0o700


def test_a_folder_that_others_could_write_is_not_used(places):
    found = sim._cache_folder()
    found.chmod(0o777)
    (found / "planted.nbi").write_bytes(b"a pickle of somebody else's")
    other = sim._cache_folder()
    assert other != found and private(other)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root gives folders away")
@pytest.mark.parametrize("leaf", [True, False])
def test_a_folder_of_another_user_is_not_used(places, leaf):
    found = sim._cache_folder()
    os.chown(found if leaf else found.parent, 65534, 65534)
    other = sim._cache_folder()
    assert other.parent != found.parent and private(other)


@pytest.mark.parametrize("leaf", [True, False])
def test_a_link_is_not_followed(places, leaf, tmp_path):
    found = sim._cache_folder()
    target = found if leaf else found.parent
    target.rename(tmp_path / "elsewhere")
    target.symlink_to(tmp_path / "elsewhere")
    other = sim._cache_folder()
    assert other.parent != found.parent and private(other)


def test_without_a_home_the_folder_in_the_shared_one_is_the_users_too(places, monkeypatch):
    _, shared = places
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nonexistent")
    found = sim._cache_folder()
    assert found.parent == shared / f"backlash-{os.geteuid()}" and private(found)
    assert mode(found.parent) == 0o700 and sim._cache_folder() == found
    found.chmod(0o777)
    other = sim._cache_folder()
    assert other.parent == shared and private(other)  # made for this once
    assert sim._cache_folder() != other


def test_a_user_whom_the_machine_gives_no_home_can_import_it(tmp_path):
    code = "import sim, os; print(os.environ['NUMBA_CACHE_DIR'])"
    gone = "import pathlib\ndef none(): raise RuntimeError\npathlib.Path.home = none\n"
    kept = {"PATH": os.environ["PATH"], "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", gone + code],
        env=kept, cwd=Path(sim.__file__).parent.parent, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


def imported(file):
    """What a module of `sim` imports when it runs, by dotted name."""
    found = set()
    todo = [ast.parse(file.read_text())]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        todo += [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.stmt)]
    return found


def test_no_compiled_function_takes_anything_from_what_the_folder_is_not_named_after():
    root = Path(sim.__file__).parent
    files = {
        "sim." + ".".join(file.relative_to(root).with_suffix("").parts): file
        for file in root.rglob("*.py")
    }
    uses = {name: imported(file) & set(files) for name, file in files.items()}
    todo = [name for name in files if "sim.base.compiled" in uses[name]]
    assert "sim.kernel.step" in todo and "sim.draws" in todo
    seen = set(todo)
    while todo:
        new = uses[todo.pop()] - seen
        seen |= new
        todo += new
    assert not {files[name].relative_to(root).parts[0] for name in seen} & sim._ABOVE
    assert all((root / name).exists() for name in sim._ABOVE)
