# SPDX-License-Identifier: GPL-2.0-or-later
"""C of the build directory: <dev>-spec.c and device-list.h for the models, faults-spec.c for all."""
from . import ctext, events

LICENSE = "GPL-2.0-or-later"


def device_c(device):
    """Text of <dev>-spec.c: one struct stunt_device_spec."""
    lines = ctext.head(LICENSE, [device.source.name, "spec/ids.toml"], f"device-c {device.name}")
    lines += ['#include "spec.h"', ""]
    if device.registers:
        lines.append("static const struct stunt_reg_info regs[] = {")
        for register in device.registers:
            lines += _register(register)
        lines += ["};", ""]
    if device.vectors:
        lines.append("static const struct stunt_vector_info vectors[] = {")
        lines += [f"    {{ {ctext.string(v.name)}, {ctext.string(v.doc)} }}," for v in device.vectors]
        lines += ["};", ""]
    if device.window:
        lines.append("static const char *const window_names[] = {")
        lines += [f"    {ctext.string(register.name)}," for register in device.window.registers]
        lines += ["};", "", "static const struct stunt_window_info window = {", *_window(device), "};", ""]
    return "\n".join(lines + _spec(device) + [""])


def device_list_h(spec):
    """Text of device-list.h: a macro that does something for each device."""
    lines = ctext.head(LICENSE, ["spec/devices"], "device-list-h")
    lines += ["#ifndef STUNT_DEVICE_LIST_H", "#define STUNT_DEVICE_LIST_H", ""]
    lines += ctext.comment("DO(name) for each device that has a description.")
    lines.append("#define STUNT_DEVICES(DO) \\")
    names = [f"    DO({device.name})" for device in spec.devices]
    return "\n".join([*lines, " \\\n".join(names), "", "#endif", ""])


def faults_c(spec):
    """Text of faults-spec.c: the tables of event classes, of fault actions, and of the devices' events."""
    lines = ctext.head(LICENSE, [spec.faults.name, "spec/devices"], "faults-c")
    lines += ['#include "fault.h"', "", "const struct stunt_class_info stunt_classes[] = {"]
    for item in spec.classes:
        fields = ", ".join(map(ctext.string, item.fields)) or "NULL"
        lines += _row(
            name=ctext.string(item.name), doc=ctext.string(item.doc), id=item.id,
            n_fields=len(item.fields), field=f"{{ {fields} }}",
        )
    lines += ["};", "const size_t stunt_n_classes = sizeof(stunt_classes) / sizeof(stunt_classes[0]);", ""]
    lines.append("const struct stunt_action_info stunt_actions[] = {")
    for item in spec.actions:
        lines += _action(item, spec)
    lines += ["};", "const size_t stunt_n_actions = sizeof(stunt_actions) / sizeof(stunt_actions[0]);"]
    lines += events.tables(spec)
    return "\n".join(lines + [""])


def _row(**members):
    lines = ["    {"]
    lines += [f"        .{name} = {value}," for name, value in members.items()]
    return lines + ["    },"]


def _register(register):
    return _row(
        name=ctext.string(register.name), offset=f"0x{register.offset:x}", count=register.count,
        stride=f"0x{register.stride:x}", first=register.first, reset=f"0x{register.reset_value:08x}",
        rw=f"0x{register.mask('rw'):08x}", w1c=f"0x{register.mask('w1c'):08x}",
        w1s=f"0x{register.mask('w1s'):08x}", wo=f"0x{register.mask('wo'):08x}",
        reserved=f"0x{register.reserved_mask:08x}",
        is_volatile=_flag(register.is_volatile), side_effect=_flag(register.side_effect),
    )


def _spec(device):
    members = dict(name=ctext.string(device.name), title=ctext.string(device.title))
    members.update(_pci(device) if device.pci else _isa(device.isa))
    members.update(
        window="&window" if device.window else "NULL",
        vectors="vectors" if device.vectors else "NULL", n_vectors=len(device.vectors),
    )
    lines = [f"    .{name} = {value}," for name, value in members.items()]
    return [f"const struct stunt_device_spec stunt_{device.name}_spec = {{", *lines, "};"]


def _isa(isa):
    return dict(isa_iobase=f"0x{isa.iobase:x}", isa_irq=isa.irq)


def _pci(device):
    pci, bar, memory = device.pci, device.bar, device.memory
    return dict(
        vendor_id=f"0x{pci.vendor:04x}", device_id=f"0x{pci.device:04x}",
        subsystem_vendor_id=f"0x{pci.subsystem_vendor:04x}", subsystem_id=f"0x{pci.subsystem:04x}",
        class_code=f"0x{pci.class_code:06x}", revision=pci.revision, msi=pci.msi, msix=pci.msix,
        wake=_flag(pci.wake),
        bar=bar.index, bar_size=f"0x{bar.size:x}", msix_table=f"0x{bar.msix_table or 0:x}",
        msix_pba=f"0x{bar.msix_pba or 0:x}",
        memory_name=ctext.string(memory.name) if memory else "NULL",
        memory_bar=memory.index if memory else 0, memory_size=f"0x{memory.size if memory else 0:x}",
        regs="regs", n_regs="sizeof(regs) / sizeof(regs[0])", n_values=device.values,
    )


def _window(device):
    window, bar = device.window, device.window_bar
    members = dict(
        offset=f"0x{window.offset:x}", size=window.size, count=window.count, stride=f"0x{window.stride:x}",
        names="window_names", bar_name=ctext.string(bar.name) if bar else "NULL", bar=bar.index if bar else 0,
    )
    return [f"    .{name} = {value}," for name, value in members.items()]


def _action(item, spec):
    classes = sum(1 << event_class.id for event_class in item.classes(spec))
    members = dict(
        name=ctext.string(item.name), doc=ctext.string(item.doc), id=item.id, classes=f"0x{classes:x}u",
        lasts=_flag(item.lasts), n_params=len(item.params),
    )
    if item.params:
        members["param"] = f"{{ {', '.join(ctext.string(param.name) for param in item.params)} }}"
        members["def"] = f"{{ {', '.join(hex(param.default) + 'u' for param in item.params)} }}"
        members["max"] = f"{{ {', '.join(hex(param.max) + 'u' for param in item.params)} }}"
    return _row(**members)


def _flag(value):
    return "true" if value else "false"
