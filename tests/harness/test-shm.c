/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <sys/mman.h>

#include "lib/link/shm.h"
#include "stunt/error.h"
#include "stunt/events.h"

typedef struct {
    StuntShm *shm;
    struct stunt_shm *header; /* as QEMU maps it */
    struct stunt_event *ring;
    StuntTimeline *timeline;
    guint64 seq;
} Fixture;

static void set_up(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    f->shm = stunt_shm_new(NULL);
    g_assert_nonnull(f->shm);
    f->header = mmap(NULL, stunt_shm_header(f->shm)->size, PROT_READ | PROT_WRITE, MAP_SHARED,
                     stunt_shm_fd(f->shm), 0);
    g_assert_true(f->header != MAP_FAILED);
    f->ring = (gpointer)((guint8 *)f->header + f->header->event_offset);
    f->timeline = stunt_timeline_new();
}

static void tear_down(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    munmap(f->header, f->header->size);
    stunt_shm_free(f->shm);
    stunt_timeline_free(f->timeline);
}

static void record(Fixture *f)
{
    struct stunt_event event = { .seq = ++f->seq, .class_id = STUNT_EV_MMIO_READ };

    f->ring[f->header->head % f->header->event_capacity] = event;
    __atomic_store_n(&f->header->head, f->header->head + 1, __ATOMIC_RELEASE);
}

static void test_header(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_cmphex(f->header->magic, ==, STUNT_SHM_MAGIC);
    g_assert_cmpuint(f->header->version, ==, STUNT_PROTO_VERSION);
    g_assert_cmpuint(f->header->event_offset % 64, ==, 0);
    g_assert_cmpuint(f->header->event_capacity & (f->header->event_capacity - 1), ==, 0);
    g_assert_cmpuint(f->header->tx_capacity, ==, STUNT_MESSAGE_MAX);
    g_assert_cmpuint(f->header->rx_capacity, ==, STUNT_MESSAGE_MAX);
    g_assert_cmpuint(f->header->listening, ==, 1);
}

static void test_drain_around_the_end(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    const guint64 total = f->header->event_capacity * 2 + 1000;

    for (guint64 i = 0; i < total; i++) {
        record(f);
        if (f->header->head - f->header->tail == f->header->event_capacity || i == total - 1) {
            g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
            g_assert_cmpuint(f->header->tail, ==, f->header->head);
        }
    }
    g_assert_cmpuint(stunt_timeline_events(f->timeline), ==, total);
    for (guint64 i = 0; i < total; i++) {
        g_assert_cmpuint(stunt_timeline_event(f->timeline, i)->seq, ==, i + 1);
    }
}

static void test_names_devices(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    g_assert_cmpint(stunt_timeline_device_index(f->timeline, "dma0"), ==, -1);
    memset(f->header->device[0].name, 'x', STUNT_SHM_NAME); /* not even ended */
    strcpy(f->header->device[1].name, "dma0");
    f->header->devices = 2;
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    g_assert_cmpint(stunt_timeline_device_index(f->timeline, "dma0"), ==, 1);
    g_assert_cmpuint(strlen(stunt_timeline_device_name(f->timeline, 0)), ==, STUNT_SHM_NAME);
}

static void check_broken(Fixture *f)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(stunt_shm_drain(f->shm, f->timeline, &error));
    g_assert_error(error, STUNT_ERROR, STUNT_ERROR_PROTOCOL);
}

static void test_impossible_head(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    f->header->head = f->header->event_capacity + 1;
    check_broken(f);
}

static void test_gap(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    record(f);
    f->seq++;
    record(f);
    check_broken(f);
}

static void test_gap_of_lost_events(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    record(f);
    f->seq++;
    f->header->lost = 1;
    record(f);
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    g_assert_cmpuint(stunt_timeline_events(f->timeline), ==, 2);
}

static void test_numbers_go_back(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    for (guint i = 0; i < 10; i++) {
        record(f);
    }
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    f->header->stop_seq = f->seq = 4;
    stunt_shm_renumber(f->shm);
    record(f);
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    g_assert_cmpuint(stunt_timeline_event(f->timeline, 10)->seq, ==, 5);
    f->seq++; /* a gap is found as before */
    record(f);
    check_broken(f);
}

static void test_another_timeline(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    g_autoptr(StuntTimeline) other = stunt_timeline_new();

    strcpy(f->header->device[0].name, "dma0");
    f->header->devices = 1;
    record(f);
    g_assert_true(stunt_shm_drain(f->shm, f->timeline, NULL));
    record(f);
    f->seq += 3;
    f->header->lost = 3;
    stunt_shm_start_anew(f->shm, other);
    g_assert_cmpint(stunt_timeline_device_index(other, "dma0"), ==, 0);
    g_assert_cmpuint(f->header->lost, ==, 0);
    record(f);
    g_assert_true(stunt_shm_drain(f->shm, other, NULL));
    g_assert_cmpuint(stunt_timeline_events(f->timeline), ==, 1);
    g_assert_cmpuint(stunt_timeline_events(other), ==, 1);
    g_assert_cmpuint(stunt_timeline_last_seq(other), ==, 6);
}

static void test_no_timeline(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    stunt_shm_start_anew(f->shm, NULL);
    record(f);
    g_assert_true(stunt_shm_drain(f->shm, NULL, NULL));
    g_assert_cmpuint(f->header->tail, ==, f->header->head);
    f->seq++;
    record(f);
    g_assert_false(stunt_shm_drain(f->shm, NULL, NULL)); /* dropped, but looked at */
}

static void test_message_and_answer(Fixture *f, gconstpointer data G_GNUC_UNUSED)
{
    gsize len;

    memcpy((char *)f->header + f->header->tx_offset, "hello", 5);
    f->header->tx_len = 5;
    g_assert_cmpmem(stunt_shm_message(f->shm, &len), 5, "hello", 5);
    g_assert_cmpuint(len, ==, 5);
    f->header->tx_len = 0xffffffff; /* more than there is room for */
    stunt_shm_message(f->shm, &len);
    g_assert_cmpuint(len, ==, STUNT_MESSAGE_MAX);
    f->header->dump_len = 0xffffffff;
    stunt_shm_dump(f->shm, &len);
    g_assert_cmpuint(len, ==, f->header->dump_capacity);

    g_assert_true(stunt_shm_answer(f->shm, "answer", 6));
    g_assert_cmpmem((char *)f->header + f->header->rx_offset, f->header->rx_len, "answer", 6);
    g_assert_true(stunt_shm_answer(f->shm, NULL, 0));
    g_assert_cmpuint(f->header->rx_len, ==, 0);
    g_assert_false(stunt_shm_answer(f->shm, NULL, STUNT_MESSAGE_MAX + 1));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/shm/header", Fixture, NULL, set_up, test_header, tear_down);
    g_test_add("/shm/drain-around-the-end", Fixture, NULL, set_up, test_drain_around_the_end, tear_down);
    g_test_add("/shm/names-devices", Fixture, NULL, set_up, test_names_devices, tear_down);
    g_test_add("/shm/impossible-head", Fixture, NULL, set_up, test_impossible_head, tear_down);
    g_test_add("/shm/gap", Fixture, NULL, set_up, test_gap, tear_down);
    g_test_add("/shm/gap-of-lost-events", Fixture, NULL, set_up, test_gap_of_lost_events, tear_down);
    g_test_add("/shm/numbers-go-back", Fixture, NULL, set_up, test_numbers_go_back, tear_down);
    g_test_add("/shm/another-timeline", Fixture, NULL, set_up, test_another_timeline, tear_down);
    g_test_add("/shm/no-timeline", Fixture, NULL, set_up, test_no_timeline, tear_down);
    g_test_add("/shm/message-and-answer", Fixture, NULL, set_up, test_message_and_answer, tear_down);
    return g_test_run();
}
