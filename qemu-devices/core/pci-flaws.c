/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The property config-faults: what is wrong with a function from the start, as the guest sees it. The device behind is
 * whole: what is left out of a list, or said wrongly, is there all the same, so that a driver that goes by what it
 * believes finds out by itself.
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "migration/vmstate.h"
#include "core/fault.h"
#include "core/pci.h"

#define SMALL_BAR 256u /* also the most that ports may have */
#define NOWHERE 0xfcu /* no capability of ours lies there: the space reads as zeros */
#define IN_HEADER 0x07u /* below the first place for capabilities, and odd */
#define NO_BIR 7u
#define NO_HEADER 0x7f

/* What must be there for a flaw to be one. */
enum { ANY, MSI = 1, MSIX = 2, EXPRESS = 4, MEMORY = 8 };

static const struct {
    const char *name;
    uint8_t needs;
    char part; /* of two flaws in the same part one would hide the other; 0: its own */
} flaws[] = {
    [STUNT_FLAW_NO_PM] = { "no-pm", ANY },
    [STUNT_FLAW_NO_MSI] = { "no-msi", MSI },
    [STUNT_FLAW_NO_MSIX] = { "no-msix", MSIX, 'x' },
    [STUNT_FLAW_NO_EXPRESS] = { "no-express", EXPRESS, 'e' },
    [STUNT_FLAW_NO_AER] = { "no-aer", EXPRESS, 'e' },
    [STUNT_FLAW_AER_LOOP] = { "aer-loop", EXPRESS, 'e' },
    [STUNT_FLAW_NO_CAPS] = { "no-caps", ANY, 'c' },
    [STUNT_FLAW_CAPS_LOOP] = { "caps-loop", ANY, 'c' },
    [STUNT_FLAW_CAPS_STRAY] = { "caps-stray", ANY, 'c' },
    [STUNT_FLAW_CAPS_EMPTY] = { "caps-empty", ANY, 'c' },
    [STUNT_FLAW_MSIX_OUTSIDE] = { "msix-outside", MSIX, 'x' },
    [STUNT_FLAW_MSIX_BIR] = { "msix-bir", MSIX, 'x' },
    [STUNT_FLAW_MSIX_ONE] = { "msix-one", MSIX, 'x' },
    [STUNT_FLAW_BAR_NONE] = { "bar-none", ANY, 'b' },
    [STUNT_FLAW_BAR_SMALL] = { "bar-small", ANY, 'b' },
    [STUNT_FLAW_BAR_64] = { "bar-64", ANY, 'b' },
    [STUNT_FLAW_BAR_IO] = { "bar-io", ANY, 'b' },
    [STUNT_FLAW_MEMORY_32] = { "memory-32", MEMORY },
    [STUNT_FLAW_HEADER] = { "header-unknown", ANY },
    [STUNT_FLAW_ID] = { "wrong-id", ANY, 'i' },
    [STUNT_FLAW_VERSION] = { "wrong-version", ANY, 'i' },
};

/* ---- reading the property -------------------------------------------------------------------------- */

static int find(const char *word, Error **errp)
{
    const char *names[ARRAY_SIZE(flaws)], *near;

    for (size_t i = 0; i < ARRAY_SIZE(flaws); i++) {
        names[i] = flaws[i].name;
        if (strcmp(word, names[i]) == 0) {
            return i;
        }
    }
    near = stunt_nearest(word, names, ARRAY_SIZE(flaws));
    error_setg(errp, "config-faults: there is no '%s'%s%s%s", word, near ? ", did you mean '" : "", near ? near : "",
               near ? "'?" : "");
    return -1;
}

static const char *missing(const StuntPCI *dev, unsigned flaw)
{
    switch (flaws[flaw].needs) {
    case MSI:
        return dev->msi ? NULL : "the device has no MSI";
    case MSIX:
        return dev->msix ? NULL : "the device has no MSI-X";
    case EXPRESS:
        return pci_is_express(PCI_DEVICE(dev)) ? NULL : "it is not on a PCI Express bus";
    case MEMORY:
        return dev->memory_size ? NULL : "the device has no memory BAR";
    default:
        return NULL;
    }
}

static bool add(StuntPCI *dev, unsigned flaw, Error **errp)
{
    const char *why = missing(dev, flaw);

    if (why) {
        error_setg(errp, "config-faults: '%s' is of no use, %s", flaws[flaw].name, why);
        return false;
    }
    for (unsigned i = 0; i < ARRAY_SIZE(flaws); i++) {
        bool same_part = flaws[i].part && flaws[i].part == flaws[flaw].part;

        if (stunt_pci_has_flaw(dev, i) && (i == flaw || same_part)) {
            error_setg(errp, "config-faults: '%s' and '%s' cannot both be", flaws[i].name, flaws[flaw].name);
            return false;
        }
    }
    dev->flaws |= 1u << flaw;
    return true;
}

bool stunt_pci_read_flaws(StuntPCI *dev, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(dev->config_faults ? dev->config_faults : "", ",", -1);

    dev->flaws = 0;
    for (char **word = words; *word; word++) {
        int flaw = find(g_strstrip(*word), errp);

        if (flaw < 0 || !add(dev, flaw, errp)) {
            return false;
        }
    }
    return true;
}

/* ---- the list of capabilities ---------------------------------------------------------------------- */

/* The byte that points at the capability; NULL without it. */
static uint8_t *pointer_to(PCIDevice *pci, uint8_t id)
{
    uint8_t *pointer = pci->config + PCI_CAPABILITY_LIST;

    while (*pointer && pci->config[*pointer + PCI_CAP_LIST_ID] != id) {
        pointer = pci->config + *pointer + PCI_CAP_LIST_NEXT;
    }
    return *pointer ? pointer : NULL;
}

static void leave_out(StuntPCI *dev, StuntFlaw flaw, uint8_t id)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t *pointer = stunt_pci_has_flaw(dev, flaw) ? pointer_to(pci, id) : NULL;

    if (pointer) {
        *pointer = pci->config[*pointer + PCI_CAP_LIST_NEXT];
    }
}

/* The last pointer of the list, the one that is 0. */
static uint8_t *last_pointer(PCIDevice *pci)
{
    uint8_t *pointer = pci->config + PCI_CAPABILITY_LIST;

    while (*pointer) {
        pointer = pci->config + *pointer + PCI_CAP_LIST_NEXT;
    }
    return pointer;
}

static void bend_list(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t first = pci->config[PCI_CAPABILITY_LIST];

    if (stunt_pci_has_flaw(dev, STUNT_FLAW_NO_CAPS)) {
        pci_word_test_and_clear_mask(pci->config + PCI_STATUS, PCI_STATUS_CAP_LIST);
        pci->config[PCI_CAPABILITY_LIST] = 0;
    } else if (first && stunt_pci_has_flaw(dev, STUNT_FLAW_CAPS_LOOP)) {
        *last_pointer(pci) = first;
    } else if (first && stunt_pci_has_flaw(dev, STUNT_FLAW_CAPS_STRAY)) {
        pci->config[first + PCI_CAP_LIST_NEXT] = IN_HEADER;
    } else if (first && stunt_pci_has_flaw(dev, STUNT_FLAW_CAPS_EMPTY)) {
        pci->config[first + PCI_CAP_LIST_NEXT] = NOWHERE;
    }
}

/* AER is the first extended capability, and the only one. */
static void bend_extended(StuntPCI *dev)
{
    uint8_t *header = PCI_DEVICE(dev)->config + PCI_CONFIG_SPACE_SIZE;

    if (stunt_pci_has_flaw(dev, STUNT_FLAW_NO_AER)) {
        pci_set_long(header, 0);
    } else if (stunt_pci_has_flaw(dev, STUNT_FLAW_AER_LOOP)) {
        pci_set_long(header, pci_get_long(header) | PCI_CONFIG_SPACE_SIZE << PCI_EXT_CAP_NEXT_SHIFT);
    }
}

static void bend_msix(StuntPCI *dev)
{
    const struct stunt_device_spec *spec = STUNT_PCI_GET_CLASS(dev)->spec;
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t *cap = pci->config + pci->msix_cap;

    if (stunt_pci_has_flaw(dev, STUNT_FLAW_MSIX_OUTSIDE)) {
        pci_set_long(cap + PCI_MSIX_TABLE, spec->bar_size | spec->bar);
    } else if (stunt_pci_has_flaw(dev, STUNT_FLAW_MSIX_BIR)) {
        pci_set_long(cap + PCI_MSIX_TABLE, spec->msix_table | NO_BIR);
    } else if (stunt_pci_has_flaw(dev, STUNT_FLAW_MSIX_ONE)) {
        pci_word_test_and_clear_mask(cap + PCI_MSIX_FLAGS, PCI_MSIX_FLAGS_QSIZE);
    }
}

void stunt_pci_apply_flaws(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    leave_out(dev, STUNT_FLAW_NO_PM, PCI_CAP_ID_PM);
    leave_out(dev, STUNT_FLAW_NO_MSI, PCI_CAP_ID_MSI);
    leave_out(dev, STUNT_FLAW_NO_MSIX, PCI_CAP_ID_MSIX);
    leave_out(dev, STUNT_FLAW_NO_EXPRESS, PCI_CAP_ID_EXP);
    bend_list(dev);
    bend_extended(dev);
    bend_msix(dev);
    if (stunt_pci_has_flaw(dev, STUNT_FLAW_HEADER)) {
        pci->config[PCI_HEADER_TYPE] = NO_HEADER;
    }
    stunt_pci_apply_register_flaws(dev);
}

/* ---- the register BAR ------------------------------------------------------------------------------ */

uint8_t stunt_pci_bar_type(const StuntPCI *dev)
{
    if (stunt_pci_has_flaw(dev, STUNT_FLAW_BAR_IO)) {
        return PCI_BASE_ADDRESS_SPACE_IO;
    }
    return PCI_BASE_ADDRESS_SPACE_MEMORY |
           (stunt_pci_has_flaw(dev, STUNT_FLAW_BAR_64) ? PCI_BASE_ADDRESS_MEM_TYPE_64 : 0);
}

/* With all in it, which then lies outside of it. QEMU decodes a BAR by what is changed here. */
void stunt_pci_cut_bar(StuntPCI *dev)
{
    const struct stunt_device_spec *spec = STUNT_PCI_GET_CLASS(dev)->spec;
    PCIDevice *pci = PCI_DEVICE(dev);
    uint8_t *mask = pci->wmask + PCI_BASE_ADDRESS_0 + spec->bar * 4;

    if (stunt_pci_has_flaw(dev, STUNT_FLAW_BAR_NONE)) {
        pci->io_regions[spec->bar].size = 0;
        pci_set_long(mask, 0);
    } else if (stunt_pci_has_flaw(dev, STUNT_FLAW_BAR_SMALL) || stunt_pci_has_flaw(dev, STUNT_FLAW_BAR_IO)) {
        pci->io_regions[spec->bar].size = SMALL_BAR;
        pci_set_long(mask, ~(SMALL_BAR - 1));
        memory_region_set_size(&dev->bar, SMALL_BAR);
    }
}

/* Every device begins with ID and VERSION. */
void stunt_pci_apply_register_flaws(StuntPCI *dev)
{
    if (stunt_pci_has_flaw(dev, STUNT_FLAW_ID)) {
        stunt_pci_set_reg(dev, 0, 0, ~stunt_pci_reg(dev, 0, 0));
    } else if (stunt_pci_has_flaw(dev, STUNT_FLAW_VERSION)) {
        stunt_pci_set_reg(dev, 4, 0, stunt_pci_reg(dev, 4, 0) + (1u << 16)); /* the next major one */
    }
}

/* ---- the command register -------------------------------------------------------------------------- */

void stunt_pci_forget(StuntPCI *dev, uint16_t bits)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    uint16_t command = pci_get_word(pci->config + PCI_COMMAND);

    bits &= command & (PCI_COMMAND_IO | PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER);
    dev->forgotten |= bits;
    pci_default_write_config(pci, PCI_COMMAND, command & ~bits, 2);
}

static bool has_forgotten(void *opaque)
{
    return ((const StuntPCI *)opaque)->forgotten != 0;
}

const VMStateDescription vmstate_stunt_forgotten = {
    .name = "stunt-pci/forgotten",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = has_forgotten,
    .fields = (VMStateField[]) {
        VMSTATE_UINT16(forgotten, StuntPCI),
        VMSTATE_END_OF_LIST()
    }
};

/* ---- snapshots ------------------------------------------------------------------------------------- */

static bool is_needed(void *opaque)
{
    return ((const StuntPCI *)opaque)->flaws != 0;
}

const VMStateDescription vmstate_stunt_flaws = {
    .name = "stunt-pci/flaws",
    .version_id = 1,
    .minimum_version_id = 1,
    .needed = is_needed,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32_EQUAL(flaws, StuntPCI, "config-faults differ"),
        VMSTATE_END_OF_LIST()
    }
};
