"""The length of chunks and the number of threads follow what is measured."""

import pytest

from fastnn.training.pace import Pace


def run(pace, seconds_of_a_step, chunks):
    """The (threads, steps) of each chunk, their times made up."""
    seen = []
    for _ in range(chunks):
        seen.append((pace.threads, pace.steps))
        pace.record(pace.steps, pace.steps * seconds_of_a_step[pace.threads])
    return seen


def test_a_chunk_grows_to_a_twentieth_of_a_second():
    chunks = [steps for _, steps in run(Pace(1), {1: 1e-4}, 8)]
    assert chunks[0] == 1
    assert chunks[-1] == 500
    assert chunks == sorted(chunks)


def test_a_long_step_is_a_chunk_of_its_own():
    assert {steps for _, steps in run(Pace(1), {1: 0.2}, 5)} == {1}


@pytest.mark.parametrize("faster", [1, 2])
def test_the_faster_number_of_threads_is_used(faster):
    seconds = {faster: 1e-4, 3 - faster: 2e-4}
    seen = run(Pace(2), seconds, 200)[20:]
    steps = {n: sum(steps for threads, steps in seen if threads == n) for n in (1, 2)}
    assert steps[faster] > 50 * steps[3 - faster] > 0


def test_the_choice_is_made_again_when_conditions_change():
    pace = Pace(2)
    assert run(pace, {1: 2e-4, 2: 1e-4}, 40)[-1][0] == 2
    assert run(pace, {1: 2e-4, 2: 5e-4}, 20)[-1][0] == 1
    assert run(pace, {1: 2e-4, 2: 1e-4}, 40)[-1][0] == 2


def test_one_thread_is_never_compared():
    assert {threads for threads, _ in run(Pace(1), {1: 1e-4}, 50)} == {1}


def test_one_disturbed_chunk_does_not_decide_for_long():
    pace = Pace(2)
    run(pace, {1: 1.2e-4, 2: 1e-4}, 20)
    while pace.threads != 2:
        run(pace, {1: 1.2e-4, 2: 1e-4}, 1)
    assert run(pace, {1: 1.2e-4, 2: 1.4e-4}, 2)[-1][0] == 1
    assert 2 in {threads for threads, _ in run(pace, {1: 1.2e-4, 2: 1e-4}, 6)}


def test_single_steps_do_not_decide():
    pace = Pace(2)
    run(pace, {1: 1e-5, 2: 1e-3}, 4)
    later = run(pace, {1: 1.2e-4, 2: 1e-4}, 12)
    assert max(later, key=lambda chunk: chunk[1])[0] == 2


def test_a_long_step_on_one_thread_is_seldom_tried():
    pace = Pace(2)
    run(pace, {1: 0.3, 2: 0.15}, 20)
    later = run(pace, {1: 0.3, 2: 0.15}, 200)
    assert 0 < sum(threads == 1 for threads, _ in later) <= 5


def test_a_long_step_that_takes_longer_is_tried_on_one_thread():
    pace = Pace(2)
    run(pace, {1: 0.3, 2: 0.15}, 24)
    while pace.threads == 1:
        run(pace, {1: 0.3, 2: 0.15}, 1)
    run(pace, {1: 0.3, 2: 0.15}, 20)
    assert 1 in {threads for threads, _ in run(pace, {1: 0.3, 2: 0.5}, 3)}
    assert run(pace, {1: 0.3, 2: 0.5}, 3)[-1][0] == 1
