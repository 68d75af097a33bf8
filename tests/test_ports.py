"""Servers of the tests keep out of each other's way."""

import socket
from itertools import islice

from tests.ports import free_port, ports_of


def test_no_port_is_drawn_twice_by_one_worker() -> None:
    drawn = [free_port() for _ in range(700)]
    assert len(set(drawn)) == len(drawn)


def test_workers_draw_different_ports() -> None:
    own = [set(islice(ports_of(f"gw{worker}"), 1_500)) for worker in range(8)]
    assert len(set.union(*own)) == 12_000


def test_a_port_in_use_is_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port()))
        in_use = taken.getsockname()[1]
        assert in_use not in {free_port() for _ in range(1_499)}
