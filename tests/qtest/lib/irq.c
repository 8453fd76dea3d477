/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "irq.h"

void signal_done(Channel *channel)
{
    channel_do(channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
}

void signal_error(Channel *channel)
{
    channel_do(channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY });
}

void enable_irqs(Bench *bench)
{
    machine_fill(bench->machine, RAM_MSI, 0, 4 * 32);
    pci_reg_write(&bench->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
}

uint32_t message(Bench *bench, unsigned v)
{
    uint32_t value = machine_read32(bench->machine, RAM_MSI + 4 * v);

    machine_write32(bench->machine, RAM_MSI + 4 * v, 0);
    return value;
}

unsigned lines_up(const Machine *machine)
{
    unsigned up = 0;

    for (unsigned i = 0; i < MACHINE_IRQS; i++) {
        up += machine->irq[i];
    }
    return up;
}
