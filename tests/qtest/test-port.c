/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The root port: hot plug, link, power, resets through it, error reporting, containment. */
#include "irq.h"
#include "snapshot.h"
#include "stunt/events.h"

#include <linux/pci_regs.h>

#define LINK_NS INT64_C(10000000)
#define PORT_BAR UINT64_C(0xfd800000)
#define MSI_PORT (RAM_MSI + 0x100) /* a word for each cause */
#define HOT 4u

static Pci port_of(Bench *bench)
{
    return (Pci){ .machine = bench->machine, .devfn = PCI_DEVFN_OF(3, 0) };
}

static uint32_t express_read(Bench *bench, unsigned reg)
{
    Pci port = port_of(bench);

    return pci_read(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + reg, 2);
}

static void express_write(Bench *bench, unsigned reg, uint16_t value)
{
    Pci port = port_of(bench);

    pci_write(&port, pci_find_cap(&port, PCI_CAP_ID_EXP) + reg, 2, value);
}

static uint32_t aer_read(const Pci *pci, unsigned reg)
{
    return pci_read(pci, pci_find_ext_cap(pci, PCI_EXT_CAP_ID_ERR) + reg, 4);
}

static void aer_write(const Pci *pci, unsigned reg, uint32_t value)
{
    pci_write(pci, pci_find_ext_cap(pci, PCI_EXT_CAP_ID_ERR) + reg, 4, value);
}

static bool link_is_up(Bench *bench)
{
    return express_read(bench, PCI_EXP_LNKSTA) & PCI_EXP_LNKSTA_DLLLA;
}

/* As an operating system has it: messages on, all reported, errors forwarded. */
static void enable_port(Bench *bench)
{
    Pci port = port_of(bench);
    unsigned devctl = pci_find_cap(&bench->dma, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

    pci_map_bar(&port, 0, PORT_BAR);
    pci_enable_msix(&port, MSI_PORT, 3);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    aer_write(&port, PCI_ERR_ROOT_COMMAND, 7);
    express_write(bench, PCI_EXP_SLTSTA, 0x11f);
    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_HPIE | PCI_EXP_SLTCTL_DLLSCE | PCI_EXP_SLTCTL_ABPE |
                                             PCI_EXP_SLTCTL_PWR_IND_ON);
    express_write(bench, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_CC);
    pci_write(&bench->dma, devctl, 2, PCI_EXP_DEVCTL_CERE | PCI_EXP_DEVCTL_NFERE | PCI_EXP_DEVCTL_FERE);
    shm_forget(bench->shm);
}

static Bench *port_new(const char *port_props)
{
    Bench *bench = bench_new_port(port_props, ",latency-ns=1000,bandwidth=0", 4096);

    enable_port(bench);
    return bench;
}

static uint32_t port_message(Bench *bench, unsigned cause)
{
    uint32_t value = machine_read32(bench->machine, MSI_PORT + 4 * cause);

    machine_write32(bench->machine, MSI_PORT + 4 * cause, 0);
    return value;
}

static void set_port(Bench *bench, const char *property, const char *value)
{
    machine_qom_set(bench->machine, "rp0", property, value);
}

static void port_refuses(Bench *bench, const char *property, const char *value, const char *words)
{
    g_autofree char *error = machine_qom_set_error(bench->machine, "rp0", property, value);

    g_test_message("%s=%s: %s", property, value, error);
    g_assert_nonnull(strstr(error, words));
}

static void arm(Bench *bench, const char *rule)
{
    g_autofree char *text = g_strdup_printf("\"id=r device=dma0 %s\"", rule);

    machine_qom_set(bench->machine, "link0", "fault-arm", text);
}

static void check_is_gone(Bench *bench)
{
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==, 0xffffffff);
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_false(link_is_up(bench));
}

/* The link is up in time and not before, and the device fresh. */
static void check_comes_back(Bench *bench, unsigned reset_kind)
{
    const struct stunt_event *event;
    Channel channel;

    shm_forget(bench->shm);
    machine_step(bench->machine, LINK_NS - 1);
    g_assert_false(link_is_up(bench));
    machine_step(bench->machine, 1);
    g_assert_true(link_is_up(bench));
    event = shm_find(bench->shm, STUNT_EV_RESET);
    g_assert_nonnull(event);
    g_assert_cmpuint(event->field[0], ==, reset_kind);
    g_assert_cmphex(pci_read(&bench->dma, PCI_BASE_ADDRESS_0, 4), ==, 0);
    pci_map_bar(&bench->dma, 0, DMA_BAR_ADDR);
    channel = channel_open(bench, 1, 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
}

static void test_at_start(void)
{
    g_autoptr(Bench) bench = port_new("");

    g_assert_cmphex(express_read(bench, PCI_EXP_SLTCAP) & 0x7f, ==,
                    PCI_EXP_SLTCAP_ABP | PCI_EXP_SLTCAP_PCP | PCI_EXP_SLTCAP_AIP | PCI_EXP_SLTCAP_PIP |
                        PCI_EXP_SLTCAP_HPS | PCI_EXP_SLTCAP_HPC);
    g_assert_cmphex(express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS);
    g_assert_true(link_is_up(bench));
    g_assert_cmphex(port_message(bench, 0), ==, 0);
}

static void test_unclaimed_reads_ones(void)
{
    g_autoptr(Bench) bench = port_new("");

    g_assert_cmphex(machine_read32(bench->machine, DMA_BAR_ADDR + 0x80000), ==, 0xffffffff);
    machine_write32(bench->machine, DMA_BAR_ADDR + 0x80000, 0);
}

/* ---- removal --------------------------------------------------------------------------------------- */

static void test_removed_in_flight(void)
{
    g_autoptr(Bench) bench = bench_new_port("", ",latency-ns=1000,bandwidth=1000000", 4096);
    Channel channel;

    enable_port(bench);
    channel = channel_open(bench, 0, 2);
    machine_fill(bench->machine, RAM_DST, 0xee, 1000);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_FILL, .dst = RAM_DST, .len = 1000,
                                                    .arg = 1, .flags = STUNT_DMA_DESC_IRQ });
    channel_kick(&channel);
    machine_step(bench->machine, 2000);
    shm_forget(bench->shm);
    set_port(bench, "present", "false");
    g_assert_nonnull(shm_find(bench->shm, STUNT_EV_SLOT));
    g_assert_nonnull(shm_find(bench->shm, STUNT_EV_LINK));
    g_assert_cmphex(express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDC | PCI_EXP_SLTSTA_DLLSC);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    check_is_gone(bench);
    machine_step(bench->machine, INT64_C(100000000));
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST), ==, 0xeeeeeeee);
    g_assert_null(shm_find(bench->shm, STUNT_EV_DMA_WRITE));
    port_refuses(bench, "present", "false", "the slot is empty");
    port_refuses(bench, "aer", "\"fatal\"", "gone");

    set_port(bench, "present", "true"); /* the slot was not switched off */
    port_refuses(bench, "present", "true", "a card is in the slot");
    check_comes_back(bench, 0);
}

/* Chunks before the one at which it is pulled out are in memory, that one and later ones are not. */
static void test_removed_at_a_chunk(void)
{
    g_autoptr(Bench) bench = port_new("");
    Channel channel = channel_open(bench, 0, 2);

    machine_fill(bench->machine, RAM_SRC, 0x11, 5 * 65536);
    machine_fill(bench->machine, RAM_DST, 0xee, 5 * 65536);
    channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_COPY, .src = RAM_SRC, .dst = RAM_DST,
                                                    .len = 5 * 65536, .flags = STUNT_DMA_DESC_IRQ });
    arm(bench, "at=dma.write nth=3 action=surprise-remove");
    channel_kick(&channel);
    machine_step(bench->machine, 10000);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 2 * 65536 - 4), ==, 0x11111111);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 2 * 65536), ==, 0xeeeeeeee);
    g_assert_cmphex(machine_read32(bench->machine, RAM_DST + 4 * 65536), ==, 0xeeeeeeee);
    check_is_gone(bench);
    machine_step(bench->machine, 100000000);
    g_assert_null(shm_find(bench->shm, STUNT_EV_JOB_DONE));
}

/* At whatever event: what is under way at that moment does not get through. */
static void test_removed_at_any_event(void)
{
    static const char *const at[] = { "mmio.write", "mmio.read", "dma.read", "dma.write", "job.start", "job.done",
                                      "irq.raise", "cfg.read", "cfg.write" };

    for (unsigned i = 0; i < G_N_ELEMENTS(at); i++) {
        g_autoptr(Bench) bench = port_new("");
        g_autofree char *rule = g_strdup_printf("at=%s nth=1 action=surprise-remove", at[i]);
        Channel channel = channel_open(bench, 0, 2);

        pci_enable_msix(&bench->dma, RAM_MSI, 5);
        enable_irqs(bench);
        channel_put(&channel, &(struct stunt_dma_desc){ .op = STUNT_DMA_OP_NOP, .flags = STUNT_DMA_DESC_IRQ });
        arm(bench, rule);
        channel_kick(&channel);
        machine_step(bench->machine, 100000);
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
        (void)pci_read(&bench->dma, PCI_COMMAND, 2);
        pci_write(&bench->dma, PCI_COMMAND, 2, 0);
        check_is_gone(bench);
        g_assert_cmphex(message(bench, 0) & ~1u, ==, 0);
        g_assert_cmphex(message(bench, 4), ==, 0);
        set_port(bench, "present", "true");
        check_comes_back(bench, 0);
    }
}

static void test_memory_goes_too(void)
{
    g_autoptr(Bench) bench = port_new("");
    const uint64_t sram = DMA_BAR_ADDR + 0x40000;
    Pci dma = bench->dma;

    pci_map_bar(&dma, 2, sram);
    machine_write32(bench->machine, sram, 0x12345678);
    set_port(bench, "link", "false");
    g_assert_cmphex(machine_read32(bench->machine, sram), ==, 0xffffffff);
    set_port(bench, "link", "true");
    machine_step(bench->machine, LINK_NS);
    pci_map_bar(&dma, 2, sram);
    g_assert_cmphex(machine_read32(bench->machine, sram), ==, 0x12345678); /* a hot reset leaves it */
    set_port(bench, "present", "false");
    set_port(bench, "present", "true");
    machine_step(bench->machine, LINK_NS);
    pci_map_bar(&dma, 2, sram);
    g_assert_cmphex(machine_read32(bench->machine, sram), ==, 0);
}

static void test_polling_what_is_gone_is_misuse(void)
{
    g_autoptr(Bench) bench = port_new("");

    set_port(bench, "present", "false");
    for (unsigned i = 0; i < 255; i++) {
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 0);
    for (unsigned i = 0; i < 1000; i++) {
        (void)pci_reg_read(&bench->dma, STUNT_DMA_ID);
    }
    g_assert_cmpuint(machine_qom_get_uint(bench->machine, "dma0", "misuse-count"), ==, 1);
}

static void test_no_device_is_deleted(void)
{
    g_autoptr(Bench) bench = port_new("");
    g_autofree char *deleted = machine_qmp_error(bench->machine, "device_del", "{\"id\": \"dma0\"}");

    g_assert_nonnull(strstr(deleted, "not deleted"));
    g_assert_true(link_is_up(bench));
}

/* ---- orderly --------------------------------------------------------------------------------------- */

static void test_unplug_and_plug(void)
{
    g_autoptr(Bench) bench = port_new("");

    set_port(bench, "unplug", "true");
    g_assert_cmphex(express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_ABP);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    port_refuses(bench, "unplug", "true", "being unplugged");
    g_assert_true(link_is_up(bench));
    express_write(bench, PCI_EXP_SLTSTA, PCI_EXP_SLTSTA_ABP);
    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_BLINK);
    check_is_gone(bench);
    g_assert_true(express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);
    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    g_assert_false(express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);

    set_port(bench, "present", "true");
    machine_step(bench->machine, 2 * LINK_NS);
    g_assert_false(link_is_up(bench)); /* the slot is off */
    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    check_comes_back(bench, 0);
}

/* A slot that is off but not waited for keeps its card. */
static void test_power_by_the_guest(void)
{
    g_autoptr(Bench) bench = port_new("");

    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_OFF | PCI_EXP_SLTCTL_PWR_IND_OFF);
    check_is_gone(bench);
    g_assert_true(express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PDS);
    g_assert_true(express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_CC);
    express_write(bench, PCI_EXP_SLTCTL, PCI_EXP_SLTCTL_PWR_ON | PCI_EXP_SLTCTL_PWR_IND_ON);
    check_comes_back(bench, 0);
}

static void test_power_fault(void)
{
    g_autoptr(Bench) bench = port_new("");

    set_port(bench, "power", "false");
    g_assert_true(express_read(bench, PCI_EXP_SLTSTA) & PCI_EXP_SLTSTA_PFD);
    check_is_gone(bench);
    port_refuses(bench, "power", "false", "off already");
    set_port(bench, "power", "true");
    check_comes_back(bench, 0);
}

/* ---- link and resets ------------------------------------------------------------------------------- */

static void test_link_down_and_up(void)
{
    g_autoptr(Bench) bench = port_new("");

    port_refuses(bench, "link", "true", "nothing holds");
    set_port(bench, "link", "false");
    g_assert_cmphex(express_read(bench, PCI_EXP_SLTSTA), ==, PCI_EXP_SLTSTA_PDS | PCI_EXP_SLTSTA_DLLSC);
    g_assert_cmphex(port_message(bench, 0), ==, 1);
    check_is_gone(bench);
    set_port(bench, "link", "true");
    check_comes_back(bench, HOT);
}

static void test_link_down_for_a_time(void)
{
    g_autoptr(Bench) bench = port_new("");

    arm(bench, "at=mmio.read nth=1 action=link-down param.ns=5000000");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    check_is_gone(bench);
    machine_step(bench->machine, 5000000);
    check_comes_back(bench, HOT);
}

static void test_link_disable(void)
{
    g_autoptr(Bench) bench = port_new("");

    express_write(bench, PCI_EXP_LNKCTL, PCI_EXP_LNKCTL_LD);
    check_is_gone(bench);
    express_write(bench, PCI_EXP_LNKCTL, 0);
    check_comes_back(bench, HOT);
}

static void test_secondary_bus_reset(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_BUS_RESET);
    check_is_gone(bench);
    machine_step(bench->machine, 2 * LINK_NS);
    check_is_gone(bench);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    check_comes_back(bench, HOT);
}

static void test_retry_after_reset(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    arm(bench, "at=reset nth=1 action=retry param.ns=50000000");
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR | PCI_BRIDGE_CTL_BUS_RESET);
    pci_write(&port, PCI_BRIDGE_CONTROL, 2, PCI_BRIDGE_CTL_SERR);
    machine_step(bench->machine, LINK_NS);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==, 0xffff0001);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 2), ==, 0x0001);
    g_assert_cmphex(pci_read(&bench->dma, PCI_COMMAND, 4), ==, 0xffffffff);
    machine_step(bench->machine, 50000000);
    g_assert_cmphex(pci_read(&bench->dma, PCI_VENDOR_ID, 4), ==,
                    STUNT_DMA_PCI_VENDOR | STUNT_DMA_PCI_DEVICE << 16);
}

/* ---- errors ---------------------------------------------------------------------------------------- */

typedef struct ErrorCase {
    const char *text;
    unsigned device_reg; /* of the AER capability */
    uint32_t device_status;
    uint32_t root_status;
} ErrorCase;

static void check_error(const ErrorCase *c)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);
    bool correctable = c->device_reg == PCI_ERR_COR_STATUS;
    uint32_t source;

    set_port(bench, "aer", c->text);
    g_assert_cmphex(aer_read(&bench->dma, c->device_reg), ==, c->device_status);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, c->root_status);
    source = aer_read(&port, PCI_ERR_ROOT_ERR_SRC);
    g_assert_cmphex(correctable ? source & 0xffff : source >> 16, ==, 0x0100);
    g_assert_cmphex(port_message(bench, 1), ==, 2);
    g_assert_cmphex(port_message(bench, 0), ==, 0);

    /* a second one is only known to have been there, and signals nothing new */
    set_port(bench, "aer", c->text);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==,
                    c->root_status | (correctable ? PCI_ERR_ROOT_MULTI_COR_RCV : PCI_ERR_ROOT_MULTI_UNCOR_RCV));
    g_assert_cmphex(port_message(bench, 1), ==, 0);
    aer_write(&port, PCI_ERR_ROOT_STATUS, 0x7f);
    aer_write(&bench->dma, c->device_reg, c->device_status);
    g_assert_cmphex(aer_read(&bench->dma, c->device_reg), ==, 0);
    set_port(bench, "aer", c->text);
    g_assert_cmphex(port_message(bench, 1), ==, 2);
}

static void test_errors(void)
{
    static const ErrorCase cases[] = {
        { "\"correctable\"", PCI_ERR_COR_STATUS, PCI_ERR_COR_RCVR, PCI_ERR_ROOT_COR_RCV },
        { "\"correctable BAD_TLP\"", PCI_ERR_COR_STATUS, PCI_ERR_COR_BAD_TLP, PCI_ERR_ROOT_COR_RCV },
        { "\"nonfatal\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_COMP_ABORT,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV },
        { "\"nonfatal POISON_TLP\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_POISON_TLP,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV },
        { "\"fatal DLP\"", PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_DLP,
          PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_FATAL_RCV | PCI_ERR_ROOT_FIRST_FATAL },
    };

    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        check_error(&cases[i]);
    }
}

static void test_header_log(void)
{
    g_autoptr(Bench) bench = port_new("");

    set_port(bench, "aer", "\"nonfatal UNX_COMP 0x4a000001 0x00000004 0x01000000 0\"");
    set_port(bench, "aer", "\"fatal MALF_TLP 1 2 3 4\"");
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_CAP) & 0x1f, ==, 16); /* the first one's */
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_HEADER_LOG), ==, 0x4a000001);
    aer_write(&bench->dma, PCI_ERR_UNCOR_STATUS, PCI_ERR_UNC_UNX_COMP);
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_HEADER_LOG), ==, 0);
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_MALF_TLP);
}

static void test_masked_and_changed_severity(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    aer_write(&bench->dma, PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_DLP);
    set_port(bench, "aer", "\"fatal DLP\"");
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_DLP);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, 0);
    aer_write(&bench->dma, PCI_ERR_UNCOR_MASK, 0);
    aer_write(&bench->dma, PCI_ERR_UNCOR_SEVER, 0);
    port_refuses(bench, "aer", "\"fatal DLP\"", "as the guest has set its severity");
    port_refuses(bench, "aer", "\"fatal RCVR\"", "no register changes that");
    port_refuses(bench, "aer", "\"fatal DLPP\"", "did you mean 'DLP'");
    port_refuses(bench, "aer", "\"terrible\"", "not correctable, nonfatal or fatal");
    port_refuses(bench, "aer", "\"nonfatal DLP 1 2 3 4 5\"", "at most four words");
    set_port(bench, "aer", "\"nonfatal DLP\"");
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==,
                    PCI_ERR_ROOT_UNCOR_RCV | PCI_ERR_ROOT_NONFATAL_RCV);
}

static void test_not_forwarded(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);

    pci_write(&port, PCI_BRIDGE_CONTROL, 2, 0);
    set_port(bench, "aer", "\"fatal DLP\"");
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_DLP);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & 0x7f, ==, 0);
}

static void test_completion_timeout_and_poison(void)
{
    g_autoptr(Bench) bench = port_new("");
    Pci port = port_of(bench);
    Channel channel;
    unsigned devctl = pci_find_cap(&port, PCI_CAP_ID_EXP) + PCI_EXP_DEVCTL;

    pci_write(&port, devctl, 2, PCI_EXP_DEVCTL_NFERE);
    arm(bench, "at=mmio.read nth=1 action=completion-timeout");
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, 0xffffffff);
    g_assert_cmphex(aer_read(&port, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_COMP_TIME);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_ERR_SRC) >> 16, ==, PCI_DEVFN_OF(3, 0));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);

    machine_qom_set(bench->machine, "link0", "fault-arm",
                    "\"id=p device=dma0 at=dma.read match.what=2 nth=1 action=poison\"");
    channel = channel_open(bench, 0, 2);
    g_assert_cmpuint(channel_do(&channel, (struct stunt_dma_desc){ .op = STUNT_DMA_OP_CRC32C, .src = RAM_SRC,
                                                                   .len = 64 }).status, ==,
                     STUNT_DMA_STATUS_BUS_ERROR);
    g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, PCI_ERR_UNC_POISON_TLP);
}

/* ---- containment ----------------------------------------------------------------------------------- */

static void test_contained(void)
{
    g_autoptr(Bench) bench = port_new(",dpc=on");
    Pci port = port_of(bench);
    unsigned dpc = pci_find_ext_cap(&port, PCI_EXT_CAP_ID_DPC);

    g_assert_cmphex(dpc, !=, 0);
    pci_write(&port, dpc + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL | PCI_EXP_DPC_CTL_INT_EN);
    set_port(bench, "aer", "\"nonfatal\"");
    g_assert_true(link_is_up(bench));
    g_assert_cmphex(port_message(bench, 1), ==, 2);
    set_port(bench, "aer", "\"fatal DLP\"");
    check_is_gone(bench);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2), ==,
                    PCI_EXP_DPC_STATUS_TRIGGER | 2 << 1 | PCI_EXP_DPC_STATUS_INTERRUPT);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_SOURCE_ID, 2), ==, 0x0100);
    g_assert_cmphex(port_message(bench, 2), ==, 3);
    g_assert_cmphex(aer_read(&port, PCI_ERR_ROOT_STATUS) & PCI_ERR_ROOT_FATAL_RCV, ==, 0);
    pci_write(&port, dpc + PCI_EXP_DPC_STATUS, 2, PCI_EXP_DPC_STATUS_TRIGGER | PCI_EXP_DPC_STATUS_INTERRUPT);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2), ==, 0);
    check_comes_back(bench, HOT);

    pci_write(&port, dpc + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL | 0x40);
    check_is_gone(bench);
    g_assert_cmphex(pci_read(&port, dpc + PCI_EXP_DPC_STATUS, 2) & 0x66, ==, 0x26);
}

/* ---- going back ------------------------------------------------------------------------------------ */

static void test_rewound(void)
{
    g_autoptr(Bench) bench = port_new("");
    Channel channel;

    machine_stop(bench->machine);
    snapshot_take(bench, "in");
    machine_cont(bench->machine);
    set_port(bench, "present", "false");
    machine_stop(bench->machine);
    snapshot_take(bench, "out");
    snapshot_rewind(bench, "in");
    snapshot_check_whole(bench);
    g_assert_true(link_is_up(bench));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
    machine_cont(bench->machine);
    channel = channel_open(bench, 0, 2);
    channel_check_copy(&channel, RAM_SRC, RAM_DST, 1000);
    machine_stop(bench->machine);
    snapshot_rewind(bench, "out");
    snapshot_check_whole(bench);
    check_is_gone(bench);
    machine_cont(bench->machine);
    set_port(bench, "present", "true");
    check_comes_back(bench, 0);
}

/* A rewind compares what the guest cannot write with what is there: logs and states are no such thing. */
static void test_rewound_over_errors(void)
{
    g_autoptr(Bench) bench = port_new(",dpc=on");
    Pci port = port_of(bench);

    machine_stop(bench->machine);
    snapshot_take(bench, "before");
    machine_cont(bench->machine);
    set_port(bench, "aer", "\"nonfatal UNX_COMP 1 2 3 4\"");
    pci_write(&port, pci_find_ext_cap(&port, PCI_EXT_CAP_ID_DPC) + PCI_EXP_DPC_CTL, 2, PCI_EXP_DPC_CTL_EN_FATAL);
    set_port(bench, "aer", "\"fatal\"");
    machine_stop(bench->machine);
    snapshot_take(bench, "after");
    for (unsigned i = 0; i < 2; i++) {
        snapshot_rewind(bench, "before");
        snapshot_check_whole(bench);
        g_assert_cmphex(aer_read(&bench->dma, PCI_ERR_UNCOR_STATUS), ==, 0);
        snapshot_rewind(bench, "after");
        snapshot_check_whole(bench);
        g_assert_false(link_is_up(bench));
    }
}

static void test_system_reset(void)
{
    g_autoptr(Bench) bench = port_new("");

    set_port(bench, "present", "false");
    machine_system_reset(bench->machine);
    pci_start(bench->machine);
    pci_open_port(bench->machine, 3);
    g_assert_false(link_is_up(bench)); /* nobody has put it in again */
    set_port(bench, "present", "true");
    machine_system_reset(bench->machine);
    bench_configure(bench);
    g_assert_true(link_is_up(bench));
    g_assert_cmphex(pci_reg_read(&bench->dma, STUNT_DMA_ID), ==, STUNT_DMA_ID_VALUE);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/port/at-start", test_at_start);
    g_test_add_func("/port/unclaimed-reads-ones", test_unclaimed_reads_ones);
    g_test_add_func("/port/removed-in-flight", test_removed_in_flight);
    g_test_add_func("/port/removed-at-a-chunk", test_removed_at_a_chunk);
    g_test_add_func("/port/removed-at-any-event", test_removed_at_any_event);
    g_test_add_func("/port/memory-goes-too", test_memory_goes_too);
    g_test_add_func("/port/polling-what-is-gone-is-misuse", test_polling_what_is_gone_is_misuse);
    g_test_add_func("/port/no-device-is-deleted", test_no_device_is_deleted);
    g_test_add_func("/port/unplug-and-plug", test_unplug_and_plug);
    g_test_add_func("/port/power-by-the-guest", test_power_by_the_guest);
    g_test_add_func("/port/power-fault", test_power_fault);
    g_test_add_func("/port/link-down-and-up", test_link_down_and_up);
    g_test_add_func("/port/link-down-for-a-time", test_link_down_for_a_time);
    g_test_add_func("/port/link-disable", test_link_disable);
    g_test_add_func("/port/secondary-bus-reset", test_secondary_bus_reset);
    g_test_add_func("/port/retry-after-reset", test_retry_after_reset);
    g_test_add_func("/port/errors", test_errors);
    g_test_add_func("/port/header-log", test_header_log);
    g_test_add_func("/port/masked-and-changed-severity", test_masked_and_changed_severity);
    g_test_add_func("/port/not-forwarded", test_not_forwarded);
    g_test_add_func("/port/completion-timeout-and-poison", test_completion_timeout_and_poison);
    g_test_add_func("/port/contained", test_contained);
    g_test_add_func("/port/rewound", test_rewound);
    g_test_add_func("/port/rewound-over-errors", test_rewound_over_errors);
    g_test_add_func("/port/system-reset", test_system_reset);
    return g_test_run();
}
