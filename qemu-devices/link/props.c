/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The harness's side of the link: QOM properties. */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "hw/qdev-core.h"
#include "core/snapshot.h"
#include "link/link.h"
#include "link/words.h"

static char *get_shm(Object *obj, Error **errp)
{
    return g_strdup(STUNT_LINK(obj)->shm_path);
}

static void set_shm(Object *obj, const char *value, Error **errp)
{
    StuntLink *link = STUNT_LINK(obj);

    if (DEVICE(obj)->realized) {
        error_setg(errp, "shm can be set only when the device is created");
        return;
    }
    g_free(link->shm_path);
    link->shm_path = g_strdup(value);
}

/* uint64 properties that are a value of the trace, with a setter that may do more. */
typedef struct TraceNumber {
    const char *name;
    const char *doc;
    uint64_t (*get)(void);
    void (*set)(uint64_t value); /* NULL: read only */
} TraceNumber;

static uint64_t get_deadline(void)
{
    return stunt_trace.deadline_ns;
}

static uint64_t get_stop_at(void)
{
    return stunt_trace.stop_at;
}

static uint64_t get_seed(void)
{
    return stunt_trace.engine.seed;
}

static void set_seed(uint64_t value)
{
    stunt_trace.engine.seed = value;
}

static uint64_t get_now(void)
{
    return qemu_clock_get_ns(QEMU_CLOCK_VIRTUAL);
}

static const TraceNumber numbers[] = {
    { "deadline-ns", "Virtual time to stop at, 0: none", get_deadline, stunt_trace_deadline },
    { "stop-at-event", "Event number to stop at, 0: none", get_stop_at, stunt_trace_stop_at },
    { "fault-seed", "State of the generator behind rules with a probability", get_seed, set_seed },
    { "now-ns", "Virtual time", get_now, NULL },
};

static void get_number(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    const TraceNumber *number = opaque;
    uint64_t value = number->get();

    visit_type_uint64(v, name, &value, errp);
}

static void set_number(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    const TraceNumber *number = opaque;
    uint64_t value;

    if (visit_type_uint64(v, name, &value, errp)) {
        number->set(value);
    }
}

static bool get_attention(Object *obj, Error **errp)
{
    return stunt_pci_reg(STUNT_PCI(obj), STUNT_LINK_INT_STATUS, 0) & STUNT_LINK_INT_STATUS_ATTENTION;
}

static void set_attention(Object *obj, bool value, Error **errp)
{
    StuntPCI *dev = STUNT_PCI(obj);

    if (!value) {
        error_setg(errp, "only the guest can acknowledge attention");
        return;
    }
    stunt_pci_set_reg(dev, STUNT_LINK_INT_STATUS, 0, STUNT_LINK_INT_STATUS_ATTENTION);
    stunt_irq_raise(dev, STUNT_LINK_VEC_ATTENTION);
}

static void set_power_button(Object *obj, bool value, Error **errp)
{
    if (!value) {
        error_setg(errp, "the power button comes up by itself: write true to press it");
        return;
    }
    stunt_sleep_button();
}

static void set_fault_arm(Object *obj, const char *value, Error **errp)
{
    stunt_trace_arm(value, errp);
}

static void set_fault_change(Object *obj, const char *value, Error **errp)
{
    stunt_trace_change(value, errp);
}

static void set_fault_disarm(Object *obj, const char *value, Error **errp)
{
    stunt_trace_disarm(value, errp);
}

static char *get_fault_status(Object *obj, Error **errp)
{
    size_t len = stunt_fault_status(&stunt_trace.engine, NULL, 0);
    char *text = g_malloc(len + 1);

    stunt_fault_status(&stunt_trace.engine, text, len + 1);
    return text;
}

static void set_snapshot(Object *obj, const char *value, Error **errp)
{
    stunt_snapshot_take(value, errp);
}

static void set_rewind(Object *obj, const char *value, Error **errp)
{
    stunt_snapshot_rewind(value, errp);
}

static char *get_snapshot_check(Object *obj, Error **errp)
{
    return stunt_snapshot_check(errp);
}

static void set_snapshot_drop(Object *obj, const char *value, Error **errp)
{
    stunt_snapshot_drop(value, errp);
}

static void free_words(char **word, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        g_free(word[i]);
    }
}

static void set_template_save(Object *obj, const char *value, Error **errp)
{
    static const char *const keys[] = { "state", "ram", "pages" };
    char *word[ARRAY_SIZE(keys)];

    if (stunt_words_parse(value, keys, ARRAY_SIZE(keys), 2, word, errp)) {
        stunt_template_save(&(StuntTemplatePaths){ word[0], word[1], word[2] }, errp);
        free_words(word, ARRAY_SIZE(keys));
    }
}

static void set_template_load(Object *obj, const char *value, Error **errp)
{
    static const char *const keys[] = { "name", "state", "ram", "pages" };
    char *word[ARRAY_SIZE(keys)];

    if (stunt_words_parse(value, keys, ARRAY_SIZE(keys), 3, word, errp)) {
        stunt_template_load(word[0], &(StuntTemplatePaths){ word[1], word[2], word[3] }, errp);
        free_words(word, ARRAY_SIZE(keys));
    }
}

static void set_begin(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    uint64_t seed;

    if (visit_type_uint64(v, name, &seed, errp)) {
        stunt_begin(seed, errp);
    }
}

void stunt_link_add_properties(ObjectClass *klass)
{
    object_class_property_add_str(klass, "shm", get_shm, set_shm);
    object_class_property_set_description(klass, "shm", "File shared with the harness");
    for (unsigned i = 0; i < ARRAY_SIZE(numbers); i++) {
        object_class_property_add(klass, numbers[i].name, "uint64", get_number,
                                  numbers[i].set ? set_number : NULL, NULL, (void *)&numbers[i]);
        object_class_property_set_description(klass, numbers[i].name, numbers[i].doc);
    }
    object_class_property_add_bool(klass, "attention", get_attention, set_attention);
    object_class_property_set_description(klass, "attention", "Write true: interrupt the guest's agent");
    object_class_property_add_bool(klass, "power-button", NULL, set_power_button);
    object_class_property_set_description(klass, "power-button", "Write true: press the power button");
    object_class_property_add_str(klass, "fault-arm", NULL, set_fault_arm);
    object_class_property_set_description(klass, "fault-arm", "Write a rule to arm it");
    object_class_property_add_str(klass, "fault-change", NULL, set_fault_change);
    object_class_property_set_description(klass, "fault-change", "Write a rule's id and what is new to change it");
    object_class_property_add_str(klass, "fault-disarm", NULL, set_fault_disarm);
    object_class_property_set_description(klass, "fault-disarm", "Write a rule's id, or *, to remove it");
    object_class_property_add_str(klass, "fault-status", get_fault_status, NULL);
    object_class_property_set_description(klass, "fault-status", "One line per rule: what happened to it");
    object_class_property_add_str(klass, "snapshot", NULL, set_snapshot);
    object_class_property_set_description(klass, "snapshot", "Write a name: keep the paused machine's state");
    object_class_property_add_str(klass, "rewind", NULL, set_rewind);
    object_class_property_set_description(klass, "rewind", "Write a snapshot's name: put the machine back");
    object_class_property_add_str(klass, "snapshot-check", get_snapshot_check, NULL);
    object_class_property_set_description(klass, "snapshot-check",
                                          "Empty, or where the machine differs from its snapshot");
    object_class_property_add_str(klass, "snapshot-drop", NULL, set_snapshot_drop);
    object_class_property_set_description(klass, "snapshot-drop", "Write a snapshot's name: forget it");
    object_class_property_add_str(klass, "template-save", NULL, set_template_save);
    object_class_property_set_description(klass, "template-save",
                                          "Write state=PATH ram=PATH [pages=PATH]: put the paused machine into files");
    object_class_property_add_str(klass, "template-load", NULL, set_template_load);
    object_class_property_set_description(klass, "template-load",
                                          "Write name=NAME state=PATH ram=PATH [pages=PATH]: take a machine from there");
    object_class_property_add(klass, "begin", "uint64", NULL, set_begin, NULL, NULL);
    object_class_property_set_description(klass, "begin", "Write a seed: the scenario begins here");
}
