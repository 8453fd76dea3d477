/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A port of stunt-uart as a 16550A: what a driver of one relies on, register by register. */
#include "irq.h"
#include "window.h"

/* ---- what it is ------------------------------------------------------------------------------------ */

static void test_only_a_write_takes_the_port(void)
{
    g_autoptr(Bench) bench = bench_new_serial("", 4096);
    Window window = window_in_memory(bench, 3);

    g_assert_cmphex(window_read(&window, AT(LCR)), ==, LCR_8N1);
    g_assert_cmphex(window_read(&window, AT(IIR)), ==, CAUSE(NOTHING));
    g_assert_cmphex(window_read(&window, AT(LSR)), ==, IDLE);
    g_assert_cmphex(window_read(&window, AT(MCR)), ==, 0);
    for (unsigned at = 0; at < WINDOW_BYTES; at++) {
        window_read(&window, at);
    }
    g_assert_cmphex(uart_read(bench, UART_P(P_CTRL, 3)), ==, 0);
    window_write(&window, AT(SCR), 0x5a);
    g_assert_cmphex(window_read(&window, AT(SCR)), ==, 0x5a);
    g_assert_cmphex(uart_read(bench, UART_P(P_CTRL, 3)), ==, STUNT_UART_P_CTRL_ENABLE);
    uart_write(bench, UART_P(P_CTRL, 3), 0);
    g_assert_cmphex(window_read(&window, AT(SCR)), ==, 0);
}

/* A port that was used otherwise is as fresh, with its rings off and its deep FIFOs empty. */
static void test_it_begins_fresh(void)
{
    g_autoptr(Bench) bench = bench_new_serial("", 4096);
    Window window = window_in_memory(bench, 0);

    uart_open(bench, 0);
    uart_open_rings(bench, 0, RAM_SRC, RAM_DST, 8);
    uart_write(bench, UART_P(P_FLOW, 0), STUNT_UART_P_FLOW_AUTO_CTS);
    uart_send(bench, 0, "left over");
    window_write(&window, AT(IER), 0);
    g_assert_cmphex(uart_read(bench, UART_P(P_DMA_CTRL, 0)), ==, 0);
    g_assert_cmphex(uart_read(bench, UART_P(P_FLOW, 0)), ==, 0);
    g_assert_cmphex(window_read(&window, AT(LSR)), ==, IDLE);
    g_assert_cmpuint(window_divisor(&window), ==, 1);
}

/* Bits that later members of the family have are not there. */
static void test_plain_16550a(void)
{
    Pair pair = pair_new();

    window_write(&pair.a, AT(IER), 0xff);
    g_assert_cmphex(window_read(&pair.a, AT(IER)), ==, 0x0f);
    window_write(&pair.a, AT(MCR), 0xff);
    g_assert_cmphex(window_read(&pair.a, AT(MCR)), ==, 0x1f);
    window_write(&pair.a, AT(LCR), W(LCR, DLAB));
    window_write(&pair.a, AT(IIR), 0xe1); /* 64 bytes, with DLAB as a 16750 wants it */
    g_assert_cmphex(window_read(&pair.a, AT(IIR)) & 0xf0, ==, 0xc0);
    window_write(&pair.a, AT(IIR), 0);
    g_assert_cmphex(window_read(&pair.a, AT(IIR)) & 0xf0, ==, 0);
    window_write(&pair.a, AT(LSR), 0xff);
    window_write(&pair.a, AT(MSR), 0xff);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, IDLE);
    pair_free(&pair);
}

/* ---- speed and format ------------------------------------------------------------------------------ */

static void test_divisors(void)
{
    static const uint16_t some[] = { 1, 2, 3, 12, 96, 384, 2304, 10066, 10067, 0xffff };
    Pair pair = pair_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(some); i++) {
        window_set_divisor(&pair.b, some[i]);
        g_assert_cmpuint(window_divisor(&pair.b), ==, some[i]);
    }
    window_set_divisor(&pair.b, 12); /* 9,600 baud: 12,000,000 / 1,250 */
    g_assert_cmphex(uart_read(pair.bench, UART_P(P_BAUD, 1)), ==, 1250 << STUNT_UART_P_BAUD_INT_SHIFT);
    uart_write(pair.bench, UART_P(P_BAUD, 1), 2500 << STUNT_UART_P_BAUD_INT_SHIFT);
    g_assert_cmpuint(window_divisor(&pair.b), ==, 24);
    pair_free(&pair);
}

static uint32_t expected_format(unsigned lcr)
{
    static const uint8_t parity[] = { STUNT_UART_PARITY_ODD, STUNT_UART_PARITY_EVEN, STUNT_UART_PARITY_MARK,
                                      STUNT_UART_PARITY_SPACE };
    uint32_t stop = !(lcr & 4) ? STUNT_UART_STOP_ONE : lcr & 3 ? STUNT_UART_STOP_TWO : STUNT_UART_STOP_ONE_HALF;

    return (5 + (lcr & 3)) | (lcr & 8 ? (uint32_t)parity[lcr >> 4 & 3] << STUNT_UART_P_FORMAT_PARITY_SHIFT : 0) |
           stop << STUNT_UART_P_FORMAT_STOP_SHIFT | (lcr & 0x40 ? STUNT_UART_P_FORMAT_BREAK : 0);
}

static void test_formats(void)
{
    Pair pair = pair_new();

    for (unsigned lcr = 0; lcr < 256; lcr++) {
        window_write(&pair.a, AT(LCR), (uint8_t)lcr);
        g_assert_cmphex(window_read(&pair.a, AT(LCR)), ==, lcr);
        g_assert_cmphex(uart_read(pair.bench, UART_P(P_FORMAT, 0)), ==, expected_format(lcr));
    }
    window_write(&pair.a, AT(LCR), 0);
    for (unsigned lcr = 0; lcr < 0x40; lcr++) {
        if (lcr & 8 || !(lcr & 0x30)) { /* what the extended block can say */
            uart_write(pair.bench, UART_P(P_FORMAT, 0), expected_format(lcr));
            g_assert_cmphex(window_read(&pair.a, AT(LCR)), ==, lcr);
        }
    }
    pair_free(&pair);
}

/* ---- transmitter ----------------------------------------------------------------------------------- */

static void test_sending(void)
{
    Pair pair = pair_new();

    window_send(&pair.a, "AB");
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, 0);
    machine_step(pair.bench->machine, FRAME_NS - 1);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, 0);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE);
    machine_step(pair.bench->machine, 1);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, W(LSR, THRE));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR));
    machine_step(pair.bench->machine, FRAME_NS);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, IDLE);
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'A');
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'B');
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE);
    pair_free(&pair);
}

/* One is on the line and sixteen wait: so drivers find out how deep it is. */
static void test_full_transmitter(void)
{
    Pair pair = pair_new();

    window_write(&pair.a, AT(MCR), W(MCR, LOOP));
    for (unsigned i = 0; i < 256; i++) {
        window_write(&pair.a, AT(DATA), (uint8_t)i);
    }
    pair_pass(&pair, 20);
    g_assert_cmpuint(window_drain(&pair.a), ==, 16);
    window_write(&pair.a, AT(IIR), 0);
    window_send(&pair.a, "abc"); /* on the line, waiting, lost */
    pair_pass(&pair, 1);
    g_assert_cmphex(window_read(&pair.a, AT(DATA)), ==, 'a');
    pair_pass(&pair, 2);
    g_assert_cmphex(window_read(&pair.a, AT(DATA)), ==, 'b');
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, IDLE);
    g_assert_cmpuint(pair_misuse(&pair), ==, 0);
    pair_free(&pair);
}

static void test_fcr_clears(void)
{
    Pair pair = pair_new();
    uint8_t on = STUNT_UART_W_IIR_FCR_ENABLE;

    window_send(&pair.a, "abc");
    window_write(&pair.a, AT(IIR), STUNT_UART_W_IIR_FCR_ENABLE | STUNT_UART_W_IIR_FCR_CLEAR_TX);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)), ==, W(LSR, THRE)); /* what is on the line goes on */
    pair_pass(&pair, 5);
    g_assert_cmpuint(window_drain(&pair.b), ==, 1);
    pair_send(&pair, "abc");
    window_write(&pair.b, AT(IIR), on);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)) & W(LSR, DR), ==, W(LSR, DR));
    window_write(&pair.b, AT(IIR), on | STUNT_UART_W_IIR_FCR_CLEAR_RX);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE);
    pair_send(&pair, "abc");
    window_write(&pair.b, AT(IIR), 0); /* the switch itself empties them */
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE);
    pair_free(&pair);
}

/* Raised as the FIFO becomes empty, or as one listens to an empty one; taken back by IIR, or by a character. */
static void test_thre_interrupt(void)
{
    Pair pair = pair_new();

    for (unsigned i = 0; i < 2; i++) {
        window_write(&pair.a, AT(IER), W(IER, THRE));
        g_assert_cmpuint(window_cause(&pair.a), ==, CAUSE(THRE));
        g_assert_cmpuint(window_cause(&pair.a), ==, CAUSE(NOTHING));
        window_write(&pair.a, AT(IER), W(IER, THRE)); /* no news */
        g_assert_cmpuint(window_cause(&pair.a), ==, CAUSE(NOTHING));
        window_write(&pair.a, AT(IER), 0);
    }
    window_write(&pair.a, AT(IER), W(IER, THRE));
    window_send(&pair.a, "ab");
    g_assert_cmpuint(window_cause(&pair.a), ==, CAUSE(NOTHING));
    pair_pass(&pair, 1);
    g_assert_cmpuint(window_cause(&pair.a), ==, CAUSE(THRE));
    pair_free(&pair);
}

/* ---- receiver -------------------------------------------------------------------------------------- */

static void test_triggers(void)
{
    static const unsigned level[] = { 1, 4, 8, 14 };
    Pair pair = pair_new();

    for (unsigned i = 0; i < G_N_ELEMENTS(level); i++) {
        window_open(&pair.b, 1, LCR_8N1, i);
        window_write(&pair.b, AT(IER), W(IER, DATA));
        for (unsigned n = 1; n <= level[i]; n++) {
            g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
            pair_send(&pair, "x");
        }
        g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(DATA));
        window_read(&pair.b, AT(DATA));
        g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
        window_drain(&pair.b);
    }
    pair_free(&pair);
}

/* The instant when an input of the interrupt controller first is high, to the nanosecond, before `limit`. */
static int64_t time_of_interrupt(const Pair *pair, int64_t limit)
{
    Machine *machine = pair->bench->machine;

    while (!lines_up(machine)) {
        g_assert_cmpint(machine_step(machine, 1), <, limit);
    }
    return machine_now(machine);
}

/* Four characters of silence behind the last one, or behind the last read. */
static void test_time_out(void)
{
    Pair pair = pair_new();
    Machine *machine = pair.bench->machine;
    int64_t begun, due;

    machine_intercept_irqs(machine);
    window_open(&pair.b, 1, LCR_8N1, 2);
    window_write(&pair.b, AT(IER), W(IER, DATA));
    begun = machine_now(machine);
    window_send(&pair.a, "abc");
    due = begun + (7 * INT64_C(86806640) + 999) / 1000; /* three characters and four */
    machine_step(machine, due - begun - 5);
    g_assert_cmpint(time_of_interrupt(&pair, due + 5), ==, due);
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(TIMEOUT));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(TIMEOUT)); /* IIR does not take it back */
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'a');
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    g_assert_cmpuint(lines_up(machine), ==, 0);
    begun = machine_now(machine);
    due = begun + (4 * INT64_C(86806640) + 999) / 1000;
    machine_step(machine, due - begun - 5);
    g_assert_cmpint(time_of_interrupt(&pair, due + 5), ==, due);
    window_drain(&pair.b);
    machine_step(machine, 100 * FRAME_NS);
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING)); /* an empty FIFO has none */
    pair_free(&pair);
}

/* Errors are told with the character that is the first of the FIFO, once. */
static void test_line_errors(void)
{
    Pair pair = pair_new();

    window_write(&pair.b, AT(IER), W(IER, LINE));
    pair_arm(&pair, "at=serial.rx action=parity nth=2 times=1");
    pair_arm(&pair, "at=serial.rx action=framing nth=3 times=1");
    pair_arm(&pair, "at=serial.rx action=break nth=4 times=1");
    pair_send(&pair, "abcde");
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, FIFO_ERROR));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'a');
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(LINE));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, FIFO_ERROR) | W(LSR, PE));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, FIFO_ERROR));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'b');
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'c'); /* its error waits for who reads LSR */
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==,
                    IDLE | W(LSR, DR) | W(LSR, FIFO_ERROR) | W(LSR, FE) | W(LSR, BI));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 0);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'e');
    pair_free(&pair);
}

/* A break that is held is one character of zeros. */
static void test_break(void)
{
    Pair pair = pair_new();

    window_write(&pair.a, AT(LCR), LCR_8N1 | W(LCR, BREAK));
    pair_pass(&pair, 5);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==,
                    IDLE | W(LSR, DR) | W(LSR, BI) | W(LSR, FE) | W(LSR, FIFO_ERROR));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 0);
    pair_pass(&pair, 5);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE);
    window_write(&pair.a, AT(LCR), LCR_8N1);
    pair_send(&pair, "x");
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'x');
    pair_free(&pair);
}

/* The seventeenth is lost, and told at once; those in the FIFO are whole. */
static void test_overrun(void)
{
    Pair pair = pair_new();

    window_write(&pair.b, AT(IER), W(IER, LINE));
    pair_send(&pair, "0123456789abcdef");
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    pair_send(&pair, "gh");
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(LINE));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, OE));
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR));
    for (const char *ch = "0123456789abcdef"; *ch; ch++) {
        g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, (uint8_t)*ch);
    }
    g_assert_cmpuint(window_drain(&pair.b), ==, 0);
    g_assert_cmpuint(uart_read(pair.bench, UART_P(P_OVERRUNS, 1)), ==, 2);
    pair_free(&pair);
}

/* Nobody must look for the overrun to be told when it happens. */
static void test_overrun_interrupts(void)
{
    Pair pair = pair_new();

    machine_intercept_irqs(pair.bench->machine);
    pair_send(&pair, "0123456789abcdef");
    window_write(&pair.b, AT(IER), W(IER, LINE));
    window_send(&pair.a, "ghij");
    machine_step(pair.bench->machine, FRAME_NS - 1);
    g_assert_cmpuint(lines_up(pair.bench->machine), ==, 0);
    machine_step(pair.bench->machine, 1);
    g_assert_cmpuint(lines_up(pair.bench->machine), ==, 1);
    pair_free(&pair);
}

/* One place, which the next character takes; no trigger, no time-out, no error in a FIFO. */
static void test_without_fifos(void)
{
    Pair pair = pair_new();

    window_write(&pair.b, AT(IIR), 0);
    window_write(&pair.b, AT(IER), W(IER, DATA));
    pair_send(&pair, "a");
    g_assert_cmphex(window_read(&pair.b, AT(IIR)), ==, CAUSE(DATA));
    pair_pass(&pair, 10);
    g_assert_cmphex(window_read(&pair.b, AT(IIR)), ==, CAUSE(DATA));
    pair_send(&pair, "b");
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, OE));
    g_assert_cmphex(window_read(&pair.b, AT(DATA)), ==, 'b');
    g_assert_cmphex(window_read(&pair.b, AT(IIR)), ==, CAUSE(NOTHING));
    pair_arm(&pair, "at=serial.rx action=parity times=1");
    pair_send(&pair, "c");
    g_assert_cmphex(window_read(&pair.b, AT(LSR)), ==, IDLE | W(LSR, DR) | W(LSR, PE));
    pair_free(&pair);
}

/* ---- lines ----------------------------------------------------------------------------------------- */

static void test_modem_status(void)
{
    Pair pair = pair_new();

    window_read(&pair.b, AT(MSR));
    window_write(&pair.b, AT(IER), W(IER, MODEM));
    window_write(&pair.a, AT(MCR), W(MCR, RTS));
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(MODEM));
    g_assert_cmphex(window_read(&pair.b, AT(MSR)), ==, W(MSR, CTS) | STUNT_UART_INPUT_CTS);
    g_assert_cmpuint(window_cause(&pair.b), ==, CAUSE(NOTHING));
    window_write(&pair.a, AT(MCR), W(MCR, DTR));
    g_assert_cmphex(window_read(&pair.b, AT(MSR)), ==,
                    W(MSR, DSR) | W(MSR, DCD) | STUNT_UART_INPUT_CTS | STUNT_UART_INPUT_DSR | STUNT_UART_INPUT_DCD);
    g_assert_cmphex(window_read(&pair.b, AT(MSR)), ==, W(MSR, DSR) | W(MSR, DCD));
    pair_free(&pair);
}

/* RI is told when it ends. */
static void test_ring(void)
{
    Pair pair = pair_new();
    Window window = window_in_io(pair.bench, 2);

    window_open(&window, 1, LCR_8N1, 0);
    window_read(&window, AT(MSR));
    machine_qom_set(pair.bench->machine, "uart0", "port2.inputs", "4");
    window_read(&window, AT(MSR));
    machine_qom_set(pair.bench->machine, "uart0", "port2.inputs", "0");
    g_assert_cmphex(window_read(&window, AT(MSR)), ==, STUNT_UART_INPUT_RI);
    pair_free(&pair);
}

/* MCR's bits are its own MSR; the other end sees all lines off, and neither hears the other. */
static void test_loopback(void)
{
    static const struct {
        uint8_t out, in;
    } line[] = { { W(MCR, RTS), W(MSR, CTS) }, { W(MCR, DTR), W(MSR, DSR) }, { W(MCR, OUT1), W(MSR, RI) },
                 { W(MCR, OUT2), W(MSR, DCD) } };
    Pair pair = pair_new();

    window_write(&pair.a, AT(MCR), W(MCR, RTS) | W(MCR, DTR));
    window_write(&pair.b, AT(MCR), W(MCR, RTS) | W(MCR, DTR));
    for (unsigned i = 0; i < G_N_ELEMENTS(line); i++) {
        window_write(&pair.a, AT(MCR), W(MCR, LOOP) | line[i].out);
        g_assert_cmphex(window_read(&pair.a, AT(MSR)) & 0xf0, ==, line[i].in);
        g_assert_cmphex(window_read(&pair.b, AT(MSR)) & 0xf0, ==, 0);
    }
    pair_send(&pair, "loop");
    window_send(&pair.b, "lost");
    pair_pass(&pair, 10);
    g_assert_cmpuint(window_drain(&pair.a), ==, 4);
    g_assert_cmpuint(window_drain(&pair.b), ==, 0);
    window_write(&pair.a, AT(MCR), W(MCR, RTS));
    g_assert_cmphex(window_read(&pair.a, AT(MSR)) & 0xf0, ==, W(MSR, CTS) | W(MSR, DSR) | W(MSR, DCD));
    g_assert_cmphex(window_read(&pair.b, AT(MSR)) & 0xf0, ==, W(MSR, CTS));
    pair_send(&pair, "wire");
    g_assert_cmpuint(window_drain(&pair.b), ==, 4);
    pair_free(&pair);
}

/* A line that is the same in loopback has not changed. */
static void test_loopback_has_no_false_changes(void)
{
    Pair pair = pair_new();

    window_write(&pair.b, AT(MCR), W(MCR, RTS));
    window_read(&pair.a, AT(MSR));
    window_write(&pair.a, AT(MCR), W(MCR, LOOP) | W(MCR, RTS));
    g_assert_cmphex(window_read(&pair.a, AT(MSR)), ==, W(MSR, CTS));
    window_write(&pair.a, AT(MCR), 0);
    g_assert_cmphex(window_read(&pair.a, AT(MSR)), ==, W(MSR, CTS));
    pair_free(&pair);
}

/* A break ends where loopback takes the line away, and is there again after it. */
static void test_break_and_loopback(void)
{
    Pair pair = pair_new();

    window_write(&pair.a, AT(LCR), LCR_8N1 | W(LCR, BREAK));
    pair_pass(&pair, 2);
    g_assert_cmpuint(window_drain(&pair.b), ==, 1);
    window_write(&pair.a, AT(MCR), W(MCR, LOOP));
    pair_pass(&pair, 2);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)) & W(LSR, BI), ==, W(LSR, BI));
    window_write(&pair.a, AT(MCR), 0);
    pair_pass(&pair, 2);
    g_assert_cmphex(window_read(&pair.b, AT(LSR)) & W(LSR, BI), ==, W(LSR, BI));
    window_write(&pair.a, AT(LCR), LCR_8N1);
    window_write(&pair.a, AT(MCR), W(MCR, LOOP));
    window_write(&pair.b, AT(LCR), LCR_8N1 | W(LCR, BREAK)); /* which nobody hears */
    pair_pass(&pair, 2);
    window_write(&pair.a, AT(MCR), 0);
    window_drain(&pair.a);
    pair_pass(&pair, 2);
    g_assert_cmphex(window_read(&pair.a, AT(LSR)) & W(LSR, BI), ==, W(LSR, BI));
    pair_free(&pair);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uart-window/only-a-write-takes-the-port", test_only_a_write_takes_the_port);
    g_test_add_func("/uart-window/it-begins-fresh", test_it_begins_fresh);
    g_test_add_func("/uart-window/plain-16550a", test_plain_16550a);
    g_test_add_func("/uart-window/divisors", test_divisors);
    g_test_add_func("/uart-window/formats", test_formats);
    g_test_add_func("/uart-window/sending", test_sending);
    g_test_add_func("/uart-window/full-transmitter", test_full_transmitter);
    g_test_add_func("/uart-window/fcr-clears", test_fcr_clears);
    g_test_add_func("/uart-window/thre-interrupt", test_thre_interrupt);
    g_test_add_func("/uart-window/triggers", test_triggers);
    g_test_add_func("/uart-window/time-out", test_time_out);
    g_test_add_func("/uart-window/line-errors", test_line_errors);
    g_test_add_func("/uart-window/break", test_break);
    g_test_add_func("/uart-window/overrun", test_overrun);
    g_test_add_func("/uart-window/overrun-interrupts", test_overrun_interrupts);
    g_test_add_func("/uart-window/without-fifos", test_without_fifos);
    g_test_add_func("/uart-window/modem-status", test_modem_status);
    g_test_add_func("/uart-window/ring", test_ring);
    g_test_add_func("/uart-window/loopback", test_loopback);
    g_test_add_func("/uart-window/loopback-has-no-false-changes", test_loopback_has_no_false_changes);
    g_test_add_func("/uart-window/break-and-loopback", test_break_and_loopback);
    return g_test_run();
}
