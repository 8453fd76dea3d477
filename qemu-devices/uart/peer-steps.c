/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The steps of a peer's script: how each begins, and what it waits for. */
#include "qemu/osdep.h"
#include "uart/peer.h"
#include "../../guest-driver/serial/serial.h" /* the stream of a seed */

#define AT_ONCE 10000u /* steps that take no time; a script that has more of them would never end */

typedef enum Verdict { WAITS, OVER, STOPPED } Verdict;

__attribute__((format(printf, 3, 4))) static Verdict fail(UartPeer *peer, uint64_t time, const char *format, ...)
{
    g_autofree char *why = NULL;
    va_list args;

    va_start(args, format);
    why = g_strdup_vprintf(format, args);
    va_end(args);
    uart_peer_stop(peer, STUNT_UART_PEER_FAILED, time, why);
    return STOPPED;
}

static void set_due(UartPeer *peer, uint64_t from, uint64_t ns)
{
    peer->due = ns == PEER_FOREVER ? STUNT_UART_NEVER : from + ns * PS_PER_NS;
}

static uint8_t byte_of(const UartPeer *peer, const struct peer_data *data, uint64_t i)
{
    uint8_t byte;

    if (!data->seeded) {
        return peer->script->pool[data->at + i];
    }
    data_fill(&byte, 1, &(struct stream){ .seed = data->seed }, i);
    return byte;
}

/* ---- settings and lines ---------------------------------------------------------------------------- */

static void set_line(UartPeer *peer, const struct peer_line *line)
{
    UartPort *end = &peer->end;
    uint32_t flow = 0;

    if (line->rtscts) {
        flow |= STUNT_UART_P_FLOW_AUTO_CTS | STUNT_UART_P_FLOW_AUTO_RTS;
    }
    if (line->xonxoff) {
        flow |= STUNT_UART_P_FLOW_OBEY_XOFF | STUNT_UART_P_FLOW_SEND_XOFF;
    }
    uart_set_reg(end, STUNT_UART_P_BAUD, (STUNT_UART_CLOCK_VALUE * UINT64_C(16) + line->baud / 2) / line->baud);
    uart_set_reg(end, STUNT_UART_P_FORMAT,
                 line->bits | line->parity << STUNT_UART_P_FORMAT_PARITY_SHIFT |
                     line->stop << STUNT_UART_P_FORMAT_STOP_SHIFT);
    uart_set_reg(end, STUNT_UART_P_FLOW, flow);
    end->xoff = end->xoff && line->xonxoff;
}

static void set_break(UartPeer *peer, bool on, uint64_t time)
{
    uint32_t format = uart_reg(&peer->end, STUNT_UART_P_FORMAT) & ~STUNT_UART_P_FORMAT_BREAK;

    uart_set_reg(&peer->end, STUNT_UART_P_FORMAT, on ? format | STUNT_UART_P_FORMAT_BREAK : format);
    uart_break_written(&peer->end, time);
}

/* Those that no register of a port drives. */
static void drive_alone(UartPeer *peer, uint32_t bit, unsigned line, uint32_t on, uint32_t off)
{
    uint32_t wanted = (peer->lines | on) & ~off & bit;

    if ((peer->lines & bit) != wanted && uart_tell_line(&peer->end, line, wanted != 0)) {
        peer->lines ^= bit;
    }
}

/* DTR goes to DSR and DCD, until DCD is told apart. */
static void drive(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    UartPort *end = &peer->end;
    uint32_t control = uart_reg(end, STUNT_UART_P_MODEM_CTRL);
    uint32_t on = step->on, off = step->off;

    on |= on & PEER_DTR && !(off & PEER_DCD) ? PEER_DCD : 0;
    off |= off & PEER_DTR && !(on & PEER_DCD) ? PEER_DCD : 0;
    control |= (on & PEER_RTS ? STUNT_UART_P_MODEM_CTRL_RTS : 0) | (on & PEER_DTR ? STUNT_UART_P_MODEM_CTRL_DTR : 0);
    control &= ~((off & PEER_RTS ? STUNT_UART_P_MODEM_CTRL_RTS : 0) | (off & PEER_DTR ? STUNT_UART_P_MODEM_CTRL_DTR : 0));
    uart_set_reg(end, STUNT_UART_P_MODEM_CTRL, control);
    drive_alone(peer, PEER_DCD, STUNT_UART_LINE_DCD, on, off);
    drive_alone(peer, PEER_RI, STUNT_UART_LINE_RI, on, off);
    uart_drive(end, time);
    uart_look(peer->port, time);
}

static Verdict expect_lines(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    uint32_t seen = peer->end.seen;

    if ((seen & step->on) == step->on && !(seen & step->off)) {
        return OVER;
    }
    if (!peer->over) {
        return WAITS;
    }
    return fail(peer, time, "there are%s%s%s%s", seen & STUNT_UART_INPUT_CTS ? " +cts" : " -cts",
                seen & STUNT_UART_INPUT_DSR ? " +dsr" : " -dsr", seen & STUNT_UART_INPUT_DCD ? " +dcd" : " -dcd",
                seen & STUNT_UART_INPUT_RI ? " +ri" : " -ri");
}

/* ---- sending --------------------------------------------------------------------------------------- */

void uart_peer_fill(UartPeer *peer)
{
    const struct peer_step *step = &peer->script->step[peer->step];

    if (uart_peer_has_chardev(peer) || peer->state != STUNT_UART_PEER_RUNNING || !peer->entered ||
        step->verb != PEER_SEND) {
        return;
    }
    while (peer->sent < step->data.len && uart_fifo_push(&peer->end.tx, byte_of(peer, &step->data, peer->sent))) {
        peer->sent++;
    }
}

static void send_data(UartPeer *peer, uint64_t time)
{
    peer->sent = 0;
    uart_peer_fill(peer);
    uart_kick(&peer->end, time);
}

static void send_bad(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    uart_fifo_push(&peer->end.tx, step->data.at | (step->parity_wrong ? STUNT_UART_P_RX_PARITY : 0) |
                                      (step->framing_wrong ? STUNT_UART_P_RX_FRAMING : 0));
    uart_kick(&peer->end, time);
}

static Verdict all_sent(const UartPeer *peer, const struct peer_step *step)
{
    bool more = step->verb == PEER_SEND && peer->sent < step->data.len;

    return more || peer->end.tx.count || peer->end.shifting ? WAITS : OVER;
}

/* ---- hearing --------------------------------------------------------------------------------------- */

/* Whether what ends with character `last` is the text. */
static bool ends_with(const UartPeer *peer, const struct peer_data *data, uint64_t last)
{
    if (last + 1 - peer->looked < data->len) {
        return false;
    }
    for (uint64_t i = 0; i < data->len; i++) {
        if (uart_peer_at(peer, last + 1 - data->len + i) != byte_of(peer, data, i)) {
            return false;
        }
    }
    return true;
}

static Verdict not_come(UartPeer *peer, uint64_t time)
{
    g_autofree char *shown = uart_peer_shown(peer, peer->looked);

    if (!peer->over) {
        return WAITS;
    }
    return fail(peer, time, peer->n_heard > peer->looked ? "came %s" : "nothing came", shown);
}

/* One that the step looks for is taken with all before it. */
static Verdict search(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    for (; peer->scanned < peer->n_heard; peer->scanned++) {
        if (step->verb == PEER_EXPECT_BREAK ? uart_peer_at(peer, peer->scanned) & STUNT_UART_P_RX_BREAK
                                            : ends_with(peer, &step->data, peer->scanned)) {
            peer->looked = ++peer->scanned;
            return OVER;
        }
    }
    return not_come(peer, time);
}

/* `sent` counts what has come of the data. */
static Verdict compare(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    for (; peer->looked < peer->n_heard && peer->sent < step->data.len; peer->looked++, peer->sent++) {
        if (uart_peer_at(peer, peer->looked) != byte_of(peer, &step->data, peer->sent)) {
            g_autofree char *shown = uart_peer_shown(peer, peer->looked);

            return fail(peer, time, "byte %" PRIu64 " should be 0x%02x; came %s", peer->sent,
                        byte_of(peer, &step->data, peer->sent), shown);
        }
    }
    return peer->sent == step->data.len ? OVER : not_come(peer, time);
}

static Verdict expect(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    if (peer->n_heard - peer->looked > PEER_HEARD) {
        return fail(peer, time, "more than %u characters came before", PEER_HEARD);
    }
    return step->exactly ? compare(peer, step, time) : search(peer, step, time);
}

/* Until its time is over nothing comes; what came before is not its business. */
static Verdict be_idle(UartPeer *peer, uint64_t time)
{
    g_autofree char *shown = uart_peer_shown(peer, peer->scanned);

    if (peer->n_heard > peer->scanned) {
        return fail(peer, time, "came %s", shown);
    }
    return peer->over ? OVER : WAITS;
}

/* ---- the script ------------------------------------------------------------------------------------ */

static void enter(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    peer->entered = true;
    peer->since = time;
    peer->sent = 0;
    peer->scanned = step->verb == PEER_IDLE ? peer->n_heard : peer->looked;
    switch (step->verb) {
    case PEER_LINE:
        set_line(peer, &step->line);
        break;
    case PEER_SEND:
        send_data(peer, time);
        break;
    case PEER_FRAME:
        send_bad(peer, step, time);
        break;
    case PEER_LINES:
        drive(peer, step, time);
        break;
    case PEER_BREAK:
        set_break(peer, true, time);
        set_due(peer, time, step->ns);
        break;
    case PEER_AT:
        set_due(peer, peer->began, step->ns);
        break;
    case PEER_HOLD:
        peer->holding = true;
        set_due(peer, time, step->ns);
        break;
    case PEER_REPEAT:
        peer->turns = step->count;
        break;
    case PEER_END:
        break;
    default:
        set_due(peer, time, step->ns);
        break;
    }
}

static Verdict look(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    switch (step->verb) {
    case PEER_SEND:
    case PEER_FRAME:
        return all_sent(peer, step);
    case PEER_EXPECT:
    case PEER_EXPECT_BREAK:
        return expect(peer, step, time);
    case PEER_EXPECT_LINES:
        return expect_lines(peer, step, time);
    case PEER_IDLE:
        return be_idle(peer, time);
    case PEER_AT:
        if (peer->due != STUNT_UART_NEVER && peer->due < time) {
            return fail(peer, time, "it is %" PRIu64 " ns already", (time - peer->began) / PS_PER_NS);
        }
        return peer->over ? OVER : WAITS;
    case PEER_AFTER:
    case PEER_BREAK:
    case PEER_HOLD:
        return peer->over ? OVER : WAITS;
    default:
        return OVER;
    }
}

/* What is to be undone of a step, and which is next. */
static void leave(UartPeer *peer, const struct peer_step *step, uint64_t time)
{
    peer->entered = false;
    peer->due = STUNT_UART_NEVER;
    if (step->verb == PEER_BREAK) {
        set_break(peer, false, time);
    } else if (step->verb == PEER_HOLD) {
        peer->holding = false;
        uart_receive_check(&peer->end, time);
    }
    if (step->verb == PEER_END && --peer->turns) {
        peer->step = step->count;
    } else if (peer->step + 1 < peer->script->n_steps) {
        peer->step++;
    } else {
        uart_peer_stop(peer, STUNT_UART_PEER_DONE, time, NULL);
    }
}

void uart_peer_go(UartPeer *peer, uint64_t time)
{
    for (unsigned n = 0; peer->state == STUNT_UART_PEER_RUNNING; n++) {
        const struct peer_step *step = &peer->script->step[peer->step];
        Verdict verdict;

        if (n == AT_ONCE) {
            fail(peer, time, "%u steps took no time", AT_ONCE);
            break;
        }
        if (!peer->entered) {
            enter(peer, step, time);
        }
        verdict = look(peer, step, time);
        peer->over = false;
        if (verdict != OVER) {
            break;
        }
        leave(peer, step, time);
    }
    peer->over = false;
}
