/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names in scripts to numbers. */
#include "common.h"
#include "lib/scenario/resolve.h"

static StuntSpec *spec;
static const StuntSpecDevice *toy;

static guint64 value(const char *class_name, const char *field, const char *name)
{
    guint64 number = G_MAXUINT64;
    GError *error = NULL;

    stunt_resolve_value(toy, stunt_resolve_class(class_name, NULL), field, name, &number, &error);
    g_assert_no_error(error);
    return number;
}

static void names_have_values(void)
{
    g_assert_cmpuint(value("irq.raise", "vector", "ERROR"), ==, 1);
    g_assert_cmpuint(value("job.done", "status", "BROKEN"), ==, 7);
    g_assert_cmpuint(value("reset", "kind", "FLR"), ==, 1);
    g_assert_cmpuint(value("mmio.write", "offset", "CTRL"), ==, 0);
    g_assert_cmpuint(value("mmio.read", "offset", "LANE[2]"), ==, 256 + 2 * 64);
    g_assert_cmpuint(value("fault", "action", "drop"), ==, stunt_action_by_name("drop")->id);
}

static void bad_names_are_explained(void)
{
    static const struct {
        const char *class_name, *field, *name, *why;
    } rows[] = {
        { "irq.raise", "vector", "EROR", "toy has no vector 'EROR', did you mean 'ERROR'?" },
        { "job.done", "status", "BROKE", "did you mean 'BROKEN'?" },
        { "reset", "kind", "WARM", "enum RESET of toy has no value 'WARM'" },
        { "mmio.write", "offset", "CTLR", "toy has no register 'CTLR', did you mean 'CTRL'?" },
        { "mmio.write", "offset", "LANE[4]", "LANE has 4 elements, counted from 0" },
        { "mmio.write", "offset", "LANE[x]", "is no register name" },
        { "mmio.write", "offset", "LANE[", "is no register name" },
        { "mmio.write", "offset", "LANE[99999999999999999999]", "LANE has 4 elements" },
        { "mmio.write", "offset", "CTRL.ENABLE", "not their fields" },
        { "cfg.read", "offset", "CTRL", "takes a number" },
        { "fault", "action", "dorp", "unknown action 'dorp', did you mean 'drop'?" },
        { "dma.read", "len", "LONG", "takes a number" },
    };

    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        guint64 number = 42;

        g_assert_false(stunt_resolve_value(toy, stunt_resolve_class(rows[i].class_name, NULL), rows[i].field,
                                           rows[i].name, &number, &error));
        g_assert_error(error, STUNT_ERROR, STUNT_ERROR_INPUT);
        assert_has(error->message, rows[i].why);
        g_assert_cmpuint(number, ==, 42);
    }
}

static void classes_and_fields(void)
{
    g_autoptr(GError) error = NULL;
    guint index = 9;

    g_assert_null(stunt_resolve_class("irq.rise", &error));
    assert_has(error->message, "unknown event class 'irq.rise', did you mean 'irq.raise'?");
    g_clear_error(&error);
    g_assert_true(stunt_resolve_field(stunt_resolve_class("dma.read", NULL), "len", &index, NULL));
    g_assert_cmpuint(index, ==, 1);
    g_assert_false(stunt_resolve_field(stunt_resolve_class("dma.read", NULL), "chanel", &index, &error));
    assert_has(error->message, "event class dma.read has no field 'chanel', did you mean 'channel'?");
}

static void registers_are_taken_apart(void)
{
    g_autoptr(GError) error = NULL;
    StuntRegisterName name;

    g_assert_true(stunt_resolve_register(toy, "CTRL.MODE", &name, NULL));
    g_assert_cmpstr(name.reg->name, ==, "CTRL");
    g_assert_cmpuint(name.field->value, ==, 6);
    g_assert_true(stunt_resolve_register(toy, "LANE[3]", &name, NULL));
    g_assert_cmpuint(name.index, ==, 3);
    g_assert_null(name.field);
    g_assert_false(stunt_resolve_register(toy, "CTRL.MOD", &name, &error));
    assert_has(error->message, "CTRL has no field 'MOD', did you mean 'MODE'?");
}

/* Named values of a register's field are an enum of their own. */
static void field_values_are_an_enum(void)
{
    const StuntSpecEnum *modes = stunt_spec_enum(toy, "CTRL_MODE");

    g_assert_nonnull(modes);
    g_assert_cmpuint(stunt_spec_name(modes->value, "FAST")->value, ==, 1);
}

int main(int argc, char **argv)
{
    g_autofree char *file = NULL;
    int status;

    g_test_init(&argc, &argv, NULL);
    file = data_file("data/spec.lua");
    spec = stunt_spec_load(file, NULL);
    g_assert_nonnull(spec);
    toy = stunt_spec_device(spec, "toy");
    g_test_add_func("/resolve/names-have-values", names_have_values);
    g_test_add_func("/resolve/bad-names-are-explained", bad_names_are_explained);
    g_test_add_func("/resolve/classes-and-fields", classes_and_fields);
    g_test_add_func("/resolve/registers-are-taken-apart", registers_are_taken_apart);
    g_test_add_func("/resolve/field-values-are-an-enum", field_values_are_an_enum);
    status = g_test_run();
    stunt_spec_free(spec);
    return status;
}
