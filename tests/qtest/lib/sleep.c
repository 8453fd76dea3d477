/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sleep.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#define SLEEP_S3 0x2400 /* SLP_TYP 1, SLP_EN */
#define CHIPSET  0x8000f800u /* 00:1f.0 */

void sleep_place_registers(Bench *bench)
{
    machine_outl(bench->machine, 0xcf8, CHIPSET | 0x40);
    machine_outl(bench->machine, 0xcfc, PM_BASE | 1);
    machine_outl(bench->machine, 0xcf8, CHIPSET | 0x44);
    machine_out(bench->machine, 0xcfc, 1, 0x80);
}

void sleep_begin(Bench *bench)
{
    machine_out(bench->machine, PM1_CONTROL, 2, SLEEP_S3);
}

void sleep_check_status(Bench *bench, const char *expected)
{
    JsonNode *answer = machine_qmp(bench->machine, "query-status", NULL);

    g_assert_cmpstr(json_object_get_string_member(json_node_get_object(answer), "status"), ==, expected);
    json_node_unref(answer);
}

void sleep_check_asleep(Bench *bench)
{
    const struct stunt_event *event;

    sleep_check_status(bench, "paused"); /* first: what was asked for has been done when this is answered */
    event = shm_find(bench->shm, STUNT_EV_LINK_SLEEP);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_S3);
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_SLEEP);
    g_assert_cmpuint(bench->shm->map->stop_arg, ==, STUNT_LINK_STATE_S3);
}

void sleep_press(Bench *bench)
{
    machine_qom_set(bench->machine, "link0", "power-button", "true");
}

void sleep_check_awake(Bench *bench, unsigned source)
{
    const struct stunt_event *event;

    sleep_check_status(bench, "running");
    event = shm_find(bench->shm, STUNT_EV_LINK_WAKE);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, STUNT_LINK_STATE_S3);
    g_assert_cmpuint(event->field[1], ==, source);
    sleep_place_registers(bench);
}
