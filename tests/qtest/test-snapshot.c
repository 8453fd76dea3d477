/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back inside the process: after random operations and a rewind the machine is what it was, byte for
 * byte, and the same life from there makes the same events. (With a processor: tests/harness/rewind-smoke.c.)
 */
#include "life.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <string.h>

#define SLOW ",latency-ns=3000,bandwidth=50000000"
#define RING (1u << 18)

static void take(Bench *bench, const char *name)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", name);

    machine_qom_set(bench->machine, "link0", "snapshot", json);
}

static void rewind_to(Bench *bench, const char *name)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", name);

    machine_qom_set(bench->machine, "link0", "rewind", json);
}

static void check_whole(Bench *bench)
{
    g_autofree char *difference = machine_qom_get_str(bench->machine, "link0", "snapshot-check");

    g_assert_cmpstr(difference, ==, "");
}

static void check_refused(Bench *bench, const char *property, const char *value, const char *words)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", value);
    g_autofree char *error = machine_qom_set_error(bench->machine, "link0", property, json);

    g_test_message("%s", error);
    g_assert_nonnull(strstr(error, words));
}

static void check_check_refused(Bench *bench, const char *words)
{
    g_autofree char *error = machine_qmp_error(bench->machine, "qom-get",
                                               "{\"path\": \"link0\", \"property\": \"snapshot-check\"}");

    g_assert_nonnull(strstr(error, words));
}

/* All events, and what they left in memory. */
static GByteArray *tell(Bench *bench)
{
    static const uint64_t place[] = { RAM_MSI, RAM_COMP, RAM_DST };
    GByteArray *told = g_byte_array_new();
    const struct stunt_event *event;
    uint8_t data[0x20000];

    g_assert_cmpuint(bench->shm->map->lost, ==, 0);
    while ((event = shm_take(bench->shm))) {
        g_byte_array_append(told, (const guint8 *)event, sizeof(*event));
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(place); i++) {
        machine_read(bench->machine, place[i], data, sizeof(data));
        g_byte_array_append(told, data, sizeof(data));
    }
    return told;
}

/* From a stop to a stop. */
static GByteArray *live(const Life *from, uint32_t seed, unsigned steps)
{
    Bench *bench = from->bench;
    g_autoptr(Life) life = life_fork(from, bench, seed);

    shm_forget(bench->shm);
    machine_cont(bench->machine);
    life_go(life, steps);
    life_begin_work(life); /* so that the next rewind comes in mid-flight */
    machine_stop(bench->machine);
    return tell(bench);
}

static Life *busy_life(Bench *bench)
{
    Life *life = life_new(bench, (uint32_t)g_test_rand_int());

    life_arm_rules(bench);
    life_go(life, 20 + (unsigned)g_test_rand_int_range(0, 200));
    life_begin_work(life);
    machine_stop(bench->machine);
    return life;
}

static void test_same_life(void)
{
    for (unsigned round = 0; round < 6; round++) {
        g_autoptr(Bench) bench = bench_new_traced(SLOW, RING);
        g_autoptr(Life) life = busy_life(bench);
        uint32_t seed = (uint32_t)g_test_rand_int();
        g_autoptr(GByteArray) first = NULL, other = NULL, again = NULL;

        take(bench, "here");
        check_whole(bench);
        first = live(life, seed, 100);
        rewind_to(bench, "here");
        check_whole(bench);
        other = live(life, seed + 1, 60);
        rewind_to(bench, "here");
        check_whole(bench);
        again = live(life, seed, 100);
        g_assert_cmpmem(again->data, again->len, first->data, first->len);
        g_assert_cmpuint(first->len, >, 100 * sizeof(struct stunt_event) + 3 * 0x20000);
    }
}

static void test_several(void)
{
    g_autoptr(Bench) bench = bench_new_traced(SLOW, RING);
    g_autoptr(Life) life = busy_life(bench);
    g_autoptr(GByteArray) first = NULL, second = NULL, first_again = NULL, second_again = NULL;

    take(bench, "early");
    first = live(life, 1, 40);
    take(bench, "late");
    second = live(life, 2, 40);
    rewind_to(bench, "early");
    check_whole(bench);
    first_again = live(life, 1, 40);
    rewind_to(bench, "late");
    check_whole(bench);
    second_again = live(life, 2, 40);
    g_assert_cmpmem(first->data, first->len, first_again->data, first_again->len);
    g_assert_cmpmem(second->data, second->len, second_again->data, second_again->len);
    take(bench, "early"); /* again, at another time */
    rewind_to(bench, "late");
    check_whole(bench);
    rewind_to(bench, "early");
    check_whole(bench);
}

static uint64_t own_kib(Bench *bench)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/status", (int)bench->machine->pid);
    g_autofree char *text = NULL;
    const char *at;

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    at = strstr(text, "RssAnon:");
    g_assert_nonnull(at);
    return g_ascii_strtoull(at + strlen("RssAnon:"), NULL, 10);
}

static void test_many(void)
{
    g_autoptr(Bench) bench = bench_new_traced(SLOW, RING);
    g_autoptr(Life) life = busy_life(bench);
    uint64_t before = 0;

    take(bench, "here");
    for (unsigned i = 0; i < 200; i++) {
        g_autoptr(GByteArray) told = live(life, i, 5);

        rewind_to(bench, "here");
        if (i % 10 == 0) {
            check_whole(bench);
        }
        if (i == 50) {
            before = own_kib(bench);
        }
    }
    g_test_message("after 50: %u KiB, after 200: %u KiB", (unsigned)before, (unsigned)own_kib(bench));
    g_assert_cmpuint(own_kib(bench), <, before + 1024);
}

/* Memory without an event, the harness's own part, and what a machine forgets in a reset. */
static void test_shared_part(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    struct stunt_shm *shm = bench->shm->map;
    char *tx = (char *)shm + shm->tx_offset;
    uint64_t head, seq;

    machine_write(bench->machine, RAM_SRC, "question", 8);
    pci_reg_write(&bench->link, STUNT_LINK_TX_ADDR_LO, RAM_SRC);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, 8);
    pci_reg_write(&bench->link, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_ASK);
    g_assert_false(machine_is_running(bench->machine));
    take(bench, "asked");
    seq = shm->stop_seq;
    memcpy(tx, "nonsense", 8);
    shm->rx_len = 99;
    machine_cont(bench->machine);
    machine_write(bench->machine, RAM_SRC, "another!", 8);
    machine_step(bench->machine, 1000);
    machine_system_reset(bench->machine);
    machine_stop(bench->machine);
    head = shm->head;
    rewind_to(bench, "asked");
    check_whole(bench);
    g_assert_cmpuint(shm->head, ==, head);
    g_assert_cmpuint(shm->stop_reason, ==, STUNT_STOP_ASK);
    g_assert_cmpuint(shm->stop_seq, ==, seq);
    g_assert_cmpuint(shm->stop_time_ns, ==, (uint64_t)machine_now(bench->machine));
    g_assert_cmpuint(shm->tx_len, ==, 8);
    g_assert_cmpuint(shm->rx_len, ==, 0);
    g_assert_cmpmem(tx, 8, "question", 8);
    machine_check(bench->machine, RAM_SRC, "question", 8);
    shm_forget(bench->shm);
    pci_reg_write(&bench->link, STUNT_LINK_MARK, 7);
    g_assert_cmpuint(shm_find(bench->shm, STUNT_EV_LINK_MARK)->seq, ==,
                     seq + 1 + 1); /* behind its mmio.write */
}

/* The check finds what was changed behind its back. */
static void test_difference_is_found(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    g_autofree char *in_device = NULL, *in_ram = NULL;

    machine_stop(bench->machine);
    take(bench, "a");
    machine_write(bench->machine, RAM_SRC + 5, "x", 1);
    in_ram = machine_qom_get_str(bench->machine, "link0", "snapshot-check");
    g_assert_cmpstr(in_ram, ==, "pc.ram: address 0x1000005");
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1);
    in_device = machine_qom_get_str(bench->machine, "link0", "snapshot-check");
    g_test_message("%s", in_device);
    g_assert_true(strstr(in_device, "stunt-") && strstr(in_device, ": byte "));
    rewind_to(bench, "a");
    check_whole(bench);
}

static void test_errors(void)
{
    g_autoptr(Bench) bench =
        bench_new("", "-device pcie-root-port,id=rp1,bus=pcie.0,addr=5,chassis=2,slot=2");

    check_refused(bench, "snapshot", "a", "the machine runs");
    check_refused(bench, "rewind", "a", "the machine runs");
    check_check_refused(bench, "the machine runs");
    machine_stop(bench->machine);
    check_refused(bench, "rewind", "a", "there is no snapshot 'a'");
    check_check_refused(bench, "there is no snapshot");
    check_refused(bench, "snapshot", "", "needs a name");
    take(bench, "a");
    check_refused(bench, "rewind", "b", "there is no snapshot 'b'");
    json_node_unref(machine_qmp(bench->machine, "device_add",
                                "{\"driver\": \"stunt-dma\", \"id\": \"dma1\", \"bus\": \"rp1\"}"));
    check_refused(bench, "rewind", "a", "devices came or went");
    check_check_refused(bench, "devices came or went");
    take(bench, "a");
    rewind_to(bench, "a");
    check_whole(bench);
}

static void test_unmigratable(void)
{
    g_autoptr(Bench) bench = bench_new("", "-device nvme,serial=1");

    machine_stop(bench->machine);
    check_refused(bench, "snapshot", "a", "non-migratable");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/snapshot/same-life-from-there", test_same_life);
    g_test_add_func("/snapshot/several-of-them", test_several);
    g_test_add_func("/snapshot/two-hundred-rewinds", test_many);
    g_test_add_func("/snapshot/messages-and-stop-come-back", test_shared_part);
    g_test_add_func("/snapshot/difference-is-found", test_difference_is_found);
    g_test_add_func("/snapshot/errors", test_errors);
    g_test_add_func("/snapshot/unmigratable-device-is-named", test_unmigratable);
    return g_test_run();
}
