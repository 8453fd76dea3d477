/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Actions on what only a serial card has; on a line: of "ABC" from port 0 to port 1 the second character is hit. */
#include "faults.h"
#include "uart.h"

#include <linux/pci_regs.h>

#define NTH "nth=2 match.port=1"

static void send(Bench *bench)
{
    uart_open(bench, 0);
    uart_open(bench, 1);
    uart_send(bench, 0, "ABC");
    machine_step(bench->machine, 4 * UART_FRAME_NS);
}

/* What the second character has become; 0: it is not there. */
static void check(Bench *bench, uint32_t second, uint32_t third)
{
    send(bench);
    uart_expect(bench, 1, 'A');
    if (second) {
        uart_expect(bench, 1, second);
    }
    uart_expect(bench, 1, third);
    uart_expect_nothing(bench, 1);
}

static void dropped(Bench *bench)
{
    check(bench, 0, 'C');
}

static void overrun(Bench *bench)
{
    check(bench, 0, 'C' | STUNT_UART_P_RX_OVERRUN);
    g_assert_cmpuint(uart_read(bench, UART_P(P_OVERRUNS, 1)), ==, 1);
}

static void noisy(Bench *bench)
{
    check(bench, 'B' ^ 4, 'C');
}

static void without_stop_bit(Bench *bench)
{
    check(bench, 'B' | STUNT_UART_P_RX_FRAMING, 'C');
    g_assert_cmpuint(uart_read(bench, UART_P(P_FRAMING_ERRORS, 1)), ==, 1);
}

static void wrong_parity(Bench *bench)
{
    check(bench, 'B' | STUNT_UART_P_RX_PARITY, 'C');
    g_assert_cmpuint(uart_read(bench, UART_P(P_PARITY_ERRORS, 1)), ==, 1);
}

static void break_instead(Bench *bench)
{
    check(bench, STUNT_UART_P_RX_BREAK, 'C');
    g_assert_cmpuint(uart_read(bench, UART_P(P_BREAKS, 1)), ==, 1);
}

static void doubled(Bench *bench)
{
    send(bench);
    uart_expect(bench, 1, 'A');
    uart_expect(bench, 1, 'B');
    uart_expect(bench, 1, 'B');
    uart_expect(bench, 1, 'C');
    uart_expect_nothing(bench, 1);
}

/* The last one, that no other drives on. */
static void late(Bench *bench)
{
    send(bench);
    uart_expect(bench, 1, 'A');
    uart_expect(bench, 1, 'B');
    uart_expect_nothing(bench, 1);
    faults_ahead_and_back(bench, 1000000);
    machine_step(bench->machine, 490000);
    uart_expect_nothing(bench, 1);
    machine_step(bench->machine, 20000);
    uart_expect(bench, 1, 'C');
}

/* It stays as the others have seen it. */
static void stuck(Bench *bench)
{
    uart_write(bench, UART_P(P_MODEM_CTRL, 0), STUNT_UART_P_MODEM_CTRL_RTS);
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 1)), ==, 0);
    uart_write(bench, UART_P(P_MODEM_CTRL, 0), STUNT_UART_P_MODEM_CTRL_RTS | STUNT_UART_P_MODEM_CTRL_DTR);
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 1)), ==,
                    STUNT_UART_P_MODEM_STATUS_CTS | STUNT_UART_P_MODEM_STATUS_DSR | STUNT_UART_P_MODEM_STATUS_DCD);
}

/* The message; it is sent again. */
static void not_heard(Bench *bench)
{
    unsigned control = pci_find_cap(&bench->uart, PCI_CAP_ID_PM) + PCI_PM_CTRL;

    uart_write(bench, UART_P(P_WAKE, 2), STUNT_UART_P_WAKE_MODEM);
    pci_write(&bench->uart, control, 2, PCI_PM_CTRL_PME_ENABLE | 3);
    machine_qom_set(bench->machine, "uart0", "port2.inputs", "0");
    g_assert_cmphex(pci_read(&bench->uart, control, 2) & PCI_PM_CTRL_PME_STATUS, !=, 0);
    g_assert_cmphex(uart_root_status(bench), ==, 0);
    machine_step(bench->machine, 100000000);
    g_assert_cmphex(uart_root_status(bench) & PCI_EXP_RTSTA_PME, !=, 0);
}

static const struct fault_case cases[] = {
    { "serial.tx", "drop", "nth=2 match.port=0", dropped },
    { "serial.rx", "drop", NTH, dropped },
    { "serial.rx", "duplicate", NTH, doubled },
    { "serial.rx", "delay", "nth=3 match.port=1 param.ns=500000", late },
    { "serial.rx", "noise", NTH " param.xor=4", noisy },
    { "serial.rx", "framing", NTH, without_stop_bit },
    { "serial.rx", "parity", NTH, wrong_parity },
    { "serial.rx", "break", NTH, break_instead },
    { "serial.rx", "overrun", NTH, overrun },
    { "serial.line", "drop", "match.port=0", stuck },
    { "power.pme", "drop", "", not_heard },
};

const struct fault_cases faults_of_serial = { cases, G_N_ELEMENTS(cases) };
