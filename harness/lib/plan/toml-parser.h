/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the parts of the TOML reader. Each read_… function moves `at` behind what it read, or notes the error. */
#ifndef STUNT_LIB_TOML_PARSER_H
#define STUNT_LIB_TOML_PARSER_H

#include "lib/plan/toml.h"

typedef struct {
    const char *name;
    const char *text, *at; /* the text ends with a zero byte, and has none else */
    const char *counted, *line_start; /* as far as lines were counted, and where that line began */
    guint line;
    guint depth;
    GError **error;
} StuntTomlParser;

typedef struct {
    char *text;
    guint line, column;
} StuntTomlKey;

StuntToml *stunt_toml_new(StuntTomlType type);
void stunt_toml_add(StuntToml *table, const StuntTomlKey *key, StuntToml *value); /* takes the value */

/* Where a place of the text is, from 1. */
void stunt_toml_locate(StuntTomlParser *parser, const char *place, guint *ret_line, guint *ret_column);

/* Sets the error "NAME:LINE:COLUMN: …"; gives FALSE. */
gboolean stunt_toml_fail(StuntTomlParser *parser, const char *place, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* A string in any of the four quotings; multi-line ones only if allowed. Free with g_free; NULL: error. */
char *stunt_toml_read_string(StuntTomlParser *parser, gboolean lines);

/* A number, boolean, or what looks like one. NULL: error. */
StuntToml *stunt_toml_read_word(StuntTomlParser *parser);

void stunt_toml_skip_blanks(StuntTomlParser *parser);
/* A comment if there is one, then the end of line or text. */
gboolean stunt_toml_end_line(StuntTomlParser *parser);
/* Blanks, comments and line ends. */
gboolean stunt_toml_skip_lines(StuntTomlParser *parser);

/* a."b".c; StuntTomlKey *. NULL: error. */
GPtrArray *stunt_toml_read_key(StuntTomlParser *parser);

#endif
