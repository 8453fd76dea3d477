/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The 16550A on the ISA bus: ports, an edge, what faults make of it, saved state. */
#include "irq.h"
#include "window.h"

#include <string.h>

#define COM1 0x3f8
#define IRQ 4
#define LOOP (W(MCR, LOOP) | W(MCR, OUT2))

typedef struct Board {
    Bench *bench;
    Window window; /* in loopback, 115,200 baud, 8n1, FIFOs on with trigger 1 */
} Board;

static Board board_new(void)
{
    Board board = { .bench = bench_new("", "-device stunt-uartisa,id=com1") };

    board.window = (Window){ board.bench->machine, COM1, true };
    machine_intercept_irqs(board.bench->machine);
    window_open(&board.window, 1, LCR_8N1, 0);
    window_write(&board.window, AT(MCR), LOOP);
    return board;
}

static void board_free(Board *board)
{
    bench_free(board->bench);
}

static void arm(const Board *board, const char *rule)
{
    g_autofree char *text = g_strdup_printf("\"id=r%u device=com1 %s\"", g_test_rand_int(), rule);

    machine_qom_set(board->bench->machine, "link0", "fault-arm", text);
}

/* Edges since the last call. */
static unsigned edges(const Board *board)
{
    unsigned n = board->bench->machine->raised[IRQ];

    board->bench->machine->raised[IRQ] = 0;
    return n;
}

static void test_data_and_lines(void)
{
    Board board = board_new();

    window_send(&board.window, "ISA");
    machine_step(board.bench->machine, 3 * FRAME_NS + 100);
    g_assert_cmphex(window_read(&board.window, AT(DATA)), ==, 'I');
    g_assert_cmphex(window_read(&board.window, AT(DATA)), ==, 'S');
    g_assert_cmphex(window_read(&board.window, AT(DATA)), ==, 'A');
    g_assert_cmphex(window_read(&board.window, AT(MSR)) & 0xf0, ==, W(MSR, DCD));
    window_write(&board.window, AT(MCR), 0);
    machine_qom_set(board.bench->machine, "com1", "port0.inputs", "5");
    g_assert_cmphex(window_read(&board.window, AT(MSR)) & 0xf0, ==, W(MSR, CTS) | W(MSR, RI));
    g_assert_cmphex(machine_qom_get_uint(board.bench->machine, "com1", "reg.W_LCR"), ==, LCR_8N1);
    machine_qom_set(board.bench->machine, "com1", "reg.W_SCR", "18");
    g_assert_cmphex(window_read(&board.window, AT(SCR)), ==, 18);
    board_free(&board);
}

/* As on a PC OUT2 lets the interrupt through. */
static void test_interrupt(void)
{
    Board board = board_new();
    Machine *machine = board.bench->machine;

    window_write(&board.window, AT(MCR), W(MCR, LOOP));
    window_write(&board.window, AT(IER), W(IER, THRE));
    g_assert_false(machine->irq[IRQ]);
    window_write(&board.window, AT(MCR), LOOP);
    g_assert_true(machine->irq[IRQ]);
    g_assert_cmpuint(window_cause(&board.window), ==, CAUSE(THRE));
    window_read(&board.window, AT(LSR));
    g_assert_false(machine->irq[IRQ]);
    board_free(&board);
}

static void test_wrong_sizes(void)
{
    Board board = board_new();
    Machine *machine = board.bench->machine;

    g_assert_cmphex(machine_in(machine, COM1, 2), ==, 0);
    machine_out(machine, COM1 + AT(SCR) - 3, 4, UINT32_MAX);
    g_assert_cmpuint(machine_qom_get_uint(machine, "com1", "misuse-count"), ==, 2);
    g_assert_cmphex(window_read(&board.window, AT(SCR)), ==, 0);
    board_free(&board);
}

static void test_faulty_accesses(void)
{
    Board board = board_new();

    arm(&board, "at=mmio.write action=drop nth=1 match.offset=7");
    window_write(&board.window, AT(SCR), 1);
    g_assert_cmphex(window_read(&board.window, AT(SCR)), ==, 0);
    arm(&board, "at=mmio.write action=stick param.mask=0xf0 nth=1 match.offset=7");
    window_write(&board.window, AT(SCR), 0xff);
    g_assert_cmphex(window_read(&board.window, AT(SCR)), ==, 0x0f);
    arm(&board, "at=mmio.read action=replace param.value=0x1c1 nth=1 match.offset=2");
    g_assert_cmphex(window_read(&board.window, AT(IIR)), ==, 0xc1);
    board_free(&board);
}

static void wake(const Board *board)
{
    window_write(&board->window, AT(IER), 0);
    edges(board);
    window_write(&board->window, AT(IER), W(IER, THRE));
}

static void test_faulty_interrupts(void)
{
    Board board = board_new();
    Machine *machine = board.bench->machine;

    arm(&board, "at=irq.raise action=drop nth=1");
    wake(&board);
    g_assert_cmpuint(edges(&board), ==, 0);
    arm(&board, "at=irq.raise action=delay param.ns=5000 nth=1");
    wake(&board);
    machine_step(machine, 4999);
    g_assert_cmpuint(edges(&board), ==, 0);
    machine_step(machine, 1);
    g_assert_cmpuint(edges(&board), ==, 1);
    arm(&board, "at=irq.raise action=delay param.ns=5000 nth=1");
    wake(&board);
    window_cause(&board.window); /* its cause goes before it comes */
    machine_step(machine, 10000);
    g_assert_cmpuint(edges(&board), ==, 0);
    arm(&board, "at=irq.raise action=duplicate nth=1");
    wake(&board);
    g_assert_cmpuint(edges(&board), ==, 2);
    arm(&board, "at=irq.raise action=storm param.count=5 param.ns=1000 nth=1");
    wake(&board);
    machine_step(machine, 100000);
    g_assert_cmpuint(edges(&board), ==, 5);
    machine_qom_set(machine, "com1", "inject-irq", "0");
    machine_step(machine, 1); /* what the test hears of lines comes with its answer */
    g_assert_cmpuint(edges(&board), ==, 1);
    g_free(machine_qom_set_error(machine, "com1", "inject-irq", "1"));
    board_free(&board);
}

static char *go_on(const Board *board)
{
    GString *text = g_string_new(NULL);

    machine_cont(board->bench->machine);
    for (unsigned i = 0; i < 30; i++) {
        machine_step(board->bench->machine, 20000);
        g_string_append_printf(text, "%x %x %x,", window_read(&board->window, AT(LSR)), window_read(&board->window, AT(IIR)),
                               window_read(&board->window, AT(DATA)));
    }
    return g_string_free(text, FALSE);
}

static void test_state_in_mid_frame(void)
{
    Board board = board_new();
    g_autofree char *first = NULL, *second = NULL;

    window_write(&board.window, AT(IER), 0x0f);
    arm(&board, "at=irq.raise action=storm param.count=50 param.ns=10000");
    window_send(&board.window, "abcdef");
    machine_step(board.bench->machine, 3 * FRAME_NS / 2);
    machine_stop(board.bench->machine);
    machine_qom_set(board.bench->machine, "link0", "snapshot", "\"here\"");
    first = go_on(&board);
    machine_stop(board.bench->machine);
    machine_qom_set(board.bench->machine, "link0", "rewind", "\"here\"");
    second = go_on(&board);
    g_assert_cmpstr(first, ==, second);
    g_assert_nonnull(strstr(first, "66,")); /* the last of them came */
    board_free(&board);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uart-isa/data-and-lines", test_data_and_lines);
    g_test_add_func("/uart-isa/interrupt", test_interrupt);
    g_test_add_func("/uart-isa/wrong-sizes", test_wrong_sizes);
    g_test_add_func("/uart-isa/faulty-accesses", test_faulty_accesses);
    g_test_add_func("/uart-isa/faulty-interrupts", test_faulty_interrupts);
    g_test_add_func("/uart-isa/state-in-mid-frame", test_state_in_mid_frame);
    return g_test_run();
}
