/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "mappings.h"

void stunt_mappings_clear(struct stunt_mappings *set)
{
    free(set->mapping);
    stunt_spans_clear(&set->dma);
    stunt_spans_clear(&set->phys);
    *set = (struct stunt_mappings){ 0 };
}

static bool wraps(uint64_t start, uint32_t len)
{
    return len && start + len - 1 < start;
}

bool stunt_mapping_valid(const struct stunt_mapping *mapping)
{
    return mapping->direction <= STUNT_DIR_FROM_DEVICE && (mapping->len || mapping->phys_len) &&
           !wraps(mapping->addr, mapping->len) && !wraps(mapping->phys, mapping->phys_len);
}

static struct stunt_span_use use_of(const struct stunt_mapping *mapping)
{
    return (struct stunt_span_use){
        .read = mapping->direction != STUNT_DIR_FROM_DEVICE,
        .write = mapping->direction != STUNT_DIR_TO_DEVICE,
    };
}

/* What it is sorted by: memory that is known by its physical address only is found by that. */
static uint64_t key_of(const struct stunt_mapping *mapping)
{
    return mapping->len ? mapping->addr : mapping->phys;
}

static int32_t find(const struct stunt_mappings *set, uint64_t key)
{
    int32_t low = 0, high = set->n;

    while (low < high) {
        int32_t middle = low + (high - low) / 2;

        if (key_of(&set->mapping[middle]) < key) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool reserve(struct stunt_mappings *set)
{
    uint32_t room = set->room ? set->room * 2 : 64;
    struct stunt_mapping *mapping;

    if ((uint32_t)set->n < set->room) {
        return true;
    }
    if ((uint32_t)set->n >= STUNT_MAPPINGS_MAX) {
        return false;
    }
    mapping = realloc(set->mapping, room * sizeof(*mapping));
    if (!mapping) {
        return false;
    }
    set->mapping = mapping;
    set->room = room;
    return true;
}

static bool add_spans(struct stunt_mappings *set, const struct stunt_mapping *mapping)
{
    struct stunt_span_use use = use_of(mapping);

    if (mapping->len && !stunt_spans_add(&set->dma, mapping->addr, mapping->len, use)) {
        return false;
    }
    if (mapping->phys_len && !stunt_spans_add(&set->phys, mapping->phys, mapping->phys_len, use)) {
        if (mapping->len) {
            /* it has just been put in, so the room to take it out is there */
            (void)stunt_spans_remove(&set->dma, mapping->addr, mapping->len, use);
        }
        return false;
    }
    return true;
}

static bool remove_spans(struct stunt_mappings *set, const struct stunt_mapping *mapping)
{
    struct stunt_span_use use = use_of(mapping);

    if (mapping->len && !stunt_spans_remove(&set->dma, mapping->addr, mapping->len, use)) {
        return false;
    }
    if (mapping->phys_len && !stunt_spans_remove(&set->phys, mapping->phys, mapping->phys_len, use)) {
        if (mapping->len) {
            (void)stunt_spans_add(&set->dma, mapping->addr, mapping->len, use);
        }
        return false;
    }
    return true;
}

bool stunt_mappings_add(struct stunt_mappings *set, const struct stunt_mapping *mapping)
{
    int32_t i;

    if (!reserve(set) || !add_spans(set, mapping)) {
        return false;
    }
    i = find(set, key_of(mapping));
    memmove(&set->mapping[i + 1], &set->mapping[i], (size_t)(set->n - i) * sizeof(*mapping));
    set->mapping[i] = *mapping;
    set->n++;
    return true;
}

bool stunt_mappings_twice(const struct stunt_mappings *set, const struct stunt_mapping *mapping,
                          uint64_t *ret_phys)
{
    return mapping->phys_len && stunt_spans_clash(&set->phys, mapping->phys, mapping->phys_len,
                                                  use_of(mapping).write, ret_phys);
}

static void remember(struct stunt_mappings *set, const struct stunt_mapping *mapping)
{
    struct stunt_recent *recent = &set->recent[set->next_recent];

    if (mapping->len) {
        *recent = (struct stunt_recent){ mapping->addr, mapping->addr + mapping->len - 1, true };
        set->next_recent = (set->next_recent + 1) % STUNT_MAPPINGS_RECENT;
    }
}

static unsigned likeness(const struct stunt_mapping *a, const struct stunt_mapping *b)
{
    return (a->len == b->len) * 4u + (a->direction == b->direction) * 2u + (a->phys == b->phys);
}

static int32_t most_like(const struct stunt_mappings *set, const struct stunt_mapping *like)
{
    uint64_t key = key_of(like);
    int32_t best = -1;

    for (int32_t i = find(set, key); i < set->n && key_of(&set->mapping[i]) == key; i++) {
        const struct stunt_mapping *mapping = &set->mapping[i];

        if (!mapping->len == !like->len &&
            (best < 0 || likeness(mapping, like) > likeness(&set->mapping[best], like))) {
            best = i;
        }
    }
    return best;
}

enum stunt_unmapped stunt_mappings_remove(struct stunt_mappings *set, const struct stunt_mapping *like)
{
    int32_t i = most_like(set, like);

    if (i < 0) {
        return STUNT_UNMAPPED_UNKNOWN;
    }
    if (!remove_spans(set, &set->mapping[i])) {
        return STUNT_UNMAPPED_FULL;
    }
    remember(set, &set->mapping[i]);
    set->n--;
    memmove(&set->mapping[i], &set->mapping[i + 1], (size_t)(set->n - i) * sizeof(*like));
    return STUNT_UNMAPPED_OK;
}

void stunt_mappings_drop(struct stunt_mappings *set)
{
    for (int32_t i = 0; i < set->n; i++) {
        remember(set, &set->mapping[i]);
    }
    set->n = 0;
    stunt_spans_clear(&set->dma);
    stunt_spans_clear(&set->phys);
}

static bool was_mapped(const struct stunt_mappings *set, uint64_t at)
{
    for (unsigned i = 0; i < STUNT_MAPPINGS_RECENT; i++) {
        const struct stunt_recent *recent = &set->recent[i];

        if (recent->used && recent->start <= at && at <= recent->last) {
            return true;
        }
    }
    return false;
}

enum stunt_access stunt_mappings_access(const struct stunt_mappings *set, uint64_t addr, uint64_t len,
                                        bool write, uint64_t *ret_at)
{
    struct stunt_span_use use = { .read = !write, .write = write };

    switch (stunt_spans_look(&set->dma, addr, len, use, ret_at)) {
    case STUNT_SPANS_ALL:
        return STUNT_ACCESS_OK;
    case STUNT_SPANS_NOT_FOR:
        return STUNT_ACCESS_DIRECTION;
    case STUNT_SPANS_NOT_IN:
        break;
    }
    return was_mapped(set, *ret_at) ? STUNT_ACCESS_AFTER_UNMAP : STUNT_ACCESS_UNMAPPED;
}

bool stunt_mappings_rebuild(struct stunt_mappings *set)
{
    stunt_spans_clear(&set->dma);
    stunt_spans_clear(&set->phys);
    set->room = (uint32_t)set->n;
    if (set->next_recent >= STUNT_MAPPINGS_RECENT) {
        return false;
    }
    for (int32_t i = 0; i < set->n; i++) {
        if (!stunt_mapping_valid(&set->mapping[i]) ||
            (i && key_of(&set->mapping[i]) < key_of(&set->mapping[i - 1])) ||
            !add_spans(set, &set->mapping[i])) {
            return false;
        }
    }
    return true;
}
