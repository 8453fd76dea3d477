/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The device goes away, with work in flight, and comes back. */
#include "dma.h"
#include "stunt/events.h"

#include <string.h>

/* The root port's slot takes it out when the guest switches the slot's power off. */
static void unplug(Bench *bench)
{
    Pci port = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(3, 0) };
    unsigned slot_control = pci_find_cap(&port, 0x10) + 0x18;
    g_autoptr(JsonNode) answer = machine_qmp(bench->machine, "device_del", "{\"id\": \"dma0\"}");

    machine_step(bench->machine, INT64_C(10000000000));
    pci_write(&port, slot_control, 2, 0x07c0); /* power off, both indicators off */
    machine_step(bench->machine, INT64_C(10000000000));
    g_assert_cmphex(pci_read(&bench->dma, 0, 4), ==, 0xffffffff);
}

static void plug(Bench *bench)
{
    Pci port = { .machine = bench->machine, .devfn = PCI_DEVFN_OF(3, 0) };
    unsigned slot_control = pci_find_cap(&port, 0x10) + 0x18;
    static const char args[] = "{\"driver\": \"stunt-dma\", \"id\": \"dma0\", \"bus\": \"rp0\"}";
    g_autoptr(JsonNode) answer = machine_qmp(bench->machine, "device_add", args);

    pci_write(&port, slot_control, 2, 0x0100); /* power on */
    machine_step(bench->machine, INT64_C(1000000000));
    bench_configure(bench);
}

static unsigned index_of_dma0(const Bench *bench)
{
    for (unsigned i = 0; i < bench->shm->map->devices; i++) {
        if (strcmp(bench->shm->map->device[i].name, "dma0") == 0) {
            return i;
        }
    }
    g_error("dma0 is not in the device table");
}

static void test_unplug_in_flight(void)
{
    g_autoptr(Bench) bench = bench_new_traced(",latency-ns=100000000000", 4096);
    Channel channel = channel_open(bench, 0, 2);
    unsigned index = index_of_dma0(bench);

    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 64,
                                                    .arg = 1 });
    channel_kick(&channel);
    unplug(bench);
    machine_step(bench->machine, INT64_C(1000000000000));
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0);
    plug(bench);
    g_assert_cmpuint(index_of_dma0(bench), ==, index); /* the same name is the same device */
    channel = channel_open(bench, 1, 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
}

static void test_rule_outlives_its_device(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    machine_qom_set(bench->machine, "link0", "fault-arm", "\"id=r device=dma0 at=mmio.read action=ones\"");
    unplug(bench);
    plug(bench);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
}

static void test_again_and_again(void)
{
    g_autoptr(Bench) bench = bench_new_traced("", 4096);

    for (unsigned i = 0; i < 20; i++) {
        unplug(bench);
        plug(bench);
        g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
        shm_forget(bench->shm);
    }
    g_assert_cmpuint(bench->shm->map->devices, ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hotplug/unplugged-in-flight-and-plugged-again", test_unplug_in_flight);
    g_test_add_func("/hotplug/a-rule-outlives-its-device", test_rule_outlives_its_device);
    g_test_add_func("/hotplug/again-and-again", test_again_and_again);
    return g_test_run();
}
