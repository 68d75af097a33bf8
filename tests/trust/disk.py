"""A disk of the tests' own that can lose its power, fill up, break or hang: an image on a loop.

What the file system wrote to the device is in the image, what it still held in memory is not. So a
copy of the image, taken the moment everything was killed, is what a power cut leaves: ext4 commits
by itself only every ten minutes here, and the kernel writes dirty pages back after half a minute.
What a drive would lose from a cache of its own although it was flushed is not shown.

The device fails by a seal on the image: from then on every write ends in an I/O error, and what was
written stays. A full medium under the loop, the simpler way, shows something else: the loop says of
a write that only its first pages fitted that it was done, so what was flushed is gone.
"""

import contextlib
import fcntl
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
    """An ext4 file system in an image, which lies in memory."""

    def __init__(self, folder: Path) -> None:
        self.mounted = folder / "disk"
        self.mounted.mkdir()
        self._image = _image()
        _run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,nodiscard", _path(self._image))
        self._mount()

    def cut_power(self) -> None:
        """Go on with what a power cut would have left. Nobody may use the disk any more."""
        self._go_on_with_a_copy()
        self._mount()

    @contextlib.contextmanager
    def full(self) -> Iterator[None]:
        """Leave no byte on the disk."""
        with _ballast(self.mounted):
            yield

    def fail(self) -> None:
        """Let every write to the device fail; what was written can still be read."""
        fcntl.fcntl(self._image, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE)

    def repair(self) -> None:
        """Put in a sound device with what is on the failed one. Nobody may use it meanwhile."""
        self._go_on_with_a_copy()
        _run("e2fsck", "-fy", _path(self._image), check=False)
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
        os.close(self._image)

    def _go_on_with_a_copy(self) -> None:
        copy = _image()
        _run("cp", "--sparse=always", _path(self._image), _path(copy))
        self.remove()
        self._image = copy

    def _mount(self) -> None:
        _run("mount", "-o", _MOUNT, _path(self._image), self.mounted)

    def _unmount(self) -> None:
        for _ in range(100):
            if subprocess.run(["umount", self.mounted], check=False).returncode == 0:
                return
            time.sleep(0.1)
        raise AssertionError("somebody still uses the disk")


def _image() -> int:
    """Return an empty file in memory, which nobody needs to remove."""
    image = os.memfd_create("disk", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    os.truncate(image, _MEGABYTES * 1024 * 1024)
    return image


def _path(image: int) -> str:
    return f"/proc/{os.getpid()}/fd/{image}"


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
