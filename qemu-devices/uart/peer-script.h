/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the far end of a line does: a script, read from text. Steps are divided by new lines or ';'.
 *
 *     line BAUD [8n1] [rtscts] [xonxoff]        how the line is set
 *     send "TEXT" | send N seed S               ends when the last stop bit is over; a seed as that of stunt-serial
 *     frame BYTE [parity-wrong] [framing-wrong] one bad character
 *     break TIME                                holds the line at 0
 *     lines +rts -dtr +dcd -ri                  what it drives; dtr is DSR and DCD of the port, dcd afterwards DCD alone
 *     after TIME                                since the last step ended
 *     at TIME                                   since the script began
 *     hold TIME                                 takes nothing out of its FIFO, so flow control holds the port
 *     expect "TEXT" [within TIME]               it comes, whatever comes before it
 *     expect exactly "TEXT" | N seed S [within TIME]  nothing else comes before it
 *     expect break [within TIME]
 *     expect-lines +cts -dsr +dcd -ri [within TIME]
 *     idle TIME                                 nothing may come
 *     repeat N … end                            not within another
 *
 * In TEXT are \r \n \t \" \\ \xNN. A TIME is a number with ns, us, ms or s. Knows nothing of QEMU.
 */
#ifndef STUNT_UART_PEER_SCRIPT_H
#define STUNT_UART_PEER_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PEER_TEXT_MAX 16383u  /* bytes of a script */
#define PEER_STEPS_MAX 512u
#define PEER_FOREVER UINT64_MAX /* an expectation without a limit */

enum peer_verb {
    PEER_LINE, PEER_SEND, PEER_FRAME, PEER_BREAK, PEER_LINES, PEER_AFTER, PEER_AT, PEER_HOLD,
    PEER_EXPECT, PEER_EXPECT_BREAK, PEER_EXPECT_LINES, PEER_IDLE, PEER_REPEAT, PEER_END,
};

/* Settings, with the values of the registers' fields. */
struct peer_line {
    uint32_t baud;
    uint32_t bits, parity, stop;
    bool rtscts, xonxoff;
};

/* Bytes: those of the script's pool from `at` on, or of the stream of a seed. */
struct peer_data {
    bool seeded;
    uint64_t seed, len;
    uint32_t at;
};

/* Modem lines that a peer drives. */
enum { PEER_RTS = 1, PEER_DTR = 2, PEER_DCD = 4, PEER_RI = 8 };

struct peer_step {
    enum peer_verb verb;
    uint32_t row;            /* line of the text, from 1 */
    uint32_t text, text_len; /* its words: where they are in the text */
    uint64_t ns;             /* its time */
    bool exactly;
    bool parity_wrong, framing_wrong;
    struct peer_line line;
    struct peer_data data;
    uint32_t on, off;        /* PEER_RTS …, or, of expect-lines, STUNT_UART_INPUT_* */
    uint32_t count;          /* repeat: turns; end: the step behind its repeat */
};

struct peer_script {
    struct peer_step step[PEER_STEPS_MAX];
    uint32_t n_steps;
    uint8_t pool[PEER_TEXT_MAX];
    uint32_t n_pool;
};

/*
 * Reads `text`, NUL-terminated. False with a message that has the line and the word; `script` is then undefined.
 * Touches nothing but `script` and `err`.
 */
bool peer_script_read(struct peer_script *script, const char *text, char *err, size_t err_len);

#endif
