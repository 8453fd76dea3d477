/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/faults.toml by spec/gen/stunt-spec headers; do not edit. */
/* Numbers of event classes and fault actions, their fields and parameters. */
#ifndef STUNT_EVENTS_H
#define STUNT_EVENTS_H

/* Event classes */
#define STUNT_EV_MMIO_READ   1U /* The guest reads a register */
#define STUNT_EV_MMIO_WRITE  2U /* The guest writes a register */
#define STUNT_EV_CFG_READ    3U /* The guest reads PCI configuration space */
#define STUNT_EV_CFG_WRITE   4U /* The guest writes PCI configuration space */
#define STUNT_EV_DMA_READ    5U /* The device reads guest memory (to_device) */
#define STUNT_EV_DMA_WRITE   6U /* The device writes guest memory (from_device) */
#define STUNT_EV_IRQ_RAISE   7U /* The device signals an interrupt vector */
#define STUNT_EV_IRQ_LOWER   8U /* The device takes its level interrupt back */
#define STUNT_EV_JOB_START   9U /* A unit of work begins in the device */
#define STUNT_EV_JOB_DONE    10U /* A unit of work ends in the device */
#define STUNT_EV_POWER_ENTER 11U /* The device changes its power state */
#define STUNT_EV_RESET       12U /* The device, or a part of it, is reset */
#define STUNT_EV_MISUSE      13U /* The driver did what no driver may do */
#define STUNT_EV_LINK_ASK    14U /* The guest agent asks for its next command */
#define STUNT_EV_LINK_MARK   15U /* The guest marks a point in its own run */
#define STUNT_EV_FAULT       16U /* A rule fired on the event before this one */
/* The guest writes the MSI-X table; word 0 and 1 are the address, 2 the data, 3 the mask */
#define STUNT_EV_MSIX_WRITE  17U
#define STUNT_EV_MSIX_READ   18U /* The guest reads the MSI-X table */
#define STUNT_EV_PBA_READ    19U /* The guest reads the pending bits of MSI-X */
/* The driver hands memory over to the device; told by the DMA checker in the guest */
#define STUNT_EV_DMA_MAP     20U
#define STUNT_EV_DMA_UNMAP   21U /* The driver takes memory back from the device */
/* The device's transfers are held against what is mapped from here on, or no longer */
#define STUNT_EV_DMA_CHECK   22U
/* A looping unit of work has completed a period; the count is that of its channel */
#define STUNT_EV_JOB_PERIOD  23U
#define STUNT_EV_LINK        24U /* The link between root port and device goes up or down */
/* Something changes at the slot: card, power, attention button, indicators (1: on, 2: blinking, 3: off) */
#define STUNT_EV_SLOT        25U
/*
 * Device (source 0) or root port (1) reports an error: severity 0 correctable, 1 non-fatal, 2 fatal; bit of
 * its status register; whether a message arrived
 */
#define STUNT_EV_AER         26U
/* The root port signals an interrupt: cause 0 hot plug, 1 AER, 2 DPC, 3 PME */
#define STUNT_EV_PORT_IRQ    27U
/*
 * The root port contains an error and takes the link down: reason 1 non-fatal, 2 fatal, 3 software; id of the
 * source
 */
#define STUNT_EV_DPC         28U
#define STUNT_EV_SERIAL_TX   29U /* A port has sent characters */
/* A port has received characters; flags as in P_RX, with those of the first */
#define STUNT_EV_SERIAL_RX   30U
#define STUNT_EV_SERIAL_LINE 31U /* A port drives a line otherwise than before */
/* The script of a line's far end has come to its end, or stopped at a step */
#define STUNT_EV_SERIAL_PEER 32U
/* The device sends a PM_PME message, again each 100 ms until the guest clears its PME_Status */
#define STUNT_EV_POWER_PME   33U
/*
 * The device has left a power state, 4 is D3cold, and is in the one that `to` says; ns: virtual time spent in
 * the one that it left
 */
#define STUNT_EV_POWER_EXIT  34U
#define STUNT_EV_LINK_SLEEP  35U /* The guest has fallen asleep: suspend to idle, S3 */
#define STUNT_EV_LINK_WAKE   36U /* The guest has woken up; what has woken it from S3 */

/* Fields of mmio.read: index into struct stunt_event.field */
#define STUNT_EV_MMIO_READ_OFFSET 0U
#define STUNT_EV_MMIO_READ_SIZE   1U
#define STUNT_EV_MMIO_READ_VALUE  2U

/* Fields of mmio.write: index into struct stunt_event.field */
#define STUNT_EV_MMIO_WRITE_OFFSET 0U
#define STUNT_EV_MMIO_WRITE_SIZE   1U
#define STUNT_EV_MMIO_WRITE_VALUE  2U

/* Fields of cfg.read: index into struct stunt_event.field */
#define STUNT_EV_CFG_READ_OFFSET 0U
#define STUNT_EV_CFG_READ_SIZE   1U
#define STUNT_EV_CFG_READ_VALUE  2U

/* Fields of cfg.write: index into struct stunt_event.field */
#define STUNT_EV_CFG_WRITE_OFFSET 0U
#define STUNT_EV_CFG_WRITE_SIZE   1U
#define STUNT_EV_CFG_WRITE_VALUE  2U

/* Fields of dma.read: index into struct stunt_event.field */
#define STUNT_EV_DMA_READ_ADDR    0U
#define STUNT_EV_DMA_READ_LEN     1U
#define STUNT_EV_DMA_READ_CHANNEL 2U
#define STUNT_EV_DMA_READ_WHAT    3U

/* Fields of dma.write: index into struct stunt_event.field */
#define STUNT_EV_DMA_WRITE_ADDR    0U
#define STUNT_EV_DMA_WRITE_LEN     1U
#define STUNT_EV_DMA_WRITE_CHANNEL 2U
#define STUNT_EV_DMA_WRITE_WHAT    3U

/* Fields of irq.raise: index into struct stunt_event.field */
#define STUNT_EV_IRQ_RAISE_VECTOR 0U
#define STUNT_EV_IRQ_RAISE_MODE   1U

/* Fields of irq.lower: index into struct stunt_event.field */
#define STUNT_EV_IRQ_LOWER_VECTOR 0U

/* Fields of job.start: index into struct stunt_event.field */
#define STUNT_EV_JOB_START_CHANNEL 0U
#define STUNT_EV_JOB_START_INDEX   1U
#define STUNT_EV_JOB_START_OP      2U
#define STUNT_EV_JOB_START_LEN     3U
#define STUNT_EV_JOB_START_ID      4U

/* Fields of job.done: index into struct stunt_event.field */
#define STUNT_EV_JOB_DONE_CHANNEL 0U
#define STUNT_EV_JOB_DONE_INDEX   1U
#define STUNT_EV_JOB_DONE_STATUS  2U
#define STUNT_EV_JOB_DONE_BYTES   3U
#define STUNT_EV_JOB_DONE_ID      4U

/* Fields of power.enter: index into struct stunt_event.field */
#define STUNT_EV_POWER_ENTER_STATE 0U
#define STUNT_EV_POWER_ENTER_FROM  1U

/* Fields of reset: index into struct stunt_event.field */
#define STUNT_EV_RESET_KIND    0U
#define STUNT_EV_RESET_CHANNEL 1U

/* Fields of misuse: index into struct stunt_event.field */
#define STUNT_EV_MISUSE_KIND 0U
#define STUNT_EV_MISUSE_ARG0 1U
#define STUNT_EV_MISUSE_ARG1 2U

/* Fields of link.ask: index into struct stunt_event.field */
#define STUNT_EV_LINK_ASK_LEN 0U

/* Fields of link.mark: index into struct stunt_event.field */
#define STUNT_EV_LINK_MARK_VALUE 0U

/* Fields of fault: index into struct stunt_event.field */
#define STUNT_EV_FAULT_RULE   0U
#define STUNT_EV_FAULT_ACTION 1U
#define STUNT_EV_FAULT_COUNT  2U
#define STUNT_EV_FAULT_EVENT  3U

/* Fields of msix.write: index into struct stunt_event.field */
#define STUNT_EV_MSIX_WRITE_VECTOR 0U
#define STUNT_EV_MSIX_WRITE_WORD   1U
#define STUNT_EV_MSIX_WRITE_VALUE  2U

/* Fields of msix.read: index into struct stunt_event.field */
#define STUNT_EV_MSIX_READ_VECTOR 0U
#define STUNT_EV_MSIX_READ_WORD   1U
#define STUNT_EV_MSIX_READ_VALUE  2U

/* Fields of pba.read: index into struct stunt_event.field */
#define STUNT_EV_PBA_READ_OFFSET 0U
#define STUNT_EV_PBA_READ_SIZE   1U
#define STUNT_EV_PBA_READ_VALUE  2U

/* Fields of dma.map: index into struct stunt_event.field */
#define STUNT_EV_DMA_MAP_ADDR      0U
#define STUNT_EV_DMA_MAP_LEN       1U
#define STUNT_EV_DMA_MAP_PHYS      2U
#define STUNT_EV_DMA_MAP_DIRECTION 3U
#define STUNT_EV_DMA_MAP_COHERENT  4U

/* Fields of dma.unmap: index into struct stunt_event.field */
#define STUNT_EV_DMA_UNMAP_ADDR      0U
#define STUNT_EV_DMA_UNMAP_LEN       1U
#define STUNT_EV_DMA_UNMAP_DIRECTION 2U

/* Fields of dma.check: index into struct stunt_event.field */
#define STUNT_EV_DMA_CHECK_CHECK    0U
#define STUNT_EV_DMA_CHECK_MAPPINGS 1U

/* Fields of job.period: index into struct stunt_event.field */
#define STUNT_EV_JOB_PERIOD_CHANNEL 0U
#define STUNT_EV_JOB_PERIOD_INDEX   1U
#define STUNT_EV_JOB_PERIOD_COUNT   2U
#define STUNT_EV_JOB_PERIOD_BYTES   3U

/* Fields of link: index into struct stunt_event.field */
#define STUNT_EV_LINK_UP      0U
#define STUNT_EV_LINK_PRESENT 1U
#define STUNT_EV_LINK_POWER   2U

/* Fields of slot: index into struct stunt_event.field */
#define STUNT_EV_SLOT_PRESENT             0U
#define STUNT_EV_SLOT_POWER               1U
#define STUNT_EV_SLOT_BUTTON              2U
#define STUNT_EV_SLOT_POWER_INDICATOR     3U
#define STUNT_EV_SLOT_ATTENTION_INDICATOR 4U

/* Fields of aer: index into struct stunt_event.field */
#define STUNT_EV_AER_SOURCE   0U
#define STUNT_EV_AER_SEVERITY 1U
#define STUNT_EV_AER_STATUS   2U
#define STUNT_EV_AER_SENT     3U

/* Fields of port.irq: index into struct stunt_event.field */
#define STUNT_EV_PORT_IRQ_CAUSE 0U
#define STUNT_EV_PORT_IRQ_MSIX  1U

/* Fields of dpc: index into struct stunt_event.field */
#define STUNT_EV_DPC_REASON 0U
#define STUNT_EV_DPC_SOURCE 1U

/* Fields of serial.tx: index into struct stunt_event.field */
#define STUNT_EV_SERIAL_TX_PORT  0U
#define STUNT_EV_SERIAL_TX_VALUE 1U
#define STUNT_EV_SERIAL_TX_COUNT 2U
#define STUNT_EV_SERIAL_TX_NS    3U

/* Fields of serial.rx: index into struct stunt_event.field */
#define STUNT_EV_SERIAL_RX_PORT  0U
#define STUNT_EV_SERIAL_RX_VALUE 1U
#define STUNT_EV_SERIAL_RX_FLAGS 2U
#define STUNT_EV_SERIAL_RX_COUNT 3U
#define STUNT_EV_SERIAL_RX_NS    4U

/* Fields of serial.line: index into struct stunt_event.field */
#define STUNT_EV_SERIAL_LINE_PORT  0U
#define STUNT_EV_SERIAL_LINE_LINE  1U
#define STUNT_EV_SERIAL_LINE_LEVEL 2U

/* Fields of serial.peer: index into struct stunt_event.field */
#define STUNT_EV_SERIAL_PEER_PORT  0U
#define STUNT_EV_SERIAL_PEER_STEP  1U
#define STUNT_EV_SERIAL_PEER_STATE 2U

/* Fields of power.pme: index into struct stunt_event.field */
#define STUNT_EV_POWER_PME_STATE 0U

/* Fields of power.exit: index into struct stunt_event.field */
#define STUNT_EV_POWER_EXIT_STATE 0U
#define STUNT_EV_POWER_EXIT_TO    1U
#define STUNT_EV_POWER_EXIT_NS    2U

/* Fields of link.sleep: index into struct stunt_event.field */
#define STUNT_EV_LINK_SLEEP_STATE 0U

/* Fields of link.wake: index into struct stunt_event.field */
#define STUNT_EV_LINK_WAKE_STATE  0U
#define STUNT_EV_LINK_WAKE_SOURCE 1U

/* Fault actions */
/*
 * It does not reach the other side, and the sender does not notice; who reads gets all ones, as a root
 * complex gives when no answer comes
 */
#define STUNT_ACT_DROP               1U
#define STUNT_ACT_ONES               2U /* The reader gets all ones, as from a device that is gone */
#define STUNT_ACT_REPLACE            3U /* Another value takes the place of the real one */
#define STUNT_ACT_FLIP               4U /* Bits of the value are inverted */
#define STUNT_ACT_CORRUPT            5U /* One byte of the data is inverted by a mask */
#define STUNT_ACT_TRUNCATE           6U /* Only the first bytes are transferred; the sender does not notice */
#define STUNT_ACT_ERROR              7U /* The transfer fails as on a bus error */
/* The data goes to, or comes from, the address plus an offset; the device does not notice */
#define STUNT_ACT_MISDIRECT          8U
/* It happens a second time, a virtual time in nanoseconds later; 0: at once */
#define STUNT_ACT_DUPLICATE          9U
#define STUNT_ACT_DELAY              10U /* It happens later, by a virtual time in nanoseconds */
/* The signal comes again and again, with a pause in nanoseconds between */
#define STUNT_ACT_STORM              11U
#define STUNT_ACT_WRONG_VECTOR       12U /* Another vector is signalled in its place */
/*
 * It never comes to an end by itself: a job until abort or reset, what is reset or changes its power state
 * until a stronger reset
 */
#define STUNT_ACT_HANG               13U
#define STUNT_ACT_FAIL               14U /* The unit of work ends at once with an internal error */
#define STUNT_ACT_COMPLETE_TWICE     15U /* The completion is written and signalled twice */
#define STUNT_ACT_PAUSE              16U /* The machine stops at this event and the harness acts */
#define STUNT_ACT_MARK               17U /* Nothing is broken; the firing alone is recorded */
#define STUNT_ACT_FORBID             18U /* The event must not happen: the run fails at once */
#define STUNT_ACT_VERIFY             19U /* The event must happen: the run is INVALID without it */
/* Bits of a register are stuck: reads give what the first one gave, writes leave them as they are */
#define STUNT_ACT_STICK              20U
/*
 * The write lands after the next one of its channel, or after a virtual time in nanoseconds if there is none
 */
#define STUNT_ACT_REORDER            21U
/* The write lands when its job has ended and is signalled, by a virtual time in nanoseconds after that */
#define STUNT_ACT_WRITE_AFTER_DONE   22U
#define STUNT_ACT_SPURIOUS           23U /* Another vector is signalled beside it, without a cause */
/*
 * The interrupt overtakes the completion record that it announces, which lands a virtual time in nanoseconds
 * later
 */
#define STUNT_ACT_BEFORE_DATA        24U
/* The completion record is that of the job before once more; zeros without one */
#define STUNT_ACT_STALE              25U
/* It does not take place: the power state stays, the reset is ignored */
#define STUNT_ACT_REFUSE             26U
/*
 * More is lost than should be: registers by a change of power, the device by a channel's reset, its memory by
 * its own
 */
#define STUNT_ACT_LOSE_CONTEXT       27U
/*
 * Registers and work in progress are as before, as if there had been no reset; configuration space is reset,
 * but not by a change of power
 */
#define STUNT_ACT_KEEP_CONTEXT       28U
/*
 * The bytes of each unit of the data come in the opposite order, as after a wrong byte order; a rest that is
 * no unit stays
 */
#define STUNT_ACT_SWAP               29U
/* The first `len` bytes land at once, the rest `ns` later: in between, who looks finds half of it */
#define STUNT_ACT_TEAR               30U
/* The card is pulled out at this moment: it reads as ones, and does nothing any more */
#define STUNT_ACT_SURPRISE_REMOVE    40U
/* The attention button is pressed; the card goes when the guest has switched the slot off */
#define STUNT_ACT_UNPLUG             41U
#define STUNT_ACT_PLUG               42U /* A card that was taken out is put in again */
/* The link goes down, for a virtual time in nanoseconds; 0: until it is told to come up */
#define STUNT_ACT_LINK_DOWN          43U
#define STUNT_ACT_LINK_UP            44U /* What holds the link down lets go of it */
#define STUNT_ACT_POWER_OFF          45U /* The slot's supply fails: a power fault */
/*
 * The device reports an error: severity 0 correctable, 1 non-fatal, 2 fatal; bit of the status register, 32:
 * a usual one
 */
#define STUNT_ACT_AER                46U
/* No completion comes: the requester gives up after its time-out, and reports that */
#define STUNT_ACT_COMPLETION_TIMEOUT 47U
/* The data is marked as bad on its way: the receiver does not use it, and reports that */
#define STUNT_ACT_POISON             48U
/*
 * For a virtual time after the reset configuration requests are to be repeated: the ids read as 0xffff0001,
 * all else as ones
 */
#define STUNT_ACT_RETRY              49U
/* The command register loses bits: 1 ports, 2 memory, 4 bus mastering */
#define STUNT_ACT_FORGET             56U
#define STUNT_ACT_NOISE              60U /* Bits of the character are inverted on its way */
#define STUNT_ACT_FRAMING            61U /* The character comes without its stop bit */
#define STUNT_ACT_PARITY             62U /* The character comes with wrong parity */
#define STUNT_ACT_BREAK              63U /* A break comes in place of the character */
#define STUNT_ACT_OVERRUN            64U /* The character is lost as if the receive FIFO were full */

/* Parameters of replace: index into the parameters of its rule */
#define STUNT_ACT_REPLACE_VALUE 0U

/* Parameters of flip: index into the parameters of its rule */
#define STUNT_ACT_FLIP_XOR 0U

/* Parameters of corrupt: index into the parameters of its rule */
#define STUNT_ACT_CORRUPT_OFFSET 0U
#define STUNT_ACT_CORRUPT_XOR    1U

/* Parameters of truncate: index into the parameters of its rule */
#define STUNT_ACT_TRUNCATE_LEN 0U

/* Parameters of misdirect: index into the parameters of its rule */
#define STUNT_ACT_MISDIRECT_OFFSET 0U

/* Parameters of duplicate: index into the parameters of its rule */
#define STUNT_ACT_DUPLICATE_NS 0U

/* Parameters of delay: index into the parameters of its rule */
#define STUNT_ACT_DELAY_NS 0U

/* Parameters of storm: index into the parameters of its rule */
#define STUNT_ACT_STORM_COUNT 0U
#define STUNT_ACT_STORM_NS    1U

/* Parameters of wrong-vector: index into the parameters of its rule */
#define STUNT_ACT_WRONG_VECTOR_VECTOR 0U

/* Parameters of stick: index into the parameters of its rule */
#define STUNT_ACT_STICK_MASK 0U

/* Parameters of reorder: index into the parameters of its rule */
#define STUNT_ACT_REORDER_NS 0U

/* Parameters of write-after-done: index into the parameters of its rule */
#define STUNT_ACT_WRITE_AFTER_DONE_NS 0U

/* Parameters of spurious: index into the parameters of its rule */
#define STUNT_ACT_SPURIOUS_VECTOR 0U

/* Parameters of before-data: index into the parameters of its rule */
#define STUNT_ACT_BEFORE_DATA_NS 0U

/* Parameters of swap: index into the parameters of its rule */
#define STUNT_ACT_SWAP_UNIT 0U

/* Parameters of tear: index into the parameters of its rule */
#define STUNT_ACT_TEAR_LEN 0U
#define STUNT_ACT_TEAR_NS  1U

/* Parameters of link-down: index into the parameters of its rule */
#define STUNT_ACT_LINK_DOWN_NS 0U

/* Parameters of aer: index into the parameters of its rule */
#define STUNT_ACT_AER_SEVERITY 0U
#define STUNT_ACT_AER_BIT      1U

/* Parameters of retry: index into the parameters of its rule */
#define STUNT_ACT_RETRY_NS 0U

/* Parameters of forget: index into the parameters of its rule */
#define STUNT_ACT_FORGET_BITS 0U

/* Parameters of noise: index into the parameters of its rule */
#define STUNT_ACT_NOISE_XOR 0U

#endif /* STUNT_EVENTS_H */
