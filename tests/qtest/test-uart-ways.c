/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550A of stunt-uart in its card: interrupts, the ways to it, power, saved state. */
#include "irq.h"
#include "window.h"
#include "stunt/events.h"

/* ---- interrupts ------------------------------------------------------------------------------------ */

/* All five at once; each is acknowledged by what acknowledges it, and then the next one shows. */
static void test_priorities(void)
{
    Pair pair = pair_new();

    window_open(&pair.b, 1, LCR_8N1, 1);
    window_read(&pair.b, AT(MSR));
    pair_arm(&pair, "at=serial.rx action=parity nth=1 times=1");
    pair_send(&pair, "abcde");
    pair_pass(&pair, 5);
    window_write(&pair.a, AT(MCR), W(MCR, RTS));
    window_write(&pair.b, AT(IER), 0x0f);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(LINE));
    }
    window_read(&pair.b, AT(LSR));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(DATA));
    window_read(&pair.b, AT(DATA));
    window_read(&pair.b, AT(DATA));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(THRE)); /* the reads have restarted the time-out */
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(MODEM));
    pair_pass(&pair, 5);
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(TIMEOUT));
    window_read(&pair.b, AT(DATA));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(MODEM));
    window_read(&pair.b, AT(MSR));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    pair_free(&pair);
}

/* IER alone decides: neither CTRL.IRQ_ENABLE nor OUT2 has a say. A write to P_CTRL ends it. */
static void test_the_interrupt_is_its_own(void)
{
    Pair pair = pair_new();
    Machine *machine = pair.bench->machine;

    machine_intercept_irqs(machine);
    uart_write(pair.bench, UART_P(P_INT_ENABLE, 1), 0x3ff);
    uart_write(pair.bench, STUNT_UART_CTRL, STUNT_UART_CTRL_IRQ_ENABLE);
    pair_send(&pair, "x");
    g_assert_cmpuint(lines_up(machine), ==, 0);
    uart_write(pair.bench, STUNT_UART_CTRL, 0);
    window_write(&pair.b, AT(IER), W(IER, DATA));
    g_assert_cmpuint(lines_up(machine), ==, 1);
    g_assert_cmphex(uart_read(pair.bench, STUNT_UART_INT_STATUS), ==, 1 << 1);
    window_read(&pair.b, AT(DATA));
    g_assert_cmpuint(lines_up(machine), ==, 0);
    window_write(&pair.b, AT(IER), W(IER, THRE));
    g_assert_cmpuint(lines_up(machine), ==, 1);
    uart_write(pair.bench, UART_P(P_CTRL, 1), STUNT_UART_P_CTRL_ENABLE);
    g_assert_cmpuint(lines_up(machine), ==, 0);
    pair_free(&pair);
}

/* One when the output rises; as long as a cause is left it does not fall. */
static void test_messages(void)
{
    Pair pair = pair_new();

    machine_fill(pair.bench->machine, RAM_MSI, 0, 4 * 32);
    pci_enable_msix(&pair.bench->uart, RAM_MSI, STUNT_UART_VECTORS);
    window_write(&pair.b, AT(IER), W(IER, THRE) | W(IER, DATA));
    g_assert_cmphex(message(pair.bench, 1), ==, 2);
    pair_send(&pair, "x");
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(DATA));
    window_read(&pair.b, AT(DATA));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(THRE));
    g_assert_cmphex(message(pair.bench, 1), ==, 0);
    pair_send(&pair, "y");
    g_assert_cmphex(message(pair.bench, 1), ==, 2);
    g_assert_cmphex(message(pair.bench, 0), ==, 0);
    pair_free(&pair);
}

/* ---- two ways to it -------------------------------------------------------------------------------- */

static void check_event(const Pair *pair, uint16_t class_id, uint64_t offset, uint64_t size, uint64_t value)
{
    const struct stunt_event *event = shm_find(pair->bench->shm, class_id);

    g_assert_nonnull(event);
    g_assert_cmphex(event->field[0], ==, offset);
    g_assert_cmpuint(event->field[1], ==, size);
    g_assert_cmphex(event->field[2], ==, value);
}

static void test_io_is_the_same(void)
{
    Pair pair = pair_new();
    Window io = window_in_io(pair.bench, 0);

    shm_forget(pair.bench->shm);
    window_write(&io, AT(SCR), 0x12);
    check_event(&pair, STUNT_EV_MMIO_WRITE, STUNT_UART_W_SCR, 1, 0x12);
    g_assert_cmphex(window_read(&pair.a, AT(SCR)), ==, 0x12);
    g_assert_cmphex(window_read(&io, AT(SCR)), ==, 0x12);
    check_event(&pair, STUNT_EV_MMIO_READ, STUNT_UART_W_SCR, 1, 0x12);
    window_read(&pair.b, AT(LSR));
    pair_arm(&pair, "at=mmio.read action=flip param.xor=1 match.offset=0x11c5");
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR));
    pair_arm(&pair, "at=mmio.write action=stick param.mask=0x0f match.offset=0x10c3");
    window_write(&io, AT(LCR), W(LCR, DLAB));
    g_assert_cmphex(window_read(&io, AT(LCR)), ==, W(LCR, DLAB) | LCR_8N1);
    pair_free(&pair);
}

static void check_bad(const Pair *pair, uint64_t addr, unsigned size, bool io)
{
    uint64_t before = pair_misuse(pair);
    Machine *machine = pair->bench->machine;

    if (io) {
        g_assert_cmphex(machine_in(machine, (uint16_t)addr, size), ==, 0);
        machine_out(machine, (uint16_t)addr, size, 0x5a5a5a5a);
    } else {
        g_assert_cmphex(machine_read_sized(machine, addr, size), ==, 0);
        machine_write_sized(machine, addr, size, 0x5a5a5a5a);
    }
    g_assert_cmpuint(pair_misuse(pair), ==, before + 2);
}

static void test_wrong_sizes(void)
{
    Pair pair = pair_new();
    Window io = window_in_io(pair.bench, 0);

    for (unsigned size = 2; size <= 4; size *= 2) {
        check_bad(&pair, pair.a.addr, size, false);
        check_bad(&pair, pair.a.addr + 4, size, false);
        check_bad(&pair, io.addr + 4, size, true);
    }
    check_bad(&pair, pair.a.addr, 8, false);
    check_bad(&pair, pair.a.addr - 1, 1, false);
    check_bad(&pair, pair.a.addr + WINDOW_BYTES, 1, false);
    g_assert_cmphex(window_read(&pair.a, AT(SCR)), ==, 0);
    pair_free(&pair);
}

static void check_io_size(unsigned ports)
{
    g_autofree char *props = g_strdup_printf(",ports=%u", ports);
    g_autoptr(Bench) bench = bench_new_serial(props, 4096);
    unsigned bar = 0x10 + 4 * STUNT_UART_PORTS_BAR;

    pci_write(&bench->uart, bar, 4, UINT32_MAX);
    g_assert_cmphex(pci_read(&bench->uart, bar, 4), ==, ~(WINDOW_BYTES * ports - 1) | 1);
}

static void test_io_of_fewer_ports(void)
{
    for (unsigned ports = 1; ports <= STUNT_UART_P_CTRL_COUNT; ports *= 2) {
        check_io_size(ports);
    }
}

/* Beyond the ports that there are nobody answers. */
static void test_ports_that_are_not_there(void)
{
    g_autoptr(Bench) bench = bench_new_serial(",ports=2", 4096);
    Window window = window_in_memory(bench, 2);

    window_write(&window, AT(SCR), 0x5a);
    for (unsigned at = 0; at < WINDOW_BYTES; at++) {
        g_assert_cmphex(window_read(&window, at), ==, 0xff);
    }
}

/* By a script: to peek has no effect, to poke has all of them. */
static void test_properties(void)
{
    Pair pair = pair_new();
    Machine *machine = pair.bench->machine;
    g_autofree char *error = NULL;

    window_write(&pair.b, AT(IER), W(IER, DATA));
    machine_qom_set(machine, "uart0", "reg.W_DATA[0]", "65");
    pair_pass(&pair, 1);
    for (unsigned i = 0; i < 2; i++) {
        g_assert_cmpuint(machine_qom_get_uint(machine, "uart0", "reg.W_DATA[1]"), ==, 'A');
        g_assert_cmphex(machine_qom_get_uint(machine, "uart0", "reg.W_IIR[1]"), ==, 0xc0 | CAUSE(DATA));
    }
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'A');
    error = machine_qom_set_error(machine, "uart0", "reg.W_SCR[0]", "256");
    g_assert_nonnull(strstr(error, "uint8_t"));
    pair_free(&pair);
}

/* ---- power, reset, state --------------------------------------------------------------------------- */

static void test_asleep(void)
{
    Pair pair = pair_new();
    uint64_t before = pair_misuse(&pair);

    pci_set_power_state(&pair.bench->uart, 3);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, 0xff);
    g_assert_cmpuint(pair_misuse(&pair), ==, before + 1);
    pci_set_power_state(&pair.bench->uart, 0);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, IDLE);
    uart_write(pair.bench, UART_P(P_CTRL, 0), STUNT_UART_P_CTRL_RESET);
    g_assert_cmphex(uart_read(pair.bench, UART_P(P_CTRL, 0)), ==, 0);
    g_assert_cmphex(window_read(&pair.a, AT(IIR)), ==, CAUSE(NOTHING)); /* FIFOs off */
    pair_free(&pair);
}

static void live(const Pair *pair)
{
    static const uint8_t lcr[] = { 3, 2, 0x1b, 0x0a, 0x43, 7, 0 };

    for (unsigned i = 0; i < 60; i++) {
        const Window *window = g_test_rand_bit() ? &pair->a : &pair->b;

        switch (g_test_rand_int_range(0, 8)) {
        case 0:
            window_set_divisor(window, (uint16_t)g_test_rand_int_range(1, 4));
            break;
        case 1:
            window_write(window, AT(LCR), lcr[g_test_rand_int_range(0, G_N_ELEMENTS(lcr))]);
            break;
        case 2:
            window_write(window, AT(IIR), (uint8_t)g_test_rand_int_range(0, 256));
            break;
        case 3:
            window_write(window, AT(MCR), (uint8_t)g_test_rand_int_range(0, g_test_rand_int_range(16, 32)));
            break;
        case 4:
            window_read(window, (unsigned)g_test_rand_int_range(0, WINDOW_BYTES));
            break;
        default:
            window_write(window, AT(DATA), (uint8_t)g_test_rand_int());
            break;
        }
        machine_step(pair->bench->machine, g_test_rand_int_range(0, 200000));
    }
}

/* All that can be read, in an order in which nothing is lost, and the times of all events. */
static void look(const Pair *pair, const Window *window, GString *text)
{
    static const unsigned order[] = { AT(LCR), AT(MCR), AT(IIR), AT(LSR), AT(MSR), AT(SCR) };

    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        g_string_append_printf(text, "%u=%x ", order[i], window_read(window, order[i]));
    }
    g_string_append_printf(text, "divisor=%u ", window_divisor(window));
    window_write(window, AT(LCR), LCR_8N1);
    while (window_read(window, AT(LSR)) & W(LSR, DR)) {
        g_string_append_printf(text, "%x:%x ", window_read(window, AT(LSR)), window_read(window, AT(DATA)));
    }
    for (const struct stunt_event *event = shm_take(pair->bench->shm); event; event = shm_take(pair->bench->shm)) {
        g_string_append_printf(text, "\n%u %" G_GUINT64_FORMAT, event->class_id, (guint64)event->time_ns);
    }
}

static char *go_on(const Pair *pair)
{
    GString *text = g_string_new(NULL);

    shm_forget(pair->bench->shm);
    machine_cont(pair->bench->machine);
    machine_step(pair->bench->machine, 333);
    machine_step(pair->bench->machine, 3000000);
    look(pair, &pair->a, text);
    look(pair, &pair->b, text);
    return g_string_free(text, FALSE);
}

static void test_state_in_mid_frame(void)
{
    for (unsigned round = 0; round < 20; round++) {
        Pair pair = pair_new();
        g_autofree char *first = NULL, *second = NULL;

        window_write(&pair.a, AT(IER), 0x0f);
        window_write(&pair.b, AT(IER), 0x0f);
        live(&pair);
        machine_stop(pair.bench->machine);
        machine_qom_set(pair.bench->machine, "link0", "snapshot", "\"here\"");
        first = go_on(&pair);
        machine_stop(pair.bench->machine);
        machine_qom_set(pair.bench->machine, "link0", "rewind", "\"here\"");
        second = go_on(&pair);
        g_assert_cmpstr(first, ==, second);
        pair_free(&pair);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uart-ways/priorities", test_priorities);
    g_test_add_func("/uart-ways/the-interrupt-is-its-own", test_the_interrupt_is_its_own);
    g_test_add_func("/uart-ways/messages", test_messages);
    g_test_add_func("/uart-ways/io-is-the-same", test_io_is_the_same);
    g_test_add_func("/uart-ways/wrong-sizes", test_wrong_sizes);
    g_test_add_func("/uart-ways/io-of-fewer-ports", test_io_of_fewer_ports);
    g_test_add_func("/uart-ways/ports-that-are-not-there", test_ports_that_are_not_there);
    g_test_add_func("/uart-ways/properties", test_properties);
    g_test_add_func("/uart-ways/asleep", test_asleep);
    g_test_add_func("/uart-ways/state-in-mid-frame", test_state_in_mid_frame);
    return g_test_run();
}
