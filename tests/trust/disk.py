"""A disk of the tests' own that can lose its power, fill up, break or hang: an image on a loop.

What the file system wrote to the device is in the image, what it still held in memory is not. So a
copy of the image, taken the moment everything was killed, is what a power cut leaves: ext4 commits
by itself only every ten minutes here, and the kernel writes dirty pages back after half a minute.
What a drive would lose from a cache of its own although it was flushed is not shown.
"""

import contextlib
import functools
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

_MEGABYTES = 256
_MOUNT = "loop,commit=600,errors=continue"


@functools.cache
def can_mount() -> bool:
    """Tell whether disks of our own can be made here: containers may not, even as root."""
    if os.geteuid() != 0:
        return False
    with tempfile.TemporaryDirectory() as folder:
        if not _works("mount", "-t", "tmpfs", "none", folder):
            return False
        return _works("umount", folder) and _works("losetup", "--find")


def _works(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Disk:
    """An ext4 file system in an image, which lies in memory and can run out of it."""

    def __init__(self, folder: Path) -> None:
        self._under = folder / "under"
        self._image = self._under / "image"
        self._under.mkdir()
        self.mounted = folder / "disk"
        self.mounted.mkdir()
        _run("mount", "-t", "tmpfs", "-o", f"size={3 * _MEGABYTES}m", "none", self._under)
        _run("truncate", "-s", f"{_MEGABYTES}M", self._image)
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard", self._image)
        self._mount()

    def cut_power(self) -> None:
        """Go on with what a power cut would have left. Nobody may use the disk any more."""
        left = self._image.with_name("left")
        _run("cp", "--sparse=always", self._image, left)
        self._unmount()
        left.replace(self._image)
        self._mount()

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Leave no byte on the disk."""
        with _ballast(self.mounted):
            yield

    def fail(self) -> None:
        """Let every write to a new place of the device fail: the medium under it is full."""
        with contextlib.suppress(OSError), (self._under / "ballast").open("wb") as file:
            while True:
                file.write(b"\0" * 1_000_000)

    def repair(self) -> None:
        """Put in a sound medium with what was on the failed one. Nobody may use it meanwhile."""
        (self._under / "ballast").unlink()
        self._unmount()
        _run("e2fsck", "-fy", self._image, check=False)
        self._mount()

    @contextlib.contextmanager
    def hanging(self) -> Iterator[None]:
        """Let every write wait."""
        _run("fsfreeze", "--freeze", self.mounted)
        try:
            yield
        finally:
            _run("fsfreeze", "--unfreeze", self.mounted)

    def remove(self) -> None:
        self._unmount()
        _run("umount", self._under)

    def _mount(self) -> None:
        _run("mount", "-o", _MOUNT, self._image, self.mounted)

    def _unmount(self) -> None:
        for _ in range(100):
            if subprocess.run(["umount", self.mounted], check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError("somebody still uses the disk")


@contextlib.contextmanager
def _ballast(folder: Path) -> Iterator[None]:
    path = folder / "ballast"
    free = shutil.disk_usage(folder).free
    _run("fallocate", "-l", free, path, check=False)
    with contextlib.suppress(OSError), path.open("ab") as file:
        while True:
            file.write(b"\0" * 4096)
            file.flush()
    try:
        yield
    finally:
        path.unlink()


def _run(*command: object, check: bool = True) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, check=False)
    assert done.returncode == 0 or not check, (command, done.stderr)
