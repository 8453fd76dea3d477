// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Chains: descriptors outside of the ring, in blocks from a dma_pool. A block's last place, and
 * the place behind the last descriptor of a loop, holds the LINK that leads on.
 */
#include <linux/dmapool.h>
#include <linux/slab.h>

#include "dma.h"

#define STUNT_CHAIN_PLACES	16
#define STUNT_CHAIN_BLOCK	(STUNT_CHAIN_PLACES * sizeof(struct stunt_dma_desc))
#define STUNT_CHAIN_PER_BLOCK	(STUNT_CHAIN_PLACES - 1)

struct stunt_dma_chain {
	struct dma_pool *pool;
	u32 n;
	u32 n_blocks;
	struct {
		struct stunt_dma_desc *desc;
		dma_addr_t bus;
	} block[];
};

/* Managed: gone with the binding, so all chains must be given back by then. */
int stunt_chain_pool(struct stunt_dma *sd)
{
	sd->pool = dmam_pool_create("stunt-dma-chain", sd->dev, STUNT_CHAIN_BLOCK,
				    sizeof(struct stunt_dma_desc), 0);
	return sd->pool ? 0 : -ENOMEM;
}

static void stunt_chain_link(struct stunt_dma_desc *desc, dma_addr_t to, u8 flags)
{
	desc->op = STUNT_DMA_OP_LINK;
	desc->src = to;
	desc->flags = flags;
}

static bool stunt_chain_fill(struct stunt_dma_chain *chain, gfp_t gfp)
{
	u32 i;

	for (i = 0; i < chain->n_blocks; i++) {
		chain->block[i].desc = dma_pool_zalloc(chain->pool, gfp, &chain->block[i].bus);
		if (!chain->block[i].desc)
			return false;
		if (i)
			stunt_chain_link(&chain->block[i - 1].desc[STUNT_CHAIN_PER_BLOCK],
					 chain->block[i].bus, 0);
	}
	return true;
}

struct stunt_dma_chain *stunt_chain_new(struct stunt_dma *sd, u32 n, gfp_t gfp)
{
	u32 n_blocks = DIV_ROUND_UP(n, STUNT_CHAIN_PER_BLOCK);
	struct stunt_dma_chain *chain;

	if (!n || n > STUNT_CHAIN_MAX)
		return NULL;
	chain = kzalloc(struct_size(chain, block, n_blocks), gfp);
	if (!chain)
		return NULL;
	chain->pool = sd->pool;
	chain->n = n;
	chain->n_blocks = n_blocks;
	if (stunt_chain_fill(chain, gfp))
		return chain;
	stunt_chain_free(chain);
	return NULL;
}

void stunt_chain_free(struct stunt_dma_chain *chain)
{
	u32 i;

	if (!chain)
		return;
	for (i = 0; i < chain->n_blocks && chain->block[i].desc; i++)
		dma_pool_free(chain->pool, chain->block[i].desc, chain->block[i].bus);
	kfree(chain);
}

static struct stunt_dma_desc *stunt_chain_place(const struct stunt_dma_chain *chain, u32 i)
{
	return &chain->block[i / STUNT_CHAIN_PER_BLOCK].desc[i % STUNT_CHAIN_PER_BLOCK];
}

struct stunt_dma_desc *stunt_chain_at(const struct stunt_dma_chain *chain, u32 i)
{
	return i < chain->n ? stunt_chain_place(chain, i) : NULL;
}

void stunt_chain_end(const struct stunt_dma_chain *chain, struct stunt_dma_desc *link)
{
	stunt_chain_place(chain, chain->n - 1)->flags |= STUNT_DMA_DESC_END;
	stunt_chain_link(link, chain->block[0].bus, 0);
}

void stunt_chain_loop(const struct stunt_dma_chain *chain, struct stunt_dma_desc *link)
{
	/* The place behind the last one, which a full block has, too. */
	stunt_chain_link(stunt_chain_place(chain, chain->n - 1) + 1, chain->block[0].bus,
			 STUNT_DMA_DESC_LOOP);
	stunt_chain_link(link, chain->block[0].bus, STUNT_DMA_DESC_LOOP);
}
