/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words of TOML: blanks and comments, keys, strings, numbers. */
#include <errno.h>
#include <string.h>

#include "lib/plan/toml-parser.h"
#include "stunt/error.h"

#define WORD_SIGNS "+-._:"
#define SHOWN 40 /* of a word in a message */

void stunt_toml_locate(StuntTomlParser *parser, const char *place, guint *ret_line, guint *ret_column)
{
    if (place < parser->counted) {
        parser->counted = parser->line_start = parser->text;
        parser->line = 1;
    }
    for (; parser->counted < place; parser->counted++) {
        if (*parser->counted == '\n') {
            parser->line++;
            parser->line_start = parser->counted + 1;
        }
    }
    *ret_line = parser->line;
    *ret_column = (guint)g_utf8_pointer_to_offset(parser->line_start, place) + 1;
}

gboolean stunt_toml_fail(StuntTomlParser *parser, const char *place, const char *format, ...)
{
    g_autofree char *what = NULL;
    guint line, column;
    va_list args;

    va_start(args, format);
    what = g_strdup_vprintf(format, args);
    va_end(args);
    stunt_toml_locate(parser, place, &line, &column);
    g_set_error(parser->error, STUNT_ERROR, STUNT_ERROR_INPUT, "%s:%u:%u: %s", parser->name, line, column, what);
    return FALSE;
}

/* ---- between words ------------------------------------------------------------------------------- */

static gboolean is_control(char sign)
{
    return ((guchar)sign < ' ' && sign != '\t') || sign == 0x7f;
}

void stunt_toml_skip_blanks(StuntTomlParser *parser)
{
    parser->at += strspn(parser->at, " \t");
}

static gboolean skip_comment(StuntTomlParser *parser)
{
    if (*parser->at == '#') {
        while (*parser->at && !is_control(*parser->at)) {
            parser->at++;
        }
        if (*parser->at && *parser->at != '\n') {
            return stunt_toml_fail(parser, parser->at, "a control character in a comment");
        }
    }
    return TRUE;
}

gboolean stunt_toml_end_line(StuntTomlParser *parser)
{
    stunt_toml_skip_blanks(parser);
    if (!skip_comment(parser)) {
        return FALSE;
    }
    if (*parser->at == '\n') {
        parser->at++;
    } else if (*parser->at) {
        return stunt_toml_fail(parser, parser->at, "the line should end here");
    }
    return TRUE;
}

gboolean stunt_toml_skip_lines(StuntTomlParser *parser)
{
    do {
        parser->at += strspn(parser->at, " \t\n");
        if (!skip_comment(parser)) {
            return FALSE;
        }
    } while (*parser->at == '\n');
    return TRUE;
}

/* ---- strings ------------------------------------------------------------------------------------- */

static gboolean read_code_point(StuntTomlParser *parser, guint digits, GString *string)
{
    const char *begin = parser->at;
    gunichar code = 0;

    for (guint i = 0; i < digits; i++, parser->at++) {
        if (!g_ascii_isxdigit(*parser->at)) {
            return stunt_toml_fail(parser, begin, "%u hexadecimal digits are needed", digits);
        }
        code = code << 4 | (gunichar)g_ascii_xdigit_value(*parser->at);
    }
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
        return stunt_toml_fail(parser, begin, "U+%04X is no character", code);
    }
    if (!code) {
        return stunt_toml_fail(parser, begin, "the character U+0000 is not taken");
    }
    g_string_append_unichar(string, code);
    return TRUE;
}

/* Behind the backslash. */
static gboolean read_escape(StuntTomlParser *parser, GString *string)
{
    static const char from[] = "btnfr\"\\", to[] = "\b\t\n\f\r\"\\";
    const char sign = *parser->at;
    const char *plain = sign ? strchr(from, sign) : NULL;

    if (plain) {
        g_string_append_c(string, to[plain - from]);
        parser->at++;
        return TRUE;
    }
    if (sign == 'u' || sign == 'U') {
        parser->at++;
        return read_code_point(parser, sign == 'u' ? 4 : 8, string);
    }
    return stunt_toml_fail(parser, parser->at - 1, "no such escape; there are \\b \\t \\n \\f \\r \\\" \\\\ \\uXXXX \\UXXXXXXXX");
}

/* A backslash at the end of a line takes the white space behind it away. FALSE: it is something else. */
static gboolean joins_lines(StuntTomlParser *parser)
{
    const char *end = parser->at + strspn(parser->at, " \t");

    if (*end != '\n') {
        return FALSE;
    }
    parser->at = end + strspn(end, " \t\n");
    return TRUE;
}

static gboolean read_one_line(StuntTomlParser *parser, char quote, GString *string)
{
    const char *begin = parser->at++;

    while (*parser->at != quote) {
        if (!*parser->at || *parser->at == '\n') {
            return stunt_toml_fail(parser, begin, "the string does not end on its line");
        }
        if (is_control(*parser->at)) {
            return stunt_toml_fail(parser, parser->at, "a control character in a string");
        }
        if (quote == '"' && *parser->at == '\\') {
            parser->at++;
            if (!read_escape(parser, string)) {
                return FALSE;
            }
        } else {
            g_string_append_c(string, *parser->at++);
        }
    }
    parser->at++;
    return TRUE;
}

/* Up to two quotes may stand before the three that end it. */
static gboolean read_end_of_lines(StuntTomlParser *parser, char quote, GString *string)
{
    gsize n = 0;

    while (parser->at[n] == quote && n < 5) {
        n++;
    }
    if (n < 3) {
        g_string_append_len(string, parser->at, n);
        parser->at += n;
        return FALSE;
    }
    g_string_append_len(string, parser->at, n - 3);
    parser->at += n;
    return TRUE;
}

static gboolean read_lines(StuntTomlParser *parser, char quote, GString *string)
{
    const char *begin = parser->at;

    parser->at += 3;
    parser->at += *parser->at == '\n';
    while (*parser->at) {
        if (*parser->at == quote) {
            if (read_end_of_lines(parser, quote, string)) {
                return TRUE;
            }
        } else if (is_control(*parser->at) && *parser->at != '\n') {
            return stunt_toml_fail(parser, parser->at, "a control character in a string");
        } else if (quote == '"' && *parser->at == '\\') {
            parser->at++;
            if (!joins_lines(parser) && !read_escape(parser, string)) {
                return FALSE;
            }
        } else {
            g_string_append_c(string, *parser->at++);
        }
    }
    return stunt_toml_fail(parser, begin, "the string does not end");
}

char *stunt_toml_read_string(StuntTomlParser *parser, gboolean lines)
{
    const char quote = *parser->at;
    const char three[] = { quote, quote, quote, 0 };
    GString *string = g_string_new(NULL);
    gboolean good;

    if (g_str_has_prefix(parser->at, three) && !lines) {
        good = stunt_toml_fail(parser, parser->at, "a key is no string of several lines");
    } else if (g_str_has_prefix(parser->at, three)) {
        good = read_lines(parser, quote, string);
    } else {
        good = read_one_line(parser, quote, string);
    }
    return g_string_free(string, !good);
}

/* ---- numbers and booleans ------------------------------------------------------------------------ */

static gboolean is_digit_of(char sign, guint base)
{
    return base == 16 ? g_ascii_isxdigit(sign) : sign >= '0' && sign < '0' + (int)base;
}

/* "1_000": the digits without underscores into `plain`; each underscore stands between two digits. NULL: there is
 * none, else behind them. */
static const char *take_digits(const char *text, guint base, GString *plain)
{
    if (!is_digit_of(*text, base)) {
        return NULL;
    }
    while (is_digit_of(*text, base) || (*text == '_' && is_digit_of(text[1], base))) {
        if (*text != '_') {
            g_string_append_c(plain, *text);
        }
        text++;
    }
    return text;
}

static StuntToml *new_integer(StuntTomlParser *parser, const char *word, const char *digits, guint base,
                              gboolean negative)
{
    guint64 limit = G_GUINT64_CONSTANT(1) << 63;
    StuntToml *toml;
    guint64 value;

    errno = 0;
    value = g_ascii_strtoull(digits, NULL, base);
    if (errno || (negative && value > limit)) {
        stunt_toml_fail(parser, parser->at, "%s does not fit into 64 bits", word);
        return NULL;
    }
    toml = stunt_toml_new(STUNT_TOML_INTEGER);
    toml->integer = value;
    toml->negative = negative && value;
    return toml;
}

static StuntToml *new_float(const char *digits)
{
    StuntToml *toml = stunt_toml_new(STUNT_TOML_FLOAT);

    toml->number = g_ascii_strtod(digits, NULL);
    return toml;
}

static guint base_of(const char *word)
{
    if (word[0] != '0') {
        return 10;
    }
    return word[1] == 'x' ? 16 : word[1] == 'o' ? 8 : word[1] == 'b' ? 2 : 10;
}

static gboolean has_leading_zero(const char *digits)
{
    return digits[0] == '0' && digits[1];
}

/* ".5e-3" behind the whole part. NULL: not of that form. */
static const char *take_fraction(const char *text, GString *plain)
{
    if (*text == '.') {
        g_string_append_c(plain, *text);
        text = take_digits(text + 1, 10, plain);
    }
    if (text && (*text == 'e' || *text == 'E')) {
        g_string_append_c(plain, *text++);
        if (*text == '+' || *text == '-') {
            g_string_append_c(plain, *text++);
        }
        text = take_digits(text, 10, plain);
    }
    return text;
}

/* NULL without an error: it is no number. */
static StuntToml *read_number(StuntTomlParser *parser, const char *word)
{
    g_autoptr(GString) plain = g_string_new(NULL);
    gboolean sign = *word == '+' || *word == '-';
    guint base = base_of(word);
    const char *end;

    if (base != 10) {
        end = take_digits(word + 2, base, plain);
        return end && !*end ? new_integer(parser, word, plain->str, base, FALSE) : NULL;
    }
    end = take_digits(word + sign, 10, plain);
    if (!end || has_leading_zero(plain->str)) {
        return NULL;
    }
    if (!*end) {
        return new_integer(parser, word, plain->str, 10, *word == '-');
    }
    end = take_fraction(end, plain);
    if (!end || *end) {
        return NULL;
    }
    g_string_prepend(plain, *word == '-' ? "-" : "");
    return new_float(plain->str);
}

static gboolean looks_like_time(const char *word)
{
    return g_regex_match_simple("^[0-9]{4}-[0-9]{2}-|^[0-9]{2}:[0-9]{2}", word, G_REGEX_RAW, 0);
}

static gboolean is_infinite(const char *word)
{
    return g_regex_match_simple("^[+-]?(inf|nan)$", word, G_REGEX_RAW, 0);
}

static void fail_word(StuntTomlParser *parser, const char *word)
{
    if (!*word) {
        stunt_toml_fail(parser, parser->at, "a value is missing");
    } else if (looks_like_time(word)) {
        stunt_toml_fail(parser, parser->at, "dates and times are not taken; a virtual time is a string, \"5ms\"");
    } else if (is_infinite(word)) {
        stunt_toml_fail(parser, parser->at, "infinite numbers are not taken");
    } else {
        stunt_toml_fail(parser, parser->at, "'%.*s' is no value%s", SHOWN, word,
                        g_ascii_isalpha(*word) ? "; a string stands in quotes" : "");
    }
}

StuntToml *stunt_toml_read_word(StuntTomlParser *parser)
{
    const char *end = parser->at;
    g_autofree char *word = NULL;
    GError **error = parser->error;
    StuntToml *toml = NULL;

    while (g_ascii_isalnum(*end) || (*end && strchr(WORD_SIGNS, *end))) {
        end++;
    }
    word = g_strndup(parser->at, end - parser->at);
    if (g_str_equal(word, "true") || g_str_equal(word, "false")) {
        toml = stunt_toml_new(STUNT_TOML_BOOLEAN);
        toml->boolean = *word == 't';
    } else {
        toml = read_number(parser, word);
    }
    if (!toml && !(error && *error)) {
        fail_word(parser, word);
    }
    parser->at = toml ? end : parser->at;
    return toml;
}

/* ---- keys ---------------------------------------------------------------------------------------- */

static void key_free(gpointer data)
{
    StuntTomlKey *key = data;

    g_free(key->text);
    g_free(key);
}

static gsize bare_length(const char *text)
{
    gsize len = 0;

    while (g_ascii_isalnum(text[len]) || text[len] == '_' || text[len] == '-') {
        len++;
    }
    return len;
}

static char *read_key_part(StuntTomlParser *parser)
{
    gsize len = bare_length(parser->at);
    char *text;

    if (*parser->at == '"' || *parser->at == '\'') {
        return stunt_toml_read_string(parser, FALSE);
    }
    if (!len) {
        stunt_toml_fail(parser, parser->at, "a key is missing");
        return NULL;
    }
    text = g_strndup(parser->at, len);
    parser->at += len;
    return text;
}

GPtrArray *stunt_toml_read_key(StuntTomlParser *parser)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(key_free);

    for (;;) {
        StuntTomlKey *key = g_new0(StuntTomlKey, 1);

        stunt_toml_skip_blanks(parser);
        stunt_toml_locate(parser, parser->at, &key->line, &key->column);
        key->text = read_key_part(parser);
        g_ptr_array_add(keys, key);
        if (!key->text) {
            return NULL;
        }
        stunt_toml_skip_blanks(parser);
        if (*parser->at != '.') {
            return g_steal_pointer(&keys);
        }
        parser->at++;
    }
}
