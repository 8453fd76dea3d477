/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "uart/peer-script.h"
#include "fault.h"
#include "number.h"
#include "stunt/regs/uart.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_MAX 31u
#define NS_PER_S UINT64_C(1000000000)
#define TIME_MAX_S UINT64_C(1000000)
#define DATA_MAX (UINT64_C(1) << 32)
#define REPEAT_MAX 1000000u
#define BAUD_MIN 12u
#define BAUD_MAX 12000000u
#define PLACES_MAX 9u

enum kind { END_OF_TEXT, END_OF_STEP, WORD, TEXT };

struct reader {
    const char *text;
    size_t at, len;
    uint32_t row;
    struct peer_script *script;
    struct peer_step *step; /* that is being read */
    int32_t repeat;         /* the step that `end` goes with, -1: none */

    enum kind kind; /* of what comes next: */
    char word[WORD_MAX + 1];
    struct peer_data data;

    char *err;
    size_t err_len;
};

__attribute__((format(printf, 2, 3))) static bool fail(struct reader *reader, const char *format, ...)
{
    va_list args;
    int n = snprintf(reader->err, reader->err_len, "line %u: ", reader->row);

    va_start(args, format);
    if (n >= 0 && (size_t)n < reader->err_len) {
        vsnprintf(reader->err + n, reader->err_len - (size_t)n, format, args);
    }
    va_end(args);
    return false;
}

/* ---- words ----------------------------------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool ends_step(char c)
{
    return c == '\n' || c == ';';
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef0123456789ABCDEF", *found = c ? strchr(digits, c) : NULL;

    return found ? (int)((found - digits) % 16) : -1;
}

/* What stands behind a backslash. */
static bool read_escape(struct reader *reader, uint8_t *ret_byte)
{
    static const char name[] = "rnt0\"\\", value[] = "\r\n\t\0\"\\";
    char c = reader->at < reader->len ? reader->text[reader->at++] : '\0';
    const char *found = c ? strchr(name, c) : NULL;

    if (found) {
        *ret_byte = (uint8_t)value[found - name];
        return true;
    }
    if (c == 'x' && reader->len - reader->at >= 2) {
        int high = hex_digit(reader->text[reader->at]), low = hex_digit(reader->text[reader->at + 1]);

        reader->at += 2;
        if (high >= 0 && low >= 0) {
            *ret_byte = (uint8_t)(high * 16 + low);
            return true;
        }
    }
    return fail(reader, "a backslash in a text has one of r n t 0 \" \\ or xNN behind it");
}

static bool read_text(struct reader *reader)
{
    struct peer_script *script = reader->script;

    reader->kind = TEXT;
    reader->data = (struct peer_data){ .at = script->n_pool };
    for (reader->at++; reader->at < reader->len && reader->text[reader->at] != '\n';) {
        char c = reader->text[reader->at++];
        uint8_t byte = (uint8_t)c;

        if (c == '"') {
            return reader->data.len || fail(reader, "a text is empty");
        }
        if (c == '\\' && !read_escape(reader, &byte)) {
            return false;
        }
        script->pool[script->n_pool++] = byte; /* no longer than the script */
        reader->data.len++;
    }
    return fail(reader, "a text has no \" at its end");
}

static bool read_word(struct reader *reader)
{
    size_t n = 0;

    reader->kind = WORD;
    while (reader->at < reader->len && !is_blank(reader->text[reader->at]) && !ends_step(reader->text[reader->at])) {
        char c = reader->text[reader->at++];

        if (c < ' ' || c > '~') {
            return fail(reader, "only in a text, as \\xNN, may there be a character 0x%02x", (uint8_t)c);
        }
        if (n == WORD_MAX) {
            return fail(reader, "'%.*s…': no word is that long", (int)n, reader->word);
        }
        reader->word[n++] = c;
        reader->word[n] = '\0';
    }
    return true;
}

/* Looks at what comes next: kind, and word or data. */
static bool next(struct reader *reader)
{
    while (reader->at < reader->len && is_blank(reader->text[reader->at])) {
        reader->at++;
    }
    strcpy(reader->word, "");
    if (reader->at == reader->len) {
        reader->kind = END_OF_TEXT;
        return true;
    }
    if (ends_step(reader->text[reader->at])) {
        reader->kind = END_OF_STEP;
        return true;
    }
    return reader->text[reader->at] == '"' ? read_text(reader) : read_word(reader);
}

static bool is_word(const struct reader *reader, const char *word)
{
    return reader->kind == WORD && strcmp(reader->word, word) == 0;
}

/* The thing at hand as an error tells of it. */
static const char *shown(const struct reader *reader)
{
    return reader->kind == WORD ? reader->word : reader->kind == TEXT ? "a text" : "the end of the step";
}

/* ---- numbers and times ----------------------------------------------------------------------------- */

static bool read_number(struct reader *reader, const char *what, uint64_t min, uint64_t max, uint64_t *ret_value)
{
    uint64_t value = 0;

    if (reader->kind != WORD || stunt_number_scan(reader->word, strlen(reader->word), &value) != STUNT_NUMBER_OK ||
        value < min || value > max) {
        return fail(reader, "'%s' is no %s, %llu to %llu", shown(reader), what, (unsigned long long)min,
                    (unsigned long long)max);
    }
    *ret_value = value;
    return true;
}

static uint64_t unit_ns(const char *unit)
{
    return strcmp(unit, "ns") == 0 ? 1 : strcmp(unit, "us") == 0 ? 1000
         : strcmp(unit, "ms") == 0 ? 1000000 : strcmp(unit, "s") == 0 ? NS_PER_S : 0;
}

/* Digits behind the point, as so many of `unit`; 0 with *ret_end untouched when that is no whole number of ns. */
static bool fraction_ns(const char *digits, size_t n, uint64_t unit, uint64_t *ret_ns)
{
    uint64_t scale = 1, value = 0;

    for (size_t i = 0; i < n; i++, scale *= 10) {
        value = value * 10 + (uint64_t)(digits[i] - '0');
    }
    *ret_ns = value * unit / scale;
    return n > 0 && n <= PLACES_MAX && value * unit % scale == 0;
}

static bool scan_time(const char *word, uint64_t *ret_ns)
{
    size_t whole = strspn(word, "0123456789");
    bool point = word[whole] == '.';
    size_t places = point ? strspn(word + whole + 1, "0123456789") : 0;
    uint64_t unit = unit_ns(word + whole + (point ? places + 1 : 0)), value = 0, rest = 0;

    if (!unit || stunt_number_scan(word, whole, &value) != STUNT_NUMBER_OK || value > TIME_MAX_S * NS_PER_S / unit ||
        (point && !fraction_ns(word + whole + 1, places, unit, &rest))) {
        return false;
    }
    *ret_ns = value * unit + rest;
    return true;
}

static bool read_time(struct reader *reader)
{
    if (reader->kind != WORD || !scan_time(reader->word, &reader->step->ns)) {
        return fail(reader, "'%s' is no time: a number of whole nanoseconds with ns, us, ms or s", shown(reader));
    }
    return next(reader);
}

static bool read_within(struct reader *reader)
{
    reader->step->ns = PEER_FOREVER;
    if (!is_word(reader, "within")) {
        return true;
    }
    return next(reader) && read_time(reader);
}

/* "TEXT", or N seed S. */
static bool read_data(struct reader *reader)
{
    struct peer_data *data = &reader->step->data;

    if (reader->kind == TEXT) {
        *data = reader->data;
        return next(reader);
    }
    data->seeded = true;
    if (!read_number(reader, "number of bytes", 1, DATA_MAX, &data->len) || !next(reader)) {
        return false;
    }
    if (!is_word(reader, "seed")) {
        return fail(reader, "'%s': behind a number of bytes comes the word seed", shown(reader));
    }
    return next(reader) && read_number(reader, "seed", 0, UINT64_MAX, &data->seed) && next(reader);
}

/* ---- steps ----------------------------------------------------------------------------------------- */

/* "8n1" */
static bool read_format(struct reader *reader)
{
    static const char parities[] = "noems"; /* as STUNT_UART_PARITY_* */
    static const char *const stops[] = { "1", "1.5", "2" };
    struct peer_line *line = &reader->step->line;
    const char *word = reader->word, *parity = word[0] && word[1] ? strchr(parities, word[1]) : NULL;

    if (word[0] < '5' || word[0] > '9' || !parity) {
        return fail(reader, "'%s' is no format like 8n1, and neither rtscts nor xonxoff", word);
    }
    line->bits = (uint32_t)(word[0] - '0');
    line->parity = (uint32_t)(parity - parities);
    for (line->stop = 0; line->stop < 3; line->stop++) {
        if (strcmp(word + 2, stops[line->stop]) == 0) {
            return true;
        }
    }
    return fail(reader, "'%s' has no number of stop bits, 1, 1.5 or 2", word);
}

static bool read_line(struct reader *reader)
{
    struct peer_line *line = &reader->step->line;
    uint64_t baud = 0;

    *line = (struct peer_line){ .bits = 8 };
    if (!read_number(reader, "baud rate", BAUD_MIN, BAUD_MAX, &baud)) {
        return false;
    }
    line->baud = (uint32_t)baud;
    for (;;) {
        if (!next(reader)) {
            return false;
        } else if (is_word(reader, "rtscts")) {
            line->rtscts = true;
        } else if (is_word(reader, "xonxoff")) {
            line->xonxoff = true;
        } else if (reader->kind != WORD) {
            return true;
        } else if (!read_format(reader)) {
            return false;
        }
    }
}

static bool read_frame(struct reader *reader)
{
    struct peer_step *step = reader->step;
    uint64_t byte = 0;

    if (!read_number(reader, "byte", 0, 255, &byte) || !next(reader)) {
        return false;
    }
    step->data.at = (uint32_t)byte;
    step->parity_wrong = is_word(reader, "parity-wrong");
    if (step->parity_wrong && !next(reader)) {
        return false;
    }
    step->framing_wrong = is_word(reader, "framing-wrong");
    if (!step->framing_wrong && !step->parity_wrong) {
        return fail(reader, "'%s': a frame is parity-wrong, framing-wrong or both", shown(reader));
    }
    return !step->framing_wrong || next(reader);
}

struct line_name {
    const char *name;
    uint32_t bit;
};

/* "+rts -dtr": what of `names` is on, what is off. */
static bool read_lines(struct reader *reader, const struct line_name *names)
{
    while (reader->kind == WORD && strcmp(reader->word, "within") != 0) {
        const struct line_name *name = names;
        bool on = reader->word[0] == '+';

        while (name->name && strcmp(reader->word + 1, name->name) != 0) {
            name++;
        }
        if (!name->name || (!on && reader->word[0] != '-')) {
            return fail(reader, "'%s' is none of %s %s %s %s with + or - before it", reader->word, names[0].name,
                        names[1].name, names[2].name, names[3].name);
        }
        *(on ? &reader->step->on : &reader->step->off) |= name->bit;
        if (!next(reader)) {
            return false;
        }
    }
    if (!(reader->step->on | reader->step->off) || (reader->step->on & reader->step->off)) {
        return fail(reader, "there is no line, or one of them both on and off");
    }
    return true;
}

static bool read_driven(struct reader *reader)
{
    static const struct line_name names[] = {
        { "rts", PEER_RTS }, { "dtr", PEER_DTR }, { "dcd", PEER_DCD }, { "ri", PEER_RI }, { NULL, 0 },
    };

    return read_lines(reader, names);
}

static bool read_seen(struct reader *reader)
{
    static const struct line_name names[] = {
        { "cts", STUNT_UART_INPUT_CTS }, { "dsr", STUNT_UART_INPUT_DSR },
        { "dcd", STUNT_UART_INPUT_DCD }, { "ri", STUNT_UART_INPUT_RI }, { NULL, 0 },
    };

    return read_lines(reader, names) && read_within(reader);
}

static bool read_expect(struct reader *reader)
{
    if (is_word(reader, "break")) {
        reader->step->verb = PEER_EXPECT_BREAK;
        return next(reader) && read_within(reader);
    }
    reader->step->exactly = is_word(reader, "exactly");
    if (reader->step->exactly && !next(reader)) {
        return false;
    }
    if (!reader->step->exactly && reader->kind == WORD) {
        return fail(reader, "'%s': expect has a text, break, or exactly", reader->word);
    }
    return read_data(reader) && read_within(reader);
}

static bool read_repeat(struct reader *reader)
{
    uint64_t count = 0;

    if (reader->repeat >= 0) {
        return fail(reader, "a repeat is in another one");
    }
    if (!read_number(reader, "number of turns", 1, REPEAT_MAX, &count)) {
        return false;
    }
    reader->step->count = (uint32_t)count;
    reader->repeat = (int32_t)reader->script->n_steps;
    return next(reader);
}

static bool read_end(struct reader *reader)
{
    if (reader->repeat < 0) {
        return fail(reader, "'end' ends no repeat");
    }
    reader->step->count = (uint32_t)reader->repeat + 1;
    reader->repeat = -1;
    return true;
}

static const struct {
    const char *name;
    enum peer_verb verb;
    bool (*read)(struct reader *reader);
} verbs[] = {
    { "line", PEER_LINE, read_line },          { "send", PEER_SEND, read_data },
    { "frame", PEER_FRAME, read_frame },       { "break", PEER_BREAK, read_time },
    { "lines", PEER_LINES, read_driven },      { "after", PEER_AFTER, read_time },
    { "at", PEER_AT, read_time },              { "hold", PEER_HOLD, read_time },
    { "expect", PEER_EXPECT, read_expect },    { "expect-lines", PEER_EXPECT_LINES, read_seen },
    { "idle", PEER_IDLE, read_time },          { "repeat", PEER_REPEAT, read_repeat },
    { "end", PEER_END, read_end },
};

#define N_VERBS (sizeof(verbs) / sizeof(verbs[0]))

static bool fail_verb(struct reader *reader)
{
    const char *names[N_VERBS], *near_name;

    for (size_t i = 0; i < N_VERBS; i++) {
        names[i] = verbs[i].name;
    }
    near_name = stunt_nearest(reader->word, names, N_VERBS);
    return near_name ? fail(reader, "there is no step '%s'; did you mean '%s'?", shown(reader), near_name)
                     : fail(reader, "there is no step '%s'", shown(reader));
}

/* The words of one step; its verb is at hand. */
static bool read_step(struct reader *reader)
{
    struct peer_script *script = reader->script;
    size_t i = 0, start = reader->at - strlen(reader->word);

    while (i < N_VERBS && !is_word(reader, verbs[i].name)) {
        i++;
    }
    if (i == N_VERBS) {
        return fail_verb(reader);
    }
    if (script->n_steps == PEER_STEPS_MAX) {
        return fail(reader, "there are more than %u steps", PEER_STEPS_MAX);
    }
    reader->step = &script->step[script->n_steps];
    *reader->step = (struct peer_step){ .verb = verbs[i].verb, .row = reader->row, .text = (uint32_t)start };
    if (!next(reader) || !verbs[i].read(reader)) {
        return false;
    }
    if (reader->kind == WORD || reader->kind == TEXT) {
        return fail(reader, "%s: '%s' is too much", verbs[i].name, shown(reader));
    }
    reader->step->text_len = (uint32_t)(reader->at - start);
    while (is_blank(reader->text[start + reader->step->text_len - 1])) {
        reader->step->text_len--;
    }
    script->n_steps++;
    return true;
}

static bool read_steps(struct reader *reader)
{
    for (;;) {
        if (!next(reader)) {
            return false;
        }
        if (reader->kind == END_OF_TEXT) {
            return true;
        }
        if (reader->kind == END_OF_STEP) {
            reader->row += reader->text[reader->at++] == '\n';
        } else if (!read_step(reader)) {
            return false;
        }
    }
}

bool peer_script_read(struct peer_script *script, const char *text, char *err, size_t err_len)
{
    struct reader reader = { .text = text, .len = strlen(text), .row = 1, .script = script, .repeat = -1,
                             .err = err, .err_len = err_len };

    script->n_steps = script->n_pool = 0;
    if (reader.len > PEER_TEXT_MAX) {
        return fail(&reader, "a script of %zu bytes, at most %u", reader.len, PEER_TEXT_MAX);
    }
    if (!read_steps(&reader)) {
        return false;
    }
    if (reader.repeat >= 0) {
        return fail(&reader, "the repeat of line %u has no end", script->step[reader.repeat].row);
    }
    return script->n_steps > 0 || fail(&reader, "there is no step");
}
