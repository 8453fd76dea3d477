/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Fuzz target: random settings, characters, rings, peers, rules, rewinds and resets of a serial card with wires. It must stay alive,
 * and carry characters again after a reset. A failure names the seed.
 */
#include "fuzz.h"
#include "window.h"

#define LAST (STUNT_UART_P_WATER - STUNT_UART_P_CTRL)

static uint64_t some_address(void)
{
    static const uint64_t place[] = { 0, RAM_SRC, RAM_DST, RAM_MSI, UART_BAR_ADDR, UART_BAR_ADDR + STUNT_UART_P_TX,
                                      LINK_BAR_ADDR, 0xfee00000, 0x3fffff0, UINT64_MAX - 100 };

    return below(3) ? RAM_SRC + below(16) * 0x1000 : place[below(G_N_ELEMENTS(place))] + below(64);
}

static void poke_register(Bench *bench)
{
    uint64_t at = below(16) ? UART_P(P_CTRL, below(4)) + 4 * below(LAST / 4 + 2) : below(0x4000);
    unsigned size = below(16) ? 4 : 1u << below(4);

    if (below(3) == 0) {
        machine_read_sized(bench->machine, UART_BAR_ADDR + at, size);
    } else {
        machine_write_sized(bench->machine, UART_BAR_ADDR + at, size, odd_number());
    }
}

/* What a line can be, so that more of it is reached than what is impossible. */
static void set_line(Bench *bench)
{
    unsigned port = below(4);

    uart_write(bench, UART_P(P_BAUD, port), 256 + below(below(2) ? 8 : 2000));
    uart_write(bench, UART_P(P_FORMAT, port), (5 + below(5)) | below(5) << STUNT_UART_P_FORMAT_PARITY_SHIFT |
                                                  below(3) << STUNT_UART_P_FORMAT_STOP_SHIFT |
                                                  (below(10) ? 0 : STUNT_UART_P_FORMAT_BREAK));
    uart_write(bench, UART_P(P_FLOW, port), below(32));
    uart_write(bench, UART_P(P_RS485, port), below(3) ? 0 : below(32));
    uart_write(bench, UART_P(P_RS485_BEFORE, port), below(20));
    uart_write(bench, UART_P(P_MODEM_CTRL, port), below(4));
    uart_write(bench, UART_P(P_INT_ENABLE, port), below(1024));
    uart_write(bench, UART_P(P_RX_TIMEOUT, port), below(100));
    uart_write(bench, UART_P(P_CTRL, port), STUNT_UART_P_CTRL_ENABLE | (below(8) ? 0 : STUNT_UART_P_CTRL_LOOP));
}

static void use_rings(Bench *bench)
{
    unsigned port = below(4);

    uart_write(bench, UART_P(P_DMA_CTRL, port), 0);
    uart_write(bench, UART_P(P_TX_HEAD, port), odd_number());
    uart_write(bench, UART_P(P_RX_TAIL, port), odd_number());
    uart_write(bench, UART_P(P_WATER, port), odd_number());
    uart_open_rings(bench, port, some_address(), some_address(), below(8) ? 6 + below(8) : below(32));
    uart_write(bench, UART_P(P_TX_HEAD, port), uart_read(bench, UART_P(P_TX_TAIL, port)) + below(100));
}

static void send_some(Bench *bench)
{
    uint64_t reg = UART_P(P_TX4, below(4));

    for (unsigned n = below(70); n; n--) {
        uart_write(bench, reg, any_number());
    }
}

/* A port as a 16550A: any byte, or one that no access is meant for. */
static void use_window(Bench *bench)
{
    unsigned port = below(4);
    Window window = below(2) ? window_in_memory(bench, port) : window_in_io(bench, port);

    for (unsigned n = below(30); n; n--) {
        unsigned at = below(WINDOW_BYTES);

        if (below(3) == 0) {
            window_read(&window, at);
        } else {
            window_write(&window, at, (uint8_t)(below(4) ? below(256) : below(8)));
        }
    }
    if (window.io && below(8) == 0) {
        machine_in(bench->machine, (uint16_t)(window.addr + below(WINDOW_BYTES)), 1u << below(3));
    }
}

static void arm_some_rule(Bench *bench)
{
    static const char *const rule[] = {
        "at=serial.rx action=drop", "at=serial.rx action=duplicate", "at=serial.rx action=delay param.ns=3000",
        "at=serial.rx action=delay param.ns=0xffffffffffffffff", "at=serial.rx action=noise param.xor=0x1ff",
        "at=serial.rx action=framing", "at=serial.rx action=break", "at=serial.rx action=overrun", "at=serial.tx action=drop",
        "at=serial.line action=drop", "at=dma.read action=error", "at=dma.write action=truncate param.len=1",
        "at=irq.raise action=storm param.count=50 param.ns=100", "at=mmio.write action=stick param.mask=0xffff",
        "at=mmio.read action=pause", "at=serial.rx action=pause", "at=serial.peer action=pause", "at=power.enter action=lose-context",
        "at=reset action=keep-context",
    };
    g_autofree char *text = g_strdup_printf("\"id=r device=uart0 %s probability=1/%u\"",
                                            rule[below(G_N_ELEMENTS(rule))], 1 + below(20));

    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"*\"");
    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

static void go_on(Bench *bench)
{
    if (!machine_is_running(bench->machine)) {
        machine_cont(bench->machine);
    }
}

static bool saved;

static void save_or_go_back(Bench *bench)
{
    machine_stop(bench->machine);
    machine_qom_set(bench->machine, "link0", saved ? "rewind" : "snapshot", "\"here\"");
    saved = true;
    go_on(bench);
}

static void reset_somehow(Bench *bench)
{
    switch (below(4)) {
    case 0:
        pci_flr(&bench->uart);
        break;
    case 1:
        pci_ask_power_state(&bench->uart, below(4));
        return;
    case 2:
        uart_write(bench, UART_P(P_CTRL, below(4)), STUNT_UART_P_CTRL_RESET);
        return;
    default:
        uart_write(bench, STUNT_UART_CTRL, STUNT_UART_CTRL_RESET);
        return;
    }
    bench_configure(bench);
}

static void set_properties(Bench *bench)
{
    g_autofree char *noise = g_strdup_printf("%u", below(200000));
    g_autofree char *inputs = g_strdup_printf("%u", below(16));

    machine_qom_set(bench->machine, "uart0", "noise", noise);
    machine_qom_set(bench->machine, "uart0", "port3.inputs", inputs);
}

static void set_peer(Bench *bench)
{
    static const char *const step[] = {
        "line 9600", "line 12000000 8e1 rtscts", "line 6000000 xonxoff", "send \\\"abcdefgh\\\"", "send 500 seed 1",
        "frame 0 framing-wrong", "frame 65 parity-wrong", "break 10us", "lines -rts +ri", "lines +rts -dtr", "after 1us",
        "hold 100us", "expect \\\"\\\\x00\\\" within 50us", "expect break within 9us", "expect exactly 3 seed 1 within 90us",
        "expect-lines +cts within 5us", "idle 5us", "repeat 1000; after 3us; lines -dcd; send \\\"U\\\"; lines +dcd; end",
        "repeat 1000000; lines +rts; end",
    };
    g_autoptr(GString) script = g_string_new("\"");

    for (unsigned n = below(6); n; n--) {
        g_string_append_printf(script, "%s;", step[below(G_N_ELEMENTS(step))]);
    }
    g_string_append_c(script, '"');
    machine_qom_try_set(bench->machine, "uart0", below(2) ? "port2.peer" : "port3.peer", script->str);
}

static void one_step(Bench *bench)
{
    uint32_t what = below(100);

    if (what < 40) {
        poke_register(bench);
    } else if (what < 50) {
        set_line(bench);
    } else if (what < 60) {
        use_window(bench);
    } else if (what < 65) {
        use_rings(bench);
    } else if (what < 69) {
        set_peer(bench);
    } else if (what < 85) {
        send_some(bench);
        machine_step(bench->machine, below(below(4) ? 3000 : 1000000));
    } else if (what < 90) {
        arm_some_rule(bench);
    } else if (what < 93) {
        save_or_go_back(bench);
    } else if (what < 96) {
        set_properties(bench);
    } else {
        reset_somehow(bench);
    }
    shm_forget(bench->shm);
    if (what % 10 == 0) {
        go_on(bench);
    }
}

/* Whatever was done to it: after a reset it carries characters as on the first day. */
static void check_alive(Bench *bench)
{
    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"*\"");
    fuzz_go_on(bench);
    machine_qom_set(bench->machine, "uart0", "noise", "0");
    machine_system_reset(bench->machine);
    bench_configure(bench);
    uart_open(bench, 0);
    uart_open(bench, 1);
    uart_send(bench, 0, "ok");
    machine_step(bench->machine, 3 * UART_FRAME_NS);
    uart_expect(bench, 1, 'o');
    uart_expect(bench, 1, 'k');
    uart_expect_nothing(bench, 1);
    shm_forget(bench->shm);
}

static Bench *start(void)
{
    return bench_new_serial(",ports=4,wires=0-1", 4096);
}

int main(int argc, char **argv)
{
    static const Fuzz fuzz = { start, one_step, check_alive };

    return fuzz_run(&fuzz, argc, argv);
}
