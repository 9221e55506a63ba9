"""The stand-in for tqdm is used in every way that tqdm is."""

from trueport.compare.ports.user_code.progress_bar import ProgressBar, trange


def test_a_progress_bar_is_a_loop_a_context_and_a_counter() -> None:
    assert list(ProgressBar([1, 2], desc="steps", total=2)) == [1, 2]
    assert len(ProgressBar([1, 2])) == 2
    assert list(trange(2, desc="steps")) == [0, 1]
    with ProgressBar(total=3) as bar:
        bar.update()
        bar.update(2)
        bar.set_postfix(loss=0.1)
        bar.close()
    assert (bar.n, bar.total) == (3, 3)
