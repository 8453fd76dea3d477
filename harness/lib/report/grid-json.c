/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stunt/grid.h"

static void put_text(JsonBuilder *builder, const char *key, const char *value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_string_value(builder, value);
}

static void put_number(JsonBuilder *builder, const char *key, guint64 value)
{
    json_builder_set_member_name(builder, key);
    json_builder_add_int_value(builder, (gint64)value);
}

static void put_cell(JsonBuilder *builder, const StuntCell *cell, guint number)
{
    json_builder_begin_object(builder);
    put_number(builder, "cell", number);
    json_builder_set_member_name(builder, "good");
    json_builder_add_boolean_value(builder, cell->good);
    put_text(builder, "sweep", cell->sweep);
    put_text(builder, "row", cell->row);
    put_text(builder, "point", cell->point);
    put_text(builder, "outcome", cell->outcome);
    put_number(builder, "begin_ns", cell->begin_ns);
    put_number(builder, "end_ns", cell->end_ns);
    put_number(builder, "first_line", cell->first_line);
    put_number(builder, "last_line", cell->last_line);
    put_number(builder, "last_event", cell->last_event);
    put_number(builder, "rewinds", cell->rewinds);
    put_text(builder, "detail", cell->detail);
    json_builder_end_object(builder);
}

void stunt_grid_put_json(const StuntGrid *grid, JsonBuilder *array)
{
    for (guint i = 0; i < grid->cell->len; i++) {
        put_cell(array, grid->cell->pdata[i], i + 1);
    }
}
