"""Lines of the log stay whole, whoever writes at the same time, and hold nobody up."""

import json
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from intake.logs import JsonLines, WholeLines


def writing_to(file: int) -> logging.Logger:
    handler = WholeLines(file)
    handler.setFormatter(JsonLines())
    log = logging.Logger("of-the-test", logging.INFO)
    log.addHandler(handler)
    return log


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("ab") as file, ThreadPoolExecutor(20) as pool:
        log = writing_to(file.fileno())
        list(pool.map(lambda at: log.info("dòng thứ %d", at), range(1000)))
    lines = path.read_text(encoding="utf-8").splitlines()
    told = {json.loads(line)["message"] for line in lines}
    assert told == {f"dòng thứ {at}" for at in range(1000)}


def test_a_line_that_waits_to_be_written_holds_up_no_other(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("ab") as file:
        log = writing_to(file.fileno())
        (handler,) = log.handlers
        handler.acquire()
        try:
            other = threading.Thread(target=log.info, args=["đi qua"])
            other.start()
            other.join(5)
            assert not other.is_alive()
        finally:
            handler.release()
    assert "đi qua" in path.read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_stops_nobody() -> None:
    read, write = os.pipe()
    os.close(read)
    writing_to(write).info("không ai đọc")
    os.close(write)
