/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qemu/rcu.h"
#include "qapi/error.h"
#include "hw/pci/pci.h"
#include "core/aer.h"
#include "core/clock.h"
#include "core/dma.h"
#include "core/ring.h"

#define WIDTH_MIN 24u
#define MAP_MIN 4096u /* below this a copy costs less than a mapping */
#define OWN_BAR_PAGE 4096u
#define PIECES_MAX 64u /* translations looked at ahead; the transfer itself checks each byte again */

static MemTxAttrs attrs_of(PCIDevice *pci)
{
    /* .memory: memory only, no device registers */
    return (MemTxAttrs){ .memory = 1, .requester_id = pci_requester_id(pci) };
}

/* True when a byte of the range is answered by the device itself. */
static bool meets_own_bar(PCIDevice *pci, uint64_t addr, uint64_t len)
{
    AddressSpace *as = pci_get_address_space(pci);

    RCU_READ_LOCK_GUARD();
    for (unsigned i = 0; i < PIECES_MAX && len; i++) {
        hwaddr offset, piece = len;
        MemoryRegion *mr = address_space_translate(as, addr, &offset, &piece, false, attrs_of(pci));

        if (memory_region_owner(mr) == OBJECT(pci)) {
            return true;
        }
        if (!memory_region_is_ram(mr)) {
            /* the translation does not end where a region that is no memory does; BARs are whole pages */
            piece = MIN(piece, OWN_BAR_PAGE - addr % OWN_BAR_PAGE);
        }
        addr += piece;
        len -= piece;
    }
    return false;
}

bool stunt_dma_width_valid(StuntPCI *dev, Error **errp)
{
    if (dev->dma_width < WIDTH_MIN || dev->dma_width > 64) {
        error_setg(errp, "dma-width is %u, not %u to 64", dev->dma_width, WIDTH_MIN);
        return false;
    }
    return true;
}

StuntDmaResult stunt_dma_check(StuntPCI *dev, uint64_t addr, uint64_t len)
{
    if (!stunt_addr_fits(addr, len, dev->dma_width)) {
        return STUNT_XFER_TOO_WIDE;
    }
    return meets_own_bar(PCI_DEVICE(dev), addr, len) ? STUNT_XFER_OWN_BAR : STUNT_XFER_OK;
}

static bool may_master(StuntPCI *dev, uint64_t addr, uint64_t len)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (dev->gone) {
        return false;
    }
    if (dev->power) {
        stunt_pci_misuse(dev, STUNT_MISUSE_WRONG_POWER_STATE, addr, len);
        return false;
    }
    if (!(pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_MASTER)) {
        if (!(dev->forgotten & PCI_COMMAND_MASTER)) {
            stunt_pci_misuse(dev, STUNT_MISUSE_NO_BUS_MASTER, addr, len);
        }
        return false;
    }
    return true;
}

/* The device wants to go there; the fault that may strike on the way is not the driver's doing. */
static inline void check(StuntPCI *dev, uint64_t addr, uint32_t len, bool write)
{
    if (unlikely(dev->check.state == STUNT_CHECK_ON)) {
        stunt_check_transfer(dev, addr, len, write);
    }
}

static StuntDmaResult transfer(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len, DMADirection dir)
{
    PCIDevice *pci = PCI_DEVICE(dev);

    if (dev->gone) {
        return STUNT_XFER_BUS_ERROR; /* since the transfer was begun */
    }
    if (!stunt_addr_fits(addr, len, dev->dma_width)) {
        return STUNT_XFER_TOO_WIDE;
    }
    if (dma_memory_rw(pci_get_address_space(pci), addr, buf, len, dir, attrs_of(pci)) == MEMTX_OK) {
        return STUNT_XFER_OK;
    }
    return meets_own_bar(pci, addr, len) ? STUNT_XFER_OWN_BAR : STUNT_XFER_BUS_ERROR;
}

static bool is_master(StuntPCI *dev)
{
    return stunt_pci_is_awake(dev) && (pci_get_word(PCI_DEVICE(dev)->config + PCI_COMMAND) & PCI_COMMAND_MASTER);
}

bool stunt_dma_peek(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len)
{
    return is_master(dev) && transfer(dev, addr, buf, len, DMA_DIRECTION_TO_DEVICE) == STUNT_XFER_OK;
}

static void corrupt(uint8_t *buf, uint32_t len, const struct stunt_rule *rule)
{
    uint64_t offset = rule->param[STUNT_ACT_CORRUPT_OFFSET];

    if (offset < len) {
        buf[offset] ^= rule->param[STUNT_ACT_CORRUPT_XOR];
    }
}

static void swap(uint8_t *buf, uint32_t len, const struct stunt_rule *rule)
{
    uint64_t unit = MAX(rule->param[STUNT_ACT_SWAP_UNIT], 1);

    for (uint64_t at = 0; len - at >= unit; at += unit) {
        for (uint64_t i = 0; i < unit / 2; i++) {
            uint8_t byte = buf[at + i];

            buf[at + i] = buf[at + unit - 1 - i];
            buf[at + unit - 1 - i] = byte;
        }
    }
}

/* What the device gets when nothing answers, without noticing that. */
static StuntDmaResult read_nothing(void *buf, uint32_t len)
{
    memset(buf, 0xff, len);
    return STUNT_XFER_OK;
}

static StuntDmaResult read_misdirected(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len)
{
    return transfer(dev, addr, buf, len, DMA_DIRECTION_TO_DEVICE) == STUNT_XFER_OK ? STUNT_XFER_OK
                                                                                   : read_nothing(buf, len);
}

/* What has become of data that was read. */
static void spoil(StuntPCI *dev, uint8_t *buf, uint32_t len, const struct stunt_rule *rule)
{
    uint64_t keep;

    switch (rule->action) {
    case STUNT_ACT_CORRUPT:
        corrupt(buf, len, rule);
        break;
    case STUNT_ACT_SWAP:
        swap(buf, len, rule);
        break;
    case STUNT_ACT_TRUNCATE:
        keep = MIN(rule->param[STUNT_ACT_TRUNCATE_LEN], len);
        memset(buf + keep, 0, len - keep);
        break;
    case STUNT_ACT_DELAY:
        dev->answer_late_ns += MIN(rule->param[STUNT_ACT_DELAY_NS], STUNT_CLOCK_PASS_MAX_NS);
        break;
    }
}

static void report(StuntPCI *dev, StuntAerSource source, uint32_t status)
{
    StuntError error = { .status = status };

    stunt_aer_raise(dev, source, &error);
}

/* Who was to receive the data reports what became of it. */
static StuntDmaResult read_ruled(StuntPCI *dev, uint64_t addr, void *buf, uint32_t len,
                                 const struct stunt_rule *rule)
{
    StuntDmaResult result;

    if (stunt_rule_is(rule, STUNT_ACT_ERROR)) {
        return STUNT_XFER_BUS_ERROR;
    }
    if (stunt_rule_is(rule, STUNT_ACT_DROP)) {
        return read_nothing(buf, len);
    }
    if (stunt_rule_is(rule, STUNT_ACT_MISDIRECT)) {
        return read_misdirected(dev, addr + rule->param[STUNT_ACT_MISDIRECT_OFFSET], buf, len);
    }
    if (stunt_rule_is(rule, STUNT_ACT_COMPLETION_TIMEOUT) || stunt_rule_is(rule, STUNT_ACT_POISON)) {
        report(dev, STUNT_AER_DEVICE,
               rule->action == STUNT_ACT_POISON ? PCI_ERR_UNC_POISON_TLP : PCI_ERR_UNC_COMP_TIME);
        return STUNT_XFER_BUS_ERROR;
    }
    result = transfer(dev, addr, buf, len, DMA_DIRECTION_TO_DEVICE);
    if (rule && result == STUNT_XFER_OK) {
        spoil(dev, buf, len, rule);
    }
    return result;
}

uint64_t stunt_dma_late(StuntPCI *dev)
{
    uint64_t ns = dev->answer_late_ns;

    dev->answer_late_ns = 0;
    return ns;
}

StuntDmaResult stunt_dma_read(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len)
{
    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    check(dev, addr, len, false);
    return read_ruled(dev, addr, buf, len,
                      stunt_event(dev->trace_id, STUNT_EV_DMA_READ, addr, len, tag.channel, tag.what));
}

/* Data goes to memory, and what waited for that behind it. */
static StuntDmaResult put(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len)
{
    StuntDmaResult result;

    if (unlikely(tag.what == STUNT_XFER_COMP && stunt_trace_watches(STUNT_EV_IRQ_RAISE))) {
        stunt_held_note_record(dev, tag.channel, addr, buf, len);
    }
    result = transfer(dev, addr, buf, len, DMA_DIRECTION_FROM_DEVICE);
    if (unlikely(dev->held.n)) {
        stunt_held_next(dev, tag.channel);
    }
    return result;
}

void stunt_dma_land(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *data, uint32_t len)
{
    if (stunt_pci_is_ready(dev) && is_master(dev)) {
        stunt_event_echo(dev->trace_id, STUNT_EV_DMA_WRITE, addr, len, tag.channel, tag.what);
        (void)transfer(dev, addr, data, len, DMA_DIRECTION_FROM_DEVICE);
    }
}

void stunt_dma_undo(StuntPCI *dev, uint64_t addr, void *data, uint32_t len)
{
    (void)transfer(dev, addr, data, len, DMA_DIRECTION_FROM_DEVICE);
}

/* Where there is no place to hold it back it goes at once. */
static StuntDmaResult put_later(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len,
                                StuntHeldUntil until, uint64_t ns)
{
    StuntHeldWrite write = {
        .until = until, .channel = tag.channel, .what = tag.what, .addr = addr, .len = len, .ns = ns,
    };

    return stunt_held_add(dev, &write, buf) ? STUNT_XFER_OK : put(dev, tag, addr, buf, len);
}

static StuntDmaResult put_twice(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, void *buf, uint32_t len, uint64_t ns)
{
    StuntDmaResult result = put(dev, tag, addr, buf, len);

    if (result != STUNT_XFER_OK) {
        return result;
    }
    if (ns) {
        return put_later(dev, tag, addr, buf, len, STUNT_HELD_TIME, ns);
    }
    stunt_event_echo(dev->trace_id, STUNT_EV_DMA_WRITE, addr, len, tag.channel, tag.what);
    return put(dev, tag, addr, buf, len);
}

static StuntDmaResult put_torn(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, uint8_t *buf, uint32_t len,
                               const struct stunt_rule *rule)
{
    uint32_t first = MIN(rule->param[STUNT_ACT_TEAR_LEN], len);
    StuntDmaResult result = first ? put(dev, tag, addr, buf, first) : STUNT_XFER_OK;

    if (first == len || result != STUNT_XFER_OK) {
        return result;
    }
    return put_later(dev, tag, addr + first, buf + first, len - first, STUNT_HELD_TIME, rule->param[STUNT_ACT_TEAR_NS]);
}

static StuntDmaResult write_faulty(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, const void *buf, uint32_t len,
                                   const struct stunt_rule *rule)
{
    g_autofree uint8_t *copy = g_memdup2(buf, len);

    switch (rule->action) {
    case STUNT_ACT_DROP:
        return STUNT_XFER_OK;
    case STUNT_ACT_ERROR:
        return STUNT_XFER_BUS_ERROR;
    case STUNT_ACT_POISON:
        report(dev, STUNT_AER_PORT, PCI_ERR_UNC_POISON_TLP);
        return STUNT_XFER_OK; /* memory keeps what it has, and a posted write has no answer */
    case STUNT_ACT_TRUNCATE:
        len = MIN(rule->param[STUNT_ACT_TRUNCATE_LEN], len);
        return len ? put(dev, tag, addr, copy, len) : STUNT_XFER_OK;
    case STUNT_ACT_MISDIRECT:
        /* the sender does not notice, not even when nothing is there */
        (void)put(dev, tag, addr + rule->param[STUNT_ACT_MISDIRECT_OFFSET], copy, len);
        return STUNT_XFER_OK;
    case STUNT_ACT_CORRUPT:
        corrupt(copy, len, rule);
        break;
    case STUNT_ACT_SWAP:
        swap(copy, len, rule);
        break;
    case STUNT_ACT_TEAR:
        return put_torn(dev, tag, addr, copy, len, rule);
    case STUNT_ACT_DUPLICATE:
        return put_twice(dev, tag, addr, copy, len, rule->param[STUNT_ACT_DUPLICATE_NS]);
    case STUNT_ACT_DELAY:
        return put_later(dev, tag, addr, copy, len, STUNT_HELD_TIME, rule->param[STUNT_ACT_DELAY_NS]);
    case STUNT_ACT_REORDER:
        return put_later(dev, tag, addr, copy, len, STUNT_HELD_NEXT, rule->param[STUNT_ACT_REORDER_NS]);
    case STUNT_ACT_WRITE_AFTER_DONE:
        return put_later(dev, tag, addr, copy, len, STUNT_HELD_DONE, rule->param[STUNT_ACT_WRITE_AFTER_DONE_NS]);
    }
    return put(dev, tag, addr, copy, len);
}

StuntDmaResult stunt_dma_write(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, const void *buf, uint32_t len)
{
    const struct stunt_rule *rule;

    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    check(dev, addr, len, true);
    rule = stunt_event(dev->trace_id, STUNT_EV_DMA_WRITE, addr, len, tag.channel, tag.what);
    return rule ? write_faulty(dev, tag, addr, buf, len, rule) : put(dev, tag, addr, (void *)buf, len);
}

/* A run of plain memory, as the host sees it. */
typedef struct Run {
    uint8_t *data; /* NULL: there is none */
    uint64_t len;
    DMADirection dir;
} Run;

static void unmap_run(StuntPCI *dev, Run *run, uint64_t used)
{
    if (run->data) {
        dma_memory_unmap(pci_get_address_space(PCI_DEVICE(dev)), run->data, run->len, run->dir, used);
        run->data = NULL;
    }
}

/* As much as is in one piece, at most len; nothing where that is QEMU's bounce buffer for what is no memory. */
static Run map_run(StuntPCI *dev, uint64_t addr, uint64_t len, DMADirection dir)
{
    PCIDevice *pci = PCI_DEVICE(dev);
    Run run = { .len = len, .dir = dir };
    ram_addr_t offset;

    run.data = dma_memory_map(pci_get_address_space(pci), addr, &run.len, dir, attrs_of(pci));
    if (run.data && !memory_region_from_host(run.data, &offset)) {
        unmap_run(dev, &run, 0);
    }
    return run;
}

/* Maps all of the range or nothing. */
static bool map_view(StuntPCI *dev, uint64_t addr, uint32_t len, StuntDmaView *view)
{
    Run run = map_run(dev, addr, len, DMA_DIRECTION_TO_DEVICE);

    if (run.data && run.len < len) {
        unmap_run(dev, &run, 0);
    }
    if (!run.data) {
        return false;
    }
    view->data = view->mapped = run.data;
    view->mapped_len = run.len;
    return true;
}

StuntDmaResult stunt_dma_view(StuntPCI *dev, StuntDmaTag tag, uint64_t addr, uint32_t len, void *scratch,
                              StuntDmaView *ret_view)
{
    const struct stunt_rule *rule;

    *ret_view = (StuntDmaView){ .data = scratch };
    if (!may_master(dev, addr, len)) {
        return STUNT_XFER_BUS_ERROR;
    }
    check(dev, addr, len, false);
    rule = stunt_event(dev->trace_id, STUNT_EV_DMA_READ, addr, len, tag.channel, tag.what);
    if (!rule && !dev->gone && len >= MAP_MIN && stunt_addr_fits(addr, len, dev->dma_width) &&
        map_view(dev, addr, len, ret_view)) {
        return STUNT_XFER_OK;
    }
    return read_ruled(dev, addr, scratch, len, rule);
}

void stunt_dma_view_close(StuntPCI *dev, StuntDmaView *view)
{
    if (view->mapped) {
        dma_memory_unmap(pci_get_address_space(PCI_DEVICE(dev)), view->mapped, view->mapped_len,
                         DMA_DIRECTION_TO_DEVICE, view->mapped_len);
        view->mapped = NULL;
    }
}

/* ---- from memory to memory ------------------------------------------------------------------------- */

typedef struct Copy {
    StuntPCI *dev;
    StuntDmaTag tag;
    uint64_t dst, src;
    uint32_t left;
    void *scratch;
} Copy;

/* The rule that wants a chunk's read broken, or its write. */
typedef struct ChunkRules {
    const struct stunt_rule *read, *write;
} ChunkRules;

static uint32_t chunk_of(uint64_t left)
{
    return MIN(left, STUNT_DMA_CHUNK);
}

static const struct stunt_rule *tell_read(const Copy *copy, uint64_t at, uint32_t len)
{
    check(copy->dev, copy->src + at, len, false);
    return stunt_event(copy->dev->trace_id, STUNT_EV_DMA_READ, copy->src + at, len, copy->tag.channel,
                       copy->tag.what);
}

static const struct stunt_rule *tell_write(const Copy *copy, uint64_t at, uint32_t len)
{
    check(copy->dev, copy->dst + at, len, true);
    return stunt_event(copy->dev->trace_id, STUNT_EV_DMA_WRITE, copy->dst + at, len, copy->tag.channel,
                       copy->tag.what);
}

/* Tells of the chunks in the next len bytes, up to one that a rule wants broken. Gives the bytes before that. */
static uint32_t tell_chunks(const Copy *copy, uint32_t len, ChunkRules *ret_rules)
{
    uint32_t at;

    *ret_rules = (ChunkRules){ 0 };
    for (at = 0; at < len; at += chunk_of(len - at)) {
        ret_rules->read = tell_read(copy, at, chunk_of(len - at));
        if (!ret_rules->read) {
            ret_rules->write = tell_write(copy, at, chunk_of(len - at));
        }
        if (ret_rules->read || ret_rules->write || copy->dev->gone) {
            break;
        }
    }
    return at;
}

/* One chunk by way of the buffer; events that were told already have a rule, or it is NULL for both. */
static StuntDmaResult copy_chunk(const Copy *copy, const ChunkRules *rules)
{
    uint32_t len = chunk_of(copy->left);
    const struct stunt_rule *read = rules ? rules->read : tell_read(copy, 0, len), *write;
    StuntDmaResult result = read_ruled(copy->dev, copy->src, copy->scratch, len, read);

    if (result != STUNT_XFER_OK) {
        return result;
    }
    write = rules && rules->write ? rules->write : tell_write(copy, 0, len);
    return write ? write_faulty(copy->dev, copy->tag, copy->dst, copy->scratch, len, write)
                 : put(copy->dev, copy->tag, copy->dst, copy->scratch, len);
}

static void advance(Copy *copy, uint32_t len)
{
    copy->src += len;
    copy->dst += len;
    copy->left -= len;
}

/* Whole chunks, so that events do not tell where memory is in pieces; 0 when not even the next one can be. */
static uint32_t direct_len(const Copy *copy, const Run *src, const Run *dst)
{
    uint64_t len = src->data && dst->data ? MIN(src->len, dst->len) : 0;

    return len < copy->left ? QEMU_ALIGN_DOWN(len, STUNT_DMA_CHUNK) : copy->left;
}

/* As many chunks in place as can be. *ret_rules: of the next one, told already, if a rule wants it broken. */
static void copy_direct(Copy *copy, ChunkRules *ret_rules)
{
    Run src = map_run(copy->dev, copy->src, copy->left, DMA_DIRECTION_TO_DEVICE);
    Run dst = map_run(copy->dev, copy->dst, copy->left, DMA_DIRECTION_FROM_DEVICE);
    uint32_t len = tell_chunks(copy, direct_len(copy, &src, &dst), ret_rules);

    if (len) {
        memmove(dst.data, src.data, len); /* an IOMMU may lead both to the same place */
    }
    unmap_run(copy->dev, &src, len);
    unmap_run(copy->dev, &dst, len);
    advance(copy, len);
}

static StuntDmaResult copy_some(Copy *copy)
{
    ChunkRules rules = { 0 };
    uint32_t before = copy->left;
    StuntDmaResult result;

    if (!may_master(copy->dev, copy->src, chunk_of(copy->left))) {
        return STUNT_XFER_BUS_ERROR;
    }
    /* what is held back may land between two chunks */
    if (copy->left >= MAP_MIN && !copy->dev->held.n && stunt_addr_fits(copy->src, copy->left, copy->dev->dma_width) &&
        stunt_addr_fits(copy->dst, copy->left, copy->dev->dma_width)) {
        copy_direct(copy, &rules);
    }
    if (rules.read || rules.write) {
        result = copy_chunk(copy, &rules);
    } else if (copy->left == before) {
        result = copy_chunk(copy, NULL);
    } else {
        return STUNT_XFER_OK;
    }
    if (result == STUNT_XFER_OK) {
        advance(copy, chunk_of(copy->left));
    }
    return result;
}

StuntDmaResult stunt_dma_copy(StuntPCI *dev, StuntDmaTag tag, uint64_t dst, uint64_t src, uint32_t len,
                              void *scratch, uint32_t *ret_done)
{
    Copy copy = { .dev = dev, .tag = tag, .dst = dst, .src = src, .left = len, .scratch = scratch };
    StuntDmaResult result = STUNT_XFER_OK;

    while (copy.left && result == STUNT_XFER_OK) {
        result = copy_some(&copy);
    }
    *ret_done = len - copy.left;
    return result;
}
