"""What a file of results says of the moment and the machine, apart from what was found.

The same command gives the same results twice; what differs stands under `host`.
"""

from typing import Any

RUN_FIELDS = ("created", "environment", "envelope")
PORT_FIELDS = ("wall_s", "train_s", "peak_mb", "isolation")
NAME_FIELDS = ("port", "dtype")


def set_host_apart(record: dict[str, Any]) -> dict[str, Any]:
    """Return the record of a run, which is changed, with its host's part under `host`, last of all.

    >>> found = set_host_apart({"created": "now", "environment": {}, "envelope": {},
    ...     "settings": {"seed": 0, "command": "trueport run"}, "ports": []})
    >>> found["settings"], found["host"]["created"], found["host"]["command"]
    ({'seed': 0}, 'now', 'trueport run')
    """
    host = {name: record.pop(name) for name in RUN_FIELDS}
    host["command"] = record["settings"].pop("command", "")
    host["ports"] = [
        {name: port[name] for name in NAME_FIELDS} | {name: port.pop(name) for name in PORT_FIELDS}
        for port in record["ports"]
    ]
    return record | {"host": host}


def put_host_back(record: dict[str, Any]) -> dict[str, Any]:
    """Return the inverse of `set_host_apart`; record is changed."""
    host = record.pop("host")
    record |= {name: host[name] for name in RUN_FIELDS}
    record["settings"]["command"] = host["command"]
    for port, own in zip(record["ports"], host["ports"], strict=True):
        port.update({name: own[name] for name in PORT_FIELDS if name in own})
    return record
