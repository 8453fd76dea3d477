/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: scripts of a line's far end, raw or put together from real words. */
#include "fuzz.h"
#include "uart/peer-script.h"

#include <string.h>

#define TEXT_SIZE 4096

static void compose(struct input *in, char *text)
{
    static const char *const words[] = {
        "line ", "send ", "frame ", "break ", "lines ", "after ", "at ", "hold ", "expect ", "expect-lines ", "idle ",
        "repeat ", "end", "exactly ", "within ", "seed ", "9600 ", "7e1.5 ", "rtscts ", "xonxoff ", "parity-wrong ",
        "framing-wrong ", "+rts ", "-dtr ", "+dcd ", "-ri ", "+cts ", "5ms ", "0.25us ", "18446744073709551615s ",
        "\"a\\r\\x00\" ", "\"", "\\", "0x41 ", "12 ", ";", "\n", ";", "\n",
    };
    size_t len = 0;

    while (in->left && len < TEXT_SIZE - 64) {
        len += (size_t)snprintf(text + len, TEXT_SIZE - len, "%s", words[take8(in) % (sizeof(words) / sizeof(words[0]))]);
    }
}

static void raw(struct input *in, char *text)
{
    size_t len = 0;

    while (in->left && len < TEXT_SIZE - 1) {
        text[len++] = (char)take8(in);
    }
}

static void check_step(const struct peer_script *script, const struct peer_step *step, size_t text_len)
{
    CHECK(step->text + step->text_len <= text_len && step->text_len > 0);
    CHECK(step->ns <= UINT64_C(1000000000000000) || step->ns == PEER_FOREVER);
    CHECK(step->data.seeded || step->verb == PEER_FRAME || step->data.at + step->data.len <= script->n_pool);
    CHECK(step->verb != PEER_END || (step->count > 0 && step->count < script->n_steps));
    CHECK(!(step->on & step->off));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct peer_script script;
    struct input in = { data, size };
    char text[TEXT_SIZE] = "", err[160] = "";

    if (take8(&in) & 7) {
        compose(&in, text);
    } else {
        raw(&in, text);
    }
    if (!peer_script_read(&script, text, err, sizeof(err))) {
        CHECK(memchr(err, 0, sizeof(err)) && strncmp(err, "line ", 5) == 0);
        return 0;
    }
    CHECK(script.n_steps > 0 && script.n_steps <= PEER_STEPS_MAX && script.n_pool <= PEER_TEXT_MAX);
    for (uint32_t i = 0; i < script.n_steps; i++) {
        check_step(&script, &script.step[i], strlen(text));
    }
    return 0;
}
