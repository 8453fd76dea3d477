/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt_dma inside: the device, its channels and the jobs they run.
 *
 * A job is one or more descriptors that belong together. It is submitted to a channel, waits in a
 * queue, is put on the ring as room permits and ends exactly once, with its done function called
 * from the channel's tasklet. The lock of a channel guards its rings and lists; nothing but the
 * tasklet runs done functions, so they come in order and never under the lock.
 */
#ifndef STUNT_DMA_INTERNAL_H
#define STUNT_DMA_INTERNAL_H

#include <linux/atomic.h>
#include <linux/completion.h>
#include <linux/dmaengine.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/miscdevice.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <stunt/regs/dma.h>
#include <stunt/uapi/dma.h>

#include "bugs.h"
#include "client.h"
#include "stunt_core.h"
#include "stunt_registry.h"

#ifdef __BIG_ENDIAN
#error "the descriptors of the device are little-endian, and so must be the machine"
#endif

#define STUNT_DMA_CHANNELS	STUNT_DMA_CH_CTRL_COUNT
#define STUNT_DMA_FAILED_COOKIES 8

/* Descriptors of one chain: with the LINKs between, fewer than the device follows. */
#define STUNT_CHAIN_MAX		15000

struct stunt_dma;
struct stunt_dma_chain;
struct stunt_dma_chan;

enum stunt_dma_job_state {
	STUNT_JOB_IDLE = 0,	/* the submitter's */
	STUNT_JOB_QUEUED,	/* none of it is on the ring */
	STUNT_JOB_ACTIVE,	/* some of it is on the ring: the device may touch its memory */
	STUNT_JOB_DONE,		/* waits for its done function */
};

/**
 * struct stunt_dma_job - descriptors that are run together
 * @node: in one of the channel's lists
 * @done: called once, in softirq context; the job is the submitter's again
 * @desc: the descriptors, @n_desc of them; not touched, and kept to the end for starting over
 * @comp: filled with the completions, or NULL
 * @n_desc: number of descriptors, at least 1
 * @verbatim: leave id and flags of the descriptors alone
 * @client: submitted through dmaengine
 * @cyclic: its chain goes round until it is called off
 * @state: where it is
 * @posted: descriptors on the ring so far
 * @finished: completions seen so far
 * @error: the driver's verdict: 0, or -ETIMEDOUT, -EIO (device was reset, or talks nonsense),
 *	-ECANCELED, -ENODEV
 * @status: the device's verdict: STUNT_DMA_STATUS_* of the first descriptor that failed
 * @at: index in @desc of the descriptor that @status speaks of
 * @err_index: CH_ERR_INDEX when the job halted its channel
 * @ch_status: CH_STATUS when the job halted its channel, else 0
 * @bytes: done by the device
 * @periods: cyclic: completed, as far as it was seen
 * @told: of these, the ones that the client was told of
 * @lap: value of @periods when it began, or started over
 */
struct stunt_dma_job {
	struct list_head node;
	void (*done)(struct stunt_dma_job *job);
	const struct stunt_dma_desc *desc;
	struct stunt_dma_comp *comp;
	u32 n_desc;
	bool verbatim;
	bool client;
	bool cyclic;

	enum stunt_dma_job_state state;
	u32 posted;
	u32 finished;

	int error;
	u8 status;
	u32 at;
	u32 err_index;
	u32 ch_status;
	u64 bytes;

	u32 periods;
	u32 told;
	u32 lap;
};

/* A job that somebody sleeps for. */
struct stunt_dma_wait {
	struct stunt_dma_job job;
	struct completion ended;
};

struct stunt_dma_chan {
	struct stunt_dma *sd;
	unsigned int nr;

	/*
	 * Guards all below up to the watchdog. Taken with interrupts off: clients submit from
	 * anywhere.
	 */
	spinlock_t lock;
	struct stunt_dma_desc *ring;
	struct stunt_dma_comp *comps;
	dma_addr_t ring_bus;
	dma_addr_t comps_bus;
	u32 head;			/* first descriptor without a completion */
	u32 tail;			/* first descriptor not handed over */
	unsigned long progress;		/* jiffies when something last moved, or work began */
	bool held_back;			/* the watchdog saw a completion without an interrupt */
	unsigned long held_since;	/* jiffies when it did first */
	unsigned int idle_halts;	/* in a row, with nothing to do */
	u32 periods;			/* CH_PERIODS, as far as it was seen */
	bool untold;			/* a client is to be told of periods */
	bool paused;
	bool stuck;			/* could not be stopped: it is as it was when it starts */
	bool busy;			/* has work, and a reference that keeps the device awake */
	struct stunt_dma_job *endless;	/* cyclic, queued or on the ring; nobody else's job would end */
	struct list_head queued;
	struct list_head active;
	struct list_head done;

	struct dma_chan dma;
	struct list_head prepared;	/* dmaengine: made, not submitted */
	struct list_head submitted;	/* dmaengine: submitted, not issued */
	struct dma_slave_config slave;
	dma_cookie_t failed[STUNT_DMA_FAILED_COOKIES];
	unsigned int n_failed;

	struct delayed_work watchdog;
	struct tasklet_struct task;
};

enum stunt_storm_state {
	STUNT_STORM_NONE = 0,
	STUNT_STORM_MASKED,	/* and polled */
	STUNT_STORM_TRIAL,	/* is it over? Still polled */
};

struct stunt_dma_storm {
	spinlock_t lock;		/* all here; shared with the hard handler */
	enum stunt_storm_state state;
	unsigned int fruitless;		/* interrupts since @since that brought nothing */
	unsigned long since;		/* jiffies */
	u32 progress;
	unsigned int hold_ms;		/* how long it is masked */
	ktime_t until;
	struct hrtimer poll;
};

struct stunt_dma_vec {
	struct stunt_dma *sd;
	u32 causes;			/* bits of INT_STATUS that it serves */
	atomic_t pending;		/* causes acknowledged and not yet served by the thread */
	atomic64_t count;
	int irq;
	struct stunt_dma_storm storm;
	char name[24];
};

enum stunt_dma_state {
	STUNT_DMA_STOPPED = 0,	/* being set up, reset or asleep: jobs queue up */
	STUNT_DMA_RUNNING,
	STUNT_DMA_GONE,		/* does not answer; a function reset may bring it back */
	STUNT_DMA_REMOVED,	/* the driver let go of it */
};

struct stunt_dma_counters {
	atomic64_t lost_irqs;
	atomic64_t spurious_irqs;
	atomic64_t doorbells;		/* rung a second time */
	atomic64_t timeouts;
	atomic64_t resets;
	atomic64_t errors;
	atomic64_t jobs;
	atomic64_t storms;
};

/**
 * struct stunt_dma - one device
 *
 * Reference counted: by the binding, each open file, and dmaengine. Its memory may outlive the
 * binding; everything of the hardware (registers, rings, interrupts, mappings) does not, which
 * @state and @calls see to.
 */
struct stunt_dma {
	struct kref ref;
	struct work_struct reap;
	struct stunt_pci pci;
	struct device *dev;
	int id;
	char name[20];

	enum stunt_dma_state state;	/* read under a channel's lock; see stunt_state_changed() */
	struct stunt_registered *registered;	/* NULL until all is set up */
	unsigned long swept;
	unsigned int channels;
	unsigned int width;
	bool wired;			/* to a peer, see bell.c */
	unsigned int ring_log2;
	u32 ops;
	u32 max_len;

	struct stunt_dma_chan chan[STUNT_DMA_CHANNELS];
	struct stunt_dma_vec vec[STUNT_DMA_VECTORS];
	struct stunt_dma_counters count;
	bool threaded;			/* channels are served by interrupt threads */
	bool irqs_off;			/* see stunt_dma_irq_quiesce() */
	bool frozen;			/* an error of the bus: see errors.c */
	bool asleep;			/* only changed by call-backs of power management */
	bool recovering;		/* has a reference that keeps the device awake */
	struct notifier_block latency;
	s32 limit_us;			/* to the time that it takes to wake */
	struct delayed_work rescue;	/* of a recovery without an end */
	struct pci_saved_state *config;	/* as it was set up */
	struct mutex settings;		/* a device that starts has them all */
	u32 moderate;			/* CH_MODERATE of all channels */
	struct task_struct *health;
	wait_queue_head_t health_wait;
	struct workqueue_struct *wq;
	struct dma_device engine;
	struct dma_pool *pool;		/* of chains */
	phys_addr_t sram;		/* of the device, for its peers */
	resource_size_t sram_len;	/* 0: there is none */
	struct mutex peer_lock;		/* guards @peers */
	struct list_head peers;		/* jobs of other devices that work on it */

	struct miscdevice misc;
	struct stunt_client client;
	struct rw_semaphore calls;	/* read: uses the device; write: the binding ends */
	struct mutex raw_lock;		/* the bounce buffer */
	void *bounce;
	dma_addr_t bounce_bus;
	atomic_t next_chan;
};

extern unsigned int stunt_dma_watchdog_ms;
extern unsigned int stunt_dma_job_timeout_ms;
extern struct stunt_pci_info stunt_dma_info;

void stunt_dma_put(struct stunt_dma *sd);

/*
 * power.c: before and after the device is reset or sleeps. What is on the rings fails with @error, or starts over if
 * that is 0. May sleep. Return: 0; -EBUSY, with @error 0 only: a channel cannot be stopped, and goes on.
 */
int stunt_dma_quiesce(struct stunt_dma *sd, int error);
int stunt_dma_revive(struct stunt_dma *sd);
/* The last of probe, the first of remove: in between it may sleep when it is not needed, if the user lets it. */
int stunt_power_allow(struct stunt_dma *sd);
void stunt_power_forbid(struct stunt_dma *sd);
/* Awake until stunt_power_put(). May sleep. Return: 0 or a negative errno, then there is nothing to put. */
int stunt_power_get(struct stunt_dma *sd);
/* Any context. */
void stunt_power_put(struct stunt_dma *sd);
/* With the lock held: whether the channel has work decides whether it needs the device awake. */
void stunt_power_follow(struct stunt_dma_chan *ch);
extern const struct dev_pm_ops stunt_dma_pm;

/* errors.c */
extern const struct pci_error_handlers stunt_dma_err_handlers;
/* No register may be accessed: the bus has reported an error, or the device was pulled out. */
bool stunt_dma_frozen(const struct stunt_dma *sd);
/* Nobody waits for the end of a recovery any more. May sleep. */
void stunt_dma_recovery_end(struct stunt_dma *sd);
void stunt_dma_rescue(struct work_struct *work);

/* hw.c: registers. The lock of the channel is held where one is given. */
int stunt_dma_hw_probe(struct stunt_dma *sd);
void stunt_dma_hw_enable(struct stunt_dma *sd);
void stunt_dma_hw_disable(struct stunt_dma *sd);
/* No interrupt is signalled any more; those that were have arrived. */
void stunt_dma_hw_silence(struct stunt_dma *sd);
u32 stunt_chan_read(const struct stunt_dma_chan *ch, u32 reg);
void stunt_chan_write(const struct stunt_dma_chan *ch, u32 reg, u32 value);
/* Stops the channel. Return: whether it stands still now. */
bool stunt_chan_hw_reset(struct stunt_dma_chan *ch);
/* Gives a channel that was reset its empty rings. */
void stunt_chan_hw_start(struct stunt_dma_chan *ch);
/* Has it run, or stand still if it is paused. */
void stunt_chan_hw_run(struct stunt_dma_chan *ch);

/* chan.c: queueing and completions */
void stunt_chan_setup(struct stunt_dma *sd, unsigned int nr);
/* The rings, managed. */
int stunt_chan_alloc(struct stunt_dma_chan *ch);
unsigned long stunt_chan_lock(struct stunt_dma_chan *ch) __acquires(ch->lock);
/* Also sends ended jobs on their way, and deals with a device found to be gone. */
void stunt_chan_unlock(struct stunt_dma_chan *ch, unsigned long flags) __releases(ch->lock);
/*
 * Any context. Return: 0; or the job is still the caller's: -ENODEV, or -EBUSY while a client keeps the
 * channel to itself, by a cyclic transfer or because it has paused it.
 */
int stunt_chan_submit(struct stunt_dma_chan *ch, struct stunt_dma_job *job);
/*
 * Submits and sleeps until the job has ended or was called off and the device has let go of it.
 * Return: 0 with the device's verdict in job.status; job.error; -ETIMEDOUT after @deadline;
 * -ERESTARTSYS.
 */
int stunt_chan_run(struct stunt_dma_chan *ch, struct stunt_dma_wait *wait, ktime_t deadline);
/* With the lock held: */
void stunt_chan_queue(struct stunt_dma_chan *ch, struct stunt_dma_job *job);
void stunt_chan_post(struct stunt_dma_chan *ch);
void stunt_chan_finish(struct stunt_dma_chan *ch, struct stunt_dma_job *job, int error);

#define STUNT_HARVEST_FAILED	BIT(0)	/* a descriptor failed */
#define STUNT_HARVEST_GARBLED	BIT(1)	/* a completion that answers no descriptor of ours */
/* Takes completions off the ring. Return: STUNT_HARVEST_*. */
unsigned int stunt_chan_harvest(struct stunt_dma_chan *ch);
/*
 * The index behind the last completion on the ring for which an interrupt was asked; head if there
 * is none. @ret_asked: how many asked.
 */
u32 stunt_chan_peek(const struct stunt_dma_chan *ch, u32 *ret_asked);
/* Periods that the device has completed and nobody has seen. */
u32 stunt_chan_unseen(struct stunt_dma_chan *ch);

/* chain.c: descriptors outside of the ring */
int stunt_chain_pool(struct stunt_dma *sd);
/* @n descriptors, zeroed, 1 to STUNT_CHAIN_MAX. NULL without memory. */
struct stunt_dma_chain *stunt_chain_new(struct stunt_dma *sd, u32 n, gfp_t gfp);
/* NULL is fine. */
void stunt_chain_free(struct stunt_dma_chain *chain);
/* NULL behind the last one. */
struct stunt_dma_desc *stunt_chain_at(const struct stunt_dma_chain *chain, u32 i);
/*
 * Closes a chain that is filled in: it ends with its last descriptor, or leads back to its first. @link
 * becomes the descriptor that leads to it.
 */
void stunt_chain_end(const struct stunt_dma_chain *chain, struct stunt_dma_desc *link);
void stunt_chain_loop(const struct stunt_dma_chain *chain, struct stunt_dma_desc *link);

/* recover.c: everything that goes wrong */
void stunt_chan_service(struct stunt_dma_chan *ch, bool error);
void stunt_chan_watchdog(struct work_struct *work);
void stunt_chan_cancel(struct stunt_dma_chan *ch, struct stunt_dma_job *job, int error);
/* Resets the channel; the job at its head fails with -ECANCELED, those behind it start over. */
int stunt_chan_user_reset(struct stunt_dma_chan *ch);
/*
 * With the lock held: resets the channel. @victim, on the ring or NULL, fails with @error (0:
 * with its status); all else on the ring starts over.
 */
void stunt_chan_restart(struct stunt_dma_chan *ch, struct stunt_dma_job *victim, int error);
/* With the lock of any channel held: the device no longer answers. */
void stunt_dma_lost(struct stunt_dma *sd);
/* All jobs, on the ring or not, fail. */
void stunt_dma_fail_all(struct stunt_dma *sd, int error);
/*
 * Stops interrupts and all channels. What is on the rings fails with @error, or starts over later
 * if that is 0. May sleep. Return: 0; -EBUSY, with @error 0 only: a channel cannot be stopped, and
 * goes on.
 */
int stunt_dma_stop(struct stunt_dma *sd, enum stunt_dma_state state, int error);
/*
 * After stunt_dma_stop(..., STUNT_DMA_STOPPED, ...). Return: 0, or -ENODEV and everything has
 * failed.
 */
int stunt_dma_start(struct stunt_dma *sd, const struct stunt_pci_info *info);
bool stunt_dma_is(const struct stunt_dma *sd, enum stunt_dma_state state);
void stunt_dma_set_state(struct stunt_dma *sd, enum stunt_dma_state state);
/* The part of stunt_dma_stop() that is about the channels: interrupts are off, the state is set. */
int stunt_dma_stop_channels(struct stunt_dma *sd, int error);

/*
 * irq.c. Interrupts are off after the request and after stunt_dma_irq_quiesce(), which returns when no handler and
 * no poll runs; the state must not be STUNT_DMA_RUNNING then.
 */
int stunt_dma_irq_request(struct stunt_dma *sd);
void stunt_dma_irq_free(struct stunt_dma *sd);
void stunt_dma_irq_quiesce(struct stunt_dma *sd);
void stunt_dma_irq_enable(struct stunt_dma *sd);
/* How often the hard handlers of the channel ran, and of errors. */
u64 stunt_chan_irq_count(const struct stunt_dma_chan *ch);
/* Whether the channel is polled in place of its interrupts, because they storm. */
bool stunt_chan_irq_masked(const struct stunt_dma_chan *ch);
/*
 * Waits for interrupts of the channel that are on their way. Return: what stood in INT_STATUS
 * before. May sleep.
 */
u32 stunt_chan_irq_sync(struct stunt_dma_chan *ch);
/*
 * Serves those of @causes that still stand in INT_STATUS, in place of the hard handler. Return:
 * which.
 */
u32 stunt_chan_irq_replay(struct stunt_dma_chan *ch, u32 causes);
/* Sets a field of CH_MODERATE, in place, in all channels, now and after each reset. May sleep. */
void stunt_dma_moderate(struct stunt_dma *sd, u32 field, u32 value);
/* The causes of this vector that stand in the device; they are acknowledged. Any context. */
u32 stunt_vec_take(struct stunt_dma_vec *vec);
/* Serves the channels that were told of. Any context. */
void stunt_vec_serve(struct stunt_dma_vec *vec, u32 causes);
/* Any context; each mask needs its unmask. */
void stunt_vec_mask(struct stunt_dma_vec *vec);
void stunt_vec_unmask(struct stunt_dma_vec *vec);

/* storm.c */
void stunt_storm_init(struct stunt_dma_vec *vec);
/* For the hard handler, of every interrupt. */
void stunt_storm_note(struct stunt_dma_vec *vec);
bool stunt_storm_masked(const struct stunt_dma_vec *vec);
/* The poll has ended and the vector is as it was before the storm; no handler may run. May sleep. */
void stunt_storm_end(struct stunt_dma_vec *vec);

/* health.c: a thread, if the module parameter asks for one; after the stop it does not run. May sleep. */
int stunt_health_start(struct stunt_dma *sd);
void stunt_health_stop(struct stunt_dma *sd);

/* engine.c */
int stunt_engine_register(struct stunt_dma *sd);
void stunt_engine_chan_init(struct stunt_dma_chan *ch);
/* With the lock held: a client's job has ended, its done function is yet to come. */
void stunt_engine_finish(struct stunt_dma_chan *ch, struct stunt_dma_job *job);
/* Tells the client of a cyclic transfer of its next period. Return: whether there was one. */
bool stunt_engine_tell(struct stunt_dma_chan *ch);
/* The binding ends: what clients have prepared keeps nothing of the hardware. */
void stunt_engine_let_go(struct stunt_dma *sd);

/* bell.c: takes what the peer has rung out of the device, and tells who waits for it. Any context. */
void stunt_bell_answer(struct stunt_dma *sd);
/* The same when the device starts; no handler runs. */
void stunt_bell_start(struct stunt_dma *sd);

/* sysfs.c */
extern const struct attribute_group *stunt_dma_groups[];

static inline u32 stunt_dma_entries(const struct stunt_dma *sd)
{
	return 1u << sd->ring_log2;
}

#endif
