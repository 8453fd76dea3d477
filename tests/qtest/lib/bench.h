/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The usual machine of these tests: stunt-link on bus 0, stunt-dma behind a root port, both mapped. */
#ifndef STUNT_QTEST_BENCH_H
#define STUNT_QTEST_BENCH_H

#include "pci.h"
#include "shm.h"

#define LINK_BAR_ADDR UINT64_C(0xfd000000)
#define DMA_BAR_ADDR PCI_WINDOW
#define UART_BAR_ADDR UINT64_C(0xfb000000)
#define PEER_BAR_ADDR UART_BAR_ADDR

/* Guest RAM for tests: everything below is free. */
#define RAM_MSI UINT64_C(0x00100000)
#define RAM_RING UINT64_C(0x00200000)
#define RAM_COMP UINT64_C(0x00600000)
#define RAM_SRC UINT64_C(0x01000000)
#define RAM_DST UINT64_C(0x02000000)

typedef struct Bench {
    Machine *machine;
    Shm *shm; /* of bench_new_traced(), else NULL */
    Pci link, dma;
    Pci uart; /* of bench_new_serial() */
    Pci peer; /* of bench_new_peers() */
} Bench;

/* dma_props: more properties of the DMA device (",dma-width=40"); args: more arguments. "" for none. */
Bench *bench_new(const char *dma_props, const char *args);

/* The same with shared memory that takes `capacity` events; the devices are dma0 and link0. */
Bench *bench_new_traced(const char *dma_props, unsigned capacity);

/* The same behind a stunt-port, rp0, with these properties of its own. */
Bench *bench_new_port(const char *port_props, const char *dma_props, unsigned capacity);

/* As bench_new_traced(), with a stunt-uart, uart0, behind a stunt-port, rp1. */
Bench *bench_new_serial(const char *uart_props, unsigned capacity);

/* As bench_new_traced(), with a second stunt-dma, dma1, behind a stunt-port, rp1, that is the first one's peer. */
Bench *bench_new_peers(const char *dma_props, const char *peer_props, unsigned capacity);

/* Without shared memory, stopped, waiting for its state by migrate-incoming; nothing is configured. */
Bench *bench_new_incoming(const char *dma_props);

/*
 * As bench_new_traced(), but stopped and not configured, with its memory a private mapping of the file, for
 * template-load. ram: path of that file, and behind it properties of the memory backend that are not as
 * usual; args: more arguments.
 */
Bench *bench_new_mapped(const char *dma_props, unsigned capacity, const char *ram, const char *args);

void bench_free(Bench *bench);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Bench, bench_free)

/* Puts bus numbers, windows and BARs in place: part of bench_new(), and needed again after a system reset. */
void bench_configure(Bench *bench);

#endif
