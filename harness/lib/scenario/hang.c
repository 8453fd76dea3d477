/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "lib/scenario/hang.h"

static JsonNode *dump_arguments(const char *file)
{
    JsonNode *node = json_node_new(JSON_NODE_OBJECT);
    JsonObject *object = json_object_new();
    g_autofree char *protocol = g_strconcat("file:", file, NULL);

    json_object_set_boolean_member(object, "paging", FALSE);
    json_object_set_string_member(object, "protocol", protocol);
    json_node_take_object(node, object);
    return node;
}

/* FOLDER/SCENARIO.elf: an ELF core that crash and gdb read. */
static void dump_memory(StuntRuntime *runtime)
{
    g_autofree char *name = g_strdelimit(g_strdup(runtime->scenario->name), "/", '-');
    g_autofree char *base = g_strconcat(name, ".elf", NULL);
    g_autofree char *file = g_build_filename(runtime->request->dump, base, NULL), *text = NULL;
    g_autoptr(GError) error = NULL;

    if (g_mkdir_with_parents(runtime->request->dump, 0755)) {
        text = g_strdup_printf("%s: %s", runtime->request->dump, g_strerror(errno));
    } else if (stunt_vm_qmp(runtime->vm, "dump-guest-memory", dump_arguments(file), NULL, &error)) {
        text = g_strdup(file);
    } else {
        text = g_strdup(error->message);
    }
    stunt_runtime_add_detail(runtime, "the guest's memory", text);
}

void stunt_hang_examine(StuntRuntime *runtime)
{
    const StuntStopped why = stunt_vm_stopped(runtime->vm);
    g_autofree char *stacks = NULL;

    if (runtime->request->dump && (runtime->hung || why == STUNT_STOPPED_PANIC)) {
        dump_memory(runtime);
    }
    if (runtime->hung && (why == STUNT_STOPPED_DEADLINE || why == STUNT_STOPPED_ASK)) {
        stacks = stunt_oracle_stacks(runtime->oracle, runtime->guest);
        stunt_runtime_add_detail(runtime, "what hangs (all stacks are in kernel.log)", stacks);
    }
}
