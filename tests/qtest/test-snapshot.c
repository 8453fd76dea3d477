/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Going back inside the process: after random operations and a rewind the machine is what it was, byte for
 * byte, and the same life from there makes the same events. (With a processor: tests/harness/rewind-smoke.c.)
 */
#include "snapshot.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <string.h>

#define SLOW ",latency-ns=3000,bandwidth=50000000"
#define RING (1u << 18)

static void check_check_refused(Bench *bench, const char *words)
{
    g_autofree char *error = machine_qmp_error(bench->machine, "qom-get",
                                               "{\"path\": \"link0\", \"property\": \"snapshot-check\"}");

    g_assert_nonnull(strstr(error, words));
}

static void test_same_life(void)
{
    for (unsigned round = 0; round < 6; round++) {
        g_autoptr(Bench) bench = bench_new_traced(SLOW, RING);
        g_autoptr(Life) life = life_new_busy(bench);
        uint32_t seed = (uint32_t)g_test_rand_int();
        g_autoptr(GByteArray) first = NULL, other = NULL, again = NULL;

        snapshot_take(bench, "here");
        snapshot_check_whole(bench);
        first = life_live(life, bench, seed, 100);
        snapshot_rewind(bench, "here");
        snapshot_check_whole(bench);
        other = life_live(life, bench, seed + 1, 60);
        snapshot_rewind(bench, "here");
        snapshot_check_whole(bench);
        again = life_live(life, bench, seed, 100);
        g_assert_cmpmem(again->data, again->len, first->data, first->len);
        g_assert_cmpuint(first->len, >, 100 * sizeof(struct stunt_event) + 3 * 0x20000);
    }
}

static void test_several(void)
{
    g_autoptr(Bench) bench = bench_new_traced(SLOW, RING);
    g_autoptr(Life) life = life_new_busy(bench);
    g_autoptr(GByteArray) first = NULL, second = NULL, first_again = NULL, second_again = NULL;

    snapshot_take(bench, "early");
    first = life_live(life, bench, 1, 40);
    snapshot_take(bench, "late");
    second = life_live(life, bench, 2, 40);
    snapshot_rewind(bench, "early");
    snapshot_check_whole(bench);
    first_again = life_live(life, bench, 1, 40);
    snapshot_rewind(bench, "late");
    snapshot_check_whole(bench);
    second_again = life_live(life, bench, 2, 40);
    g_assert_cmpmem(first->data, first->len, first_again->data, first_again->len);
    g_assert_cmpmem(second->data, second->len, second_again->data, second_again->len);
    snapshot_take(bench, "early"); /* again, at another time */
    snapshot_rewind(bench, "late");
    snapshot_check_whole(bench);
    snapshot_rewind(bench, "early");
    snapshot_check_whole(bench);
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
    g_autoptr(Life) life = life_new_busy(bench);
    uint64_t before = 0;

    snapshot_take(bench, "here");
    for (unsigned i = 0; i < 200; i++) {
        g_autoptr(GByteArray) told = life_live(life, bench, i, 5);

        snapshot_rewind(bench, "here");
        if (i % 10 == 0) {
            snapshot_check_whole(bench);
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
    snapshot_take(bench, "asked");
    seq = shm->stop_seq;
    memcpy(tx, "nonsense", 8);
    shm->rx_len = 99;
    machine_cont(bench->machine);
    machine_write(bench->machine, RAM_SRC, "another!", 8);
    machine_step(bench->machine, 1000);
    machine_system_reset(bench->machine);
    machine_stop(bench->machine);
    head = shm->head;
    snapshot_rewind(bench, "asked");
    snapshot_check_whole(bench);
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
    snapshot_take(bench, "a");
    machine_write(bench->machine, RAM_SRC + 5, "x", 1);
    in_ram = machine_qom_get_str(bench->machine, "link0", "snapshot-check");
    g_assert_cmpstr(in_ram, ==, "pc.ram: address 0x1000005");
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1);
    in_device = machine_qom_get_str(bench->machine, "link0", "snapshot-check");
    g_test_message("%s", in_device);
    g_assert_true(strstr(in_device, "stunt-") && strstr(in_device, ": byte "));
    snapshot_rewind(bench, "a");
    snapshot_check_whole(bench);
}

static void test_errors(void)
{
    g_autoptr(Bench) bench =
        bench_new("", "-device pcie-root-port,id=rp1,bus=pcie.0,addr=5,chassis=2,slot=2");

    link_refuses(bench, "snapshot", "a", "the machine runs");
    link_refuses(bench, "rewind", "a", "the machine runs");
    check_check_refused(bench, "the machine runs");
    machine_stop(bench->machine);
    link_refuses(bench, "rewind", "a", "there is no snapshot 'a'");
    check_check_refused(bench, "there is no snapshot");
    link_refuses(bench, "snapshot", "", "needs a name");
    snapshot_take(bench, "a");
    link_refuses(bench, "rewind", "b", "there is no snapshot 'b'");
    json_node_unref(machine_qmp(bench->machine, "device_add",
                                "{\"driver\": \"stunt-dma\", \"id\": \"dma1\", \"bus\": \"rp1\"}"));
    link_refuses(bench, "rewind", "a", "devices came or went");
    check_check_refused(bench, "devices came or went");
    snapshot_take(bench, "a");
    snapshot_rewind(bench, "a");
    snapshot_check_whole(bench);
}

static void test_unmigratable(void)
{
    g_autoptr(Bench) bench = bench_new("", "-device nvme,serial=1");

    machine_stop(bench->machine);
    link_refuses(bench, "snapshot", "a", "non-migratable");
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
