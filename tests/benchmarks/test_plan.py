"""What the benchmarks measure, and in which order."""

from benchmarks.plan import make_full_sizes, plan_rounds


def test_a_round_holds_every_loop_beside_its_peer() -> None:
    names = [
        job[0]
        for _, number, job in plan_rounds(make_full_sizes("embedded", 10, 2), ("loops",))
        if number
    ]
    assert names == [
        *2 * ("chapter", "reference float64"),
        *2 * ("torch eager", "torch eager, logging as the chapter", "torch float32"),
        *2 * ("keras fit", "keras batches, logging as the chapter", "keras float32"),
    ]
