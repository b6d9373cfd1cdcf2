"""Event files for TensorBoard."""

from __future__ import annotations

import struct

from fake_network import FakeNetwork, dataset

from nndsl.runtime.tensorboard import masked_checksum, tensorboard
from nndsl.runtime.trainer import fit
from nndsl.settings import TrainSettings


def fields(content: bytes) -> list[tuple[int, object]]:
    """The fields of a message."""
    found, at = [], 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = content[at]
            at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while at < len(content):
        number, kind = divmod(varint(), 8)
        size = {0: 0, 1: 8, 5: 4}.get(kind, 0) if kind != 2 else varint()
        value = varint() if kind == 0 else content[at:at + size]
        at += size
        found.append((number, {1: lambda v: struct.unpack("<d", v)[0], 5: lambda v: struct.unpack("<f", v)[0]}.get(
            kind, lambda v: v)(value)))
    return found


def records(content: bytes) -> list[list[tuple[int, object]]]:
    found, at = [], 0
    while at < len(content):
        length, check = struct.unpack_from("<QI", content, at)
        assert check == masked_checksum(content[at:at + 8])
        message = content[at + 12:at + 12 + length]
        assert struct.unpack_from("<I", content, at + 12 + length)[0] == masked_checksum(message)
        found.append(fields(message))
        at += 16 + length
    return found


def test_checksums_are_those_of_tensorflow():
    # crc32c of "123456789" is 0xe3069283 (RFC 3720, appendix B.4, gives more)
    crc = 0xE3069283
    assert masked_checksum(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF
    crc = 0x8A9136AA
    assert masked_checksum(bytes(32)) == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_every_epoch_is_there(tmp_path):
    network = FakeNetwork()
    network.initialize(3)
    result = fit(network, dataset(), TrainSettings(epochs=130, batch=200), [tensorboard(tmp_path, lambda: 1e9)])
    path, = tmp_path.iterdir()
    assert path.name == "events.out.tfevents.1000000000.nndsl"
    first, *rest = records(path.read_bytes())
    assert first == [(1, 1e9), (3, b"brain.Event:2")]
    assert [dict(r)[2] for r in rest] == [*range(1, 131), 130]
    values = {dict(fields(v))[1].decode(): dict(fields(v))[2] for _, v in fields(dict(rest[129])[5])}
    assert values.keys() == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert abs(values["loss"] - result.history[129].figures["loss"]) < 1e-6
    assert b"test_accuracy" in dict(rest[130])[5]
