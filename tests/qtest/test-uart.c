/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stunt-uart as a program with a very good clock sees it: characters take their time, state is whole, errors are told. */
#include "stunt/events.h"
#include "uart.h"

#define WIRED ",wires=0-1"

static Bench *open_pair(void)
{
    Bench *bench = bench_new_serial(WIRED, 4096);

    uart_open(bench, 0);
    uart_open(bench, 1);
    return bench;
}

/* ---- time ------------------------------------------------------------------------------------------ */

static void test_a_character_takes_its_bits(void)
{
    g_autoptr(Bench) bench = open_pair();

    for (unsigned port = 0; port < 2; port++) {
        uart_write(bench, UART_P(P_BAUD, port), 1250 << STUNT_UART_P_BAUD_INT_SHIFT); /* 9600 */
    }
    uart_send(bench, 0, "U");
    machine_step(bench->machine, 1041600);
    uart_expect_nothing(bench, 1);
    g_assert_cmphex(uart_read(bench, UART_P(P_STATUS, 0)) & STUNT_UART_P_STATUS_TX_IDLE, ==, 0);
    machine_step(bench->machine, 100);
    uart_expect(bench, 1, 'U');
    g_assert_cmphex(uart_read(bench, UART_P(P_STATUS, 0)) & STUNT_UART_P_STATUS_TX_IDLE, ==, STUNT_UART_P_STATUS_TX_IDLE);
}

/* 1 start, 5 data, 1 parity, 1.5 stop bits. */
static void test_half_a_stop_bit(void)
{
    g_autoptr(Bench) bench = open_pair();
    uint32_t format = 5 | STUNT_UART_PARITY_ODD << STUNT_UART_P_FORMAT_PARITY_SHIFT |
                      STUNT_UART_STOP_ONE_HALF << STUNT_UART_P_FORMAT_STOP_SHIFT;

    for (unsigned port = 0; port < 2; port++) {
        uart_write(bench, UART_P(P_BAUD, port), 1250 << STUNT_UART_P_BAUD_INT_SHIFT);
        uart_write(bench, UART_P(P_FORMAT, port), format);
    }
    uart_send(bench, 0, "a");
    machine_step(bench->machine, 885300);
    uart_expect_nothing(bench, 1);
    machine_step(bench->machine, 200);
    uart_expect(bench, 1, 'a' & 31);
}

/* A format and a speed that no line has: the model takes the nearest, and lives. */
static void test_impossible_settings(void)
{
    g_autoptr(Bench) bench = open_pair();

    for (uint32_t bits = 0; bits < 16; bits++) {
        for (unsigned port = 0; port < 2; port++) {
            uart_write(bench, UART_P(P_FORMAT, port), bits | 7 << STUNT_UART_P_FORMAT_PARITY_SHIFT);
            uart_write(bench, UART_P(P_BAUD, port), 0);
        }
        machine_qom_set(bench->machine, "uart0", "noise", "1000000");
        uart_send(bench, 0, "abc");
        machine_step(bench->machine, 10 * UART_FRAME_NS);
        g_assert_cmphex(uart_read(bench, UART_P(P_FIFO, 1)) & STUNT_UART_P_FIFO_RX, ==, 3);
        uart_write(bench, UART_P(P_CTRL, 1), STUNT_UART_P_CTRL_ENABLE | STUNT_UART_P_CTRL_RX_FLUSH);
    }
}

/* An address is marked as one, and as nothing else. */
static void test_address(void)
{
    g_autoptr(Bench) bench = open_pair();

    for (unsigned port = 0; port < 2; port++) {
        uart_write(bench, UART_P(P_MULTIDROP, port), STUNT_UART_P_MULTIDROP_ENABLE);
    }
    uart_write(bench, UART_P(P_TX, 0), STUNT_UART_P_TX_ADDRESS | 5);
    machine_step(bench->machine, 2 * UART_FRAME_NS);
    uart_expect(bench, 1, 5 | STUNT_UART_P_RX_ADDRESS);
    g_assert_cmpuint(uart_read(bench, UART_P(P_BREAKS, 1)), ==, 0);
}

/* A break is no address, though both have the same bit in P_TX and P_RX. */
static void test_break(void)
{
    g_autoptr(Bench) bench = open_pair();

    uart_write(bench, UART_P(P_FORMAT, 0), 8 | STUNT_UART_P_FORMAT_BREAK);
    machine_step(bench->machine, 3 * UART_FRAME_NS);
    uart_write(bench, UART_P(P_FORMAT, 0), 8);
    uart_expect(bench, 1, STUNT_UART_P_RX_BREAK);
    uart_expect_nothing(bench, 1);
}

/* ---- saved state ----------------------------------------------------------------------------------- */

static const uint32_t settings[] = {
    STUNT_UART_P_FORMAT, STUNT_UART_P_FIFO_CTRL, STUNT_UART_P_FLOW, STUNT_UART_P_RS485, STUNT_UART_P_MULTIDROP,
};

static uint32_t some_setting(uint32_t reg)
{
    uint32_t value = (uint32_t)g_test_rand_int();

    switch (reg) {
    case STUNT_UART_P_FORMAT:
        return (5 + value % 5) | (value >> 8) % 5 << STUNT_UART_P_FORMAT_PARITY_SHIFT |
               (value >> 16 & 15 ? 0 : STUNT_UART_P_FORMAT_BREAK);
    case STUNT_UART_P_FIFO_CTRL:
        return value & (STUNT_UART_P_FIFO_CTRL_RX_TRIGGER | STUNT_UART_P_FIFO_CTRL_TX_TRIGGER);
    default:
        return value & 31;
    }
}

/* Both ends at their own speeds and formats, by rings or not, with flow control and noise. */
static void live(Bench *bench, unsigned steps)
{
    for (unsigned i = 0; i < steps; i++) {
        unsigned port = (unsigned)g_test_rand_int_range(0, 2);
        uint32_t reg = settings[g_test_rand_int_range(0, G_N_ELEMENTS(settings))];

        switch (g_test_rand_int_range(0, 8)) {
        case 0:
            uart_write(bench, UART_P(P_BAUD, port), 256 + (uint32_t)g_test_rand_int_range(0, 300));
            break;
        case 1:
            uart_write(bench, reg + port * STUNT_UART_P_CTRL_STRIDE, some_setting(reg));
            break;
        case 2:
            uart_write(bench, UART_P(P_MODEM_CTRL, port), (uint32_t)g_test_rand_int_range(0, 4));
            break;
        case 3:
            uart_write(bench, UART_P(P_INT_STATUS, port), 0x3ff);
            break;
        case 4:
            uart_read(bench, UART_P(P_RX, port));
            break;
        default:
            uart_write(bench, UART_P(P_TX4, port), (uint32_t)g_test_rand_int());
            break;
        }
        machine_step(bench->machine, g_test_rand_int_range(0, 4000));
    }
}

/* Everything that can be read, and memory, as one text. */
static char *look(Bench *bench)
{
    GString *text = g_string_new(NULL);
    g_autofree char *memory = g_malloc(0x2000);

    for (unsigned port = 0; port < 2; port++) {
        for (uint32_t reg = STUNT_UART_P_CTRL; reg <= STUNT_UART_P_WATER; reg += 4) {
            if (reg != STUNT_UART_P_RX && reg != STUNT_UART_P_RX4) {
                g_string_append_printf(text, "%x=%x ", reg, uart_read(bench, reg + port * STUNT_UART_P_CTRL_STRIDE));
            }
        }
        while (uart_read(bench, UART_P(P_FIFO, port)) & STUNT_UART_P_FIFO_RX) {
            g_string_append_printf(text, "%x ", uart_read(bench, UART_P(P_RX, port)));
        }
    }
    machine_read(bench->machine, RAM_DST, memory, 0x2000);
    g_string_append(text, g_compute_checksum_for_data(G_CHECKSUM_SHA256, (guchar *)memory, 0x2000));
    for (const struct stunt_event *event = shm_take(bench->shm); event; event = shm_take(bench->shm)) {
        g_string_append_printf(text, "\n%u %" G_GUINT64_FORMAT, event->class_id, (guint64)event->time_ns);
    }
    return g_string_free(text, FALSE);
}

static char *go_on(Bench *bench)
{
    shm_forget(bench->shm);
    machine_cont(bench->machine);
    machine_step(bench->machine, 333);
    machine_step(bench->machine, 3000000);
    return look(bench);
}

/* Saved in mid-frame, put back, and lived once more: the same in each register, in memory and in the times of all events. */
static void test_state_in_mid_frame(void)
{
    for (unsigned round = 0; round < 20; round++) {
        g_autoptr(Bench) bench = open_pair();
        g_autofree char *first = NULL, *second = NULL;

        if (round & 1) {
            uart_open_rings(bench, 0, RAM_SRC, RAM_DST, 8);
            uart_open_rings(bench, 1, RAM_SRC + 0x1000, RAM_DST + 0x1000, 8);
            uart_write(bench, UART_P(P_TX_HEAD, 0), 200);
            uart_write(bench, UART_P(P_TX_HEAD, 1), 150);
        }
        uart_write(bench, UART_P(P_RX_TIMEOUT, 1), 40);
        uart_write(bench, UART_P(P_INT_ENABLE, 1), 0x3ff);
        machine_qom_set(bench->machine, "uart0", "noise", "50000");
        live(bench, 60);
        machine_stop(bench->machine);
        machine_qom_set(bench->machine, "link0", "snapshot", "\"here\"");
        first = go_on(bench);
        machine_stop(bench->machine);
        machine_qom_set(bench->machine, "link0", "rewind", "\"here\"");
        second = go_on(bench);
        g_assert_cmpstr(first, ==, second);
    }
}

/* ---- interrupts ------------------------------------------------------------------------------------ */

static int64_t signalled_at(Bench *bench)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_IRQ_RAISE);

    return event ? (int64_t)event->time_ns : -1;
}

static void take_and_acknowledge(Bench *bench, char ch)
{
    uart_expect(bench, 1, (uint8_t)ch);
    uart_write(bench, UART_P(P_INT_STATUS, 1), 0x3ff);
}

static void test_moderation(void)
{
    g_autoptr(Bench) bench = open_pair();
    int64_t first;

    uart_write(bench, STUNT_UART_CTRL, STUNT_UART_CTRL_IRQ_ENABLE);
    uart_write(bench, UART_P(P_MODERATION, 1), 100);
    uart_write(bench, UART_P(P_INT_ENABLE, 1), STUNT_UART_P_INT_ENABLE_RX_LEVEL);
    uart_send(bench, 0, "A");
    machine_step(bench->machine, UART_FRAME_NS);
    first = signalled_at(bench);
    g_assert_cmpint(first, >=, 0);
    take_and_acknowledge(bench, 'A');
    uart_send(bench, 0, "B");
    machine_step(bench->machine, 50000);
    g_assert_cmpint(signalled_at(bench), ==, -1);
    machine_step(bench->machine, 100000);
    g_assert_cmpint(signalled_at(bench), ==, first + 100000);
    take_and_acknowledge(bench, 'B');

    uart_send(bench, 0, "C");
    machine_step(bench->machine, UART_FRAME_NS);
    take_and_acknowledge(bench, 'C'); /* who polls meanwhile is not told */
    machine_step(bench->machine, 200000);
    g_assert_cmpint(signalled_at(bench), ==, -1);
}

/* Though the FIFO is far from its trigger. */
static void test_noise_is_told_at_once(void)
{
    g_autoptr(Bench) bench = open_pair();
    uint32_t format = 8 | STUNT_UART_PARITY_EVEN << STUNT_UART_P_FORMAT_PARITY_SHIFT;

    uart_write(bench, UART_P(P_FORMAT, 0), format);
    uart_write(bench, UART_P(P_FORMAT, 1), format);
    uart_write(bench, STUNT_UART_CTRL, STUNT_UART_CTRL_IRQ_ENABLE);
    uart_write(bench, UART_P(P_FIFO_CTRL, 1), 200);
    uart_write(bench, UART_P(P_INT_ENABLE, 1), STUNT_UART_P_INT_ENABLE_RX_FLAGGED);
    machine_qom_set(bench->machine, "uart0", "noise", "1000000");
    uart_send(bench, 0, "ABCDEFGHIJKLMNOP");
    machine_step(bench->machine, 2 * UART_FRAME_NS);
    g_assert_cmpint(signalled_at(bench), >=, 0);
}

/* ---- what a driver does wrong ---------------------------------------------------------------------- */

static uint64_t misuse(Bench *bench)
{
    return machine_qom_get_uint(bench->machine, "uart0", "misuse-count");
}

static void test_full_fifo(void)
{
    g_autoptr(Bench) bench = open_pair();

    uart_write(bench, UART_P(P_FLOW, 0), STUNT_UART_P_FLOW_AUTO_CTS); /* CTS is off: nothing leaves */
    for (unsigned i = 0; i < 256; i++) {
        uart_write(bench, UART_P(P_TX, 0), i);
    }
    g_assert_cmpuint(misuse(bench), ==, 0);
    uart_write(bench, UART_P(P_TX, 0), 7);
    g_assert_cmpuint(misuse(bench), ==, 1);
    uart_write(bench, UART_P(P_MODEM_CTRL, 1), STUNT_UART_P_MODEM_CTRL_RTS);
    machine_step(bench->machine, 300 * UART_FRAME_NS);
    for (unsigned i = 0; i < 256; i++) {
        uart_expect(bench, 1, i);
    }
    uart_expect_nothing(bench, 1);
}

static void check_stopped(Bench *bench, uint64_t tx, unsigned log2)
{
    uart_open_rings(bench, 0, tx, RAM_DST, log2);
    g_assert_cmphex(uart_read(bench, UART_P(P_DMA_STATUS, 0)) & STUNT_UART_P_DMA_STATUS_TX, ==, STUNT_UART_STOPPED_BAD_RING);
    uart_write(bench, UART_P(P_TX_HEAD, 0), 10);
    machine_step(bench->machine, 100 * UART_FRAME_NS);
    g_assert_cmphex(uart_read(bench, UART_P(P_TX_TAIL, 0)), ==, 0);
    uart_expect_nothing(bench, 1);
    uart_write(bench, UART_P(P_CTRL, 0), STUNT_UART_P_CTRL_RESET);
    uart_open(bench, 0);
}

static void test_bad_rings(void)
{
    g_autoptr(Bench) bench = open_pair();

    check_stopped(bench, RAM_SRC, 5);
    check_stopped(bench, RAM_SRC, 21);
    check_stopped(bench, UART_BAR_ADDR, 8);
    check_stopped(bench, UINT64_MAX - 100, 8);
}

static void test_ring_indices(void)
{
    g_autoptr(Bench) bench = open_pair();

    uart_open_rings(bench, 0, RAM_SRC, RAM_DST, 8);
    uart_write(bench, UART_P(P_TX_HEAD, 0), 257);
    g_assert_cmpuint(misuse(bench), ==, 1);
    uart_write(bench, UART_P(P_RX_TAIL, 0), 1); /* nothing has come */
    g_assert_cmpuint(misuse(bench), ==, 2);
    uart_write(bench, UART_P(P_TX_RING_LO, 0), 0);
    g_assert_cmpuint(misuse(bench), ==, 3);
    g_assert_cmphex(uart_read(bench, UART_P(P_TX_RING_LO, 0)), ==, (uint32_t)RAM_SRC);
}

/* ---- two that direct each other -------------------------------------------------------------------- */

/* RTS of each is CTS of the other, and goes on as it begins to send: whoever begins, both send, and nothing is lost. */
static void test_rs485_on_both_ends(void)
{
    g_autoptr(Bench) bench = open_pair();

    for (unsigned port = 0; port < 2; port++) {
        uart_write(bench, UART_P(P_FLOW, port), STUNT_UART_P_FLOW_AUTO_CTS);
        uart_send(bench, port, port ? "B" : "A");
        uart_write(bench, UART_P(P_RS485, port),
                   STUNT_UART_P_RS485_ENABLE | STUNT_UART_P_RS485_RTS_ON_SEND | STUNT_UART_P_RS485_RX_DURING_TX);
    }
    machine_step(bench->machine, 10 * UART_FRAME_NS);
    uart_expect_nothing(bench, 0); /* each waits for the other */
    uart_write(bench, UART_P(P_FLOW, 0), 0);
    machine_step(bench->machine, 10 * UART_FRAME_NS);
    uart_expect(bench, 0, 'B');
    uart_expect(bench, 1, 'A');
    uart_expect_nothing(bench, 0);
    uart_expect_nothing(bench, 1);
}

/* Each holds the other as soon as it may send, by the wrong level of RTS: they toggle for ever, and nobody minds. */
static void test_ends_that_hold_each_other(void)
{
    g_autoptr(Bench) bench = open_pair();

    for (unsigned port = 0; port < 2; port++) {
        uart_write(bench, UART_P(P_RS485, port),
                   STUNT_UART_P_RS485_ENABLE | (port ? STUNT_UART_P_RS485_RTS_ON_SEND : STUNT_UART_P_RS485_RTS_AFTER_SEND));
        uart_write(bench, UART_P(P_FLOW, port), STUNT_UART_P_FLOW_AUTO_CTS);
        uart_send(bench, port, "abcdefgh");
    }
    for (unsigned i = 0; i < 100; i++) {
        machine_step(bench->machine, UART_FRAME_NS);
        uart_write(bench, UART_P(P_RS485, i & 1),
                   STUNT_UART_P_RS485_ENABLE |
                       (i & 2 ? STUNT_UART_P_RS485_RTS_ON_SEND : STUNT_UART_P_RS485_RTS_AFTER_SEND));
    }
    g_assert_cmphex(uart_read(bench, STUNT_UART_ID), ==, STUNT_UART_ID_VALUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uart/a-character-takes-its-bits", test_a_character_takes_its_bits);
    g_test_add_func("/uart/half-a-stop-bit", test_half_a_stop_bit);
    g_test_add_func("/uart/impossible-settings", test_impossible_settings);
    g_test_add_func("/uart/address", test_address);
    g_test_add_func("/uart/break", test_break);
    g_test_add_func("/uart/state-in-mid-frame", test_state_in_mid_frame);
    g_test_add_func("/uart/moderation", test_moderation);
    g_test_add_func("/uart/noise-is-told-at-once", test_noise_is_told_at_once);
    g_test_add_func("/uart/full-fifo", test_full_fifo);
    g_test_add_func("/uart/bad-rings", test_bad_rings);
    g_test_add_func("/uart/ring-indices", test_ring_indices);
    g_test_add_func("/uart/rs485-on-both-ends", test_rs485_on_both_ends);
    g_test_add_func("/uart/ends-that-hold-each-other", test_ends_that_hold_each_other);
    return g_test_run();
}
