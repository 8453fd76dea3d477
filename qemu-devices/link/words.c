/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "core/fault.h"
#include "link/words.h"

static int find_key(const char *word, size_t len, const char *const *keys, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        if (strlen(keys[i]) == len && memcmp(keys[i], word, len) == 0) {
            return i;
        }
    }
    return -1;
}

static void refuse_key(const char *word, size_t len, const char *const *keys, unsigned n, Error **errp)
{
    g_autofree char *key = g_strndup(word, len);
    const char *near_key = stunt_nearest(key, keys, n);

    error_setg(errp, near_key ? "unknown key '%s', did you mean '%s'?" : "unknown key '%s'", key, near_key);
}

/* Gives the place of the key, whose value is behind the '='. */
static int take_word(const char *word, const char *const *keys, unsigned n, char *const *values, Error **errp)
{
    const char *equals = strchr(word, '=');
    int i;

    if (!equals || !equals[1]) {
        error_setg(errp, "'%s' is not key=value", word);
        return -1;
    }
    i = find_key(word, equals - word, keys, n);
    if (i < 0) {
        refuse_key(word, equals - word, keys, n, errp);
    } else if (values[i]) {
        error_setg(errp, "'%s' is there twice", keys[i]);
        i = -1;
    }
    return i;
}

static bool take_words(char **words, const char *const *keys, unsigned n, unsigned needed, char **values,
                       Error **errp)
{
    for (char **word = words; *word; word++) {
        int i;

        if (!**word) { /* blanks in a row */
            continue;
        }
        i = take_word(*word, keys, n, values, errp);
        if (i < 0) {
            return false;
        }
        values[i] = g_strdup(strchr(*word, '=') + 1);
    }
    for (unsigned i = 0; i < needed; i++) {
        if (!values[i]) {
            error_setg(errp, "'%s=' is missing", keys[i]);
            return false;
        }
    }
    return true;
}

bool stunt_words_parse(const char *text, const char *const *keys, unsigned n, unsigned needed, char **ret_value,
                       Error **errp)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    g_autofree char **values = g_new0(char *, n);

    if (!take_words(words, keys, n, needed, values, errp)) {
        for (unsigned i = 0; i < n; i++) {
            g_free(values[i]);
        }
        return false;
    }
    memcpy(ret_value, values, n * sizeof(*values));
    return true;
}
