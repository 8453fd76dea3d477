/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bench.h"

#define PORT_SLOT 3
#define LINK_SLOT 4
#define SECOND_PORT_SLOT 5 /* of a uart, or of the peer */

#define STOCK_PORT "pcie-root-port"

/* port: type, and properties behind it */
static char *device_args(const char *port, const char *link_props, const char *dma_props, const char *args)
{
    return g_strdup_printf("-device %s,id=rp0,bus=pcie.0,addr=0x%x,chassis=1,slot=1 "
                           "-device stunt-link,id=link0,bus=pcie.0,addr=0x%x%s "
                           "-device stunt-dma,id=dma0,bus=rp0,addr=0%s %s",
                           port, PORT_SLOT, LINK_SLOT, link_props, dma_props, args);
}

static void name_places(Bench *bench)
{
    bench->link = (Pci){ .machine = bench->machine, .bar = LINK_BAR_ADDR };
    bench->link.devfn = PCI_DEVFN_OF(LINK_SLOT, 0);
    bench->dma = (Pci){ .machine = bench->machine, .bar = DMA_BAR_ADDR, .bus = 1 };
}

void bench_configure(Bench *bench)
{
    pci_start(bench->machine);
    pci_open_port(bench->machine, PORT_SLOT, 1, PCI_WINDOW);
    name_places(bench);
    pci_map_bar(&bench->link, 0, LINK_BAR_ADDR);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    if (bench->uart.machine) {
        pci_open_port(bench->machine, SECOND_PORT_SLOT, 2, UART_BAR_ADDR);
        pci_map_bar(&bench->uart, 0, UART_BAR_ADDR);
    }
    if (bench->peer.machine) {
        pci_open_port(bench->machine, SECOND_PORT_SLOT, 2, PEER_BAR_ADDR);
        pci_map_bar(&bench->peer, 0, PEER_BAR_ADDR);
    }
}

Bench *bench_new(const char *dma_props, const char *args)
{
    Bench *bench = g_new0(Bench, 1);
    g_autofree char *all = device_args(STOCK_PORT, "", dma_props, args);

    bench->machine = machine_new(all, -1);
    bench_configure(bench);
    return bench;
}

static Bench *new_with_shm(const char *port, const char *dma_props, unsigned capacity, const char *args)
{
    Bench *bench = g_new0(Bench, 1);
    g_autofree char *link_props = g_strdup_printf(",shm=/proc/self/fd/%d", MACHINE_SHM_FD);
    g_autofree char *all = device_args(port, link_props, dma_props, args);

    bench->shm = shm_new(capacity);
    bench->machine = machine_new(all, bench->shm->fd);
    return bench;
}

/* Ready to be used, with nothing of that on the timeline. */
static Bench *configured(Bench *bench)
{
    bench_configure(bench);
    shm_forget(bench->shm);
    return bench;
}

Bench *bench_new_traced(const char *dma_props, unsigned capacity)
{
    return configured(new_with_shm(STOCK_PORT, dma_props, capacity, ""));
}

Bench *bench_new_port(const char *port_props, const char *dma_props, unsigned capacity)
{
    g_autofree char *port = g_strdup_printf("stunt-port%s", port_props);

    return configured(new_with_shm(port, dma_props, capacity, ""));
}

Bench *bench_new_serial(const char *uart_props, unsigned capacity)
{
    g_autofree char *args =
        g_strdup_printf("-device stunt-port,id=rp1,bus=pcie.0,addr=0x%x,chassis=2,slot=2 "
                        "-device stunt-uart,id=uart0,bus=rp1,addr=0%s", SECOND_PORT_SLOT, uart_props);
    Bench *bench = new_with_shm(STOCK_PORT, "", capacity, args);

    bench->uart = (Pci){ .machine = bench->machine, .bar = UART_BAR_ADDR, .bus = 2 };
    return configured(bench);
}

Bench *bench_new_peers(const char *dma_props, const char *peer_props, unsigned capacity)
{
    g_autofree char *args =
        g_strdup_printf("-device stunt-port,id=rp1,bus=pcie.0,addr=0x%x,chassis=2,slot=2 "
                        "-device stunt-dma,id=dma1,bus=rp1,addr=0,peer=dma0%s", SECOND_PORT_SLOT, peer_props);
    Bench *bench = new_with_shm(STOCK_PORT, dma_props, capacity, args);

    bench->peer = (Pci){ .machine = bench->machine, .bar = PEER_BAR_ADDR, .bus = 2 };
    return configured(bench);
}

Bench *bench_new_mapped(const char *dma_props, unsigned capacity, const char *ram, const char *args)
{
    g_autofree char *all =
        g_strdup_printf("-S -machine memory-backend=pc.ram -object memory-backend-file,id=pc.ram,size=64M,"
                        "x-use-canonical-path-for-ramblock-id=off,share=off,mem-path=%s %s", ram, args);
    Bench *bench = new_with_shm(STOCK_PORT, dma_props, capacity, all);

    name_places(bench);
    return bench;
}

Bench *bench_new_incoming(const char *dma_props)
{
    Bench *bench = g_new0(Bench, 1);
    g_autofree char *all = device_args(STOCK_PORT, "", dma_props, "-S -incoming defer");

    bench->machine = machine_new(all, -1);
    name_places(bench);
    return bench;
}

void bench_free(Bench *bench)
{
    if (!bench) {
        return;
    }
    machine_free(bench->machine);
    shm_free(bench->shm);
    g_free(bench);
}
