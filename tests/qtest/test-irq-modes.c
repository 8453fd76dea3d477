/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a driver may do to interrupts besides enabling them: fewer messages than vectors, masks, changing over
 * from one kind to another, sharing a line. And signals that nobody asked for.
 */
#include "irq.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>
#include <string.h>

#define DMA1_BAR_ADDR UINT64_C(0xfc000000)
#define ALL_CAUSES 0x1f

static unsigned msi_cap(Bench *bench)
{
    return pci_find_cap(&bench->dma, PCI_CAP_ID_MSI);
}

static void disable_messages(Bench *bench)
{
    pci_write(&bench->dma, msi_cap(bench) + PCI_MSI_FLAGS, 2, 0);
    pci_write(&bench->dma, pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS, 2, 0);
}

static void mask_msi(Bench *bench, uint32_t mask)
{
    pci_write(&bench->dma, msi_cap(bench) + PCI_MSI_MASK_64, 4, mask);
}

static uint32_t msi_pending(Bench *bench)
{
    return pci_read(&bench->dma, msi_cap(bench) + PCI_MSI_PENDING_64, 4);
}

static void acknowledge(Bench *bench, uint32_t causes)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, causes);
}

static bool line_status(Bench *bench)
{
    return pci_read(&bench->dma, PCI_STATUS, 2) & PCI_STATUS_INTERRUPT;
}

/* ---- fewer messages than vectors ------------------------------------------------------------------- */

static void check_folded(Bench *bench, unsigned log2)
{
    pci_enable_msi(&bench->dma, RAM_MSI, log2);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        Channel channel = channel_open(bench, i, 2);

        message(bench, 0);
        signal_done(&channel);
        g_assert_cmphex(message(bench, 0), ==, 0x4400 + i % (1u << log2));
        signal_error(&channel);
        g_assert_cmphex(message(bench, 0), ==, 0x4400 + STUNT_DMA_VEC_ERROR % (1u << log2));
        acknowledge(bench, ALL_CAUSES);
    }
    disable_messages(bench);
}

static void test_fewer_granted(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    enable_irqs(bench);
    for (unsigned log2 = 0; log2 <= 3; log2++) {
        check_folded(bench, log2);
    }
}

/* The driver may be offered 1 to 32; whatever it takes of them works. */
static void test_offered(void)
{
    for (unsigned log2 = 0; log2 <= 5; log2++) {
        g_autofree char *props = g_strdup_printf(",interrupts=msi,msi-vectors=%u", 1u << log2);
        g_autoptr(Bench) bench = bench_new(props, "");
        uint32_t flags = pci_read(&bench->dma, msi_cap(bench) + PCI_MSI_FLAGS, 2);
        Channel channel = channel_open(bench, 3, 2);

        g_assert_cmpuint((flags & PCI_MSI_FLAGS_QMASK) >> 1, ==, log2);
        g_assert_cmpuint(pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX), ==, 0);
        enable_irqs(bench);
        pci_enable_msi(&bench->dma, RAM_MSI, 5); /* more than there are is as many as there are */
        message(bench, 0);
        signal_done(&channel);
        g_assert_cmphex(message(bench, 0), ==, 0x4400 + 3 % (1u << log2));
    }
}

/* ---- masks ----------------------------------------------------------------------------------------- */

static void test_msi_mask(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel masked = channel_open(bench, 1, 2), open = channel_open(bench, 2, 2);

    enable_irqs(bench);
    pci_enable_msi(&bench->dma, RAM_MSI, 3);
    mask_msi(bench, 1u << 1);
    signal_done(&masked);
    g_assert_cmphex(message(bench, 0), ==, 0);
    signal_done(&open);
    g_assert_cmphex(message(bench, 0), ==, 0x4402);
    g_assert_cmphex(msi_pending(bench), ==, 1u << 1);
    mask_msi(bench, 0);
    g_assert_cmphex(message(bench, 0), ==, 0x4401);
    g_assert_cmphex(msi_pending(bench), ==, 0);
}

/* What was satisfied behind a mask does not come when the mask goes. */
static void test_msix_pending_is_taken_back(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 1, 2);

    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_mask_msix(&bench->dma, 1, true);
    signal_done(&channel);
    g_assert_true(pci_msix_pending(&bench->dma, 1));
    acknowledge(bench, 1u << 1);
    g_assert_false(pci_msix_pending(&bench->dma, 1));
    pci_mask_msix(&bench->dma, 1, false);
    g_assert_cmphex(message(bench, 1), ==, 0);
}

/* A message that stands for several vectors waits as long as one of them wants it. */
static void test_msi_pending_of_several(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel one = channel_open(bench, 1, 2), three = channel_open(bench, 3, 2);

    enable_irqs(bench);
    pci_enable_msi(&bench->dma, RAM_MSI, 1);
    mask_msi(bench, 3);
    signal_done(&one);
    signal_done(&three);
    g_assert_cmphex(msi_pending(bench), ==, 2);
    acknowledge(bench, 1u << 1);
    g_assert_cmphex(msi_pending(bench), ==, 2);
    acknowledge(bench, 1u << 3);
    g_assert_cmphex(msi_pending(bench), ==, 0);
    mask_msi(bench, 0);
    g_assert_cmphex(message(bench, 0), ==, 0);
}

static void test_msix_accesses_are_seen(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    const struct stunt_event *event;

    pci_set_msix(&bench->dma, 2, RAM_MSI, 7);
    event = shm_find(bench->shm, STUNT_EV_MSIX_WRITE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_WRITE_VECTOR], ==, 2);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_WRITE_WORD], ==, 0);
    g_assert_cmphex(event->field[STUNT_EV_MSIX_WRITE_VALUE], ==, RAM_MSI);
    shm_forget(bench->shm);
    pci_mask_msix(&bench->dma, 4, true);
    event = shm_find(bench->shm, STUNT_EV_MSIX_WRITE);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_WRITE_VECTOR], ==, 4);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_WRITE_WORD], ==, 3);
    g_assert_cmphex(event->field[STUNT_EV_MSIX_WRITE_VALUE], ==, 1);
    g_assert_cmphex(machine_read32(bench->machine, DMA_BAR_ADDR + 0x2000 + 16 * 2 + 8), ==, 7);
    event = shm_find(bench->shm, STUNT_EV_MSIX_READ);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_READ_VECTOR], ==, 2);
    g_assert_cmpuint(event->field[STUNT_EV_MSIX_READ_WORD], ==, 2);
    g_assert_cmphex(event->field[STUNT_EV_MSIX_READ_VALUE], ==, 7);
    g_assert_false(pci_msix_pending(&bench->dma, 4));
    event = shm_find(bench->shm, STUNT_EV_PBA_READ);
    g_assert_cmpuint(event->field[STUNT_EV_PBA_READ_OFFSET], ==, 0);
    g_assert_cmphex(event->field[STUNT_EV_PBA_READ_VALUE], ==, 0);
}

static void test_msix_in_d3(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    uint64_t entry = DMA_BAR_ADDR + 0x2000, before;

    pci_set_msix(&bench->dma, 0, RAM_MSI, 7);
    pci_set_power_state(&bench->dma, 3);
    before = machine_qom_get_uint(bench->machine, "dma0", "misuse-count");
    g_assert_cmphex(machine_read32(bench->machine, entry + 8), ==, UINT32_MAX);
    machine_write32(bench->machine, entry + 8, 9);
    g_assert_cmphex(machine_read32(bench->machine, DMA_BAR_ADDR + 0x3000), ==, UINT32_MAX);
    machine_write32(bench->machine, DMA_BAR_ADDR + 0x3000, 9);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, before + 4);
    pci_set_power_state(&bench->dma, 0);
    g_assert_cmphex(machine_read32(bench->machine, entry + 8), ==, 7);
}

/* ---- changing over --------------------------------------------------------------------------------- */

static void test_line_to_messages(void)
{
    for (unsigned msix = 0; msix < 2; msix++) {
        g_autoptr(Bench) bench = bench_new("", "");
        Channel channel = channel_open(bench, 2, 2);

        machine_intercept_irqs(bench->machine);
        enable_irqs(bench);
        signal_done(&channel);
        g_assert_true(line_status(bench));
        if (msix) {
            pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
            g_assert_cmphex(message(bench, 2), ==, 3);
        } else {
            pci_enable_msi(&bench->dma, RAM_MSI, 3);
            g_assert_cmphex(message(bench, 0), ==, 0x4402);
        }
        g_assert_cmpuint(lines_up(bench->machine), ==, 0);
        g_assert_false(line_status(bench));
        acknowledge(bench, ALL_CAUSES);
        disable_messages(bench);
        g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    }
}

static void test_messages_to_line(void)
{
    for (unsigned msix = 0; msix < 2; msix++) {
        g_autoptr(Bench) bench = bench_new("", "");
        Channel channel = channel_open(bench, 2, 2);

        machine_intercept_irqs(bench->machine);
        enable_irqs(bench);
        if (msix) {
            pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
        } else {
            pci_enable_msi(&bench->dma, RAM_MSI, 0);
        }
        signal_done(&channel);
        g_assert_cmpuint(lines_up(bench->machine), ==, 0);
        disable_messages(bench);
        g_assert_cmpuint(lines_up(bench->machine), ==, 1);
        acknowledge(bench, 1u << 2);
        g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    }
}

/* MSI-X wins when both are on; going back to MSI signals there what is still raised. */
static void test_msix_to_msi(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 2, 2);
    unsigned msix = pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX);

    enable_irqs(bench);
    pci_enable_msi(&bench->dma, RAM_MSI, 0);
    pci_enable_msix(&bench->dma, RAM_MSI + 0x100, STUNT_DMA_VECTORS);
    signal_done(&channel);
    g_assert_cmphex(message(bench, 0), ==, 0);
    g_assert_cmphex(message(bench, 0x40 + 2), ==, 3);
    pci_write(&bench->dma, msix + PCI_MSIX_FLAGS, 2, 0);
    g_assert_cmphex(message(bench, 0), ==, 0x4400);
}

/* A message that a fault put off is forgotten when the line tells of its cause, and with the cause. */
static void test_delayed_message_to_line(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 2, 2);

    machine_intercept_irqs(bench->machine);
    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=r device=dma0 at=irq.raise nth=1 action=delay param.ns=1000000\"");
    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    signal_done(&channel);
    disable_messages(bench);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    acknowledge(bench, 1u << 2);
    machine_step(bench->machine, 10000000);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* Interrupt Disable silences the line; Interrupt Status goes on telling of the cause. */
static void test_interrupt_disable(void)
{
    g_autoptr(Bench) bench = bench_new(",interrupts=intx", "");
    Channel channel = channel_open(bench, 0, 2);
    const uint32_t command = PCI_COMMAND_MEMORY | PCI_COMMAND_MASTER;

    machine_intercept_irqs(bench->machine);
    g_assert_cmpuint(pci_find_cap(&bench->dma, PCI_CAP_ID_MSI), ==, 0);
    g_assert_cmpuint(pci_find_cap(&bench->dma, PCI_CAP_ID_MSIX), ==, 0);
    enable_irqs(bench);
    signal_done(&channel);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_write(&bench->dma, PCI_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    g_assert_true(line_status(bench));
    pci_write(&bench->dma, PCI_COMMAND, 2, command);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_write(&bench->dma, PCI_COMMAND, 2, command | PCI_COMMAND_INTX_DISABLE);
    acknowledge(bench, 1);
    g_assert_false(line_status(bench));
    pci_write(&bench->dma, PCI_COMMAND, 2, command);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* What is signalled by changing over comes out of a configuration write, and may not come back in. */
static void test_change_into_own_registers(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    enable_irqs(bench);
    signal_done(&channel);
    pci_enable_msix(&bench->dma, DMA_BAR_ADDR + STUNT_DMA_CTRL, STUNT_DMA_VECTORS);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_CTRL), ==, STUNT_DMA_CTRL_IRQ_ENABLE);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1);
}

/* ---- a line for two devices ------------------------------------------------------------------------ */

/* dma0 is INTA behind the port in slot 3, dma1 INTC in slot 5 itself: (3 + 0) and (5 + 2) are one line. */
static void test_shared_line(void)
{
    g_autoptr(Bench) bench =
        bench_new("", "-device stunt-dma,id=dma1,bus=pcie.0,addr=5,interrupt-pin=3");
    Bench other = *bench;
    Channel here = channel_open(bench, 0, 2), there;

    other.dma = (Pci){ .machine = bench->machine, .devfn = PCI_DEVFN_OF(5, 0) };
    pci_map_bar(&other.dma, 0, DMA1_BAR_ADDR);
    g_assert_cmpuint(pci_read(&other.dma, PCI_INTERRUPT_PIN, 1), ==, 3);
    there = channel_open(&other, 1, 2);
    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    enable_irqs(&other);
    signal_done(&here);
    signal_done(&there);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    acknowledge(bench, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    g_assert_false(line_status(bench));
    g_assert_true(line_status(&other));
    acknowledge(&other, 2);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* ---- signals that nobody asked for ----------------------------------------------------------------- */

static void inject(Bench *bench, const char *vector)
{
    machine_qom_set(bench->machine, "dma0", "inject-irq", vector);
}

static void refuse_inject(Bench *bench, const char *vector, const char *words)
{
    g_autofree char *error = machine_qom_set_error(bench->machine, "dma0", "inject-irq", vector);

    if (!strstr(error, words)) {
        g_error("'%s' is not in '%s'", words, error);
    }
}

static unsigned raised_in_all(const Machine *machine)
{
    unsigned n = 0;

    for (unsigned i = 0; i < MACHINE_IRQS; i++) {
        n += machine->raised[i];
    }
    return n;
}

static void test_injected(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    inject(bench, "1");
    pci_reg_read(&bench->dma, STUNT_DMA_ID); /* the glitch is told before the next answer */
    g_assert_cmpuint(raised_in_all(bench->machine), ==, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    pci_enable_msi(&bench->dma, RAM_MSI, 1);
    inject(bench, "3");
    g_assert_cmphex(message(bench, 0), ==, 0x4401);
    disable_messages(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    inject(bench, "3");
    g_assert_cmphex(message(bench, 3), ==, 4);
    pci_mask_msix(&bench->dma, 3, true);
    inject(bench, "3");
    g_assert_true(pci_msix_pending(&bench->dma, 3));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 0);
    disable_messages(bench);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0); /* no cause: nothing to hold a line for */
}

static void test_injected_is_on_record(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    const struct stunt_event *event;
    g_autofree char *status = NULL;

    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=irq.raise action=drop\"");
    machine_fill(bench->machine, RAM_MSI, 0, 32);
    pci_enable_msix(&bench->dma, RAM_MSI, STUNT_DMA_VECTORS);
    inject(bench, "2");
    event = shm_find(bench->shm, STUNT_EV_IRQ_RAISE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_IRQ_RAISE_VECTOR], ==, 2);
    g_assert_cmpuint(event->field[STUNT_EV_IRQ_RAISE_MODE], ==, 2);
    g_assert_cmphex(message(bench, 2), ==, 3);
    status = machine_qom_get_str(bench->machine, "link0", "fault-status");
    g_assert_nonnull(strstr(status, " fired=0 "));
}

static void test_inject_refused(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    refuse_inject(bench, "6", "vector 6 is not there: stunt-dma has 6");
    refuse_inject(bench, "4294967295", "vector 4294967295 is not there");
    refuse_inject(bench, "-1", "inject-irq");
    pci_set_power_state(&bench->dma, 3);
    refuse_inject(bench, "0", "it is asleep");
    pci_set_power_state(&bench->dma, 0);
    pci_flr(&bench->dma);
    refuse_inject(bench, "0", "it is in reset");
    machine_step(bench->machine, 1000000);
    inject(bench, "0");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/irq/msi/fewer-granted-are-folded", test_fewer_granted);
    g_test_add_func("/irq/msi/one-to-thirty-two-offered", test_offered);
    g_test_add_func("/irq/msi/vector-mask-and-pending-bit", test_msi_mask);
    g_test_add_func("/irq/msi/pending-message-of-several-vectors", test_msi_pending_of_several);
    g_test_add_func("/irq/msix/pending-is-taken-back-with-its-cause", test_msix_pending_is_taken_back);
    g_test_add_func("/irq/msix/accesses-are-events", test_msix_accesses_are_seen);
    g_test_add_func("/irq/msix/accesses-in-d3-are-misuse", test_msix_in_d3);
    g_test_add_func("/irq/change/line-to-messages", test_line_to_messages);
    g_test_add_func("/irq/change/messages-to-line", test_messages_to_line);
    g_test_add_func("/irq/change/msix-to-msi", test_msix_to_msi);
    g_test_add_func("/irq/change/delayed-message-to-line", test_delayed_message_to_line);
    g_test_add_func("/irq/change/into-own-registers-is-harmless", test_change_into_own_registers);
    g_test_add_func("/irq/intx/interrupt-disable-and-status", test_interrupt_disable);
    g_test_add_func("/irq/intx/two-devices-share-a-line", test_shared_line);
    g_test_add_func("/irq/injected/in-every-mode", test_injected);
    g_test_add_func("/irq/injected/is-on-record-and-no-rule-is-asked", test_injected_is_on_record);
    g_test_add_func("/irq/injected/refused", test_inject_refused);
    return g_test_run();
}
