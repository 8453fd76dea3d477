/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The registry: every device that one of Stunt's drivers has bound is in the class stunt, and
 * programs that hold /dev/stunt-registry open are told of its arrival, its states and its removal.
 */
#ifndef STUNT_REGISTRY_H
#define STUNT_REGISTRY_H

#include <linux/device.h>
#include <linux/types.h>

struct stunt_registered;

/**
 * stunt_registry_add() - the device can be used from now on
 * @dev: the bound device; call it from its probe, when all else has been done
 * @name: of the new device in /sys/class/stunt, which is a child of @dev; unique
 * @state: STUNT_REGISTRY_* of include/stunt/uapi/registry.h
 *
 * Managed: it is taken out, and readers are told so, when the driver has let go of @dev. Until
 * then the caller may use what is returned. May sleep.
 *
 * Return: the entry, or an error pointer: -EEXIST if the name is taken, -ENOMEM.
 */
struct stunt_registered *stunt_registry_add(struct device *dev, const char *name, u32 state);

/**
 * stunt_registry_state() - the device is in this state now
 * @reg: the entry, or NULL: nothing happens
 * @state: STUNT_REGISTRY_*; nothing happens if that is what it was
 *
 * Readers have the event when this returns; the uevent (CHANGE) follows and tells the newest
 * state. Any context.
 */
void stunt_registry_state(struct stunt_registered *reg, u32 state);

#endif
