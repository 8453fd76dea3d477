/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "window.h"

#include <linux/pci_regs.h>
#include <string.h>

#define IO_ADDR PCI_IO_WINDOW(2)

Window window_in_memory(Bench *bench, unsigned port)
{
    return (Window){ bench->machine, UART_BAR_ADDR + UART_P(W_DATA, port), false };
}

Window window_in_io(Bench *bench, unsigned port)
{
    uint32_t command = pci_read(&bench->uart, PCI_COMMAND, 2);

    pci_write(&bench->uart, PCI_BASE_ADDRESS_0 + 4 * STUNT_UART_PORTS_BAR, 4, IO_ADDR);
    pci_write(&bench->uart, PCI_COMMAND, 2, command | PCI_COMMAND_IO);
    return (Window){ bench->machine, IO_ADDR + WINDOW_BYTES * port, true };
}

uint8_t window_read(const Window *window, unsigned at)
{
    return window->io ? (uint8_t)machine_in(window->machine, (uint16_t)(window->addr + at), 1)
                      : (uint8_t)machine_read_sized(window->machine, window->addr + at, 1);
}

void window_write(const Window *window, unsigned at, uint8_t value)
{
    if (window->io) {
        machine_out(window->machine, (uint16_t)(window->addr + at), 1, value);
    } else {
        machine_write_sized(window->machine, window->addr + at, 1, value);
    }
}

void window_set_divisor(const Window *window, uint16_t divisor)
{
    uint8_t lcr = window_read(window, AT(LCR));

    window_write(window, AT(LCR), lcr | STUNT_UART_W_LCR_DLAB);
    window_write(window, AT(DATA), (uint8_t)divisor);
    window_write(window, AT(IER), (uint8_t)(divisor >> 8));
    window_write(window, AT(LCR), lcr);
}

uint16_t window_divisor(const Window *window)
{
    uint8_t lcr = window_read(window, AT(LCR));
    uint16_t divisor;

    window_write(window, AT(LCR), lcr | STUNT_UART_W_LCR_DLAB);
    divisor = window_read(window, AT(DATA));
    divisor |= (uint16_t)(window_read(window, AT(IER)) << 8);
    window_write(window, AT(LCR), lcr);
    return divisor;
}

void window_open(const Window *window, uint16_t divisor, uint8_t lcr, unsigned trigger)
{
    window_set_divisor(window, divisor);
    window_write(window, AT(LCR), lcr);
    window_write(window, AT(IIR),
                 (uint8_t)(trigger << STUNT_UART_W_IIR_FCR_TRIGGER_SHIFT | STUNT_UART_W_IIR_FCR_ENABLE |
                           STUNT_UART_W_IIR_FCR_CLEAR_RX | STUNT_UART_W_IIR_FCR_CLEAR_TX));
}

void window_send(const Window *window, const char *text)
{
    for (; *text; text++) {
        window_write(window, AT(DATA), (uint8_t)*text);
    }
}

unsigned window_cause(const Window *window)
{
    return window_read(window, AT(IIR)) & STUNT_UART_W_IIR_CAUSE;
}

unsigned window_drain(const Window *window)
{
    unsigned n = 0;

    while (window_read(window, AT(LSR)) & W(LSR, DR)) {
        window_read(window, AT(DATA));
        n++;
    }
    return n;
}

/* ---- two of them ----------------------------------------------------------------------------------- */

Pair pair_new(void)
{
    Bench *bench = bench_new_serial(",wires=0-1", 4096);
    Pair pair = { bench, window_in_memory(bench, 0), window_in_io(bench, 1) };

    window_open(&pair.a, 1, LCR_8N1, 0);
    window_open(&pair.b, 1, LCR_8N1, 0);
    return pair;
}

void pair_free(Pair *pair)
{
    bench_free(pair->bench);
}

void pair_pass(const Pair *pair, unsigned frames)
{
    machine_step(pair->bench->machine, frames * FRAME_NS + 100);
}

void pair_send(const Pair *pair, const char *text)
{
    window_send(&pair->a, text);
    pair_pass(pair, (unsigned)strlen(text));
}

void pair_arm(const Pair *pair, const char *rule)
{
    g_autofree char *text = g_strdup_printf("\"id=r%u device=uart0 %s\"", g_test_rand_int(), rule);

    machine_qom_set(pair->bench->machine, "link0", "fault-arm", text);
}

uint64_t pair_misuse(const Pair *pair)
{
    return machine_qom_get_uint(pair->bench->machine, "uart0", "misuse-count");
}
