/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The far end of a line: it does what its script says, at the times that it says, and tells what became of it. */
#include "uart.h"
#include "stunt/events.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define FAST "line 12000000;" /* a bit takes 83 1/3 ns, as uart_open() has it */
#define PEER(n) (STUNT_UART_P_CTRL_COUNT + (n))

static char *quoted(const char *script)
{
    g_autofree char *escaped = g_strescape(script, "\b\f\v");

    return g_strdup_printf("\"%s\"", escaped);
}

static void peer_set(Bench *bench, const char *property, const char *script)
{
    g_autofree char *json = quoted(script);

    machine_qom_set(bench->machine, "uart0", property, json);
}

/* Port 0 is open, and the script has begun. */
static Bench *open_peer(const char *script)
{
    Bench *bench = bench_new_serial("", 4096);

    uart_open(bench, 0);
    peer_set(bench, "port0.peer", script);
    return bench;
}

static void check_state(Bench *bench, const char *begin, const char *has)
{
    g_autofree char *state = machine_qom_get_str(bench->machine, "uart0", "port0.peer-state");

    if (!g_str_has_prefix(state, begin) || !strstr(state, has)) {
        g_error("the state is '%s', not '%s' with '%s'", state, begin, has);
    }
}

static void check_heard(Bench *bench, const char *hex)
{
    g_autofree char *heard = machine_qom_get_str(bench->machine, "uart0", "port0.peer-heard");

    g_assert_cmpstr(heard, ==, hex);
}

static void refused(Bench *bench, const char *property, const char *script, const char *message)
{
    g_autofree char *json = quoted(script);
    g_autofree char *error = machine_qom_set_error(bench->machine, "uart0", property, json);

    g_assert_cmpstr(error, ==, message);
}

/* ---- time ------------------------------------------------------------------------------------------ */

static void test_bytes_come_when_they_must(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "at 10us; send \"A\"; after 1.5us; send \"BC\"; at 20us; send \"D\"");

    machine_step(bench->machine, 10833);
    uart_expect_nothing(bench, 0);
    machine_step(bench->machine, 1);
    uart_expect(bench, 0, 'A');
    machine_step(bench->machine, 1500 + 833 - 1); /* 12 + 2/3 us in all, and then one character more */
    uart_expect_nothing(bench, 0);
    machine_step(bench->machine, 1);
    uart_expect(bench, 0, 'B');
    machine_step(bench->machine, 833);
    uart_expect(bench, 0, 'C');
    check_state(bench, "running since 13999 ns", "step 6 of 7, line 1: at 20us; heard 0");
    machine_step(bench->machine, 6000 + 833);
    uart_expect_nothing(bench, 0);
    machine_step(bench->machine, 1);
    uart_expect(bench, 0, 'D');
    check_state(bench, "done since 20833 ns", "heard 0");
}

/* The end of a script is an event of its own time, though nobody looks. */
static void test_its_end_is_told(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "after 3us; expect-lines +cts within 2us");
    const struct stunt_event *event;

    shm_forget(bench->shm);
    machine_step(bench->machine, 100000);
    event = shm_take(bench->shm);
    g_assert_cmpuint(event->class_id, ==, STUNT_EV_SERIAL_PEER);
    g_assert_cmpuint(event->time_ns, ==, 5000);
    g_assert_cmpuint(event->field[0], ==, PEER(0));
    g_assert_cmpuint(event->field[1], ==, 3);
    g_assert_cmpuint(event->field[2], ==, STUNT_UART_PEER_FAILED);
    check_state(bench, "failed since 5000 ns", "there are -cts -dsr -dcd -ri");
}

/* ---- what it hears --------------------------------------------------------------------------------- */

static void test_what_was_expected(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "expect \"OK\\n\" within 100us; expect exactly \"x\\x00\"; send \"!\"");

    uart_send(bench, 0, "not OOK\nx");
    machine_step(bench->machine, 20 * UART_FRAME_NS);
    uart_write(bench, UART_P(P_TX, 0), 0);
    machine_step(bench->machine, 10 * UART_FRAME_NS);
    uart_expect(bench, 0, '!');
    check_state(bench, "done", "heard 10");
    check_heard(bench, "6e6f74204f4f4b0a7800");
}

static void test_what_was_not(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "expect \"OK\" within 100us");

    uart_send(bench, 0, "NO\"\r");
    machine_step(bench->machine, 100000);
    check_state(bench, "failed since 100000 ns", ": expect \"OK\" within 100us; came \"NO\\x22\\r\"; heard 4");
    peer_set(bench, "port0.peer", FAST "expect exactly \"OK\"");
    uart_send(bench, 0, "ON");
    machine_step(bench->machine, 10 * UART_FRAME_NS);
    check_state(bench, "failed", "byte 1 should be 0x4b; came \"N\"");
    peer_set(bench, "port0.peer", FAST "expect \"OK\" within 1us");
    machine_step(bench->machine, 1000);
    check_state(bench, "failed", "nothing came");
    peer_set(bench, "port0.peer", FAST "idle 10us");
    uart_send(bench, 0, "x");
    machine_step(bench->machine, 1000);
    check_state(bench, "failed", "idle 10us; came \"x\"");
}

/* More than it keeps came before it was to look: that is said, not passed over. */
static void test_more_than_it_keeps(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "after 1s; expect \"OK\"");

    for (unsigned i = 0; i < 130; i++) {
        for (unsigned k = 0; k < 64; k++) {
            uart_write(bench, UART_P(P_TX4, 0), 0x55555555);
        }
        machine_step(bench->machine, 256 * UART_FRAME_NS);
        shm_forget(bench->shm); /* a full ring would stop the machine */
    }
    machine_step(bench->machine, 1000000000);
    check_state(bench, "failed", "more than 32768 characters came before; heard 33280");
}

/* ---- single bad characters ------------------------------------------------------------------------- */

static void test_bad_characters(void)
{
    g_autoptr(Bench) bench = open_peer("line 12000000 8e1; send \"a\"; frame 0x62 parity-wrong; send \"c\"; "
                                       "frame 0x64 framing-wrong; send \"e\"; frame 0x66 parity-wrong framing-wrong; "
                                       "send \"g\"; break 3us; send \"h\"");

    uart_write(bench, UART_P(P_FORMAT, 0), 8 | STUNT_UART_PARITY_EVEN << STUNT_UART_P_FORMAT_PARITY_SHIFT);
    machine_step(bench->machine, 20 * UART_FRAME_NS);
    uart_expect(bench, 0, 'a');
    uart_expect(bench, 0, 'b' | STUNT_UART_P_RX_PARITY);
    uart_expect(bench, 0, 'c');
    uart_expect(bench, 0, 'd' | STUNT_UART_P_RX_FRAMING);
    uart_expect(bench, 0, 'e');
    uart_expect(bench, 0, 'f' | STUNT_UART_P_RX_PARITY | STUNT_UART_P_RX_FRAMING);
    uart_expect(bench, 0, 'g');
    uart_expect(bench, 0, STUNT_UART_P_RX_BREAK);
    uart_expect(bench, 0, 'h');
    uart_expect_nothing(bench, 0);
    g_assert_cmpuint(uart_read(bench, UART_P(P_PARITY_ERRORS, 0)), ==, 2);
    g_assert_cmpuint(uart_read(bench, UART_P(P_FRAMING_ERRORS, 0)), ==, 1);
    g_assert_cmpuint(uart_read(bench, UART_P(P_BREAKS, 0)), ==, 1);
}

/* ---- what is refused ------------------------------------------------------------------------------- */

static void test_refused(void)
{
    g_autoptr(Bench) bench = bench_new_serial(",ports=4,wires=0-1", 4096);

    refused(bench, "port2.peer", "send \"a\"\nsned \"b\"", "port2.peer: line 2: there is no step 'sned'; did you mean 'send'?");
    refused(bench, "port2.peer", "after soon",
            "port2.peer: line 1: 'soon' is no time: a number of whole nanoseconds with ns, us, ms or s");
    refused(bench, "port0.peer", "after 1s", "port0.peer: port 1 is at the other end of its line (wires)");
    refused(bench, "port4.peer", "after 1s", "port4.peer: the card has 4 ports");
    machine_qom_set(bench->machine, "uart0", "port2.peer", "\"after 1s\"");
    refused(bench, "port2.peer", "nonsense", "port2.peer: line 1: there is no step 'nonsense'");
    {
        g_autofree char *script = machine_qom_get_str(bench->machine, "uart0", "port2.peer");

        g_assert_cmpstr(script, ==, "after 1s"); /* goes on */
    }
}

static void test_a_script_that_does_not_end(void)
{
    g_autoptr(Bench) bench = open_peer("repeat 1000000; lines +rts; end");

    check_state(bench, "failed since 0 ns", "10000 steps took no time");
}

/* ---- a chardev -------------------------------------------------------------------------------------- */

/* A card whose port 0 leads to a socket, and the other end of that. */
static Bench *open_socket(int *ret_fd)
{
    g_autofree char *dir = g_dir_make_tmp("stunt-peer-XXXXXX", NULL);
    struct sockaddr_un addr = { .sun_family = AF_UNIX };
    g_autofree char *props = NULL;
    Bench *bench;

    g_snprintf(addr.sun_path, sizeof(addr.sun_path), "%s/line", dir);
    props = g_strdup_printf(",port0.chardev=line -chardev socket,id=line,path=%s,server=on,wait=off", addr.sun_path);
    bench = bench_new_serial(props, 4096);
    *ret_fd = socket(AF_UNIX, SOCK_STREAM, 0);
    g_assert_cmpint(connect(*ret_fd, (struct sockaddr *)&addr, sizeof(addr)), ==, 0);
    unlink(addr.sun_path);
    rmdir(dir);
    uart_open(bench, 0);
    return bench;
}

/* Lets time go by until a register of port 0 has these bits so, or fails. */
static void wait_for(Bench *bench, uint64_t reg, uint32_t mask, uint32_t value)
{
    for (unsigned i = 0; (uart_read(bench, reg) & mask) != value; i++) {
        g_assert_cmpuint(i, <, 2000);
        g_usleep(1000);
        machine_step(bench->machine, 1000);
        shm_forget(bench->shm);
    }
}

#define CARRIER (STUNT_UART_P_MODEM_STATUS_CTS | STUNT_UART_P_MODEM_STATUS_DSR | STUNT_UART_P_MODEM_STATUS_DCD)

static void test_a_socket_is_a_line(void)
{
    int fd;
    g_autoptr(Bench) bench = open_socket(&fd);
    char got[4] = "";

    wait_for(bench, UART_P(P_MODEM_STATUS, 0), CARRIER, CARRIER);
    g_assert_cmpint(write(fd, "abc", 3), ==, 3);
    machine_step(bench->machine, 10 * UART_FRAME_NS);
    uart_expect_nothing(bench, 0); /* RTS is off */
    uart_write(bench, UART_P(P_MODEM_CTRL, 0), STUNT_UART_P_MODEM_CTRL_RTS);
    wait_for(bench, UART_P(P_FIFO, 0), STUNT_UART_P_FIFO_RX, 3);
    uart_expect(bench, 0, 'a');
    uart_send(bench, 0, "xyz");
    machine_step(bench->machine, 4 * UART_FRAME_NS);
    g_assert_cmpint(recv(fd, got, 3, MSG_WAITALL), ==, 3);
    g_assert_cmpstr(got, ==, "xyz");

    g_assert_cmpint(write(fd, "last", 4), ==, 4); /* it arrives, and then the carrier goes */
    close(fd);
    wait_for(bench, UART_P(P_MODEM_STATUS, 0), CARRIER, 0);
    g_assert_cmphex(uart_read(bench, UART_P(P_FIFO, 0)) & STUNT_UART_P_FIFO_RX, ==, 2 + 4);
}

/* Nobody reads the socket: the line is held, and nothing of it is lost. */
static void test_a_socket_that_is_full(void)
{
    enum { SIZE = 1 << 20 };
    int fd;
    g_autoptr(Bench) bench = open_socket(&fd);
    g_autofree uint8_t *got = g_malloc0(SIZE);
    uint32_t sent = 0;

    wait_for(bench, UART_P(P_MODEM_STATUS, 0), CARRIER, CARRIER);
    uart_write(bench, UART_P(P_FLOW, 0), STUNT_UART_P_FLOW_AUTO_CTS);
    while (uart_read(bench, UART_P(P_MODEM_STATUS, 0)) & STUNT_UART_P_MODEM_STATUS_CTS) {
        for (unsigned k = 0; k < 16; k++, sent += 4) {
            uart_write(bench, UART_P(P_TX4, 0), sent / 4 * 0x01010101);
        }
        machine_step(bench->machine, 65 * UART_FRAME_NS);
        shm_forget(bench->shm);
        g_assert_cmpuint(sent, <, SIZE);
    }
    machine_step(bench->machine, 1000 * UART_FRAME_NS);
    for (uint32_t n = 0; n < sent;) {
        ssize_t some = recv(fd, got + n, sent - n, MSG_DONTWAIT);

        n += some > 0 ? (uint32_t)some : 0;
        machine_step(bench->machine, 100 * UART_FRAME_NS);
        shm_forget(bench->shm);
    }
    for (uint32_t i = 0; i < sent; i++) {
        g_assert_cmphex(got[i], ==, i / 4 & 0xff);
    }
    close(fd);
}

static void test_a_line_outside_is_not_saved(void)
{
    int fd;
    g_autoptr(Bench) bench = open_socket(&fd);
    g_autofree char *error = NULL;

    refused(bench, "port0.peer", "idle 1s", "port0.peer: a chardev is at the other end of its line");
    machine_stop(bench->machine);
    error = machine_qom_set_error(bench->machine, "link0", "snapshot", "\"here\"");
    g_assert_nonnull(strstr(error, "the devices' state cannot be saved"));
    close(fd);
}

/* ---- coming and going ------------------------------------------------------------------------------ */

static void test_it_comes_and_goes(void)
{
    g_autoptr(Bench) bench = open_peer("lines -rts -dtr +ri; after 1s");
    uint32_t all = STUNT_UART_P_MODEM_STATUS_CTS | STUNT_UART_P_MODEM_STATUS_DSR | STUNT_UART_P_MODEM_STATUS_DCD;

    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 0)), ==, STUNT_UART_P_MODEM_STATUS_RI);
    peer_set(bench, "port0.peer", "lines +dtr -dcd -ri; after 1s");
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 0)), ==, STUNT_UART_P_MODEM_STATUS_DSR);
    uart_write(bench, STUNT_UART_CTRL, STUNT_UART_CTRL_RESET); /* of the card, not of what it is connected to */
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 0)), ==, STUNT_UART_P_MODEM_STATUS_DSR);
    check_state(bench, "running", "after 1s");
    peer_set(bench, "port0.peer", "");
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 0)), ==, all);
    check_state(bench, "none", "");
}

/* While the card sleeps its far ends go on; what they send then is lost, what they drive is seen when it wakes. */
static void test_a_card_that_sleeps(void)
{
    g_autoptr(Bench) bench = open_peer(FAST "after 10us; send \"lost\"; lines -rts; at 50us; send \"k\"; expect \"!\" within 10us");

    machine_qom_set(bench->machine, "uart0", "d3hot-exit-ns", "0");
    machine_step(bench->machine, 5000);
    pci_ask_power_state(&bench->uart, 3);
    machine_step(bench->machine, 40000);
    check_state(bench, "running since 13333 ns", "step 5 of 7");
    pci_ask_power_state(&bench->uart, 0);
    uart_open(bench, 0);
    machine_step(bench->machine, 6000);
    uart_expect(bench, 0, 'k');
    uart_expect_nothing(bench, 0);
    g_assert_cmphex(uart_read(bench, UART_P(P_MODEM_STATUS, 0)) & STUNT_UART_P_MODEM_STATUS_CTS, ==, 0);
    uart_send(bench, 0, "!");
    machine_step(bench->machine, 1000);
    check_state(bench, "done", "heard 1");
}

/* ---- saved state ----------------------------------------------------------------------------------- */

static const char *const ECHO =
    "line 6000000 8e1 rtscts; repeat 5; expect \"ab\"; send 37 seed 3; after 1.234us; frame 0x7f parity-wrong; hold 40us;"
    "lines -dtr; break 4us; lines +dtr +ri; send \"xyz\"; lines -ri; end; after 7us";

static char *look(Bench *bench)
{
    g_autofree char *state = machine_qom_get_str(bench->machine, "uart0", "port0.peer-state");
    g_autofree char *heard = machine_qom_get_str(bench->machine, "uart0", "port0.peer-heard");
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s %s ", state, heard);
    for (const struct stunt_event *event = shm_take(bench->shm); event; event = shm_take(bench->shm)) {
        g_string_append_printf(text, "\n%u %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, event->class_id,
                               (guint64)event->time_ns, (guint64)event->field[1]);
    }
    return g_string_free(text, FALSE);
}

static char *go_on(Bench *bench)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *end = NULL;

    shm_forget(bench->shm);
    machine_cont(bench->machine);
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *state = NULL;

        uart_send(bench, 0, "cabd");
        machine_step(bench->machine, 10111);
        state = machine_qom_get_str(bench->machine, "uart0", "port0.peer-state");
        g_string_append_printf(text, "%s\n", state);
        machine_step(bench->machine, 40000);
        while (uart_read(bench, UART_P(P_RX, 0))) {
            ;
        }
    }
    machine_step(bench->machine, 1000000);
    end = look(bench);
    g_string_append(text, end);
    return g_strdup(text->str);
}

/* Kept in mid-script at all kinds of times, put back when another script runs or none, and lived once more. */
static void test_state_in_mid_script(void)
{
    for (unsigned round = 0; round < 30; round++) {
        g_autoptr(Bench) bench = open_peer(ECHO);
        g_autofree char *first = NULL, *second = NULL;

        uart_write(bench, UART_P(P_BAUD, 0), 2 << STUNT_UART_P_BAUD_INT_SHIFT);
        uart_write(bench, UART_P(P_FORMAT, 0), 8 | STUNT_UART_PARITY_EVEN << STUNT_UART_P_FORMAT_PARITY_SHIFT);
        uart_write(bench, UART_P(P_MODEM_CTRL, 0), STUNT_UART_P_MODEM_CTRL_RTS | STUNT_UART_P_MODEM_CTRL_DTR);
        uart_send(bench, 0, "ab");
        machine_step(bench->machine, g_test_rand_int_range(1, 150000));
        machine_stop(bench->machine);
        machine_qom_set(bench->machine, "link0", "snapshot", "\"here\"");
        first = go_on(bench);
        peer_set(bench, "port0.peer", round & 1 ? "" : "after 1s");
        machine_stop(bench->machine);
        machine_qom_set(bench->machine, "link0", "rewind", "\"here\"");
        second = go_on(bench);
        g_assert_nonnull(strstr(first, "done"));
        g_assert_cmpstr(first, ==, second);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/uart-peer/bytes-come-when-they-must", test_bytes_come_when_they_must);
    g_test_add_func("/uart-peer/its-end-is-told", test_its_end_is_told);
    g_test_add_func("/uart-peer/what-was-expected", test_what_was_expected);
    g_test_add_func("/uart-peer/what-was-not", test_what_was_not);
    g_test_add_func("/uart-peer/more-than-it-keeps", test_more_than_it_keeps);
    g_test_add_func("/uart-peer/bad-characters", test_bad_characters);
    g_test_add_func("/uart-peer/refused", test_refused);
    g_test_add_func("/uart-peer/a-script-that-does-not-end", test_a_script_that_does_not_end);
    g_test_add_func("/uart-peer/a-socket-is-a-line", test_a_socket_is_a_line);
    g_test_add_func("/uart-peer/a-socket-that-is-full", test_a_socket_that_is_full);
    g_test_add_func("/uart-peer/a-line-outside-is-not-saved", test_a_line_outside_is_not_saved);
    g_test_add_func("/uart-peer/it-comes-and-goes", test_it_comes_and_goes);
    g_test_add_func("/uart-peer/a-card-that-sleeps", test_a_card_that_sleeps);
    g_test_add_func("/uart-peer/state-in-mid-script", test_state_in_mid_script);
    return g_test_run();
}
