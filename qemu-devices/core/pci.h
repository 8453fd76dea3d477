/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The base of every PCI device: configuration space with capabilities (PM, MSI, MSI-X, and as a PCIe function
 * also Express, FLR and AER), the register BAR driven by the device's spec, power states, reset, events and
 * faults of all of these, and the properties that are alike in every device (pci-props.c).
 *
 * A device gives its spec and the hooks below; it never sees an access in a wrong power state, during a
 * reset, of a wrong size, or one that a fault took away.
 */
#ifndef STUNT_CORE_PCI_H
#define STUNT_CORE_PCI_H

#include "hw/pci/pci.h"
#include "core/callback.h"
#include "core/check.h"
#include "core/held.h"
#include "core/irq.h"
#include "core/posted.h"
#include "core/spec.h"
#include "core/trace.h"

#define TYPE_STUNT_PCI "stunt-pci"
OBJECT_DECLARE_TYPE(StuntPCI, StuntPCIClass, STUNT_PCI)

/* Field `kind` of the event `reset`; 3, and what is above these, are for kinds of a device's own. */
typedef enum StuntReset {
    STUNT_RESET_COLD = 0, /* system or bus reset */
    STUNT_RESET_FLR = 1,  /* function level reset */
    STUNT_RESET_SOFT = 2, /* a bit in a register of the device */
    STUNT_RESET_HOT = 4,  /* by the link: secondary bus reset, or the link was down */
    STUNT_RESET_POWER = 5, /* of a function without No_Soft_Reset, from D3hot to D0 */
} StuntReset;

/* Power states as in PCI-PM 1.2; the first four are values of PowerState. */
typedef enum StuntPower {
    STUNT_D0,
    STUNT_D1,
    STUNT_D2,
    STUNT_D3HOT,
    STUNT_D3COLD, /* without power */
    STUNT_POWER_STATES,
} StuntPower;

/* Field `kind` of the event `misuse`; the first three are enum stunt_reg_misuse. */
enum {
    STUNT_MISUSE_RO_WRITE = 1,
    STUNT_MISUSE_BAD_ACCESS = 2,
    STUNT_MISUSE_RESERVED_WRITE = 3,
    STUNT_MISUSE_NO_BUS_MASTER = 6,
    STUNT_MISUSE_WRONG_POWER_STATE = 7,
    STUNT_MISUSE_ACCESS_IN_RESET = 15,
    /* told when a checker in the guest says what is mapped (check.h) */
    STUNT_MISUSE_DMA_UNMAPPED = 11,
    STUNT_MISUSE_DMA_AFTER_UNMAP = 12,
    STUNT_MISUSE_DMA_DIRECTION = 13,
    STUNT_MISUSE_MAPPED_TWICE = 14,
    STUNT_MISUSE_LEFT_MAPPED = 16,
    STUNT_MISUSE_GONE_POLLED = 17,
    STUNT_MISUSE_TOO_EARLY = 18,
};

struct StuntPCIClass {
    PCIDeviceClass parent_class;

    const struct stunt_device_spec *spec;
    DeviceRealize parent_realize;

    /* Hooks; each may be NULL. */

    /* Last step of realize: configuration space, BAR and interrupts exist. */
    void (*realize)(StuntPCI *dev, Error **errp);
    void (*unrealize)(StuntPCI *dev);
    /* The guest reads a register that exists: gives the value. Called for volatile and side_effect ones. */
    uint32_t (*reg_read)(StuntPCI *dev, const struct stunt_reg_access *access);
    /* The guest wrote a register that has writable bits; its value is in place already. */
    void (*reg_written)(StuntPCI *dev, const struct stunt_reg_access *access);
    /*
     * A byte of the spec's window, the at-th of element `index`. A peek has no effect. What the bytes mean, and whether
     * an access to one is misuse, is the device's affair. Both are there when the spec has a window.
     */
    uint8_t (*window_read)(StuntPCI *dev, unsigned index, unsigned at, bool peek);
    void (*window_written)(StuntPCI *dev, unsigned index, unsigned at, uint8_t value);
    /* Everything of the device goes to its start; registers and interrupts were put there already. */
    void (*reset)(StuntPCI *dev, StuntReset kind);
    /* dev->power changed other than by a reset, or the device is gone: stunt_pci_is_awake() has the sum of it. */
    void (*power_changed)(StuntPCI *dev);
    /* Misuse was counted. */
    void (*misused)(StuntPCI *dev);
};

struct StuntPCI {
    PCIDevice parent_obj;

    MemoryRegion bar;
    MemoryRegion window;  /* the I/O BAR of the window, if there is one */
    MemoryRegion memory;  /* the memory BAR, if there is one */
    uint64_t memory_size; /* bytes, 0: none */
    bool has_memory;
    struct stunt_regs regs;
    uint32_t *value; /* of the registers */
    uint32_t n_values;

    int trace_id;          /* index into the device table, -1 before realize */
    uint64_t misuse_count; /* over the machine's whole life */
    uint8_t power;         /* StuntPower, set by stunt_pci_set_state() */
    uint64_t power_ns[STUNT_POWER_STATES]; /* spent in each, but for the stay that is not over */
    uint64_t power_count[STUNT_POWER_STATES]; /* entered, from another */
    int64_t power_since_ns; /* virtual time when it entered the one that it is in */
    uint8_t power_asked;   /* the last one that was asked for, where power_timer leads to */
    int64_t settled_ns;    /* virtual time until which who has asked for it has to wait, 0: it does not */
    uint64_t d3hot_exit_ns, d2_exit_ns; /* what the function takes from there to D0 */
    bool d1, d2;           /* these states are offered */
    char *pme;             /* states from which it asks to be woken, as given */
    uint8_t pme_states;    /* bit per StuntPower */
    bool no_soft_reset;    /* it keeps its context from D3hot to D0 */
    uint8_t dma_width;     /* address bits that the device drives */
    bool keeps;            /* a fault has it keep the context that it is about to lose */
    bool defied;           /* a fault keeps it from the power state that the driver asked for */
    QEMUTimer power_timer; /* puts off that state */
    QEMUTimer reset_timer; /* puts off a soft reset */
    QEMUTimer pme_timer;   /* sends a PM_PME message, when it may, and again */
    StuntRepeat pme_late;  /* one that a fault makes late, or more of them */
    int64_t away_ns;       /* virtual time until which a fault keeps it from answering, 0: it does */
    bool away_config;      /* and its configuration space, too */
    int64_t retry_ns;      /* or asks for configuration requests to be repeated, 0: it does not */
    StuntReset resetting;  /* kind of the reset under way; a cold one comes unannounced */
    const struct stunt_rule *function_reset_rule; /* what is to become of a function level reset */
    bool gone;               /* nobody reaches it: taken out, without power, or its link is down */
    uint32_t gone_accesses;  /* to its registers since */
    uint64_t reset_ns;       /* what a function level reset takes */
    int64_t ready_ns;        /* virtual time when the last one is over, 0: none */
    StuntIRQ irq;
    StuntPosted posted;
    StuntHeld held;
    uint64_t answer_late_ns; /* see stunt_dma_late(); 0 between events */
    const MemoryRegionOps *msix_table_ops, *msix_pba_ops; /* QEMU's own, behind ours */

    /* Identity, from properties; those that are not given are the spec's. */
    char *interrupts;
    uint32_t msi_vectors;
    uint8_t msi;   /* vectors offered, 0: no MSI */
    uint16_t msix; /* likewise */
    uint32_t interrupt_pin;
    uint16_t subsystem_id, subsystem_vendor_id;
    uint32_t class_code;
    uint16_t vendor_id, device_id;
    uint8_t revision;
    char *config_faults; /* as given */
    uint32_t flaws;      /* bit per StuntFlaw */
    uint16_t forgotten;  /* bits of the command register that a fault took, until the guest writes it */
    StuntCheck check;
};

/* For a device type's class_init. `vmsd` has STUNT_PCI_VMSTATE() among its fields. */
void stunt_pci_class_setup(ObjectClass *klass, const struct stunt_device_spec *spec,
                           const VMStateDescription *vmsd);

extern const VMStateDescription vmstate_stunt_pci;
#define STUNT_PCI_VMSTATE(_state, _field) VMSTATE_STRUCT(_field, _state, 0, vmstate_stunt_pci, StuntPCI)

/* Reset by a register bit: all that a cold reset does but for configuration space and memory. */
void stunt_pci_soft_reset(StuntPCI *dev);

/* After a function level reset its registers are not there for a while. */
bool stunt_pci_in_reset(const StuntPCI *dev);

/* A fault keeps registers, or configuration space as well, from answering. */
bool stunt_pci_is_away(const StuntPCI *dev);
bool stunt_pci_config_is_away(const StuntPCI *dev);
/* It may not be accessed yet: the time that a change of power states takes, as specified, is not over. */
bool stunt_pci_is_settling(const StuntPCI *dev);
/* In D0, and there. */
static inline bool stunt_pci_is_awake(const StuntPCI *dev)
{
    return dev->power == 0 && !dev->gone;
}

/* Awake and not in reset: only then it moves data and signals. */
static inline bool stunt_pci_is_ready(const StuntPCI *dev)
{
    return stunt_pci_is_awake(dev) && !stunt_pci_in_reset(dev) && !stunt_pci_is_away(dev);
}

/* Puts a misuse by the driver on the timeline and counts it. */
void stunt_pci_misuse(StuntPCI *dev, unsigned kind, uint64_t arg0, uint64_t arg1);

/* Registers by offset constant and element, from the device's side. */
static inline uint32_t stunt_pci_reg(const StuntPCI *dev, uint32_t offset, unsigned index)
{
    return stunt_regs_get(&dev->regs, offset, index);
}

static inline void stunt_pci_set_reg(StuntPCI *dev, uint32_t offset, unsigned index, uint32_t value)
{
    stunt_regs_set(&dev->regs, offset, index, value);
}

/* Around a callback that moves data, signals interrupts or sets a timer: see callback.h. */
static inline void stunt_pci_enter(StuntPCI *dev)
{
    stunt_callback_begin(DEVICE(dev));
}

static inline void stunt_pci_leave(StuntPCI *dev)
{
    stunt_callback_end(DEVICE(dev));
}

/*
 * pci-life.c: what happens to a device as a whole. From stunt_pci_go() on all that is read of it is ones, what is
 * written to it is dropped, and it neither moves data nor signals, also in the middle of what it is just doing.
 * stunt_pci_come_back() ends that with a reset of this kind.
 */
void stunt_pci_go(StuntPCI *dev);
/* And then it loses its power, too. */
void stunt_pci_cut_power(StuntPCI *dev);
void stunt_pci_come_back(StuntPCI *dev, StuntReset kind);
/* It is gone because main power is, in S3, and sits in its slot. */
bool stunt_pci_sleeps(StuntPCI *dev);
/* The memory BAR is reachable or not. */
void stunt_pci_show_memory(StuntPCI *dev);
/* A register of a device that is gone was accessed; a driver that does not stop doing so is told off, once. */
void stunt_pci_touched_gone(StuntPCI *dev, uint64_t addr);
/* Carries out actions on the whole device, see StuntTraceActor. */
const struct stunt_rule *stunt_pci_act(void *opaque, const struct stunt_rule *rule);

/* pci-mmio.c */
extern const MemoryRegionOps stunt_pci_bar_ops;
/* Whether an access to the BAR gets through now. One that does not is misuse, unless a fault is to blame. */
bool stunt_pci_bar_answers(StuntPCI *dev, uint64_t addr, uint64_t arg);
/* Accesses to it, with all that belongs to them, from wherever they come. */
uint64_t stunt_pci_bar_read(StuntPCI *dev, uint64_t addr, unsigned size);
void stunt_pci_bar_write(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size);
/* A write reaches the register BAR, at once or held up on its way. */
void stunt_pci_bar_land(StuntPCI *dev, uint64_t addr, uint64_t value, unsigned size);
/* pci-msix.c: MSI-X in the register BAR, with events. */
bool stunt_pci_add_msix(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp);
/* pci-config.c */
bool stunt_pci_add_capabilities(StuntPCI *dev, Error **errp);
void stunt_pci_remove_capabilities(StuntPCI *dev);
void stunt_pci_reset_config(StuntPCI *dev);
uint32_t stunt_pci_config_read(PCIDevice *pci, uint32_t addr, int len);
void stunt_pci_config_write(PCIDevice *pci, uint32_t addr, uint32_t value, int len);
/* pci-states.c: the state that it is in, from now on; the event power.exit when it was in another. */
void stunt_pci_set_state(StuntPCI *dev, StuntPower state);
void stunt_pci_states_init(StuntPCI *dev);
void stunt_pci_add_state_properties(StuntPCI *dev);
extern const VMStateDescription vmstate_stunt_states;
/* pci-power.c: changes of power states, and resets. */
extern const VMStateDescription vmstate_stunt_power; /* a subsection of StuntPCI */
void stunt_pci_power_init(StuntPCI *dev);
void stunt_pci_power_exit(StuntPCI *dev);
/* After configuration space was written: the power state that was asked for, a function level reset. */
void stunt_pci_power_written(StuntPCI *dev, uint32_t addr, int len);
void stunt_pci_function_reset(StuntPCI *dev, uint32_t addr, uint32_t value, int len);
/* Registers, interrupts and the device's own state go to their start; no event. */
void stunt_pci_clear(StuntPCI *dev, StuntReset kind);
/* A reset that takes configuration space along; rule: how it goes wrong, or NULL. False: the device is as it was. */
bool stunt_pci_whole_reset(StuntPCI *dev, StuntReset kind, const struct stunt_rule *rule);
/* pci-pme.c: something happens for which the device, asleep, wants to be woken. One that cannot do that stays as it is. */
void stunt_pci_pme(StuntPCI *dev);
/* A script has it ask: as if it had a cause to, or by a message that there is no cause for. */
bool stunt_pci_inject_pme(StuntPCI *dev, bool caused, Error **errp);
/* Settles from which states it can. */
bool stunt_pci_read_pme(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp);
void stunt_pci_pme_init(StuntPCI *dev);
void stunt_pci_pme_exit(StuntPCI *dev);
void stunt_pci_pme_add(StuntPCI *dev); /* to the PM capability */
void stunt_pci_pme_reset(StuntPCI *dev);
void stunt_pci_pme_forget(StuntPCI *dev); /* without auxiliary power: neither status nor enable */
/* After configuration space was written. */
void stunt_pci_pme_written(StuntPCI *dev);
/* pci-flaws.c: the property config-faults. */
typedef enum StuntFlaw {
    STUNT_FLAW_NO_PM, STUNT_FLAW_NO_MSI, STUNT_FLAW_NO_MSIX, STUNT_FLAW_NO_EXPRESS, STUNT_FLAW_NO_AER,
    STUNT_FLAW_AER_LOOP, STUNT_FLAW_NO_CAPS, STUNT_FLAW_CAPS_LOOP, STUNT_FLAW_CAPS_STRAY, STUNT_FLAW_CAPS_EMPTY,
    STUNT_FLAW_MSIX_OUTSIDE, STUNT_FLAW_MSIX_BIR, STUNT_FLAW_MSIX_ONE, STUNT_FLAW_BAR_NONE, STUNT_FLAW_BAR_SMALL,
    STUNT_FLAW_BAR_64, STUNT_FLAW_BAR_IO, STUNT_FLAW_MEMORY_32, STUNT_FLAW_HEADER, STUNT_FLAW_ID,
    STUNT_FLAW_VERSION,
} StuntFlaw;
static inline bool stunt_pci_has_flaw(const StuntPCI *dev, StuntFlaw flaw)
{
    return dev->flaws & (1u << flaw);
}
/* When it is settled what the device has. False: which word is wrong, or of no use. */
bool stunt_pci_read_flaws(StuntPCI *dev, Error **errp);
uint8_t stunt_pci_bar_type(const StuntPCI *dev); /* of the register BAR */
void stunt_pci_cut_bar(StuntPCI *dev);           /* when it and MSI-X are made */
void stunt_pci_apply_flaws(StuntPCI *dev);       /* when configuration space is whole */
void stunt_pci_apply_register_flaws(StuntPCI *dev); /* after a reset of the registers */
/* The command register loses these bits now; what the driver does unaware of that is no misuse. */
void stunt_pci_forget(StuntPCI *dev, uint16_t bits);
extern const VMStateDescription vmstate_stunt_flaws, vmstate_stunt_forgotten;
/* pci-window.c: the spec's window. */
/* Whether this is an access to one of its bytes: which. */
bool stunt_pci_find_window(const StuntPCI *dev, uint64_t addr, unsigned size, unsigned *ret_index, unsigned *ret_at);
/* For a device's realize: makes the I/O BAR that shows it, with the first `elements` of it. */
void stunt_pci_add_window(StuntPCI *dev, unsigned elements);
/* Properties reg.NAME[i] of its bytes. */
void stunt_pci_add_window_properties(StuntPCI *dev);
/* pci-memory.c: the memory BAR, its property NAME-size; zeros in all of it, or what it comes up with when it gets power. */
void stunt_pci_memory_init(StuntPCI *dev);
bool stunt_pci_memory_add(StuntPCI *dev, Error **errp);
void stunt_pci_memory_remove(StuntPCI *dev);
void stunt_pci_memory_clear(StuntPCI *dev);
void stunt_pci_memory_scramble(StuntPCI *dev);
/* pci-props.c */
void stunt_pci_add_class_properties(ObjectClass *klass);
void stunt_pci_add_properties(StuntPCI *dev, const struct stunt_device_spec *spec);
/* Settles what is offered, or says which property cannot be. */
bool stunt_pci_check_properties(StuntPCI *dev, const struct stunt_device_spec *spec, Error **errp);

#endif
