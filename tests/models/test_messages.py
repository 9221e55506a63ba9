import numpy as np

from trueport.compare.models.messages import load_message, save_message


def test_what_is_written_is_read(tmp_path):
    path = tmp_path / "a.message"
    sent = {"do": "run", "given": [np.arange(6.0).reshape(2, 3), None, {"eps": 1e-5}], "n": True}
    save_message(path, sent)
    got = load_message(path)
    np.testing.assert_array_equal(got["given"][0], sent["given"][0])
    assert got["given"][1:] == [None, {"eps": 1e-5}]
    assert (got["do"], got["n"]) == ("run", True)


def test_the_names_of_arrays_may_be_any(tmp_path):
    path = tmp_path / "a.message"
    save_message(path, {"layer1.0/conv:weight": np.float32(3.0)})
    got = load_message(path)["layer1.0/conv:weight"]
    assert (float(got), got.dtype) == (3.0, np.float32)
