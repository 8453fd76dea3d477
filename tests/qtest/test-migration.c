/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Saved state is whole: after random operations a machine is saved, loaded into a fresh QEMU, and saved
 * again: the devices' bytes are the same. Then both machines live the same random life on, and are the same
 * again at its end: registers, configuration space, memory, saved bytes.
 */
#include "life.h"
#include "stunt/regs/link.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SLOW ",latency-ns=3000,bandwidth=50000000"
#define DMA_NAME "0000:00:03.0:00.0/stunt-dma" /* of the sections in the stream */
#define LINK_NAME "0000:00:04.0/stunt-link"

/* A stream in memory, and the path under which QEMU reaches it. */
struct saved {
    int fd;
    char *path;
    int64_t now;
};

static void saved_init(struct saved *saved)
{
    saved->fd = memfd_create("state", MFD_CLOEXEC);
    g_assert_cmpint(saved->fd, >=, 0);
    saved->path = g_strdup_printf("/proc/%d/fd/%d", (int)getpid(), saved->fd);
}

static void saved_clear(struct saved *saved)
{
    close(saved->fd);
    g_free(saved->path);
}

static void wait_for_migration(Machine *machine)
{
    for (;;) {
        g_autoptr(JsonNode) answer = machine_qmp(machine, "query-migrate", NULL);
        JsonObject *object = json_node_get_object(answer);
        const char *status = json_object_get_string_member_with_default(object, "status", "none");

        if (strcmp(status, "completed") == 0) {
            return;
        }
        g_assert_cmpstr(status, !=, "failed");
        g_usleep(1000);
    }
}

static void migrate(Machine *machine, const char *command, const char *uri)
{
    g_autofree char *args = g_strdup_printf("{\"uri\": \"%s\"}", uri);
    g_autoptr(JsonNode) answer = machine_qmp(machine, command, args);

    wait_for_migration(machine);
}

static void save(Bench *bench, struct saved *saved)
{
    g_autofree char *uri = g_strdup_printf("exec:cat > %s", saved->path);

    machine_stop(bench->machine);
    saved->now = machine_now(bench->machine);
    migrate(bench->machine, "migrate", uri);
}

/* A fresh QEMU with this state, stopped. The clock is put right first: that of qtest is not saved. */
static Bench *load(const char *dma_props, const struct saved *saved)
{
    Bench *bench = bench_new_incoming(dma_props);
    g_autofree char *uri = g_strdup_printf("exec:cat %s", saved->path);

    machine_set_clock(bench->machine, saved->now);
    migrate(bench->machine, "migrate-incoming", uri);
    return bench;
}

/* ---- the devices' bytes in a stream ---------------------------------------------------------------- */

enum { SECTION_FULL = 4, SECTION_FOOTER = 0x7e };

/* From the section's header to its footer. Both carry the section's number, which is not among the bytes. */
static GBytes *device_bytes(const char *path, const char *name)
{
    g_autofree char *data = NULL;
    gsize len, name_len = strlen(name);
    char *at, *start, *end, footer[5] = { SECTION_FOOTER };

    g_assert_true(g_file_get_contents(path, &data, &len, NULL));
    at = memmem(data, len, name, name_len);
    g_assert_nonnull(at);
    g_assert_cmpint(at[-6], ==, SECTION_FULL);
    g_assert_cmpint(at[-1], ==, (char)name_len);
    memcpy(footer + 1, at - 5, 4);
    start = at + name_len;
    end = memmem(start, len - (gsize)(start - data), footer, sizeof(footer));
    g_assert_nonnull(end);
    return g_bytes_new(start, (gsize)(end - start));
}

static void check_same_bytes(const struct saved *a, const struct saved *b, const char *name)
{
    g_autoptr(GBytes) in_a = device_bytes(a->path, name);
    g_autoptr(GBytes) in_b = device_bytes(b->path, name);

    g_test_message("%s: %zu bytes", name, g_bytes_get_size(in_a));
    g_assert_cmpuint(g_bytes_get_size(in_a), >, 100);
    g_assert_cmpmem(g_bytes_get_data(in_a, NULL), g_bytes_get_size(in_a), g_bytes_get_data(in_b, NULL),
                    g_bytes_get_size(in_b));
}

/* ---- the same life --------------------------------------------------------------------------------- */

static void check_same_registers(Bench *a, Bench *b)
{
    for (uint32_t reg = 0; reg <= STUNT_DMA_CH_ERR_INDEX + 3 * STUNT_DMA_CH_CTRL_STRIDE; reg += 4) {
        g_assert_cmphex(pci_reg_read(&a->dma, reg), ==, pci_reg_read(&b->dma, reg));
    }
    for (uint32_t at = 0; at < 0x1000; at += 4) {
        g_assert_cmphex(pci_read(&a->dma, at, 4), ==, pci_read(&b->dma, at, 4));
        g_assert_cmphex(pci_read(&a->link, at, 4), ==, pci_read(&b->link, at, 4));
    }
}

static void check_same_memory(Bench *a, Bench *b, uint64_t addr, size_t len)
{
    g_autofree uint8_t *expected = g_malloc(len);

    machine_read(a->machine, addr, expected, len);
    machine_check(b->machine, addr, expected, len);
}

/* What is left to do is done, and every interrupt that was held back comes through. */
static void settle(Bench *bench)
{
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0);
    for (unsigned v = 0; v < STUNT_DMA_VECTORS; v++) {
        pci_mask_msix(&bench->dma, v, false);
    }
    machine_step(bench->machine, 1000000000);
}

static void check_same_counts(Bench *a, Bench *b)
{
    g_autofree char *rules_a = machine_qom_get_str(a->machine, "link0", "fault-status");
    g_autofree char *rules_b = machine_qom_get_str(b->machine, "link0", "fault-status");

    g_assert_cmpstr(rules_a, ==, rules_b);
    g_assert_cmpuint(machine_qom_get_uint(a->machine, "dma0", "misuse-count"), ==,
                     machine_qom_get_uint(b->machine, "dma0", "misuse-count"));
    g_assert_cmpuint(machine_qom_get_uint(a->machine, "dma0", "bandwidth"), ==,
                     machine_qom_get_uint(b->machine, "dma0", "bandwidth"));
}

static void check_same_state(Bench *a, const struct saved *saved_a, Bench *b)
{
    struct saved saved_b;

    saved_init(&saved_b);
    save(b, &saved_b); /* before anything here is counted as misuse */
    check_same_bytes(saved_a, &saved_b, DMA_NAME);
    check_same_bytes(saved_a, &saved_b, LINK_NAME);
    saved_clear(&saved_b);
    check_same_counts(a, b);
    check_same_registers(a, b);
    check_same_memory(a, b, RAM_MSI, 4 * STUNT_DMA_VECTORS);
    check_same_memory(a, b, RAM_COMP, 0x100000);
    check_same_memory(a, b, RAM_DST, 0x20000);
}

/* The loaded machine lives on exactly as the one that was saved. */
static void check_same_life(Life *life, Bench *b, unsigned steps)
{
    Bench *a = life->bench;
    uint32_t seed = (uint32_t)g_test_rand_int();
    g_autoptr(Life) in_a = life_fork(life, a, seed);
    g_autoptr(Life) in_b = life_fork(life, b, seed);
    struct saved end_of_a;

    machine_fill(a->machine, RAM_MSI, 0, 4 * STUNT_DMA_VECTORS);
    machine_fill(b->machine, RAM_MSI, 0, 4 * STUNT_DMA_VECTORS);
    machine_cont(a->machine);
    machine_cont(b->machine);
    life_go(in_a, steps);
    life_go(in_b, steps);
    settle(a);
    settle(b);
    saved_init(&end_of_a);
    save(a, &end_of_a);
    check_same_state(a, &end_of_a, b);
    saved_clear(&end_of_a);
}

static void one_round(unsigned steps)
{
    struct saved first;
    Bench *a = bench_new(SLOW, ""), *b;
    Life *life = life_new(a, (uint32_t)g_test_rand_int());

    saved_init(&first);
    machine_qom_set(a->machine, "dma0", "latency-ns", "4000"); /* not what the command line says */
    machine_qom_set(a->machine, "dma0", "bandwidth", "60000000");
    life_arm_rules(a);
    life_go(life, steps);
    if (steps) {
        life_begin_work(life);
    }
    save(a, &first);
    b = load(SLOW, &first);
    check_same_state(a, &first, b);
    check_same_life(life, b, 100);
    life_free(life);
    bench_free(a);
    bench_free(b);
    saved_clear(&first);
}

static void test_round_trip(void)
{
    for (unsigned i = 0; i < 10; i++) {
        one_round(20 + (unsigned)g_test_rand_int_range(0, 300));
    }
}

static void test_fresh_device(void)
{
    one_round(0);
}

/* Into a machine whose DMA device is another one nothing is loaded. */
static void test_other_device(gconstpointer props)
{
    struct saved saved;
    Bench *a = bench_new("", ""), *b = bench_new_incoming(props);
    g_autofree char *args = NULL;

    saved_init(&saved);
    save(a, &saved);
    args = g_strdup_printf("{\"uri\": \"exec:cat %s\"}", saved.path);
    machine_expect_end(b->machine, "migrate-incoming", args);
    g_free(b);
    bench_free(a);
    saved_clear(&saved);
}

static void test_sleeping_device(void)
{
    struct saved first, second;
    Bench *a = bench_new("", ""), *b;

    saved_init(&first);
    saved_init(&second);
    pci_set_power_state(&a->dma, 3);
    save(a, &first);
    b = load("", &first);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, 0xffffffff);
    machine_cont(b->machine);
    pci_set_power_state(&b->dma, 0);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    bench_free(a);
    bench_free(b);
    saved_clear(&first);
    saved_clear(&second);
}

/* Work that was under way when the machine was saved ends in both: at the same time, with the same data. */
static void test_work_goes_on(void)
{
    struct saved saved;
    Bench *a = bench_new(SLOW, ""), *b;
    Channel channel = channel_open(a, 2, 3);
    uint8_t data[50000];
    int64_t end = 0;

    saved_init(&saved);
    random_bytes(data, sizeof(data));
    machine_write(a->machine, RAM_SRC, data, sizeof(data));
    for (unsigned i = 0; i < 5; i++) {
        channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC,
                                                        .dst = RAM_DST + i * 0x10000, .len = sizeof(data) });
    }
    channel_kick(&channel);
    machine_step(a->machine, 1500000);
    g_assert_cmphex(channel_read(&channel, STUNT_DMA_CH_STATUS), ==, STUNT_DMA_CH_STATUS_RUNNING);
    save(a, &saved);
    b = load(SLOW, &saved);
    for (unsigned i = 0; i < 2; i++) {
        Bench *bench = i ? b : a;

        machine_cont(bench->machine);
        channel.pci = &bench->dma;
        channel_wait(&channel);
        g_assert_false(channel_halted(&channel));
        machine_check(bench->machine, RAM_DST + 4 * 0x10000, data, sizeof(data));
        g_assert_true(end == 0 || machine_now(bench->machine) == end);
        end = machine_now(bench->machine);
    }
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

static bool line_is_up(const Bench *bench)
{
    return pci_read(&bench->dma, 6, 2) & 0x8; /* interrupt status */
}

/* A line that was up when the machine was saved is up, and falls when it is acknowledged. */
static void test_raised_line(void)
{
    struct saved saved;
    Bench *a = bench_new("", ""), *b;
    Channel channel = channel_open(a, 0, 2);

    saved_init(&saved);
    pci_reg_write(&a->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
    g_assert_true(line_is_up(a));
    save(a, &saved);
    b = load("", &saved);
    g_assert_true(line_is_up(b));
    pci_reg_write(&b->dma, STUNT_DMA_INT_STATUS, 1);
    g_assert_false(line_is_up(b));
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

/* A message that a fault put off is sent by the loaded machine, for its own vector. */
static void test_delayed_message(void)
{
    struct saved saved;
    Bench *a = bench_new("", ""), *b;
    Channel channel = channel_open(a, 2, 2);

    saved_init(&saved);
    machine_qom_set(a->machine, "link0", "fault-arm",
                    "\"id=late device=dma0 at=irq.raise action=delay param.ns=5000000\"");
    pci_enable_msix(&a->dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_reg_write(&a->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
    save(a, &saved);
    b = load("", &saved);
    machine_cont(b->machine);
    g_assert_cmphex(machine_read32(b->machine, RAM_MSI + 4 * 2), ==, 0);
    machine_step(b->machine, 10000000);
    g_assert_cmphex(machine_read32(b->machine, RAM_MSI + 4 * 2), ==, 3);
    g_assert_cmphex(machine_read32(b->machine, RAM_MSI), ==, 0);
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

/* A request that moderation holds back, and the time that it still has, come along. */
static void test_held_back(void)
{
    struct saved saved;
    Bench *a = bench_new(",latency-ns=0", ""), *b;
    Channel channel = channel_open(a, 2, 2);

    saved_init(&saved);
    pci_enable_msix(&a->dma, RAM_MSI, STUNT_DMA_VECTORS);
    pci_reg_write(&a->dma, STUNT_DMA_CTRL, STUNT_DMA_CTRL_IRQ_ENABLE);
    channel_write(&channel, STUNT_DMA_CH_MODERATE, 3 | 500 << STUNT_DMA_CH_MODERATE_TIME_US_SHIFT);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
    machine_step(a->machine, 300000);
    save(a, &saved);
    b = load(",latency-ns=0", &saved);
    machine_cont(b->machine);
    machine_step(b->machine, 180000);
    g_assert_cmphex(machine_read32(b->machine, RAM_MSI + 4 * 2), ==, 0);
    machine_step(b->machine, 20000);
    g_assert_cmphex(machine_read32(b->machine, RAM_MSI + 4 * 2), ==, 3);
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

static void test_in_reset(void)
{
    struct saved saved;
    Bench *a = bench_new("", ""), *b;

    saved_init(&saved);
    machine_qom_set(a->machine, "dma0", "reset-ns", "5000000");
    pci_flr(&a->dma);
    pci_map_bar(&a->dma, 0, DMA_BAR_ADDR);
    machine_step(a->machine, 2000000);
    save(a, &saved);
    b = load("", &saved);
    machine_cont(b->machine);
    machine_step(b->machine, 2900000);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, 0xffffffff);
    machine_step(b->machine, 100000);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmpuint(machine_qom_get_uint(b->machine, "dma0", "reset-ns"), ==, 5000000);
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

/* What the link remembers: the harness's wishes, a question that failed, a reason that was not told yet. */
static void test_link_state(void)
{
    struct saved saved;
    Bench *a = bench_new_traced("", 256), *b;

    saved_init(&saved);
    pci_reg_write(&a->link, STUNT_LINK_TX_ADDR_HI, 0x1000);
    pci_reg_write(&a->link, STUNT_LINK_TX_LEN, 1);
    pci_reg_write(&a->link, STUNT_LINK_DOORBELL, STUNT_LINK_DOORBELL_CMD_ASK);
    machine_qom_set(a->machine, "link0", "deadline-ns", "123456789012");
    machine_qom_set(a->machine, "link0", "fault-arm", "\"id=p device=dma0 at=mmio.read action=pause\"");
    machine_qom_set(a->machine, "link0", "stop-at-event", "1"); /* long past: at the next one */
    pci_reg_read(&a->dma, STUNT_DMA_ID);
    g_assert_false(machine_is_running(a->machine));
    machine_qom_set(a->machine, "link0", "stop-at-event", "987654321");
    machine_qom_set(a->machine, "link0", "fault-disarm", "\"*\"");
    save(a, &saved);
    b = load("", &saved);
    g_assert_cmpuint(machine_qom_get_uint(b->machine, "link0", "deadline-ns"), ==, 123456789012);
    g_assert_cmpuint(machine_qom_get_uint(b->machine, "link0", "stop-at-event"), ==, 987654321);
    g_assert_cmphex(pci_reg_read(&b->link, STUNT_LINK_RX_LEN), ==, 0xffffffff);
    machine_cont(b->machine);
    machine_step(b->machine, 1);
    g_assert_false(machine_is_running(b->machine)); /* for the pause */
    machine_cont(b->machine);
    machine_step(b->machine, 1);
    g_assert_true(machine_is_running(b->machine));
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

static void test_rules_come_along(void)
{
    struct saved saved;
    Bench *a = bench_new("", ""), *b;
    g_autofree char *before = NULL, *after = NULL;

    saved_init(&saved);
    machine_qom_set(a->machine, "link0", "fault-arm",
                    "\"id=third device=dma0 at=mmio.read match.offset=0 nth=3 action=ones\"");
    pci_reg_read(&a->dma, STUNT_DMA_ID);
    pci_reg_read(&a->dma, STUNT_DMA_ID);
    save(a, &saved);
    b = load("", &saved);
    machine_qom_set(a->machine, "link0", "fault-arm", "\"id=next device=dma0 at=reset action=mark\"");
    machine_qom_set(b->machine, "link0", "fault-arm", "\"id=next device=dma0 at=reset action=mark\"");
    before = machine_qom_get_str(a->machine, "link0", "fault-status");
    after = machine_qom_get_str(b->machine, "link0", "fault-status");
    g_assert_cmpstr(before, ==, after);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_cmphex(pci_reg_read(&b->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    bench_free(a);
    bench_free(b);
    saved_clear(&saved);
}

int main(int argc, char **argv)
{
    static const char *const other[] = { ",dma-width=40", ",interrupts=msix", ",msi-vectors=4",
                                         ",interrupt-pin=2", ",subsystem-id=1", ",subsystem-vendor-id=1",
                                         ",class-code=1" };

    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/migration/fresh-device", test_fresh_device);
    g_test_add_func("/migration/random-operations-round-trip", test_round_trip);
    for (unsigned i = 0; i < G_N_ELEMENTS(other); i++) {
        g_autofree char *path = g_strdup_printf("/migration/refused/%s", other[i] + 1);

        g_test_add_data_func(path, other[i], test_other_device);
    }
    g_test_add_func("/migration/sleeping-device", test_sleeping_device);
    g_test_add_func("/migration/work-in-flight-goes-on", test_work_goes_on);
    g_test_add_func("/migration/raised-line-can-fall", test_raised_line);
    g_test_add_func("/migration/delayed-message-is-sent", test_delayed_message);
    g_test_add_func("/migration/held-back-by-moderation", test_held_back);
    g_test_add_func("/migration/in-reset", test_in_reset);
    g_test_add_func("/migration/link-state-comes-along", test_link_state);
    g_test_add_func("/migration/rules-come-along", test_rules_come_along);
    return g_test_run();
}
