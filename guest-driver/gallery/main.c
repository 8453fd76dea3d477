// SPDX-License-Identifier: GPL-2.0-or-later
/* stunt_gallery: takes a stunt-dma device as any driver would, and does wrong what it is told to. */
#include <linux/debugfs.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "gallery.h"
#include "stunt/regs/dma.h"

static const struct gallery_bug *const gallery_bugs[] = {
	gallery_race, gallery_deadlock, gallery_contention, gallery_memory,
	gallery_leak, gallery_illegal,	gallery_sleep,	    gallery_panic,
};

static struct stunt_pci gallery_device;
static struct dentry *gallery_dir;

static ssize_t gallery_write(struct file *file, const char __user *buf, size_t len, loff_t *pos)
{
	const struct gallery_bug *bug = file_inode(file)->i_private;
	int ret = bug->run(&gallery_device);

	return ret ?: len;
}

static const struct file_operations gallery_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.write = gallery_write,
};

static void gallery_make_files(void)
{
	unsigned int i;

	gallery_dir = debugfs_create_dir("stunt_gallery", NULL);
	for (i = 0; i < ARRAY_SIZE(gallery_bugs); i++) {
		const struct gallery_bug *bug;

		for (bug = gallery_bugs[i]; bug->name; bug++)
			debugfs_create_file(bug->name, 0200, gallery_dir, (void *)bug, &gallery_fops);
	}
}

static const struct stunt_pci_info gallery_info = {
	.id = STUNT_DMA_ID_VALUE,
	.major = STUNT_DMA_VERSION_MAJOR_VALUE,
	.minor = STUNT_DMA_VERSION_MINOR_VALUE,
	.vectors = STUNT_DMA_VECTORS,
	.dma_bits = 64,
};

static int gallery_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	int ret;

	if (gallery_dir)
		return -EBUSY;
	ret = stunt_pci_probe(pdev, &gallery_info, &gallery_device);
	if (!ret)
		gallery_make_files();
	return ret;
}

static void gallery_remove(struct pci_dev *pdev)
{
	debugfs_remove(gallery_dir);
	gallery_dir = NULL;
}

static const struct pci_device_id gallery_ids[] = {
	{ PCI_DEVICE(STUNT_DMA_PCI_VENDOR, STUNT_DMA_PCI_DEVICE) },
	{ }
};

static struct pci_driver gallery_driver = {
	.name = "stunt_gallery",
	.id_table = gallery_ids,
	.probe = gallery_probe,
	.remove = gallery_remove,
};
module_pci_driver(gallery_driver);

MODULE_DESCRIPTION("Driver bugs to look at");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
