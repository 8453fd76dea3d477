# SPDX-License-Identifier: GPL-2.0-or-later
"""Registers: places in the BAR, fields, access and reset values."""
from dataclasses import dataclass

from .check_bits import check_bits, check_bytes
from .check_common import UPPER, check_name, check_unique
from .model import WORD_BYTES, Window

MSIX_ENTRY_BYTES = 16
PBA_WORD_BYTES = 8
PBA_WORD_BITS = 64
ELEMENTS_MAX = 0xFFFF  # uint16_t in struct stunt_reg_info
VALUES_MAX = 0xFFFF


@dataclass
class _Piece:
    start: int
    size: int
    name: str
    node: object
    key: str

    @property
    def end(self):
        return self.start + self.size

    def line(self):
        return self.node.source.line(self.node.path + (self.key,))


def check_registers(device, problems):
    check_unique(device.named, "register", problems)
    for register in device.named:
        check_name(register, register.name, UPPER, problems, "name")
    for register in device.registers:
        check_bits(register, problems)
    spans = [*device.registers, *device.reserved]
    if device.window:
        check_bytes(device.window, problems)
        spans.append(device.window)
    placed = [span for span in spans if _check_shape(span, device.bar.size, problems)]
    if device.values > VALUES_MAX:
        problems.at(device, f"the device has {device.values} registers, more than {VALUES_MAX}")
    pieces = [
        _Piece(start, size, _name(span), span, "offset") for span in placed for start, size in span.pieces()
    ]
    pieces += _msix_pieces(device, problems)
    pieces.sort(key=lambda piece: (piece.start, piece.end))
    if not _check_overlaps(pieces, problems) and len(placed) == len(spans):
        _check_holes(spans, pieces, problems)


def _check_shape(span, bar_size, problems):
    """A span by itself. False when its place makes no sense."""
    before = len(problems.found)
    for key, value in (("offset", span.offset), ("size", span.size)):
        if value % WORD_BYTES:
            problems.at(span, f"{key} {value:#x} must be a multiple of {WORD_BYTES}", key)
    if span.size == 0:
        problems.at(span, "size is 0", "size")
    if not 1 <= span.count <= ELEMENTS_MAX:
        problems.at(span, f"count {span.count} must be from 1 to {ELEMENTS_MAX}", "array", "count")
    elif span.count > 1 or span.stride:
        _check_stride(span, problems)
    if len(problems.found) == before and span.end > bar_size:
        problems.at(span, f"{_name(span)} ends at {span.end:#x}, outside of its BAR of {bar_size:#x} bytes",
                    "offset")
    return len(problems.found) == before


def _check_stride(span, problems):
    if span.stride % WORD_BYTES or span.stride > ELEMENTS_MAX:
        problems.at(span, f"stride {span.stride:#x} must be a multiple of {WORD_BYTES} below"
                    f" {ELEMENTS_MAX + 1:#x}", "array", "stride")
    elif span.stride < span.size:
        problems.at(span, f"elements of {_name(span)} overlap: stride {span.stride:#x} is less than their"
                    f" size {span.size:#x}", "array", "stride")


def _check_overlaps(pieces, problems):
    """Notes each pair of spans that overlap, once. True when there is one."""
    found = set()
    reach = None
    for piece in pieces:
        if reach and piece.start < reach.end:
            first, second = sorted((reach, piece), key=_Piece.line)
            pair = (first.node.path, first.key, second.node.path, second.key)
            if pair not in found:
                problems.at(second.node, f"{second.name} at {second.start:#x} overlaps {first.name}"
                            f" (line {first.line()})", second.key)
            found.add(pair)
        reach = piece if not reach or piece.end > reach.end else reach
    return bool(found)


def _check_holes(spans, pieces, problems):
    """No undeclared hole before the end of the last register; one message for a hole in an array."""
    last = max((span.end for span in spans), default=0)
    found = set()
    end, before = 0, "the start of the BAR"
    for piece in pieces:
        if end < min(piece.start, last) and piece.node.path not in found:
            problems.at(piece.node, f"hole of {piece.start - end:#x} bytes at {end:#x}, between {before} and"
                        f" {piece.name}: declare it with [[reserved]]", piece.key)
            found.add(piece.node.path)
        end, before = piece.end, piece.name


def _msix_pieces(device, problems):
    bar, count = device.bar, device.pci.msix
    tables = (
        ("msix_table", "the MSI-X table", bar.msix_table, count * MSIX_ENTRY_BYTES),
        ("msix_pba", "the MSI-X PBA", bar.msix_pba, -(-count // PBA_WORD_BITS) * PBA_WORD_BYTES),
    )
    pieces = [
        _Piece(start, size, name, bar, key) for key, name, start, size in tables if start is not None and size
    ]
    for piece in pieces:
        if piece.end > bar.size:
            problems.at(bar, f"{piece.name} ends at {piece.end:#x}, outside of its BAR of {bar.size:#x}"
                        " bytes", piece.key)
    return pieces


def _name(span):
    if isinstance(span, Window):
        return "[window]"
    return getattr(span, "name", "[[reserved]]")
