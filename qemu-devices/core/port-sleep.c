/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The port in S3. Main power of the board goes, and with it that of slot and port, unless the board has them on a rail that stays
 * (s3-power). It is back at the reset that the system wakes by. A card with auxiliary power can ask for that by WAKE#.
 */
#include "qemu/osdep.h"
#include "core/port.h"

bool stunt_port_sleeps(const StuntPort *port)
{
    return port->asleep && port->present;
}

bool stunt_port_hears_wake(const StuntPort *port)
{
    return port->present && stunt_sleep_is_asleep();
}

/* WAKE# is a level: who has pulled it before the system slept wakes it now. */
static void power_goes(Notifier *notifier, void *data)
{
    StuntPort *port = container_of(notifier, StuntPort, power_goes);
    StuntPCI *dev = stunt_port_double(port);

    if (!port->s3_power) {
        port->asleep = true;
        stunt_port_tell_slot(port);
        stunt_port_settle(port);
    }
    if (dev) {
        stunt_pci_pme_written(dev);
    }
}

void stunt_port_sleep_init(StuntPort *port)
{
    port->power_goes.notify = power_goes;
    stunt_sleep_add_notifier(&port->power_goes);
}
