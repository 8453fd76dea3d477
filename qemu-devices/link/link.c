/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "link/link.h"
#include "types.h"

/* There is one trace, so one device owns it. */
static StuntLink *the_link;

static uint32_t read_time(StuntPCI *dev)
{
    uint64_t now = qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);

    stunt_pci_set_reg(dev, STUNT_LINK_TIME_LO, 0, (uint32_t)now);
    stunt_pci_set_reg(dev, STUNT_LINK_TIME_HI, 0, now >> 32);
    return (uint32_t)now;
}

static uint32_t reg_read(StuntPCI *dev, const struct stunt_reg_access *access)
{
    switch (access->info->offset) {
    case STUNT_LINK_RX_LEN:
        return stunt_link_take_answer(STUNT_LINK(dev));
    case STUNT_LINK_TIME_LO:
        return read_time(dev);
    default:
        return access->value;
    }
}

static void doorbell(StuntLink *link, uint32_t command)
{
    switch (command) {
    case STUNT_LINK_DOORBELL_CMD_NONE:
        break;
    case STUNT_LINK_DOORBELL_CMD_ASK:
        stunt_link_ask(link);
        break;
    case STUNT_LINK_DOORBELL_CMD_DUMP:
        stunt_link_dump(link);
        break;
    default:
        stunt_pci_misuse(STUNT_PCI(link), STUNT_MISUSE_RESERVED_WRITE, STUNT_LINK_DOORBELL, command);
        break;
    }
}

static void check_control(uint32_t was, uint32_t is)
{
    if (was & ~is & STUNT_LINK_CHECK_CTRL_ENABLE) {
        stunt_check_off_all();
    }
}

static void reg_written(StuntPCI *dev, const struct stunt_reg_access *access)
{
    switch (access->info->offset) {
    case STUNT_LINK_DOORBELL:
        doorbell(STUNT_LINK(dev), access->requested & STUNT_LINK_DOORBELL_CMD);
        break;
    case STUNT_LINK_MARK:
        (void)stunt_event(dev->trace_id, STUNT_EV_LINK_MARK, access->requested);
        break;
    case STUNT_LINK_SLEEP:
        stunt_link_sleep(STUNT_LINK(dev), access->requested);
        break;
    case STUNT_LINK_CHECK_CTRL:
        check_control(access->old, access->value);
        break;
    case STUNT_LINK_CHECK_COUNT:
        stunt_link_take_tells(STUNT_LINK(dev), access->requested & STUNT_LINK_CHECK_COUNT_RECORDS);
        break;
    case STUNT_LINK_INT_STATUS:
        if (!access->value) {
            stunt_irq_lower(dev, STUNT_LINK_VEC_ATTENTION);
        }
        break;
    }
}

static void show_host(StuntLink *link)
{
    stunt_pci_set_reg(STUNT_PCI(link), STUNT_LINK_STATUS, 0, link->trace->shm ? STUNT_LINK_STATUS_HOST : 0);
}

static void link_reset(StuntPCI *dev, StuntReset kind)
{
    STUNT_LINK(dev)->ask_failed = false;
    stunt_check_off_all();
    show_host(STUNT_LINK(dev));
}

static void link_realize(StuntPCI *dev, Error **errp)
{
    StuntLink *link = STUNT_LINK(dev);

    if (the_link) {
        error_setg(errp, "there is a stunt-link already, and there can be one only");
        return;
    }
    if (link->shm_path && !stunt_trace_attach(link->shm_path, errp)) {
        return;
    }
    the_link = link;
    stunt_link_sleep_init(link);
    show_host(link);
}

static void link_unrealize(StuntPCI *dev)
{
    stunt_link_sleep_exit(STUNT_LINK(dev));
    stunt_trace_detach();
    the_link = NULL;
}

static void instance_init(Object *obj)
{
    STUNT_LINK(obj)->trace = &stunt_trace;
}

static void instance_finalize(Object *obj)
{
    g_free(STUNT_LINK(obj)->shm_path);
}

/* Whether a harness is there is a fact of this process, not of the snapshot. */
static int post_load(void *opaque, int version_id)
{
    show_host(opaque);
    return 0;
}

static const VMStateDescription vmstate_link = {
    .name = "stunt-link",
    .version_id = 1,
    .minimum_version_id = 1,
    .post_load = post_load,
    .fields = (VMStateField[]) {
        STUNT_PCI_VMSTATE(StuntLink, parent_obj),
        VMSTATE_BOOL(ask_failed, StuntLink),
        VMSTATE_STRUCT_POINTER(trace, StuntLink, vmstate_stunt_trace, StuntTrace),
        VMSTATE_END_OF_LIST()
    }
};

static void class_init(ObjectClass *klass, void *data)
{
    StuntPCIClass *stunt_class = STUNT_PCI_CLASS(klass);

    stunt_pci_class_setup(klass, &stunt_link_spec, &vmstate_link);
    stunt_class->realize = link_realize;
    stunt_class->unrealize = link_unrealize;
    stunt_class->reg_read = reg_read;
    stunt_class->reg_written = reg_written;
    stunt_class->reset = link_reset;
    stunt_link_add_properties(klass);
}

static const TypeInfo link_info = {
    .name = TYPE_STUNT_LINK,
    .parent = TYPE_STUNT_PCI,
    .instance_size = sizeof(StuntLink),
    .instance_init = instance_init,
    .instance_finalize = instance_finalize,
    .class_init = class_init,
};

void stunt_link_register_types(void)
{
    type_register_static(&link_info);
}
