/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device's transfers against what its driver has mapped, and descriptors that are the device's. */
#include "dma.h"
#include "stunt/events.h"
#include "tell.h"

#define DESC(...) ((struct stunt_dma_desc){ __VA_ARGS__ })
#define OK STUNT_DMA_STATUS_OK
#define EVENTS 4096
#define TO STUNT_LINK_DIRECTION_TO_DEVICE
#define FROM STUNT_LINK_DIRECTION_FROM_DEVICE
#define BOTH STUNT_LINK_DIRECTION_BIDIRECTIONAL
#define LEN 10000u

/* The next misuse on the timeline is this one. */
static void check_misuse(Bench *bench, unsigned kind, uint64_t arg0, uint64_t arg1)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_MISUSE);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_MISUSE_KIND], ==, kind);
    g_assert_cmphex(event->field[STUNT_EV_MISUSE_ARG0], ==, arg0);
    g_assert_cmphex(event->field[STUNT_EV_MISUSE_ARG1], ==, arg1);
}

static void check_no_misuse(Bench *bench)
{
    g_assert_null(shm_find(bench->shm, STUNT_EV_MISUSE));
}

/* The next event of the checker is this one. */
static void check_state(Bench *bench, unsigned state, uint32_t mappings)
{
    const struct stunt_event *event = shm_find(bench->shm, STUNT_EV_DMA_CHECK);

    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[STUNT_EV_DMA_CHECK_CHECK], ==, state);
    g_assert_cmpuint(event->field[STUNT_EV_DMA_CHECK_MAPPINGS], ==, mappings);
}

/* A bench with a checker, and an open channel whose rings are mapped. */
static Bench *checked_bench(Channel *channel)
{
    Bench *bench = bench_new_traced("", EVENTS);

    tell_start(bench);
    *channel = channel_open(bench, 0, 2);
    tell_map(bench, channel->ring, 4 * sizeof(struct stunt_dma_desc), BOTH);
    tell_map(bench, channel->comp, 4 * sizeof(struct stunt_dma_comp), BOTH);
    shm_forget(bench->shm);
    return bench;
}

static unsigned copy(Channel *channel, uint32_t len)
{
    return channel_do(channel, DESC(.op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST, .len = len)).status;
}

static void test_mapped(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_map(bench, RAM_SRC, LEN, TO);
    tell_map(bench, RAM_DST, LEN, FROM);
    g_assert_cmpuint(copy(&channel, LEN), ==, OK);
    check_no_misuse(bench);
}

/* Reported, and made all the same. */
static void test_unmapped(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_map(bench, RAM_SRC, LEN, TO);
    tell_map(bench, RAM_DST, LEN - 1, FROM);
    machine_fill(bench->machine, RAM_SRC, 0x77, LEN);
    g_assert_cmpuint(copy(&channel, LEN), ==, OK);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_UNMAPPED, RAM_DST + LEN - 1, 1);
    check_no_misuse(bench);
    g_assert_cmphex(machine_read_sized(bench->machine, RAM_DST + LEN - 1, 1), ==, 0x77);
}

static void test_after_unmap(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_map(bench, RAM_SRC, LEN, TO);
    tell_map(bench, RAM_DST, LEN, FROM);
    tell_unmap(bench, RAM_SRC, LEN, TO);
    copy(&channel, LEN);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_AFTER_UNMAP, RAM_SRC, LEN);
    check_no_misuse(bench);
}

static void test_direction(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_map(bench, RAM_SRC, LEN, FROM);
    tell_map(bench, RAM_DST, LEN, TO);
    copy(&channel, 100);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_DIRECTION, RAM_SRC, 100);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_DIRECTION, RAM_DST, 100);
    check_no_misuse(bench);
}

static void test_mapped_twice(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_map(bench, RAM_SRC, 100, TO);
    tell_map(bench, RAM_SRC, 100, TO);
    tell_map(bench, RAM_SRC + 100, 100, FROM); /* the same cache line, other bytes */
    check_no_misuse(bench);
    tell_map(bench, RAM_SRC + 50, 60, TO);
    check_misuse(bench, STUNT_DMA_MISUSE_MAPPED_TWICE, RAM_SRC + 100, 60);
}

static void test_left_mapped(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_unmap(bench, channel.ring, 4 * sizeof(struct stunt_dma_desc), BOTH);
    tell_unmap(bench, channel.comp, 4 * sizeof(struct stunt_dma_comp), BOTH);
    tell_kind(bench, STUNT_LINK_TELL_UNBIND);
    check_no_misuse(bench);
    tell_kind(bench, STUNT_LINK_TELL_BIND);
    tell_map(bench, RAM_SRC, 100, TO);
    tell_map(bench, RAM_DST, 100, FROM);
    tell_kind(bench, STUNT_LINK_TELL_UNBIND);
    check_misuse(bench, STUNT_DMA_MISUSE_LEFT_MAPPED, RAM_SRC, 2);
    tell_map(bench, RAM_DST, 100, FROM);
    tell_kind(bench, STUNT_LINK_TELL_BIND); /* of a probe that failed */
    check_misuse(bench, STUNT_DMA_MISUSE_LEFT_MAPPED, RAM_DST, 1);
}

/* Without a driver there is nothing that the device may touch. */
static void test_after_unbind(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    tell_kind(bench, STUNT_LINK_TELL_UNBIND);
    shm_forget(bench->shm);
    channel_do(&channel, DESC(.op = STUNT_DMA_OP_NOP));
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_AFTER_UNMAP, channel.ring, sizeof(struct stunt_dma_desc));
}

static void test_reset_forgets(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);

    pci_flr(&bench->dma); /* forgets nothing */
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    machine_step(bench->machine, 200000000);
    shm_forget(bench->shm);
    channel = channel_open(bench, 0, 2);
    copy(&channel, 4);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_UNMAPPED, RAM_SRC, 4);
    machine_system_reset(bench->machine);
    check_state(bench, STUNT_DMA_CHECK_OFF, 2);
    bench_configure(bench);
    shm_forget(bench->shm);
    channel = channel_open(bench, 0, 2);
    copy(&channel, 4);
    check_no_misuse(bench);
}

static void test_states(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", EVENTS);

    tell_start(bench);
    check_state(bench, STUNT_DMA_CHECK_ON, 0);
    tell_map(bench, RAM_SRC, 100, TO);
    tell_kind(bench, STUNT_LINK_TELL_BLIND);
    check_state(bench, STUNT_DMA_CHECK_BLIND, 1);
    tell_map(bench, RAM_SRC, 100, FROM);
    tell_map(bench, RAM_SRC, 100, FROM);
    tell_kind(bench, STUNT_LINK_TELL_UNBIND);
    check_no_misuse(bench);
    tell_kind(bench, STUNT_LINK_TELL_BIND);
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_CTRL, 0);
    check_state(bench, STUNT_DMA_CHECK_ON, 0);
    check_state(bench, STUNT_DMA_CHECK_OFF, 0);
    tell_kind(bench, STUNT_LINK_TELL_BIND); /* nobody is there to tell it */
    g_assert_null(shm_find(bench->shm, STUNT_EV_DMA_CHECK));
}

/* At the limit it says so, and says nothing of transfers any more. */
static void test_limit(void)
{
    Channel channel;
    g_autoptr(Bench) bench = checked_bench(&channel);
    struct stunt_link_tell many[STUNT_LINK_LIMIT_TELLS];

    for (unsigned i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = (struct stunt_link_tell){ .addr = 0x80000000u + i * 64, .len = 32, .direction = TO };
    }
    tell(bench, many, G_N_ELEMENTS(many));
    for (unsigned i = 2; i < 65536 / G_N_ELEMENTS(many); i++) {
        pci_reg_write(&bench->link, STUNT_LINK_CHECK_COUNT, G_N_ELEMENTS(many)); /* the same again */
        shm_forget(bench->shm);
    }
    g_assert_cmpuint(copy(&channel, 4), ==, OK);
    check_misuse(bench, STUNT_DMA_MISUSE_DMA_UNMAPPED, RAM_SRC, 4);
    tell(bench, many, G_N_ELEMENTS(many));
    check_state(bench, STUNT_DMA_CHECK_BLIND, 65536);
    shm_forget(bench->shm);
    g_assert_cmpuint(copy(&channel, 4), ==, OK);
    check_no_misuse(bench);
}

/* Nothing that a guest tells can do harm; what is not right is misuse of the link. */
static void test_bad_tells(void)
{
    static const struct stunt_link_tell bad[] = {
        { .kind = 99 },
        { .kind = STUNT_LINK_TELL_MAP },
        { .kind = STUNT_LINK_TELL_MAP, .addr = UINT64_MAX, .len = 2 },
        { .kind = STUNT_LINK_TELL_UNMAP, .len = 1, .direction = 3 },
        { .kind = STUNT_LINK_TELL_MAP, .len = 1, .coherent = 2 },
    };
    g_autoptr(Bench) bench = bench_new_traced("", EVENTS);

    tell_start(bench);
    for (unsigned i = 0; i < G_N_ELEMENTS(bad); i++) {
        tell(bench, &bad[i], 1);
        check_misuse(bench, STUNT_DMA_MISUSE_RESERVED_WRITE, STUNT_LINK_CHECK_COUNT, bad[i].kind);
    }
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_COUNT, STUNT_LINK_LIMIT_TELLS + 1);
    check_misuse(bench, STUNT_DMA_MISUSE_BAD_ACCESS, RAM_TELL, STUNT_LINK_LIMIT_TELLS + 1);
    check_state(bench, STUNT_DMA_CHECK_BLIND, 0);
    tell_kind(bench, STUNT_LINK_TELL_BIND);
    pci_reg_write(&bench->link, STUNT_LINK_CHECK_ADDR_HI, 0x100); /* no memory there */
    shm_forget(bench->shm);
    tell_kind(bench, STUNT_LINK_TELL_BIND);
    check_state(bench, STUNT_DMA_CHECK_BLIND, 0);
}

/* ---- descriptors ----------------------------------------------------------------------------------- */

static const struct stunt_dma_desc fill = { .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 4096 };

static void test_descriptor_changed_before_fetch(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",latency-ns=1000", EVENTS);
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &fill);
    channel_put(&channel, &fill);
    channel_kick(&channel);
    machine_write32(bench->machine, channel.ring + 64 + 16, 8);
    channel_wait(&channel);
    check_misuse(bench, STUNT_DMA_MISUSE_DESC_CHANGED, channel.ring + 64, 1);
    check_no_misuse(bench);
    g_assert_cmpuint(channel_comp(&channel, 1).bytes, ==, 8);
}

static void test_descriptor_changed_in_work(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",latency-ns=1000,bandwidth=1000000", EVENTS);
    Channel channel = channel_open(bench, 1, 2);

    channel_put(&channel, &fill);
    channel_kick(&channel);
    machine_step(bench->machine, 2000000);
    machine_write32(bench->machine, channel.ring + 16, 8);
    channel_wait(&channel);
    check_misuse(bench, STUNT_DMA_MISUSE_DESC_CHANGED, channel.ring, 0);
    check_no_misuse(bench);
    g_assert_cmpuint(channel_comp(&channel, 0).bytes, ==, 4096);
}

/* Before the doorbell, after the completion, and after a reset it is the driver's. */
static void test_descriptor_of_the_driver(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", EVENTS);
    Channel channel = channel_open(bench, 1, 2);

    for (unsigned i = 0; i < 9; i++) {
        channel_put(&channel, &fill);
        machine_write32(bench->machine, channel.ring + 64 * (i % 4) + 16, 8 + i);
        channel_kick(&channel);
        channel_wait(&channel);
        machine_write32(bench->machine, channel.ring + 64 * (i % 4) + 16, 1);
    }
    channel_put(&channel, &fill);
    channel_kick(&channel);
    channel = channel_open(bench, 1, 2);
    machine_fill(bench->machine, channel.ring, 0, 256);
    machine_step(bench->machine, 1000000);
    g_assert_cmpuint(channel_do(&channel, fill).status, ==, OK);
    check_no_misuse(bench);
}

/* More than are watched: the first are, and none is taken for changed. */
static void test_many_descriptors(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 1u << 16);
    Channel channel = channel_open(bench, 1, 10);

    for (unsigned round = 0; round < 3; round++) {
        for (unsigned i = 0; i < 700; i++) {
            channel_put(&channel, &DESC(.op = STUNT_DMA_OP_NOP, .id = (uint16_t)i));
        }
        channel_kick(&channel);
        machine_write32(bench->machine, channel.ring + 64 * ((round * 700 + 10) % 1024) + 24, 5);
        channel_wait(&channel);
        check_misuse(bench, STUNT_DMA_MISUSE_DESC_CHANGED, channel.ring + 64 * ((round * 700 + 10) % 1024),
                     round * 700 + 10);
        check_no_misuse(bench);
    }
}

static void test_empty_doorbell(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", EVENTS);
    Channel channel = channel_open(bench, 1, 2);

    g_assert_cmpuint(channel_do(&channel, fill).status, ==, OK);
    check_no_misuse(bench);
    channel_kick(&channel);
    check_misuse(bench, STUNT_DMA_MISUSE_EMPTY_DOORBELL, DMA_CH(CH_TAIL, 1), 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/check/mapped", test_mapped);
    g_test_add_func("/check/unmapped", test_unmapped);
    g_test_add_func("/check/after-unmap", test_after_unmap);
    g_test_add_func("/check/direction", test_direction);
    g_test_add_func("/check/mapped-twice", test_mapped_twice);
    g_test_add_func("/check/left-mapped", test_left_mapped);
    g_test_add_func("/check/after-unbind", test_after_unbind);
    g_test_add_func("/check/reset-forgets", test_reset_forgets);
    g_test_add_func("/check/states", test_states);
    g_test_add_func("/check/limit", test_limit);
    g_test_add_func("/check/bad-tells", test_bad_tells);
    g_test_add_func("/check/descriptor/changed-before-fetch", test_descriptor_changed_before_fetch);
    g_test_add_func("/check/descriptor/changed-in-work", test_descriptor_changed_in_work);
    g_test_add_func("/check/descriptor/of-the-driver", test_descriptor_of_the_driver);
    g_test_add_func("/check/descriptor/many", test_many_descriptors);
    g_test_add_func("/check/empty-doorbell", test_empty_doorbell);
    return g_test_run();
}
