/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "port.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define PORT_BAR UINT64_C(0xfd800000)
#define MSI_PORT (RAM_MSI + 0x100) /* a word for each cause */

Pci port_of(Bench *bench)
{
    return (Pci){ .machine = bench->machine, .devfn = PCI_DEVFN_OF(3, 0) };
}

uint32_t port_express_read(Bench *bench, unsigned reg)
{
    Pci port = port_of(bench);

    return pci_read(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + reg, 2);
}

void port_express_write(Bench *bench, unsigned reg, uint16_t value)
{
    Pci port = port_of(bench);

    pci_write(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + reg, 2, value);
}

uint32_t port_aer_read(const Pci *pci, unsigned reg)
{
    return pci_read(pci, pci_find_ext_cap(pci, PCI_EXT_CAP_ID_ERR) + reg, 4);
}

void port_aer_write(const Pci *pci, unsigned reg, uint32_t value)
{
    pci_write(pci, pci_find_ext_cap(pci, PCI_EXT_CAP_ID_ERR) + reg, 4, value);
}

bool port_link_is_up(Bench *bench)
{
    return port_express_read(bench, PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA;
}

/* As an operating system has it: messages on, all reported, errors forwarded. */
void port_enable(Bench *bench)
{
    Pci port = port_of(bench);
    unsigned devctl = pci_find_cap(&bench->dma, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

    pci_map_bar(&port, 0, PORT_BAR);
    pci_enable_msix(&port, MSI_PORT, 3);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    port_aer_write(&port, PCI_ERR_ROOT_COMMAND, 7);
    port_express_write(bench, PCI_EXP_SLTSTA, 0x11f);
    port_express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_ABPE |
                                             PCI_EXP_SLTCTL_PWR_IND_ON);
    port_express_write(bench, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
    pci_write(&bench->dma, devctl, 2, PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE);
    shm_forget(bench->shm);
}

Bench *port_new(const char *port_props)
{
    Bench *bench = bench_new_port(port_props, ",latency-ns=1000,bandwidth=0", 4096);

    port_enable(bench);
    return bench;
}

uint32_t port_message(Bench *bench, unsigned cause)
{
    uint32_t value = machine_read32(bench->machine, MSI_PORT + 4 * cause);

    machine_write32(bench->machine, MSI_PORT + 4 * cause, 0);
    return value;
}

void port_set(Bench *bench, const char *property, const char *value)
{
    machine_qom_set(bench->machine, "rp0", property, value);
}

void port_refuses(Bench *bench, const char *property, const char *value, const char *words)
{
    g_autofree char *error = machine_qom_set_error(bench->machine, "rp0", property, value);

    g_test_message("%s=%s: %s", property, value, error);
    g_assert_nonnull(strstr(error, words));
}

void port_arm(Bench *bench, const char *rule)
{
    g_autofree char *text = g_strdup_printf("\"id=r device=dma0 %s\"", rule);

    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

void port_check_gone(Bench *bench)
{
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==, 0xffffffff);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_false(port_link_is_up(bench));
}

/* The link is up in time and not before, and the device fresh. */
void port_check_return(Bench *bench, unsigned reset_kind)
{
    const struct stunt_event *event;
    Channel channel;

    shm_forget(bench->shm);
    machine_step(bench->machine, LINK_NS - 1);
    g_assert_false(port_link_is_up(bench));
    machine_step(bench->machine, 1);
    g_assert_true(port_link_is_up(bench));
    event = shm_find(bench->shm, STUNT_EV_RESET);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, reset_kind);
    g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), ==, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    channel = channel_open(bench, 1, 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
}
