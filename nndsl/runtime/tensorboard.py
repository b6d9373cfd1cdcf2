"""Event files for TensorBoard, written without it: records of length, checksum, message, checksum.

Source: the record format of TensorFlow's record_writer.h and the messages of event.proto and summary.proto, of which only
numbers are used here.
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nndsl.diagnostics import NNError, problem
from nndsl.runtime.events import Ended, EpochEnded, Event, Listener

VERSION = b"brain.Event:2"
VARINT, EIGHT_BYTES, BYTES, FOUR_BYTES = 0, 1, 2, 5


def _table() -> tuple[int, ...]:
    """The remainders of CRC-32C, polynomial 0x1EDC6F41 read backwards."""
    def remainder(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        return value

    return tuple(remainder(byte) for byte in range(256))


TABLE = _table()


def masked_checksum(content: bytes) -> int:
    """CRC-32C, turned and shifted as TensorFlow does, so that checksums of checksums do not cancel."""
    checksum = 0xFFFFFFFF
    for byte in content:
        checksum = TABLE[(checksum ^ byte) & 0xFF] ^ checksum >> 8
    checksum ^= 0xFFFFFFFF
    return ((checksum >> 15 | checksum << 17) + 0xA282EAD8) & 0xFFFFFFFF


def record(content: bytes) -> bytes:
    """A message as it stands in the file."""
    length = struct.pack("<Q", len(content))
    return length + struct.pack("<I", masked_checksum(length)) + content + struct.pack("<I", masked_checksum(content))


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def _field(number: int, kind: int, content: bytes) -> bytes:
    return _varint(number << 3 | kind) + (_varint(len(content)) if kind == BYTES else b"") + content


def event(seconds: float, step: int, numbers: Mapping[str, float]) -> bytes:
    """The message of some numbers at a step."""
    values = b"".join(_field(1, BYTES, _field(1, BYTES, name.encode()) + _field(2, FOUR_BYTES, struct.pack("<f", value)))
                      for name, value in numbers.items())
    return _field(1, EIGHT_BYTES, struct.pack("<d", seconds)) + _field(2, VARINT, _varint(step)) + _field(5, BYTES, values)


def tensorboard(folder: Path, clock: Callable[[], float] = time.time) -> Listener:
    """Who writes each epoch's figures into an event file in `folder`, by number of the epoch."""
    path = folder / f"events.out.tfevents.{int(clock())}.nndsl"

    def append(content: bytes) -> None:
        try:
            with open(path, "ab") as file:
                file.write(record(content))
        except OSError as error:
            raise NNError(problem("NN0606", None, path=str(path), reason=error.strerror or error)) from error

    def listen(happened: Event) -> None:
        if isinstance(happened, EpochEnded):
            append(event(clock(), happened.record.epoch, _numbers(happened.record.figures)))
        elif isinstance(happened, Ended) and happened.result.test:
            test = {f"test_{name}": value for name, value in _numbers(happened.result.test).items()}
            append(event(clock(), happened.result.epochs, test))

    append(_field(1, EIGHT_BYTES, struct.pack("<d", clock())) + _field(3, BYTES, VERSION))
    return listen


def _numbers(figures: Mapping[str, Any]) -> dict[str, float]:
    return {name: float(value) for name, value in figures.items() if isinstance(value, (int, float))}
