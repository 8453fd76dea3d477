/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Events in the shared memory, and rules armed through QOM. */
#include "dma.h"
#include "stunt/events.h"
#include "stunt/regs/link.h"

#include <string.h>

#define FIELD(event, name) ((event)->field[STUNT_EV_##name])

static unsigned device_index(const Shm *shm, const char *name)
{
    for (unsigned i = 0; i < shm->map->devices; i++) {
        if (strcmp(shm->map->device[i].name, name) == 0) {
            return i;
        }
    }
    g_error("no device '%s' in the table", name);
}

static void arm(Bench *bench, const char *rule)
{
    g_autofree char *json = g_strdup_printf("\"%s\"", rule);

    machine_qom_set(bench->machine, "link0", "fault-arm", json);
}

static const struct stunt_event *need(Shm *shm, uint16_t class_id)
{
    const struct stunt_event *event = shm_find(shm, class_id);

    g_assert_nonnull(event);
    return event;
}

static void test_device_table(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 64);
    const struct stunt_shm_device *device = bench->shm->map->device;

    g_assert_cmpuint(bench->shm->map->devices, ==, 2);
    g_assert_cmpstr(device[device_index(bench->shm, "link0")].type, ==, "link");
    g_assert_cmpstr(device[device_index(bench->shm, "dma0")].type, ==, "dma");
    g_assert_cmphex(pci_reg_read(&bench->link, STUNT_LINK_STATUS), ==, STUNT_LINK_STATUS_HOST);
}

static void test_register_events(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 64);
    const struct stunt_event *event;
    int64_t now = machine_step(bench->machine, 12345);

    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 0x15);
    pci_reg_read(&bench->dma, STUNT_DMA_INT_MASK);
    event = need(bench->shm, STUNT_EV_MMIO_WRITE);
    g_assert_cmpuint(event->device, ==, device_index(bench->shm, "dma0"));
    g_assert_cmpuint(event->time_ns, ==, now);
    g_assert_cmpuint(event->rule, ==, 0);
    g_assert_cmphex(FIELD(event, MMIO_WRITE_OFFSET), ==, STUNT_DMA_INT_MASK);
    g_assert_cmpuint(FIELD(event, MMIO_WRITE_SIZE), ==, 4);
    g_assert_cmphex(FIELD(event, MMIO_WRITE_VALUE), ==, 0x15);
    event = need(bench->shm, STUNT_EV_MMIO_READ);
    g_assert_cmphex(FIELD(event, MMIO_READ_OFFSET), ==, STUNT_DMA_INT_MASK);
    g_assert_cmphex(FIELD(event, MMIO_READ_VALUE), ==, 0x15);
}

static void test_config_events(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 64);
    const struct stunt_event *event;

    g_assert_cmphex(pci_read(&bench->dma, 0, 2), ==, STUNT_DMA_PCI_VENDOR);
    event = need(bench->shm, STUNT_EV_CFG_READ);
    g_assert_cmpuint(FIELD(event, CFG_READ_OFFSET), ==, 0);
    g_assert_cmpuint(FIELD(event, CFG_READ_SIZE), ==, 2);
    g_assert_cmphex(FIELD(event, CFG_READ_VALUE), ==, STUNT_DMA_PCI_VENDOR);
    pci_write(&bench->dma, 4, 2, 6);
    event = need(bench->shm, STUNT_EV_CFG_WRITE);
    g_assert_cmpuint(FIELD(event, CFG_WRITE_OFFSET), ==, 4);
    g_assert_cmphex(FIELD(event, CFG_WRITE_VALUE), ==, 6);
}

/* One copy, told from the doorbell to the completion. */
static void test_job_events(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    Shm *shm = bench->shm;
    Channel channel = channel_open(bench, 2, 2);
    const struct stunt_event *event;

    shm_forget(shm);
    channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST,
                                                  .len = 100, .id = 77 });
    event = need(shm, STUNT_EV_DMA_READ);
    g_assert_cmphex(FIELD(event, DMA_READ_ADDR), ==, channel.ring);
    g_assert_cmpuint(FIELD(event, DMA_READ_LEN), ==, sizeof(struct stunt_dma_desc));
    g_assert_cmpuint(FIELD(event, DMA_READ_CHANNEL), ==, 2);
    event = need(shm, STUNT_EV_JOB_START);
    g_assert_cmpuint(FIELD(event, JOB_START_CHANNEL), ==, 2);
    g_assert_cmpuint(FIELD(event, JOB_START_OP), ==, STUNT_DMA_OP_COPY);
    g_assert_cmpuint(FIELD(event, JOB_START_LEN), ==, 100);
    g_assert_cmpuint(FIELD(event, JOB_START_ID), ==, 77);
    event = need(shm, STUNT_EV_DMA_READ);
    g_assert_cmphex(FIELD(event, DMA_READ_ADDR), ==, RAM_SRC);
    g_assert_cmpuint(FIELD(event, DMA_READ_LEN), ==, 100);
    event = need(shm, STUNT_EV_DMA_WRITE);
    g_assert_cmphex(FIELD(event, DMA_WRITE_ADDR), ==, RAM_DST);
    event = need(shm, STUNT_EV_JOB_DONE);
    g_assert_cmpuint(FIELD(event, JOB_DONE_STATUS), ==, STUNT_DMA_STATUS_OK);
    g_assert_cmpuint(FIELD(event, JOB_DONE_BYTES), ==, 100);
    g_assert_cmpuint(FIELD(event, JOB_DONE_ID), ==, 77);
}

static void test_other_events(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    Shm *shm = bench->shm;
    const struct stunt_event *event;

    pci_reg_write(&bench->dma, STUNT_DMA_ID, 5);
    event = need(shm, STUNT_EV_MISUSE);
    g_assert_cmpuint(FIELD(event, MISUSE_KIND), ==, STUNT_DMA_MISUSE_RO_WRITE);
    pci_set_power_state(&bench->dma, 3);
    event = need(shm, STUNT_EV_POWER_ENTER);
    g_assert_cmpuint(FIELD(event, POWER_ENTER_STATE), ==, 3);
    g_assert_cmpuint(FIELD(event, POWER_ENTER_FROM), ==, 0);
    pci_flr(&bench->dma);
    event = need(shm, STUNT_EV_RESET);
    g_assert_cmpuint(FIELD(event, RESET_KIND), ==, STUNT_DMA_RESET_FLR);
    pci_reg_write(&bench->link, STUNT_LINK_MARK, 0xcafe);
    event = need(shm, STUNT_EV_LINK_MARK);
    g_assert_cmphex(FIELD(event, LINK_MARK_VALUE), ==, 0xcafe);
    machine_intercept_irqs(bench->machine);
    machine_qom_set(bench->machine, "link0", "attention", "true");
    event = need(shm, STUNT_EV_IRQ_RAISE);
    g_assert_cmpuint(FIELD(event, IRQ_RAISE_VECTOR), ==, STUNT_LINK_VEC_ATTENTION);
    pci_reg_write(&bench->link, STUNT_LINK_INT_STATUS, 1);
    need(shm, STUNT_EV_IRQ_LOWER);
}

static void test_numbers_have_no_gap(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);
    Channel channel = channel_open(bench, 0, 4);
    const struct stunt_event *event;
    uint64_t seq = 0, time_ns = 0;

    for (unsigned i = 0; i < 20; i++) {
        channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64 });
    }
    while ((event = shm_take(bench->shm))) {
        g_assert_true(seq == 0 || event->seq == seq + 1);
        g_assert_cmpuint(event->time_ns, >=, time_ns);
        g_assert_cmpuint(event->flags, ==, 0);
        seq = event->seq;
        time_ns = event->time_ns;
    }
    g_assert_cmpuint(seq, >, 200);
    g_assert_cmpuint(bench->shm->map->lost, ==, 0);
}

/* The machine stops to be drained before the ring is full; whoever goes on loses events, and they count. */
static void test_full_ring(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 64);
    struct stunt_shm *map = bench->shm->map;
    uint64_t seq;

    for (unsigned i = 0; i < 48; i++) {
        g_assert_cmpuint(shm_pending(bench->shm), ==, i);
        pci_reg_write(&bench->link, STUNT_LINK_MARK, i);
        i += shm_pending(bench->shm) - i - 1;
    }
    g_assert_false(machine_is_running(bench->machine));
    g_assert_cmpuint(map->stop_reason, ==, STUNT_STOP_RING);
    while (shm_pending(bench->shm) < 64) {
        pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, 0);
    }
    g_assert_cmpuint(map->lost, ==, 0);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, 0);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, 0);
    g_assert_cmpuint(map->lost, ==, 2);
    seq = shm_take(bench->shm)->seq + 63;
    shm_forget(bench->shm);
    pci_reg_write(&bench->link, STUNT_LINK_TX_LEN, 0);
    g_assert_cmpuint(shm_take(bench->shm)->seq, ==, seq + 3); /* the numbers tell what was lost */
}

static void test_nobody_listens(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 64);

    bench->shm->map->listening = 0;
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_cmpuint(shm_pending(bench->shm), ==, 0);
    bench->shm->map->listening = 1;
    pci_reg_read(&bench->dma, STUNT_DMA_ID);
    g_assert_cmpuint(shm_pending(bench->shm), ==, 1);
}

/* ---- rules ----------------------------------------------------------------------------------------- */

static void test_rule_acts(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    const struct stunt_event *event;
    g_autofree char *status = NULL;

    arm(bench, "id=lie device=dma0 at=mmio.read match.offset=0 nth=2 action=replace param.value=0x55");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0x55);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    while ((event = need(bench->shm, STUNT_EV_MMIO_READ))->rule == 0) {
        continue;
    }
    g_assert_cmphex(FIELD(event, MMIO_READ_VALUE), ==, STUNT_DMA_ID_VALUE);
    status = machine_qom_get_str(bench->machine, "link0", "fault-status");
    g_assert_nonnull(strstr(status, "id=lie number=1 armed=1 matched=3 fired=1 "));
}

static void test_firing_is_an_event(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 256);
    const struct stunt_event *event;
    uint64_t seq;

    arm(bench, "id=m device=dma0 at=mmio.write action=mark");
    pci_reg_write(&bench->dma, STUNT_DMA_INT_MASK, 1);
    event = need(bench->shm, STUNT_EV_MMIO_WRITE);
    g_assert_cmpuint(event->rule, ==, 1);
    seq = event->seq;
    event = shm_take(bench->shm);
    g_assert_cmpuint(event->class_id, ==, STUNT_EV_FAULT);
    g_assert_cmpuint(FIELD(event, FAULT_RULE), ==, 1);
    g_assert_cmpuint(FIELD(event, FAULT_ACTION), ==, STUNT_ACT_MARK);
    g_assert_cmpuint(FIELD(event, FAULT_COUNT), ==, 1);
    g_assert_cmpuint(FIELD(event, FAULT_EVENT), ==, seq);
}

static void test_rule_needs_no_listener(void)
{
    g_autoptr(Bench) bench = bench_new("", "");

    arm(bench, "id=gone device=dma0 at=mmio.read action=ones");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    machine_qom_set(bench->machine, "link0", "fault-disarm", "\"gone\"");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

static void test_rule_changes(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    g_autofree char *wrong = NULL;

    arm(bench, "id=a device=dma0 at=mmio.read action=ones");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    machine_qom_set(bench->machine, "link0", "fault-change", "\"id=a nth=2 action=replace param.value=7\"");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 7);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    wrong = machine_qom_set_error(bench->machine, "link0", "fault-change", "\"id=b nth=2\"");
    g_assert_nonnull(strstr(wrong, "unknown rule 'b'"));
}

static void test_rule_errors(void)
{
    g_autoptr(Bench) bench = bench_new("", "");
    g_autofree char *misspelt = machine_qom_set_error(bench->machine, "link0", "fault-arm",
                                                      "\"id=a device=dma0 at=irq.rase action=drop\"");
    g_autofree char *device = machine_qom_set_error(bench->machine, "link0", "fault-arm",
                                                    "\"id=a device=dma7 at=irq.raise action=drop\"");
    g_autofree char *never = machine_qom_set_error(
        bench->machine, "link0", "fault-arm", "\"id=a device=dma0 at=irq.raise match.vector=9 action=drop\"");
    g_autofree char *nobody = machine_qom_set_error(bench->machine, "link0", "fault-disarm", "\"a\"");

    g_assert_cmpstr(misspelt, ==, "unknown event class 'irq.rase'; did you mean 'irq.raise'?");
    g_assert_cmpstr(device, ==, "unknown device 'dma7'");
    g_assert_cmpstr(never, ==, "match.vector: vector of irq.raise at a dma device is 0 to 5, it can never be 9");
    g_assert_nonnull(strstr(nobody, "'a'"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trace/device-table", test_device_table);
    g_test_add_func("/trace/events/registers", test_register_events);
    g_test_add_func("/trace/events/configuration-space", test_config_events);
    g_test_add_func("/trace/events/a-job-from-start-to-end", test_job_events);
    g_test_add_func("/trace/events/misuse-power-reset-mark-irq", test_other_events);
    g_test_add_func("/trace/numbers-have-no-gap", test_numbers_have_no_gap);
    g_test_add_func("/trace/full-ring-stops-then-counts-losses", test_full_ring);
    g_test_add_func("/trace/nothing-is-written-when-nobody-listens", test_nobody_listens);
    g_test_add_func("/rules/act-and-report", test_rule_acts);
    g_test_add_func("/rules/a-firing-is-an-event", test_firing_is_an_event);
    g_test_add_func("/rules/need-no-listener", test_rule_needs_no_listener);
    g_test_add_func("/rules/change-in-their-place", test_rule_changes);
    g_test_add_func("/rules/errors-come-back-through-qmp", test_rule_errors);
    return g_test_run();
}
