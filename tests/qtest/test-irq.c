/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The three ways of an interrupt: the INTx line, MSI, MSI-X with its masks and pending bits. */
#include "irq.h"

#define VECTORS STUNT_DMA_VECTORS

static void test_intx(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    signal_done(&channel);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    g_assert_cmphex(pci_read(&bench->dma, 6, 2) & 0x8, !=, 0); /* interrupt status */
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 1);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 0);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* A sleeping device holds no line; it takes it up again when it wakes, for the cause is still there. */
static void test_intx_in_d3(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    signal_done(&channel);
    pci_set_power_state(&bench->dma, 3);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    pci_set_power_state(&bench->dma, 0);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
}

static void test_reset_lets_go(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    signal_done(&channel);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

/* A signal that a fault put off is forgotten with the rest. */
static void test_reset_forgets_delayed(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=r device=dma0 at=irq.raise action=delay param.ns=1000000\"");
    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, VECTORS);
    signal_done(&channel);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_RESET);
    machine_step(bench->machine, 10000000);
    g_assert_cmphex(message(bench, 0), ==, 0);
}

/* One line for all causes: it falls with the last. */
static void test_intx_is_shared(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel one = channel_open(bench, 1, 2), two = channel_open(bench, 2, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    signal_done(&one);
    signal_done(&two);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 6);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 2);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 4);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

static void test_mask_register(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x1f);
    signal_done(&channel);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

static void test_global_enable(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    signal_done(&channel);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, 0);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

static void test_only_when_asked(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP });
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_STATUS), ==, 1); /* told, not signalled */
}

static void test_intx_disable_bit(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    pci_write(&bench->dma, 4, 2, 0x406);
    signal_done(&channel);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
    pci_write(&bench->dma, 4, 2, 0x006);
    g_assert_cmpuint(lines_up(bench->machine), ==, 1);
}

/* With all messages granted each vector has its own. */
static void test_msi(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    enable_irqs(bench);
    pci_enable_msi(&bench->dma, RAM_MSI, 3);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        Channel channel = channel_open(bench, i, 2);

        signal_done(&channel);
        g_assert_cmphex(message(bench, 0), ==, 0x4400 + i);
        signal_error(&channel);
        g_assert_cmphex(message(bench, 0), ==, 0x4400 + STUNT_DMA_VEC_ERROR);
        pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 0x1f);
    }
}

static void test_msi_with_one_message(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 3, 2);

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    pci_enable_msi(&bench->dma, RAM_MSI, 0);
    machine_write32(bench->machine, RAM_MSI, 0xffffffff);
    signal_done(&channel);
    g_assert_cmphex(message(bench, 0), ==, 0x4400);
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

static void test_msix(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    machine_intercept_irqs(bench->machine);
    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, VECTORS);
    for (unsigned i = 0; i < STUNT_DMA_CH_CTRL_COUNT; i++) {
        Channel channel = channel_open(bench, i, 2);

        signal_done(&channel);
        for (unsigned v = 0; v < VECTORS; v++) {
            g_assert_cmphex(message(bench, v), ==, v == i ? v + 1 : 0);
        }
        signal_error(&channel);
        g_assert_cmphex(message(bench, STUNT_DMA_VEC_ERROR), ==, STUNT_DMA_VEC_ERROR + 1);
        pci_reg_write(&bench->dma, STUNT_DMA_INT_STATUS, 0x1f);
    }
    g_assert_cmpuint(lines_up(bench->machine), ==, 0);
}

static void test_msix_vector_mask(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel masked = channel_open(bench, 1, 2), open = channel_open(bench, 2, 2);

    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, VECTORS);
    pci_mask_msix(&bench->dma, 1, true);
    signal_done(&masked);
    signal_done(&open);
    g_assert_cmphex(message(bench, 1), ==, 0);
    g_assert_cmphex(message(bench, 2), ==, 3);
    g_assert_true(pci_msix_pending(&bench->dma, 1));
    g_assert_false(pci_msix_pending(&bench->dma, 2));
    pci_mask_msix(&bench->dma, 1, false);
    g_assert_cmphex(message(bench, 1), ==, 2);
    g_assert_false(pci_msix_pending(&bench->dma, 1));
    pci_mask_msix(&bench->dma, 1, true);
    pci_mask_msix(&bench->dma, 1, false);
    g_assert_cmphex(message(bench, 1), ==, 0); /* once only */
}

static void test_msix_function_mask(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    enable_irqs(bench);
    pci_enable_msix(&bench->dma, RAM_MSI, VECTORS);
    pci_mask_msix_function(&bench->dma, true);
    signal_done(&channel);
    signal_error(&channel);
    g_assert_cmphex(message(bench, 0), ==, 0);
    g_assert_true(pci_msix_pending(&bench->dma, 0));
    g_assert_true(pci_msix_pending(&bench->dma, STUNT_DMA_VEC_ERROR));
    pci_mask_msix_function(&bench->dma, false);
    g_assert_cmphex(message(bench, 0), ==, 1);
    g_assert_cmphex(message(bench, STUNT_DMA_VEC_ERROR), ==, STUNT_DMA_VEC_ERROR + 1);
    g_assert_false(pci_msix_pending(&bench->dma, 0));
}

static void test_no_message_without_bus_mastering(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    pci_enable_msi(&bench->link, RAM_MSI, 0);
    machine_write32(bench->machine, RAM_MSI, 0);
    pci_write(&bench->link, 4, 2, 2);
    machine_qom_set(bench->machine, "link0", "attention", "true");
    g_assert_cmphex(message(bench, 0), ==, 0);
}

/* A message whose address is the device's own register: refused, and nothing goes round in a circle. */
static void test_message_into_own_bar(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    Channel channel = channel_open(bench, 0, 2);

    enable_irqs(bench);
    pci_enable_msix(&bench->dma, DMA_BAR_ADDR + STUNT_DMA_CTRL, VECTORS);
    signal_done(&channel);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_CTRL), ==, STUNT_DMA_CTRL_IRQ_ENABLE);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

static void test_attention(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    g_autofree char *error = NULL;

    machine_fill(bench->machine, RAM_MSI, 0, 4);
    pci_enable_msi(&bench->link, RAM_MSI, 0);
    machine_qom_set(bench->machine, "link0", "attention", "true");
    g_assert_cmphex(message(bench, 0), ==, 0x4400);
    error = machine_qom_set_error(bench->machine, "link0", "attention", "false");
    g_assert_nonnull(error);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/irq/intx/rises-and-falls-with-the-status", test_intx);
    g_test_add_func("/irq/intx/is-shared-by-all-vectors", test_intx_is_shared);
    g_test_add_func("/irq/intx/can-be-disabled", test_intx_disable_bit);
    g_test_add_func("/irq/intx/is-let-go-in-d3", test_intx_in_d3);
    g_test_add_func("/irq/intx/is-let-go-by-a-reset", test_reset_lets_go);
    g_test_add_func("/irq/reset-forgets-what-was-delayed", test_reset_forgets_delayed);
    g_test_add_func("/irq/mask-register-holds-back", test_mask_register);
    g_test_add_func("/irq/global-enable", test_global_enable);
    g_test_add_func("/irq/completion-signals-only-when-asked", test_only_when_asked);
    g_test_add_func("/irq/msi/a-message-per-vector", test_msi);
    g_test_add_func("/irq/msi/one-message-for-all", test_msi_with_one_message);
    g_test_add_func("/irq/msi/needs-bus-mastering", test_no_message_without_bus_mastering);
    g_test_add_func("/irq/msix/each-vector-reaches-its-address", test_msix);
    g_test_add_func("/irq/msix/vector-mask-and-pending-bit", test_msix_vector_mask);
    g_test_add_func("/irq/msix/function-mask", test_msix_function_mask);
    g_test_add_func("/irq/msix/message-into-own-registers-is-harmless", test_message_into_own_bar);
    g_test_add_func("/irq/link/attention", test_attention);
    return g_test_run();
}
