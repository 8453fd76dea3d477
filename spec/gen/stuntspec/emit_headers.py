# SPDX-License-Identifier: GPL-2.0-or-later
"""The committed border headers: regs/<dev>.h of each device, and events.h."""
from . import constants, ctext

LICENSE = "GPL-2.0-or-later OR BSD-3-Clause"
COMMAND = "headers"


def headers(spec):
    """All of them: path below include/stunt -> text."""
    files = {f"regs/{device.name}.h": _device(device) for device in spec.devices}
    files.update({f"regs/{device.name}-window.h": _window(device) for device in spec.devices
                  if constants.window_blocks(device)})
    files["events.h"] = _events(spec)
    return files


def _device(device):
    sources = [device.source.name, "spec/ids.toml"]
    lines = ctext.head(LICENSE, sources, COMMAND)
    lines += ctext.comment(_about(device))
    body = [ctext.defines(block) for block in constants.device_blocks(device)]
    body += [_struct(device, struct) for struct in device.structs]
    return _guard(lines, constants.macro("regs", device.name, "h"), body)


def _window(device):
    lines = ctext.head(LICENSE, [device.source.name], COMMAND)
    lines += ctext.comment(f"{device.title}: the window, 8 bits each.")
    body = [ctext.defines(block) for block in constants.window_blocks(device)]
    return _guard(lines, constants.macro("regs", device.name, "window", "h"), body)


def _about(device):
    text = f"{device.title}: registers, each 32 bits wide."
    if device.structs:
        text += (" Structures in memory are little-endian; the includer has defined uint8_t to uint64_t"
                 " (stdint.h, or linux/types.h in the kernel).")
    return text


def _events(spec):
    lines = ctext.head(LICENSE, [spec.faults.name], COMMAND)
    lines += ctext.comment("Numbers of event classes and fault actions, their fields and parameters.")
    body = [ctext.defines(block) for block in constants.event_blocks(spec)]
    return _guard(lines, constants.macro("events", "h"), body)


def _guard(lines, guard, blocks):
    lines += [f"#ifndef {guard}", f"#define {guard}"]
    for block in blocks:
        lines += ["", *block]
    return "\n".join(lines + ["", f"#endif /* {guard} */", ""])


def _struct(device, struct):
    name = f"stunt_{device.name}_{struct.name}"
    lines = ctext.comment(struct.doc) + [f"struct {name} {{"]
    for member in struct.members:
        count = f"[{member.count}]" if member.count else ""
        declaration = f"    uint{member.type[1:]}_t {member.name}{count};"
        with_doc = f"{declaration} /* {member.doc} */"
        if len(with_doc) <= ctext.COLUMNS:
            lines.append(with_doc)
        else:
            lines += ctext.comment(member.doc, "    ") + [declaration]
    lines.append("};")
    condition = f"sizeof(struct {name}) == {struct.bytes}"
    return lines + [f'_Static_assert({condition}, "{name} is {struct.bytes} bytes");']
