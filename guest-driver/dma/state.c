// SPDX-License-Identifier: GPL-2.0-or-later
/* Changes of the device's state, told to who polls, and to the rest of the system by uevents. */
#include <linux/kobject.h>

#include <stunt/uapi/registry.h>

#include "dma.h"

u32 stunt_state_told(const struct stunt_dma *sd)
{
	if (stunt_dma_is(sd, STUNT_DMA_STOPPED))
		return STUNT_DMA_INFO_STOPPED;
	return stunt_dma_is(sd, STUNT_DMA_RUNNING) ? STUNT_DMA_INFO_RUNNING : STUNT_DMA_INFO_GONE;
}

/* Of the PCI device: it is there for as long as anybody holds a reference. */
static void stunt_state_uevent(struct stunt_dma *sd)
{
	static const char *const names[] = {
		[STUNT_DMA_INFO_STOPPED] = "STUNT_STATE=stopped",
		[STUNT_DMA_INFO_RUNNING] = "STUNT_STATE=running",
		[STUNT_DMA_INFO_GONE] = "STUNT_STATE=gone",
	};
	char state[32], node[40];
	char *env[] = { state, node, NULL };

	snprintf(state, sizeof(state), "%s", names[stunt_state_told(sd)]);
	snprintf(node, sizeof(node), "STUNT_NODE=%s", sd->name);
	kobject_uevent_env(&sd->dev->kobj, KOBJ_CHANGE, env);
}

/* Changes that follow one another closely are told as one. */
static void stunt_state_work(struct work_struct *work)
{
	struct stunt_dma *sd = container_of(work, struct stunt_dma, client.changed);

	if (stunt_dma_is(sd, STUNT_DMA_GONE))
		stunt_map_zap(sd);
	if (!stunt_dma_is(sd, STUNT_DMA_REMOVED))
		stunt_state_uevent(sd);
}

void stunt_state_init(struct stunt_dma *sd)
{
	atomic64_set(&sd->client.generation, 0);
	init_waitqueue_head(&sd->client.state_wait);
	INIT_WORK(&sd->client.changed, stunt_state_work);
}

/*
 * The state may change again on another processor meanwhile. Whoever tells last has told the last
 * one. STUNT_DMA_REMOVED is not told: the removal itself follows.
 */
void stunt_state_register(struct stunt_dma *sd)
{
	static const u32 words[] = {
		[STUNT_DMA_STOPPED] = STUNT_REGISTRY_STOPPED,
		[STUNT_DMA_RUNNING] = STUNT_REGISTRY_RUNNING,
		[STUNT_DMA_GONE] = STUNT_REGISTRY_GONE,
	};
	enum stunt_dma_state told;

	do {
		told = READ_ONCE(sd->state);
		if (told != STUNT_DMA_REMOVED)
			stunt_registry_state(READ_ONCE(sd->registered), words[told]);
	} while (told != READ_ONCE(sd->state));
}

/* The end of the binding is told by the driver core. */
void stunt_state_changed(struct stunt_dma *sd)
{
	atomic64_inc(&sd->client.generation);
	stunt_state_register(sd);
	wake_up_interruptible_poll(&sd->client.state_wait, EPOLLPRI | EPOLLHUP);
	if (!stunt_dma_is(sd, STUNT_DMA_REMOVED))
		schedule_work(&sd->client.changed);
}

u64 stunt_state_seen(struct stunt_file *sf)
{
	s64 generation = atomic64_read(&sf->sd->client.generation);

	WRITE_ONCE(sf->seen, generation);
	return generation;
}

__poll_t stunt_state_poll(struct stunt_file *sf, struct file *file, poll_table *wait)
{
	struct stunt_dma *sd = sf->sd;
	__poll_t mask = 0;

	poll_wait(file, &sd->client.state_wait, wait);
	if (atomic64_read(&sd->client.generation) != READ_ONCE(sf->seen))
		mask |= EPOLLPRI;
	if (stunt_dma_is(sd, STUNT_DMA_REMOVED))
		mask |= EPOLLHUP;
	return mask;
}
