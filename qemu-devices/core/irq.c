/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "hw/pci/msi.h"
#include "hw/pci/msix.h"
#include "core/pci.h"

#define ALL_VECTORS UINT32_MAX

StuntIRQMode stunt_irq_mode(StuntPCI *dev)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (msix_enabled(pci)) {
        return STUNT_IRQ_MSIX;
    }
    return msi_enabled(pci) ? STUNT_IRQ_MSI : STUNT_IRQ_INTX;
}

static void set_line(StuntPCI *dev)
{
    pci_set_irq(PCI_DEVICE(dev), dev->irq.raised && stunt_pci_is_ready(dev));
}

static void send_message(StuntPCI *dev, unsigned vector, StuntIRQMode mode)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (dev->gone) {
        return; /* since it was recorded */
    }
    if (mode == STUNT_IRQ_MSI) {
        msi_notify(pci, vector % msi_nr_vectors_allocated(pci));
    } else if (vector < msix_nr_vectors_allocated(pci)) {
        msix_notify(pci, vector);
    }
}

/* The signal leaves the device, in place of `vector` as `message` when it is one. */
static void deliver_as(StuntPCI *dev, unsigned vector, unsigned message)
{
    StuntIRQMode mode = stunt_irq_mode(dev);

    dev->irq.raised |= 1u << vector;
    if (mode == STUNT_IRQ_INTX) {
        set_line(dev);
    } else {
        send_message(dev, message, mode);
    }
}

static void deliver(StuntPCI *dev, unsigned vector)
{
    deliver_as(dev, vector, vector);
}

/* A signal that has no cause behind it: on a line it is a glitch. */
static void deliver_again(StuntPCI *dev, unsigned vector)
{
    StuntIRQMode mode = stunt_irq_mode(dev);

    stunt_event_echo(dev->trace_id, STUNT_EV_IRQ_RAISE, vector, mode);
    if (mode != STUNT_IRQ_INTX) {
        send_message(dev, vector, mode);
    } else if (!dev->irq.raised) {
        pci_set_irq(PCI_DEVICE(dev), 1);
        pci_set_irq(PCI_DEVICE(dev), 0);
    }
}

/* The cause of a line may not be gone: lowering would have forgotten this. That of a message may be. */
static void deliver_delayed(StuntPCI *dev, unsigned vector)
{
    StuntIRQMode mode = stunt_irq_mode(dev);

    stunt_event_echo(dev->trace_id, STUNT_EV_IRQ_RAISE, vector, mode);
    if (mode == STUNT_IRQ_INTX) {
        deliver(dev, vector);
    } else {
        send_message(dev, vector, mode);
    }
}

static void later_expired(void *opaque)
{
    StuntIRQLater *later = opaque;
    StuntPCI *dev = later->dev;
    unsigned vector = later->vector;
    bool delayed;

    stunt_pci_enter(dev);
    delayed = stunt_repeat_next(&later->repeat); /* then its cause is behind it */
    if (stunt_pci_is_ready(dev)) {
        if (delayed) {
            deliver_delayed(dev, vector);
        } else {
            deliver_again(dev, vector);
        }
    }
    stunt_pci_leave(dev);
}

/* For signals of this vector; NULL when all are taken. */
static StuntRepeat *take_place(StuntPCI *dev, unsigned vector)
{
    for (unsigned i = 0; i < STUNT_IRQ_LATER; i++) {
        StuntIRQLater *later = &dev->irq.later[i];

        if (later->repeat.left == 0) {
            later->vector = vector;
            return &later->repeat;
        }
    }
    return NULL;
}

static void deliver_faulty(StuntPCI *dev, unsigned vector, const struct stunt_rule *rule)
{
    StuntRepeat *place;
    unsigned other;

    switch (rule->action) {
    case STUNT_ACT_DROP:
        break;
    case STUNT_ACT_DUPLICATE:
        deliver(dev, vector);
        place = rule->param[STUNT_ACT_DUPLICATE_NS] ? take_place(dev, vector) : NULL;
        if (place) {
            stunt_repeat_once(place, rule->param[STUNT_ACT_DUPLICATE_NS]);
        } else {
            deliver_again(dev, vector);
        }
        break;
    case STUNT_ACT_SPURIOUS:
        other = rule->param[STUNT_ACT_SPURIOUS_VECTOR] % STUNT_PCI_GET_CLASS(dev)->spec->n_vectors;
        deliver(dev, vector);
        deliver_again(dev, other);
        break;
    case STUNT_ACT_BEFORE_DATA:
        stunt_held_take_back(dev, rule->param[STUNT_ACT_BEFORE_DATA_NS]);
        deliver(dev, vector);
        break;
    case STUNT_ACT_DELAY:
        place = take_place(dev, vector);
        if (!place) {
            deliver(dev, vector);
            break;
        }
        stunt_repeat_delay(place, rule->param[STUNT_ACT_DELAY_NS]);
        if (stunt_irq_mode(dev) != STUNT_IRQ_INTX) {
            dev->irq.raised |= 1u << vector; /* its message is under way */
        }
        break;
    case STUNT_ACT_STORM:
        place = take_place(dev, vector);
        if (place) {
            stunt_repeat_storm(place, rule->param[STUNT_ACT_STORM_COUNT], rule->param[STUNT_ACT_STORM_NS]);
        }
        deliver(dev, vector);
        break;
    case STUNT_ACT_WRONG_VECTOR:
        /* one line carries all vectors: there is no wrong one on it */
        other = rule->param[STUNT_ACT_WRONG_VECTOR_VECTOR] % STUNT_PCI_GET_CLASS(dev)->spec->n_vectors;
        deliver_as(dev, vector, other);
        break;
    default:
        deliver(dev, vector);
        break;
    }
}

void stunt_irq_raise(StuntPCI *dev, unsigned vector)
{
    StuntIRQMode mode = stunt_irq_mode(dev);
    const struct stunt_rule *rule;

    if (!stunt_pci_is_ready(dev) || (mode == STUNT_IRQ_INTX && (dev->irq.raised & (1u << vector)))) {
        return;
    }
    rule = stunt_event(dev->trace_id, STUNT_EV_IRQ_RAISE, vector, mode);
    if (rule) {
        deliver_faulty(dev, vector, rule);
    } else {
        deliver(dev, vector);
    }
}

/* All of a vector, or of every vector with ALL_VECTORS. */
static void forget_delayed(StuntPCI *dev, unsigned vector)
{
    for (unsigned i = 0; i < STUNT_IRQ_LATER; i++) {
        StuntIRQLater *later = &dev->irq.later[i];

        if (stunt_repeat_is_delayed(&later->repeat) && (later->vector == vector || vector == ALL_VECTORS)) {
            stunt_repeat_forget(&later->repeat);
        }
    }
}

/* Whether a vector that is folded into this message is still raised. */
static bool message_is_wanted(StuntPCI *dev, unsigned message, unsigned messages)
{
    for (unsigned vector = message; vector < 32; vector += messages) {
        if (dev->irq.raised & (1u << vector)) {
            return true;
        }
    }
    return false;
}

/* A pending bit whose cause is satisfied is cleared (PCI 3.0, 6.8.3.4), or unmasking would be answered. */
static void clear_pending(StuntPCI *dev, unsigned vector, StuntIRQMode mode)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    unsigned messages;

    if (mode == STUNT_IRQ_MSIX) {
        if (vector < msix_nr_vectors_allocated(pci)) {
            msix_clr_pending(pci, vector);
        }
        return;
    }
    messages = msi_nr_vectors_allocated(pci);
    if (!message_is_wanted(dev, vector % messages, messages)) {
        pci_long_test_and_clear_mask(pci->config + pci->msi_cap + PCI_MSI_PENDING_64,
                                     1u << vector % messages);
    }
}

/* On a line a delayed signal goes with its cause; a message that is under way cannot be called back. */
void stunt_irq_lower(StuntPCI *dev, unsigned vector)
{
    StuntIRQMode mode = stunt_irq_mode(dev);

    if (mode == STUNT_IRQ_INTX) {
        forget_delayed(dev, vector);
    }
    if (!(dev->irq.raised & (1u << vector))) {
        return;
    }
    dev->irq.raised &= ~(1u << vector);
    if (mode == STUNT_IRQ_INTX) {
        (void)stunt_event(dev->trace_id, STUNT_EV_IRQ_LOWER, vector);
        set_line(dev);
    } else {
        clear_pending(dev, vector, mode);
    }
}

/* A message may do anything: what it took back is not signalled any more. */
static void signal_again(StuntPCI *dev)
{
    uint32_t raised = dev->irq.raised;

    for (unsigned vector = 0; vector < 32; vector++) {
        if (raised & dev->irq.raised & (1u << vector)) {
            stunt_irq_raise(dev, vector);
        }
    }
}

void stunt_irq_update(StuntPCI *dev, StuntIRQMode from)
{
    StuntIRQMode mode = stunt_irq_mode(dev);

    if (mode == STUNT_IRQ_INTX) {
        if (from != mode) {
            forget_delayed(dev, ALL_VECTORS); /* the line tells of their causes */
        }
        set_line(dev);
    } else if (from != mode) {
        signal_again(dev);
    }
}

bool stunt_irq_inject(StuntPCI *dev, unsigned vector, Error **errp)
{
    const struct stunt_device_spec *spec = STUNT_PCI_GET_CLASS(dev)->spec;

    if (vector >= spec->n_vectors) {
        error_setg(errp, "vector %u is not there: stunt-%s has %zu", vector, spec->name, spec->n_vectors);
        return false;
    }
    if (!DEVICE(dev)->realized || !stunt_pci_is_ready(dev)) {
        error_setg(errp, "the device cannot signal: it is %s",
                   !DEVICE(dev)->realized ? "not there yet" : dev->gone ? "gone" : dev->power ? "asleep" : "in reset");
        return false;
    }
    stunt_pci_enter(dev);
    deliver_again(dev, vector);
    stunt_pci_leave(dev);
    return true;
}

void stunt_irq_cancel(StuntPCI *dev)
{
    for (unsigned i = 0; i < STUNT_IRQ_LATER; i++) {
        stunt_repeat_forget(&dev->irq.later[i].repeat);
    }
    dev->irq.raised = 0;
}

void stunt_irq_reset(StuntPCI *dev)
{
    stunt_irq_cancel(dev);
    pci_set_irq(PCI_DEVICE(dev), 0);
}

void stunt_irq_init(StuntPCI *dev)
{
    for (unsigned i = 0; i < STUNT_IRQ_LATER; i++) {
        StuntIRQLater *later = &dev->irq.later[i];

        later->dev = dev;
        stunt_repeat_init(&later->repeat, later_expired, later);
    }
}

static bool vector_can_be(void *opaque, int version_id)
{
    return ((const StuntIRQLater *)opaque)->vector < 32;
}

static const VMStateDescription vmstate_later = {
    .name = "stunt-irq-later",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(vector, StuntIRQLater),
        VMSTATE_VALIDATE("a vector that can be", vector_can_be),
        STUNT_REPEAT_VMSTATE(repeat, StuntIRQLater),
        VMSTATE_END_OF_LIST()
    }
};

const VMStateDescription vmstate_stunt_irq = {
    .name = "stunt-irq",
    .version_id = 2,
    .minimum_version_id = 2,
    .fields = (VMStateField[]) {
        VMSTATE_UINT32(raised, StuntIRQ),
        VMSTATE_STRUCT_ARRAY(later, StuntIRQ, STUNT_IRQ_LATER, 0, vmstate_later, StuntIRQLater),
        VMSTATE_END_OF_LIST()
    }
};
