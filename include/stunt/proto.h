/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/*
 * What crosses the border between guest, device models and harness, apart from registers:
 * the shared memory between QEMU and the harness, and the messages between agent and harness.
 *
 * This header stands alone: the includer has defined uint8_t … uint64_t (stdint.h, or linux/types.h
 * in the kernel). All numbers are little-endian. Layouts never change within one major version.
 */
#ifndef STUNT_PROTO_H
#define STUNT_PROTO_H

#define STUNT_PROTO_VERSION 1

/* ---- shared memory: harness <-> stunt-devices.so ------------------------------------------------ */

#define STUNT_SHM_MAGIC 0x53544e54u /* "TNTS" in memory */
#define STUNT_SHM_DEVICES 64        /* entries of the device table */
#define STUNT_SHM_NAME 32           /* bytes of a device name, NUL included */

/* Why the machine stands still (stop_reason). */
enum stunt_stop {
    STUNT_STOP_NONE = 0,     /* it runs, or QEMU itself stopped it (shutdown, panic, QMP stop) */
    STUNT_STOP_ASK = 1,      /* the agent asks; its message is in the tx area */
    STUNT_STOP_PAUSE = 2,    /* a rule with action pause fired; stop_arg: the rule's number */
    STUNT_STOP_FORBID = 3,   /* a rule with action forbid fired; stop_arg: the rule's number */
    STUNT_STOP_DEADLINE = 4, /* the virtual time set with stunt-link.deadline-ns is reached */
    STUNT_STOP_RING = 5,     /* the event ring is nearly full: drain and go on */
    STUNT_STOP_EVENT = 6,    /* the event number set with stunt-link.stop-at-event happened */
    STUNT_STOP_SLEEP = 7,    /* the guest has fallen asleep; stop_arg: how deep, STATE of stunt-link */
};

/*
 * One thing that happened. Written once by QEMU, in order, never changed.
 * Fields mean what the class says (spec/faults.toml, stunt/events.h); unused ones are 0.
 */
struct stunt_event {
    uint64_t seq;      /* number of the event, from 1, without gaps */
    uint64_t time_ns;  /* virtual time */
    uint16_t class_id; /* STUNT_EV_… */
    uint16_t device;   /* index into the device table */
    uint16_t rule;     /* number of the rule that fired on it, 0: none */
    uint16_t flags;    /* 0 */
    uint64_t field[5];
};

struct stunt_shm_device {
    char name[STUNT_SHM_NAME]; /* QOM id, "dma0" */
    char type[STUNT_SHM_NAME]; /* spec name, "dma" */
};

/*
 * At offset 0 of the shared memory. The harness creates and zeroes it, fills the first block and keeps
 * the mapping; QEMU checks it when stunt-link is realized. head is only written by QEMU, tail only by
 * the harness, both free-running, with release/acquire order; the ring holds head - tail events.
 * Everything from stop_reason on is only read or written by the harness while the machine stands still.
 */
struct stunt_shm {
    uint32_t magic;
    uint32_t version;        /* STUNT_PROTO_VERSION */
    uint64_t size;           /* bytes of the whole area */
    uint32_t event_offset;   /* of the ring, from the start of the area; 64-byte aligned */
    uint32_t event_capacity; /* entries, a power of two */
    uint32_t tx_offset;      /* message from the guest */
    uint32_t tx_capacity;
    uint32_t rx_offset; /* message to the guest */
    uint32_t rx_capacity;
    uint32_t dump_offset; /* kernel log of a dying guest */
    uint32_t dump_capacity;

    uint64_t head;
    uint64_t tail;
    uint64_t lost;     /* events that found the ring full */
    uint32_t listening; /* the harness wants events */
    uint32_t devices;  /* entries used in the device table */

    uint32_t stop_reason; /* enum stunt_stop */
    uint32_t stop_arg;
    uint64_t stop_seq;     /* number of the last event at the stop */
    uint64_t stop_time_ns; /* virtual time of the stop */
    uint32_t tx_len;       /* bytes of the guest's message */
    uint32_t rx_len;       /* bytes of the answer; QEMU sets 0 when the guest has taken it */
    uint32_t dump_len;     /* bytes of the dump so far */
    uint32_t pad[3];

    struct stunt_shm_device device[STUNT_SHM_DEVICES];
};

/* ---- messages: agent <-> harness ---------------------------------------------------------------- */

/*
 * A message is a run of records, each a header and `len` bytes of payload, padded with zeros to 8 bytes.
 * The agent sends all it has to say and asks; the answer is zero or more records. An empty answer means:
 * go on until something happens (output, an exit, attention), then ask again.
 */
struct stunt_record {
    uint32_t type; /* enum stunt_record_type */
    uint32_t len;  /* payload bytes, without header and padding */
    uint32_t id;   /* of the command that it belongs to, chosen by the harness; 0: none */
    int32_t value; /* see the type */
};

#define STUNT_LOOK_NAME "stunt-look" /* of the process that serves a LOOK, as it sees itself in /proc */
#define STUNT_MESSAGE_MAX (256u * 1024) /* bytes of one message, either way */

enum stunt_record_type {
    /* agent to harness */
    STUNT_REC_HELLO = 1,  /* payload: kernel release; value: STUNT_PROTO_VERSION */
    STUNT_REC_OUTPUT = 2, /* payload: output of command id; value: 1 stdout, 2 stderr */
    STUNT_REC_EXIT = 3,   /* command id ended; value: exit status, or 256 + signal number */
    STUNT_REC_DONE = 4,   /* a request that is no command ended; value: 0 or negative errno; payload: data, or an explanation of the error */
    STUNT_REC_DATA = 5,   /* a piece of the file asked for by GET id; DONE follows the last */
    STUNT_REC_KMSG = 6,   /* payload: one record as read from /dev/kmsg */

    /* harness to agent */
    STUNT_REC_RUN = 32,    /* payload: argv, each NUL-terminated; answered by OUTPUT …, EXIT */
    STUNT_REC_KILL = 33,   /* value: signal for the process group of command id; answered by its EXIT */
    STUNT_REC_PUT = 34,    /* payload: path NUL, then file content; value: mode, or with bit 31 set: append to the file; answered by DONE */
    STUNT_REC_GET = 35,    /* payload: path NUL; answered by DATA …, DONE */
    STUNT_REC_INSMOD = 36, /* payload: module name NUL parameters NUL; dependencies are loaded first; answered by DONE */
    STUNT_REC_RMMOD = 37,  /* payload: module name NUL; answered by DONE */
    STUNT_REC_SYNC = 38,   /* answered by DONE at once, all kernel messages so far are sent before it; payload: the kernel's taint, decimal */
    STUNT_REC_POWEROFF = 39, /* value: 0 power off, 1 reboot; not answered */
    STUNT_REC_SEED = 40, /* payload: 8 bytes that the kernel's random numbers depend on from now on; not answered */
    STUNT_REC_LOOK = 41, /* payload: paths, each NUL-terminated; answered by DATA … (see docs/reference/agent.md), DONE */
    STUNT_REC_QUIET = 42, /* kills every process but the agent; answered by DONE when all have ended */
};

#ifdef __cplusplus
#define STUNT_PROTO_ASSERT(c, m) static_assert(c, m)
#else
#define STUNT_PROTO_ASSERT(c, m) _Static_assert(c, m)
#endif
STUNT_PROTO_ASSERT(sizeof(struct stunt_event) == 64, "stunt_event is 64 bytes");
STUNT_PROTO_ASSERT(sizeof(struct stunt_record) == 16, "stunt_record is 16 bytes");
STUNT_PROTO_ASSERT(sizeof(struct stunt_shm_device) == 64, "stunt_shm_device is 64 bytes");
STUNT_PROTO_ASSERT(sizeof(struct stunt_shm) == 128 + 64 * STUNT_SHM_DEVICES, "stunt_shm has no holes");

#endif
