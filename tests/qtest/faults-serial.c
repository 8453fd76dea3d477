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

#define HEARD PCI_EXP_RTSTA_PME
#define HEARD_TWICE (PCI_EXP_RTSTA_PME | PCI_EXP_RTSTA_PENDING)

/* Asleep, it has a cause to ask to be woken. */
static void ask_to_be_woken(Bench *bench)
{
    unsigned control = pci_find_cap(&bench->uart, PCI_CAP_ID_PM) + PCI_PM_CTRL;

    uart_write(bench, UART_P(P_WAKE, 2), STUNT_UART_P_WAKE_MODEM);
    pci_write(&bench->uart, control, 2, PCI_PM_CTRL_PME_ENABLE | 3);
    machine_step(bench->machine, 10000000); /* until then nothing is told */
    shm_forget(bench->shm);
    machine_qom_set(bench->machine, "uart0", "port2.inputs", "0");
    g_assert_cmphex(pci_read(&bench->uart, control, 2) & PCI_PM_CTRL_PME_STATUS, !=, 0);
}

/* What the root port has heard since the guest last looked, which it does now. */
static unsigned heard(Bench *bench)
{
    Pci port = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(5, 0) };
    unsigned at = pci_find_cap(&port, PCI_CAP_ID_EXP) + PCI_EXP_RTSTA;
    unsigned status = uart_root_status(bench) & HEARD_TWICE;

    for (unsigned i = 0; i < 2; i++) {
        pci_write(&port, at, 4, PCI_EXP_RTSTA_PME);
    }
    return status;
}

/* The message; it is sent again. */
static void not_heard(Bench *bench)
{
    ask_to_be_woken(bench);
    g_assert_cmphex(heard(bench), ==, 0);
    machine_step(bench->machine, 100000000);
    g_assert_cmphex(heard(bench), ==, HEARD);
}

static void heard_late(Bench *bench)
{
    ask_to_be_woken(bench);
    machine_step(bench->machine, 2999999);
    g_assert_cmphex(heard(bench), ==, 0);
    faults_ahead_and_back(bench, 10);
    machine_step(bench->machine, 1);
    g_assert_cmphex(heard(bench), ==, HEARD);
}

static void heard_twice_at_once(Bench *bench)
{
    ask_to_be_woken(bench);
    g_assert_cmphex(heard(bench), ==, HEARD_TWICE);
    machine_step(bench->machine, 99000000);
    g_assert_cmphex(heard(bench), ==, 0);
}

static void heard_twice(Bench *bench)
{
    ask_to_be_woken(bench);
    g_assert_cmphex(heard(bench), ==, HEARD);
    machine_step(bench->machine, 5000000);
    g_assert_cmphex(heard(bench), ==, HEARD);
}

/* 5 in all, 1 ms apart. */
static void heard_again_and_again(Bench *bench)
{
    unsigned events = 0;

    ask_to_be_woken(bench);
    g_assert_cmphex(heard(bench), ==, HEARD);
    faults_ahead_and_back(bench, 2500000);
    for (unsigned i = 1; i < 5; i++) {
        machine_step(bench->machine, 1000000);
        g_assert_cmphex(heard(bench), ==, HEARD);
    }
    machine_step(bench->machine, 50000000);
    g_assert_cmphex(heard(bench), ==, 0);
    while (shm_find(bench->shm, STUNT_EV_POWER_PME)) {
        events++;
    }
    g_assert_cmpuint(events, ==, 5 + 2); /* two of them were taken back */
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
    { "power.pme", "delay", "param.ns=3000000", heard_late },
    { "power.pme", "duplicate", "", heard_twice_at_once },
    { "power.pme", "duplicate", "param.ns=5000000", heard_twice },
    { "power.pme", "storm", "param.count=5 param.ns=1000000", heard_again_and_again },
};

const struct fault_cases faults_of_serial = { cases, G_N_ELEMENTS(cases) };
