/* SPDX-License-Identifier: GPL-2.0-or-later */
/* S3 and the board: the reset that wakes it, and the window of its firmware. */
#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/pci-host/q35.h"
#include "sysemu/reset.h"
#include "sysemu/sysemu.h"
#include "core/sleep.h"

/* ---- the firmware's window ------------------------------------------------------------------------ */

static PCIDevice *host_bridge(void)
{
    Object *found = object_resolve_path_type("", TYPE_MCH_PCI_DEVICE, NULL);

    return found ? PCI_DEVICE(found) : NULL;
}

/*
 * Once it has booted, SeaBIOS reaches configuration space through a window in memory, also when it wakes. But a reset takes
 * the window away, and SeaBIOS, which is about to open it anew, begins with closing it: nothing that it does to the chipset
 * after that would arrive, and a guest could at best sleep once. So the window comes back with the wake-up, and stays as it is.
 */
static void allow_window(PCIDevice *bridge, bool may_change)
{
    memset(bridge->wmask + MCH_HOST_BRIDGE_PCIEXBAR, may_change ? 0xff : 0, MCH_HOST_BRIDGE_PCIEXBAR_SIZE);
}

static uint64_t window_of(PCIDevice *bridge)
{
    return pci_get_quad(bridge->config + MCH_HOST_BRIDGE_PCIEXBAR);
}

static void open_window(PCIDevice *bridge, uint64_t window)
{
    allow_window(bridge, true);
    bridge->config_write(bridge, MCH_HOST_BRIDGE_PCIEXBAR + 4, window >> 32, 4);
    bridge->config_write(bridge, MCH_HOST_BRIDGE_PCIEXBAR, (uint32_t)window, 4);
}

/* Also after a rewind, which does not know of it: it is closed at a cold start only. */
void stunt_sleep_keep_window(void)
{
    PCIDevice *bridge = host_bridge();

    if (bridge) {
        allow_window(bridge, !(window_of(bridge) & MCH_HOST_BRIDGE_PCIEXBAREN));
    }
}

static void reset(void *opaque)
{
    PCIDevice *bridge = host_bridge();

    if (bridge) {
        allow_window(bridge, true);
    }
}

/* ---- waking --------------------------------------------------------------------------------------- */

static void (*reset_board)(MachineState *machine);

/*
 * A reset writes what QEMU was started with into memory again: firmware tables, and a kernel that is an ELF file. One of a machine
 * that waits for its state does not.
 */
static void reset_but_memory(MachineState *machine)
{
    runstate_set(RUN_STATE_PAUSED);
    runstate_set(RUN_STATE_PRELAUNCH);
    runstate_set(RUN_STATE_INMIGRATE);
    reset_board(machine);
    runstate_set(RUN_STATE_RUNNING);
}

static void wake_board(MachineState *machine)
{
    PCIDevice *bridge = host_bridge();
    uint64_t window = bridge ? window_of(bridge) : 0;

    reset_but_memory(machine);
    if (bridge) {
        open_window(bridge, window);
        stunt_sleep_keep_window();
    }
}

static void board_is_made(Notifier *notifier, void *data)
{
    MachineClass *board = MACHINE_GET_CLASS(current_machine);

    reset_board = board->wakeup;
    if (reset_board) {
        board->wakeup = wake_board;
    }
}

void stunt_sleep_board_init(void)
{
    static Notifier board_notifier = { .notify = board_is_made };

    qemu_register_reset(reset, NULL);
    qemu_add_machine_init_done_notifier(&board_notifier);
}
