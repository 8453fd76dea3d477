/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sleep and power: vm:suspend(), vm:wake(), vm:button(), device:power(). */
#include <string.h>

#include "lib/scenario/bindings.h"
#include "lib/scenario/command.h"
#include "lib/scenario/device.h"
#include "lib/scenario/sleep.h"
#include "lib/vm/cmdline.h"
#include "stunt/error.h"
#include "stunt/events.h"

#define NS_PER_S     1000000000
#define ALARM_MAX_S  (24 * 3600) /* the clock's alarm has no day */
#define NS_PROPERTY    "power-ns"
#define COUNT_PROPERTY "power-count"

/*
 * As a power manager does it: with the number of wake-ups that it knows of, so that the kernel turns round when another comes
 * while it is still on its way down.
 */
#define FALL_ASLEEP(state) \
    "read n </sys/power/wakeup_count && echo $n >/sys/power/wakeup_count && echo " state " >/sys/power/state"

/* What is called so here, and what the guest's shell is to do. */
typedef struct {
    const char *name, *command;
} Word;

static const Word kinds[] = {
    { "s3", "echo deep >/sys/power/mem_sleep && " FALL_ASLEEP("mem") },
    { "freeze", FALL_ASLEEP("freeze") },
    { NULL, NULL },
};

/* The kernel comes back from there by itself, without its usual wait. */
#define TEST(mode) \
    "echo 0 >/sys/module/suspend/parameters/pm_test_delay; echo " mode " >/sys/power/pm_test || exit; "
#define TEST_END "; status=$?; echo none >/sys/power/pm_test; exit $status"

static const Word tests[] = {
    { "freezer", TEST("freezer") },       { "devices", TEST("devices") }, { "platform", TEST("platform") },
    { "processors", TEST("processors") }, { "core", TEST("core") },       { NULL, NULL },
};

static const Word sources[] = { { "button", NULL }, { "rtc", NULL }, { NULL, NULL } };

/* The word called so; an error that lists those that there are. */
static const Word *check_word(lua_State *L, const Word *words, const char *what, const char *name)
{
    for (const Word *word = words; word->name; word++) {
        if (name && g_str_equal(word->name, name)) {
            return word;
        }
    }
    lua_pushfstring(L, "%s: there is no '%s' (there is:", what, name ? name : "nil");
    for (const Word *word = words; word->name; word++) {
        lua_pushfstring(L, "%s \"%s\"", word == words ? "" : ",", word->name);
        lua_concat(L, 2);
    }
    luaL_error(L, "%s)", lua_tostring(L, -1));
    return NULL; /* not reached */
}

/* ---- falling asleep ------------------------------------------------------------------------------ */

typedef struct {
    const Word *kind, *test; /* test: or NULL */
    guint64 alarm_s;         /* 0: none */
} Suspend;

static guint64 check_alarm(lua_State *L, int options)
{
    guint64 ns = stunt_bridge_get_ns(L, options, "rtc", 0);

    if (ns % NS_PER_S || ns / NS_PER_S >= ALARM_MAX_S) {
        luaL_error(L, "vm:suspend: rtc is in whole seconds, less than a day: the alarm of a PC's clock is");
    }
    return ns / NS_PER_S;
}

static Suspend check_suspend(lua_State *L)
{
    static const char *const keys[] = { "test", "rtc", "timeout", NULL };
    Suspend suspend = { .kind = check_word(L, kinds, "vm:suspend", luaL_optstring(L, 2, NULL)) };
    const char *test;

    if (lua_isnoneornil(L, 3)) {
        return suspend;
    }
    luaL_checktype(L, 3, LUA_TTABLE);
    stunt_bridge_check_keys(L, 3, "vm:suspend", keys);
    test = stunt_bridge_get_string(L, 3, "test", NULL);
    suspend.test = test ? check_word(L, tests, "vm:suspend: test", test) : NULL;
    suspend.alarm_s = check_alarm(L, 3);
    if (suspend.alarm_s && suspend.kind != &kinds[0]) {
        luaL_error(L, "vm:suspend: rtc wakes from \"s3\" only: awake, this board's chipset does not tell of the alarm");
    }
    return suspend;
}

/* Pushes the words of the guest's command; returns them, borrowed from the stack. */
static const char *push_script(lua_State *L, const Suspend *suspend)
{
    lua_pushliteral(L, "");
    if (suspend->alarm_s) {
        lua_pushfstring(L, "echo 0 >%s; echo +%d >%s || exit; ", STUNT_WAKEALARM, (int)suspend->alarm_s,
                        STUNT_WAKEALARM);
        lua_concat(L, 2);
    }
    lua_pushstring(L, suspend->test ? suspend->test->command : "");
    lua_pushstring(L, suspend->kind->command);
    lua_pushstring(L, suspend->test ? TEST_END : "");
    lua_concat(L, 4);
    return lua_tostring(L, -1);
}

/* `timeout` alone of the options, as a command's. */
static StuntLimits check_limits(lua_State *L, int options, StuntRuntime *runtime)
{
    lua_newtable(L);
    if (!lua_isnoneornil(L, options)) {
        lua_getfield(L, options, "timeout");
        lua_setfield(L, -2, "timeout");
    }
    return stunt_limits_read(L, lua_gettop(L), runtime);
}

static int push_asleep(lua_State *L, StuntRuntime *runtime)
{
    stunt_runtime_progress(runtime, "asleep");
    lua_newtable(L);
    stunt_bridge_set_integer(L, "asleep_ns", stunt_guest_sleeping(runtime->guest)->asleep_ns);
    return 1;
}

int stunt_vm_suspend_call(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    Suspend suspend = check_suspend(L);
    StuntLimits limits;
    const char *argv[] = { "sh", "-c", NULL, NULL };
    GError *error = NULL;

    lua_settop(L, 3);
    if (stunt_guest_sleeping(runtime->guest)) {
        return luaL_error(L, "vm:suspend: the guest sleeps already, vm:wake() ends that");
    }
    limits = check_limits(L, 3, runtime);
    argv[2] = push_script(L, &suspend);
    if (suspend.test) {
        StuntCommand *command = stunt_guest_spawn(runtime->guest, argv, &error);

        return command ? stunt_command_finish(L, runtime, command, &limits) : stunt_runtime_raise(runtime, L, error);
    }
    if (!stunt_guest_suspend(runtime->guest, argv, limits.deadline_ns, &error)) {
        return stunt_runtime_raise(runtime, L, error);
    }
    return push_asleep(L, runtime);
}

/* ---- waking -------------------------------------------------------------------------------------- */

static void press(lua_State *L, StuntRuntime *runtime)
{
    GError *error = NULL;

    if (!stunt_vm_press_power_button(runtime->vm, &error)) {
        stunt_runtime_raise(runtime, L, error);
    }
    stunt_timeline_note(runtime->timeline, stunt_vm_now_ns(runtime->vm), "set", "power button");
}

int stunt_vm_button_call(lua_State *L)
{
    press(L, stunt_runtime_running(L));
    return 0;
}

/* The last of them: suspend to idle may wake for nothing and sleep again. NULL: it has not told. */
static const struct stunt_event *waking(const StuntTimeline *timeline, guint64 asleep_ns)
{
    const StuntEventQuery query = { .device = -1, .class_id = STUNT_EV_LINK_WAKE };
    const struct stunt_event *last = NULL;

    for (gsize i = 0; stunt_timeline_next(timeline, &query, &i); i++) {
        last = stunt_timeline_event(timeline, i);
    }
    return last && last->time_ns >= asleep_ns ? last : NULL;
}

/* "rtc" for the link's SOURCE.RTC. */
static void set_source(lua_State *L, StuntRuntime *runtime, guint64 number)
{
    const StuntSpecEnum *all = stunt_spec_enum(stunt_spec_device(runtime->spec, STUNT_LINK_ID), "SOURCE");

    for (guint i = 0; i < all->value->len; i++) {
        const StuntSpecName *one = all->value->pdata[i];

        if (one->value == number) {
            g_autofree char *name = g_ascii_strdown(one->name, -1);

            stunt_bridge_set_string(L, "source", name, strlen(name));
        }
    }
}

static void set_times(lua_State *L, StuntRuntime *runtime, guint64 asleep_ns)
{
    const struct stunt_event *event = waking(runtime->timeline, asleep_ns);

    stunt_bridge_set_integer(L, "asleep_ns", asleep_ns);
    if (event) {
        stunt_bridge_set_integer(L, "woken_ns", event->time_ns);
        set_source(L, runtime, event->field[1]);
    }
}

int stunt_vm_wake_call(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_ready(L);
    const Word *source = lua_isnoneornil(L, 2) ? NULL : check_word(L, sources, "vm:wake", luaL_checkstring(L, 2));
    StuntLimits limits = stunt_limits_read(L, 3, runtime);
    const StuntGuestSleep *sleep = stunt_guest_sleeping(runtime->guest);
    guint64 asleep_ns;

    if (!sleep) {
        return luaL_error(L, "vm:wake: the guest does not sleep, vm:suspend() puts it to sleep");
    }
    if (source == &sources[0]) {
        press(L, runtime);
    }
    asleep_ns = sleep->asleep_ns;
    stunt_command_finish(L, runtime, sleep->command, &limits);
    stunt_guest_awake(runtime->guest);
    set_times(L, runtime, asleep_ns);
    return 1;
}

/* ---- a device's power ---------------------------------------------------------------------------- */

/* NULL: it has no such property. */
static JsonNode *get(lua_State *L, StuntRuntime *runtime, const StuntDevice *device, const char *property)
{
    GError *error = NULL;
    JsonNode *node = stunt_vm_qom_get(runtime->vm, device->name, property, &error);

    if (!node && !g_error_matches(error, STUNT_ERROR, STUNT_ERROR_QEMU)) {
        stunt_runtime_raise(runtime, L, error);
    }
    g_clear_error(&error);
    return node;
}

/* Sets field `key` of the table on top to { D0 = …, … }, when the device keeps that account. */
static void set_account(lua_State *L, StuntRuntime *runtime, const StuntDevice *device, const char *key,
                        const char *property)
{
    lua_createtable(L, 0, STUNT_POWER_STATES);
    for (guint i = 0; i < STUNT_POWER_STATES; i++) {
        g_autofree char *name = g_strdup_printf("%s[%u]", property, i);
        g_autoptr(JsonNode) node = get(L, runtime, device, name);

        if (!node) {
            lua_pop(L, 1);
            return;
        }
        stunt_bridge_set_integer(L, stunt_power_states[i], (guint64)json_node_get_int(node));
    }
    lua_setfield(L, -2, key);
}

int stunt_device_power(lua_State *L)
{
    StuntRuntime *runtime = stunt_runtime_running(L);
    const StuntDevice *device = stunt_device_check(L, 1);
    JsonNode *node = get(L, runtime, device, "power-state");
    guint64 state;

    if (!node) {
        return luaL_error(L, "%s has no power states", device->name);
    }
    state = (guint64)json_node_get_int(node);
    json_node_unref(node);
    lua_newtable(L);
    lua_pushstring(L, state < STUNT_POWER_STATES ? stunt_power_states[state] : "?");
    lua_setfield(L, -2, "state");
    set_account(L, runtime, device, "ns", NS_PROPERTY);
    set_account(L, runtime, device, "count", COUNT_PROPERTY);
    return 1;
}
