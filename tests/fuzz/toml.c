/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzz target: any bytes as a plan's TOML. What is taken is a tree whose parts are in place; what is not has its place told. */
#include "lib/plan/toml.h"
#include "fuzz.h"

#include <string.h>

static void check(const StuntToml *toml, unsigned depth)
{
    CHECK(depth < 4096 && toml->line > 0 && toml->column > 0);
    CHECK((toml->type == STUNT_TOML_STRING) == (toml->string != NULL));
    CHECK((toml->type == STUNT_TOML_ARRAY || toml->type == STUNT_TOML_TABLE) == (toml->item != NULL));
    CHECK(!toml->string || g_utf8_validate(toml->string, -1, NULL));
    for (guint i = 0; toml->item && i < toml->item->len; i++) {
        const StuntTomlEntry *entry = toml->item->pdata[i];

        if (toml->type == STUNT_TOML_TABLE) {
            CHECK(stunt_toml_get(toml, entry->key) == entry->value);
            check(entry->value, depth + 1);
        } else {
            check(toml->item->pdata[i], depth + 1);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(StuntToml) toml = stunt_toml_parse("fuzz", (const char *)data, size, &error);

    CHECK((toml == NULL) == (error != NULL));
    if (toml) {
        check(toml, 0);
    } else {
        CHECK(strncmp(error->message, "fuzz:", 5) == 0);
    }
    return 0;
}
