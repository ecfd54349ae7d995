"""A run ends in two steps, with some time between them or none."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers.reports.editions import Edition
from helpers.reports.ending import Ending
from helpers.reports.execute import execute
from helpers.reports.kernel import Kernels
from helpers.reports.outcome import Limits, Status


@pytest.fixture
def end():
    """Make an end with a grace; the kernels tell how far it is."""

    def make(grace: float) -> tuple[Ending, Kernels]:
        kernels = Kernels()
        return Ending(ThreadPoolExecutor(1), kernels, grace), kernels

    return make


def far(kernels: Kernels) -> tuple[bool, bool]:
    return kernels.closed.is_set(), kernels.stopped.is_set()


def test_with_a_grace_the_first_step_only_closes(end):
    ending, kernels = end(600)
    assert math.isinf(ending.left)
    ending.step()
    assert far(kernels) == (True, False)
    assert 0 < ending.left <= 600
    ending.step()
    assert far(kernels) == (True, True)
    assert math.isinf(ending.left)


@pytest.mark.parametrize("grace", [0, -1, float("nan")])
def test_without_one_the_first_step_is_the_last(end, grace):
    ending, kernels = end(grace)
    ending.step()
    assert far(kernels) == (True, True)
    assert math.isinf(ending.left)


def test_any_time_can_be_waited_for(end):
    ending, _ = end(1e300)
    ending.step()
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(int).result(timeout=ending.left) == 0


def test_nothing_that_waits_begins_after_the_first_step(end):
    threads, kernels = ThreadPoolExecutor(1), Kernels()
    kernels.turn.acquire()
    with threads:
        threads.submit(kernels.turn.acquire)
        waits = threads.submit(int)
        Ending(threads, kernels, 600).step()
        kernels.turn.release()
    assert waits.cancelled()


def test_a_run_that_was_to_wait_for_its_turn_is_interrupted_without_a_cell(
    project, notebook, tmp_path
):
    begun = tmp_path / "begun"
    notebook("n", f"open({str(begun)!r}, 'w').close()")
    kernels = Kernels()
    kernels.close()
    outcome = execute(Edition("e", "n", "t", "q"), project, kernels=kernels)
    assert outcome.status is Status.INTERRUPTED
    assert outcome.message == "stopped before its turn came"
    assert not begun.exists()


def test_a_kernel_that_dies_within_the_grace_gets_no_other(project, notebook):
    kernels = Kernels()

    class Closing:
        """A turn in which the run is told to end."""

        def __enter__(self):
            pass

        def __exit__(self, *_):
            kernels.close()

    kernels.turn = Closing()
    notebook("n", "import os; os._exit(1)")
    limits = Limits(back_off=600)
    outcome = execute(Edition("e", "n", "t", "q"), project, limits=limits, kernels=kernels)
    assert (outcome.status, outcome.attempts) == (Status.KERNEL_DIED, 1)
