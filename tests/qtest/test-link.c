/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stops of the machine, and the rendezvous of guest and harness. */
#include "bench.h"
#include "stunt/events.h"
#include "stunt/regs/dma.h"
#include "stunt/regs/link.h"

#include <string.h>

static void arm(Bench *bench, const char *rule)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", rule);

    machine_qom_set(bench->machine, "link0", "fault-arm", json);
}

/* ---- stops ----------------------------------------------------------------------------------------- */

static void check_stopped(Bench *bench, enum stunt_stop reason, uint32_t arg)
{
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, reason);
    g_assert_cmpuint(bench->shm->map->stop_arg, ==, arg);
    machine_cont(bench->machine);
    g_assert_true(machine_is_running(bench->machine));
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_NONE);
}

static void test_pause_and_forbid(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    arm(bench, "id=p device=dma0 at=mmio.write match.offset=0x14 action=pause");
    arm(bench, "id=f device=dma0 at=mmio.read match.offset=0x14 action=forbid");
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1);
    check_stopped(bench, STUNT_STOP_PAUSE, 1);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK), ==, 1); /* the write itself took place */
    check_stopped(bench, STUNT_STOP_FORBID, 2);
}

static void test_deadline(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *at = g_strdup_printf("%" G_GINT64_FORMAT, machine_now(bench->machine) + 5000);

    machine_qom_set(bench->machine, "link0", "deadline-ns", at);
    machine_step(bench->machine, 4999);
    g_assert_true(machine_is_running(bench->machine));
    machine_step(bench->machine, 1);
    check_stopped(bench, STUNT_STOP_DEADLINE, 0);
}

static void test_stop_at_event(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *at = NULL;
    const struct stunt_event *event;

    pci_reg_write(&bench->link, STUNT_LINK_MARK, 1);
    event = shm_find(bench->shm, STUNT_EV_LINK_MARK);
    g_assert_nonnull(event);
    at = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)event->seq + 4);
    machine_qom_set(bench->machine, "link0", "stop-at-event", at);
    for (unsigned i = 0; i < 8 && machine_is_running(bench->machine); i++) {
        pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    g_assert_cmpuint(bench->shm->map->stop_seq, ==, g_ascii_strtoull(at, NULL, 10));
    check_stopped(bench, STUNT_STOP_EVENT, 0);
}

/* Two reasons at one event: each is told, one after the other, before the guest runs on. */
static void test_two_reasons(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *next = NULL;
    const struct stunt_event *event;

    pci_reg_write(&bench->link, STUNT_LINK_MARK, 1);
    event = shm_find(bench->shm, STUNT_EV_LINK_MARK);
    g_assert_nonnull(event);
    next = g_strdup_printf("%" G_GUINT64_FORMAT, (guint64)event->seq + 1);
    machine_qom_set(bench->machine, "link0", "stop-at-event", next);
    arm(bench, "id=p device=dma0 at=mmio.read action=pause");
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(bench->machine)); /* it stops some time after the answer to the read */
    g_assert_cmpuint(bench->shm->map->stop_reason, ==, STUNT_STOP_EVENT);
    machine_cont(bench->machine);
    machine_step(bench->machine, 1);
    check_stopped(bench, STUNT_STOP_PAUSE, 1);
    machine_step(bench->machine, 1000);
    g_assert_true(machine_is_running(bench->machine));
}

/* A ring to be drained is drained at any stop: the other reason is the one to tell. */
static void test_ring_gives_way(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 16);

    arm(bench, "id=p device=link0 at=link.mark match.value=7 action=pause");
    while (shm_pending(bench->shm) < 10) {
        pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    pci_reg_write(&bench->link, STUNT_LINK_MARK, 7); /* mmio.write, link.mark: 12 of 16, and fault */
    check_stopped(bench, STUNT_STOP_PAUSE, 1);
}

/* ---- the rendezvous -------------------------------------------------------------------------------- */

static void ask(Bench *bench, const char *text)
{
    machine_write(bench->machine, RAM_SRC, text, strlen(text));
    pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_LO, (uint32_t)RAM_SRC);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, (uint32_t)strlen(text));
    pci_reg_write(&bench->link, STUNT_LINK_RX_ADDR_LO, (uint32_t)RAM_DST);
    pci_reg_write(&bench->link, STUNT_LINK_RX_CAP, 64);
    pci_reg_write(&bench->link, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_ASK);
}

static void answer(Bench *bench, const char *text)
{
    struct stunt_shm *map = bench->shm->map;

    memcpy((char *)map + map->rx_offset, text, strlen(text));
    map->rx_len = (uint32_t)strlen(text);
}

static void test_question_and_answer(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    struct stunt_shm *map = bench->shm->map;

    ask(bench, "what now?");
    g_assert_cmpuint(map->tx_len, ==, 9);
    g_assert_cmpmem((char *)map + map->tx_offset, 9, "what now?", 9);
    answer(bench, "carry on");
    check_stopped(bench, STUNT_STOP_ASK, 0);
    g_assert_cmpuint(pci_reg_read(&bench->link, STUNT_LINK_RX_LEN), ==, 8);
    machine_check(bench->machine, RAM_DST, "carry on", 8);
    g_assert_cmpuint(map->rx_len, ==, 0);
    g_assert_cmpuint(pci_reg_read(&bench->link, STUNT_LINK_RX_LEN), ==, 0);
}

static void test_answer_that_does_not_fit(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *text = g_strnfill(65, 'x');

    ask(bench, "?");
    answer(bench, text);
    check_stopped(bench, STUNT_STOP_ASK, 0);
    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_RX_LEN), ==, 0xffffffff);
    g_assert_cmpuint(machine_read32(bench->machine, RAM_DST), ==, 0);
}

/* A question that cannot be fetched does not stop the machine: nobody could answer it. */
static void test_bad_question(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_HI, 0x1000);
    ask(bench, "?");
    g_assert_true(machine_is_running(bench->machine));
    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_RX_LEN), ==, 0xffffffff);
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "link0", "misuse-count"), ==, 1);
}

static void dump(Bench *bench, uint32_t len)
{
    pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_LO, (uint32_t)RAM_SRC);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, len);
    pci_reg_write(&bench->link, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_DUMP);
}

/* Pieces add up, the machine does not stop, and what is too much is cut off. */
static void test_dump(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    struct stunt_shm *map = bench->shm->map;

    machine_fill(bench->machine, RAM_SRC, 'x', 8192);
    machine_write(bench->machine, RAM_SRC, "Oops: ", 6);
    dump(bench, 6);
    machine_write(bench->machine, RAM_SRC, "0000\n", 5);
    dump(bench, 5);
    g_assert_cmpmem((char *)map + map->dump_offset, map->dump_len, "Oops: 0000\n", 11);
    g_assert_true(machine_is_running(bench->machine));
    dump(bench, 8192);
    g_assert_cmpuint(map->dump_len, ==, map->dump_capacity);
    dump(bench, UINT32_MAX);
    g_assert_cmpuint(map->dump_len, ==, map->dump_capacity);
}

/* Without a harness a question is not heard and the guest goes on. */
static void test_nobody_there(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_STATUS), ==, 0);
    ask(bench, "anybody?");
    dump(bench, 8);
    g_assert_true(machine_is_running(bench->machine));
    g_assert_cmpuint(pci_reg_read(&bench->link, STUNT_LINK_RX_LEN), ==, 0);
}

static void test_link_time(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    int64_t now = machine_set_clock(bench->machine, INT64_C(0x123456789a));

    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_TIME_LO), ==, (uint32_t)now);
    machine_step(bench->machine, INT64_C(1) << 32);
    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_TIME_HI), ==, now >> 32); /* as latched */
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "link0", "now-ns"), ==, now + (INT64_C(1) << 32));
}

/* ---- the monitor ----------------------------------------------------------------------------------- */

/* QEMU aborts when more than eight are queued, so pieces must be small enough. */
static void test_commands_in_one_piece(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);

    machine_qmp_at_once(bench->machine, 100);
    machine_cont(bench->machine);
    machine_qmp_at_once(bench->machine, 100);
    g_assert_true(machine_is_running(bench->machine));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/stop/pause-and-forbid", test_pause_and_forbid);
    g_test_add_func("/stop/deadline", test_deadline);
    g_test_add_func("/stop/event-number", test_stop_at_event);
    g_test_add_func("/stop/two-reasons-are-told-one-after-the-other", test_two_reasons);
    g_test_add_func("/stop/a-ring-to-drain-gives-way", test_ring_gives_way);
    g_test_add_func("/link/question-and-answer", test_question_and_answer);
    g_test_add_func("/link/answer-that-does-not-fit", test_answer_that_does_not_fit);
    g_test_add_func("/link/bad-question", test_bad_question);
    g_test_add_func("/link/dump", test_dump);
    g_test_add_func("/link/nobody-there", test_nobody_there);
    g_test_add_func("/link/time", test_link_time);
    g_test_add_func("/monitor/many-commands-in-one-piece", test_commands_in_one_piece);
    return g_test_run();
}
