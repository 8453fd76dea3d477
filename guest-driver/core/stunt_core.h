/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What all drivers of Stunt's devices share: register access that notices a device which is gone,
 * marks on the harness's timeline, and the steps that every PCI probe has in common.
 */
#ifndef STUNT_CORE_H
#define STUNT_CORE_H

#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/types.h>

/* Every device begins with these two registers; see spec/devices/. */
#define STUNT_CORE_ID		0x00
#define STUNT_CORE_VERSION	0x04

/* What a read gives when nobody answers: the device was removed, or lost its power or its BAR. */
#define STUNT_ALL_ONES		0xffffffffu

/* How a device signals. AUTO is for asking only: the best there is. */
enum stunt_irq_mode {
	STUNT_IRQ_AUTO = 0,
	STUNT_IRQ_MSIX,
	STUNT_IRQ_MSI,
	STUNT_IRQ_INTX,
};

/**
 * struct stunt_pci_info - what a driver expects of its device
 * @id: value of the ID register
 * @major: major version of the register layout that the driver knows
 * @minor: lowest minor version that has all the driver needs
 * @vectors: most interrupt vectors the driver can make use of, 0: none wanted
 * @dma_bits: width of the DMA mask, 0: the driver sets it itself or does no DMA
 * @irq_mode: this and no other, unless it is STUNT_IRQ_AUTO
 * @bar_len: bytes of BAR 0 that it must have
 */
struct stunt_pci_info {
	u32 id;
	u16 major;
	u16 minor;
	unsigned int vectors;
	unsigned int dma_bits;
	enum stunt_irq_mode irq_mode;
	resource_size_t bar_len;
};

/**
 * struct stunt_pci - a device after the common steps of its probe
 * @pdev: the PCI device
 * @regs: BAR 0
 * @len: bytes of BAR 0
 * @vectors: interrupt vectors that were granted, 1 to the number wanted. With fewer than wanted, cause N
 *	comes on vector N modulo @vectors, and a handler must ask the device's status register which it was
 * @irq_mode: how it signals, never STUNT_IRQ_AUTO once it has vectors
 * @version: value of the VERSION register
 *
 * All of it is managed: nothing is to be undone by the driver.
 */
struct stunt_pci {
	struct pci_dev *pdev;
	void __iomem *regs;
	resource_size_t len;
	unsigned int vectors;
	enum stunt_irq_mode irq_mode;
	u32 version;
};

/**
 * stunt_pci_probe() - the steps that all probes begin with
 * @pdev: the device
 * @info: what is expected of it
 * @spci: filled in on success
 *
 * Enables the device, maps BAR 0, checks ID and VERSION, sets the DMA mask, makes the device bus master
 * and allocates interrupt vectors: MSI-X if there are enough for all causes, else as many of MSI as there are
 * (all, or a power of two), else the legacy line.
 *
 * May sleep. Return: 0; -ENODEV if the device does not answer or is another; -EPROTO if its register layout
 * is too old or too new; or the error of the step that failed. The reason is in the log.
 */
int stunt_pci_probe(struct pci_dev *pdev, const struct stunt_pci_info *info, struct stunt_pci *spci);

/**
 * stunt_pci_check() - is the device there, and is it the one that the driver knows?
 * @spci: the device, with @pdev and @regs valid; @version is read anew
 * @info: what is expected of it
 *
 * Part of stunt_pci_probe(); also good after a reset or a resume. Return: 0, -ENODEV, -EPROTO.
 */
int stunt_pci_check(struct stunt_pci *spci, const struct stunt_pci_info *info);

/**
 * stunt_pci_mend() - does the device still have what its driver switched on?
 * @spci: a device that is bus master
 *
 * Memory decoding and bus mastering that the command register has lost are switched on again, and the log says so. Of
 * what the device was asked meanwhile something may be missing. Any context. Return: whether there was anything to mend.
 */
bool stunt_pci_mend(struct stunt_pci *spci);

/* Interrupt number of a cause whose own vector is @vector; causes may have the same. */
int stunt_pci_irq(const struct stunt_pci *spci, unsigned int vector);

/* IRQF_SHARED when the device is on a legacy line, else 0: flags for request_irq(). */
unsigned long stunt_pci_irq_flags(const struct stunt_pci *spci);

/* "auto", "msix", "msi" or "intx". */
const char *stunt_pci_irq_mode_name(enum stunt_irq_mode mode);

/* For module parameters of type enum stunt_irq_mode; a word that is none of those is -EINVAL and in the log. */
extern const struct kernel_param_ops stunt_irq_mode_param_ops;

/**
 * stunt_mark() - put the event link.mark on the timeline
 * @value: what the harness sees
 *
 * Any context, also hard interrupts and a panic. Without a link device nothing happens.
 * Return: whether there is a timeline.
 */
bool stunt_mark(u32 value);

/* For the driver of the link only: where marks are written. One sink at a time, else -EBUSY. */
int stunt_mark_attach(void __iomem *reg);
/* After it returns no mark is in flight. May sleep. */
void stunt_mark_detach(void __iomem *reg);

struct stunt_link_tell;

/**
 * struct stunt_tell_sink - where the records of the DMA checker go
 * @buf: room for STUNT_LINK_LIMIT_TELLS of them; CHECK_ADDR points there
 * @regs: BAR 0 of the link
 */
struct stunt_tell_sink {
	struct stunt_link_tell *buf;
	void __iomem *regs;
};

/**
 * stunt_tell() - tell the device models what memory is mapped
 * @tell: the records
 * @n: how many, 1 to STUNT_LINK_LIMIT_TELLS
 *
 * Any context, also hard interrupts. The models know when it returns. Return: whether there is a link.
 */
bool stunt_tell(const struct stunt_link_tell *tell, unsigned int n);

/* For the DMA checker: from now on everything is told, or nothing any more. Any context. */
void stunt_tell_enable(bool enable);

/* For the driver of the link only. One sink at a time, else -EBUSY; the same one again after a reset. */
int stunt_tell_attach(const struct stunt_tell_sink *sink);
/* After it returns no record is on its way. The models forget what they were told. */
void stunt_tell_detach(const struct stunt_tell_sink *sink);

/* Plain access; offsets are those of include/stunt/regs/. */
static inline u32 stunt_read(const struct stunt_pci *spci, u32 offset)
{
	return readl(spci->regs + offset);
}

static inline void stunt_write(const struct stunt_pci *spci, u32 offset, u32 value)
{
	writel(value, spci->regs + offset);
}

/**
 * stunt_gone() - does the device no longer answer?
 * @spci: the device
 *
 * Reads ID, which is never all ones on a device that answers. Any context.
 */
static inline bool stunt_gone(const struct stunt_pci *spci)
{
	return stunt_read(spci, STUNT_CORE_ID) == STUNT_ALL_ONES;
}

/**
 * stunt_read_live() - read a register and notice a device that is gone
 * @spci: the device
 * @offset: the register
 * @value: filled in on success, untouched otherwise
 *
 * A register may hold all ones by right, so then ID is asked too. Any context. Return: 0 or -ENODEV.
 */
static inline int stunt_read_live(const struct stunt_pci *spci, u32 offset, u32 *value)
{
	u32 v = stunt_read(spci, offset);

	if (v == STUNT_ALL_ONES && stunt_gone(spci))
		return -ENODEV;
	*value = v;
	return 0;
}

/* A bus address into a LO/HI register pair, high half first: writing LO may be what takes effect. */
static inline void stunt_write_addr(const struct stunt_pci *spci, u32 lo_offset, u32 hi_offset,
				    dma_addr_t addr)
{
	stunt_write(spci, hi_offset, upper_32_bits(addr));
	stunt_write(spci, lo_offset, lower_32_bits(addr));
}

#endif
