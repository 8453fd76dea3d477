/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stunt-dma: a PCIe scatter-gather DMA engine with four channels. Theory: docs/devices/dma.md.
 *
 * device.c   the type: realize, reset, power, properties
 * regs.c     what register writes do; interrupts
 * moderate.c interrupts that a channel holds back
 * channel.c  a channel from outside: rings, doorbell, abort, timer
 * engine.c   the steps of a job
 * desc.c     fetching a descriptor and judging it
 * owned.c    descriptors that the driver has handed over and must leave alone
 * peer.c     doorbells between two of these devices
 * ops.c      moving, filling, summing and comparing data
 * vmstate.c  what a snapshot keeps
 */
#ifndef STUNT_DMA_DEVICE_H
#define STUNT_DMA_DEVICE_H

#include "core/dma.h"
#include "core/ring.h"
#include "stunt/regs/dma.h"

#define TYPE_STUNT_DMA "stunt-dma"
OBJECT_DECLARE_SIMPLE_TYPE(StuntDma, STUNT_DMA)

extern const struct stunt_device_spec stunt_dma_spec;

#define STUNT_DMA_CHANNELS STUNT_DMA_CH_CTRL_COUNT
#define STUNT_DMA_RING_LOG2_MAX 16u
#define STUNT_DMA_CHAIN_MAX 16384u /* descriptors behind one LINK of the ring */

/*
 * Bytes moved in one step. While the guest idles a step is several wake-ups of QEMU's threads, 50 to 100 us
 * of the host's time, in which half a MiB could be copied.
 */
#define STUNT_DMA_PIECE (4u * 1024 * 1024)

typedef enum StuntDmaState {
    STUNT_DMA_IDLE,
    STUNT_DMA_FETCH, /* the timer ends the latency of a descriptor fetch */
    STUNT_DMA_START, /* a fault delays the start of the job until the timer ends */
    STUNT_DMA_DATA,  /* the timer ends the transfer of the next piece */
    /* where a fault has put off what follows, until the timer ends */
    STUNT_DMA_FETCHED, /* the descriptor was read */
    STUNT_DMA_MOVED,   /* a piece was moved */
    STUNT_DMA_DONE,    /* job.done is told */
    STUNT_DMA_HUNG,  /* a fault made the job hang: only abort and reset get out */
} StuntDmaState;

/* One descriptor of the ring, with the chain behind it if it is a LINK. */
typedef struct StuntDmaJob {
    bool started;  /* its descriptor is there, job.start is told */
    uint16_t id;   /* of the ring's descriptor */
    uint8_t flags; /* of all descriptors so far */
    uint32_t bytes;
    uint32_t result;

    /* the descriptor in work */
    uint64_t addr;
    struct stunt_dma_desc desc; /* in host byte order; reserved words are only checked */
    uint32_t done;              /* bytes of it */
    uint32_t crc;               /* running */

    /* a LINK with LOOP was taken: descriptors with IRQ end periods */
    bool looping;

    /* the chain; LINK targets are compared with `mark`, which moves ahead ever more rarely (Brent) */
    bool chained;
    uint32_t fetched;
    uint64_t mark;
    uint32_t hops, hops_max;
} StuntDmaJob;

/* The descriptors that are watched while they are the device's, by their free-running index. */
#define STUNT_DMA_OWNED 256u
typedef struct StuntDmaOwned {
    uint32_t from, to; /* the first one, and the one behind the last */
    uint64_t hash[STUNT_DMA_OWNED];
} StuntDmaOwned;

typedef struct StuntDmaChannel {
    StuntDma *dma;
    unsigned index;
    QEMUTimer timer;
    uint32_t state; /* StuntDmaState */
    bool halted;
    uint8_t error; /* STATUS, why it halted */
    struct stunt_ring ring;
    struct stunt_ring comp; /* base, size and entry size */
    struct stunt_dma_comp last; /* the newest record, as it lies in memory */
    uint8_t done_status; /* of the job, while DONE */
    StuntDmaJob job;
    uint32_t held; /* requests for an interrupt that moderation holds back */
    int64_t held_since_ns;
    QEMUTimer held_timer;
    StuntDmaOwned owned;
    QEMUTimer reset_timer; /* puts off a reset of the channel */
    bool stuck;            /* a fault made it hang in a reset: only one of the whole device gets out */
} StuntDmaChannel;

struct StuntDma {
    StuntPCI parent_obj;

    uint64_t latency_ns; /* of each descriptor */
    uint64_t bandwidth;  /* bytes per second, 0: no limit */
    char *peer_id;       /* as given */

    StuntDmaChannel channel[STUNT_DMA_CHANNELS];
    uint32_t signal; /* bits of INT_STATUS that ask for an interrupt */
    uint32_t live;   /* vectors that are raised */
    uint32_t fresh;  /* new causes, until stunt_dma_signal(); always 0 between events */
    uint32_t again;  /* those that a fault doubles; likewise */

    StuntDma *peer; /* at the other end of the wire; NULL: nobody, or not any more */
    uint8_t wired;  /* there is a wire */
    uint32_t rung;  /* PEER_STATUS */

    uint8_t *scratch[2]; /* STUNT_DMA_CHUNK bytes each; nothing of it outlives a step */
};

/* regs.c */
void stunt_dma_reg_written(StuntPCI *dev, const struct stunt_reg_access *access);
/* Notes causes (bits of INT_STATUS); `ask` when they shall interrupt. */
void stunt_dma_cause(StuntDma *dma, uint32_t bits, bool ask);
/* Raises and lowers vectors as the noted causes want it. The last act of every event. */
void stunt_dma_signal(StuntDma *dma);

/* device.c */
void stunt_dma_show_caps(StuntDma *dma);

/* peer.c */
/*
 * Wires the device to the one that the property `peer` names, which must have been made before; from then on either can
 * ring the other. False with an error when that cannot be.
 */
bool stunt_dma_peer_wire(StuntDma *dma, Error **errp);
void stunt_dma_peer_unwire(StuntDma *dma);
/* PEER_RING, PEER_STATUS were written. */
void stunt_dma_peer_ring(StuntDma *dma, const struct stunt_reg_access *access);
void stunt_dma_peer_cleared(StuntDma *dma, uint32_t left);
/* Registers are at their start, power has changed: what has rung and still stands asks again. */
void stunt_dma_peer_reset(StuntDma *dma, StuntReset kind);
void stunt_dma_peer_remind(StuntDma *dma);

/* moderate.c */
void stunt_dma_moderate_init(StuntDmaChannel *ch);
/* A completion, or a period of a loop, asks for an interrupt: notes the cause now, or holds it back as CH_MODERATE says. */
void stunt_dma_ask(StuntDmaChannel *ch);
/* Something changed that decides how long: notes the cause if it is time for what is held back. */
void stunt_dma_moderate(StuntDmaChannel *ch);
/* Drops what is held back. */
void stunt_dma_moderate_forget(StuntDmaChannel *ch);

/* channel.c */
void stunt_dma_channel_init(StuntDma *dma, unsigned index);
/* CH_CTRL.RESET, with the faults that it may have. */
void stunt_dma_channel_reset(StuntDmaChannel *ch);
/* Stops and forgets everything, no register included. */
void stunt_dma_channel_clear(StuntDmaChannel *ch);
/* ENABLE was set: takes the rings from the registers, or halts with BAD_RING. */
void stunt_dma_channel_enable(StuntDmaChannel *ch);
/* Starts if there is something to do. */
void stunt_dma_channel_kick(StuntDmaChannel *ch);
void stunt_dma_channel_abort(StuntDmaChannel *ch);
/* It is to stand still, or may go on: the device fell asleep or woke up, the channel is paused or no more. */
void stunt_dma_channel_sleep(StuntDmaChannel *ch);
void stunt_dma_channel_wake(StuntDmaChannel *ch);
/* Puts state into CH_STATUS, CH_HEAD and CH_BYTES. */
void stunt_dma_channel_publish(StuntDmaChannel *ch);
static inline bool stunt_dma_channel_busy(const StuntDmaChannel *ch)
{
    return ch->state != STUNT_DMA_IDLE;
}

/*
 * engine.c: functions that give a time in nanoseconds leave the channel in a state whose next step is due
 * then (not so for IDLE and HUNG).
 */
typedef struct StuntDmaBudget {
    uint32_t descriptors;
    uint32_t bytes;
} StuntDmaBudget;

uint64_t stunt_dma_step(StuntDmaChannel *ch, StuntDmaBudget *budget);
/* Takes the ring's next descriptor in work; idle without one. */
uint64_t stunt_dma_next_job(StuntDmaChannel *ch);
/* Writes the completion, and halts or goes on as the status wants it. */
uint64_t stunt_dma_end_job(StuntDmaChannel *ch, unsigned status);
/* Stops until channel reset because of descriptor `index`. */
void stunt_dma_halt(StuntDmaChannel *ch, unsigned status, uint32_t index);

/* desc.c: give STATUS. */
unsigned stunt_dma_fetch(StuntDmaChannel *ch);
unsigned stunt_dma_judge(StuntDmaChannel *ch);
/* Takes a LINK: job.addr is then where it leads. */
unsigned stunt_dma_follow(StuntDmaChannel *ch);
unsigned stunt_dma_status_of(StuntDmaResult result);

/* owned.c: descriptors from `first` to the tail were handed over; the one at the head is fetched; it is done. */
void stunt_dma_owned_take(StuntDmaChannel *ch, uint32_t first);
void stunt_dma_owned_compare(StuntDmaChannel *ch);
void stunt_dma_owned_done(StuntDmaChannel *ch);

/* ops.c: the next len bytes of the descriptor in work; job.done and job.bytes go along. Give STATUS. */
unsigned stunt_dma_move(StuntDmaChannel *ch, uint32_t len);
void stunt_dma_begin_data(StuntDmaJob *job);
unsigned stunt_dma_end_data(StuntDmaJob *job);

/* vmstate.c */
extern const VMStateDescription vmstate_stunt_dma;

#endif
