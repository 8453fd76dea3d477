/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text for XML. A guest's output may hold any byte, and XML 1.0 cannot carry all of them, not even escaped.
 */
#include "stunt/report.h"

static gboolean is_xml_char(gunichar c)
{
    return c == '\t' || c == '\n' || (c >= 0x20 && c <= 0xd7ff) || (c >= 0xe000 && c <= 0xfffd) ||
           (c >= 0x10000 && c <= 0x10ffff);
}

static void append_char(GString *text, gunichar c)
{
    switch (c) {
    case '&':
        g_string_append(text, "&amp;");
        break;
    case '<':
        g_string_append(text, "&lt;");
        break;
    case '>':
        g_string_append(text, "&gt;");
        break;
    case '"':
        g_string_append(text, "&quot;");
        break;
    case '\'':
        g_string_append(text, "&apos;");
        break;
    default:
        g_string_append_unichar(text, c);
    }
}

char *stunt_xml_escape(const char *text)
{
    GString *out = g_string_new(NULL);

    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);

        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02X", (guint8)*text++);
        } else if (!is_xml_char(c)) {
            g_string_append_printf(out, "\\x%02X", c);
            text = g_utf8_next_char(text);
        } else {
            append_char(out, c);
            text = g_utf8_next_char(text);
        }
    }
    return g_string_free(out, FALSE);
}
