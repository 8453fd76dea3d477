// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stunt_nub: devices without hardware. They live on the kernel's auxiliary bus below a device of
 * this module, and carry their properties as a software node, so that a driver reads them as it
 * would read those of firmware.
 *
 *   echo "hub ports=2 label=left" > /sys/devices/stunt_nub/new_device      makes stunt_nub.hub.0
 *   echo stunt_nub.hub.0 > /sys/devices/stunt_nub/delete_device
 *
 * Numbers are properties of 32 bits, all else are strings.
 */
#include <linux/auxiliary_bus.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/idr.h>
#include <linux/kstrtox.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/property.h>
#include <linux/slab.h>
#include <linux/string.h>

#define STUNT_NUB_PROPERTIES	8
#define STUNT_NUB_WORD		24	/* bytes of a name or a value at the most, with its end */

struct stunt_nub {
	struct auxiliary_device aux;
	struct list_head node;
	char kind[STUNT_NUB_WORD];
	char key[STUNT_NUB_PROPERTIES][STUNT_NUB_WORD];
	char text[STUNT_NUB_PROPERTIES][STUNT_NUB_WORD];
	struct property_entry property[STUNT_NUB_PROPERTIES + 1];
};

static struct device *stunt_nub_root;
static DEFINE_IDA(stunt_nub_ida);
static DEFINE_MUTEX(stunt_nub_lock);	/* of the list, and of making and deleting */
static LIST_HEAD(stunt_nubs);

static void stunt_nub_release(struct device *dev)
{
	struct stunt_nub *nub = container_of(dev, struct stunt_nub, aux.dev);

	ida_free(&stunt_nub_ida, nub->aux.id);
	kfree(nub);
}

/* "KEY=VALUE" becomes property number n. */
static int stunt_nub_property(struct stunt_nub *nub, unsigned int n, char *word)
{
	char *value = strchr(word, '=');
	u32 number;

	if (n == STUNT_NUB_PROPERTIES)
		return -E2BIG;
	if (!value || value == word)
		return -EINVAL;
	*value++ = '\0';
	if (strscpy(nub->key[n], word, STUNT_NUB_WORD) < 0 ||
	    strscpy(nub->text[n], value, STUNT_NUB_WORD) < 0)
		return -ENAMETOOLONG;
	if (!kstrtou32(value, 0, &number))
		nub->property[n] = PROPERTY_ENTRY_U32(nub->key[n], number);
	else
		nub->property[n] = PROPERTY_ENTRY_STRING(nub->key[n], nub->text[n]);
	return 0;
}

/* "KIND [KEY=VALUE ...]". */
static int stunt_nub_parse(struct stunt_nub *nub, char *line)
{
	char *word = strsep(&line, " ");
	unsigned int n = 0;
	int ret = 0;

	if (!*word || strpbrk(word, "./="))
		return -EINVAL;
	if (strscpy(nub->kind, word, sizeof(nub->kind)) < 0)
		return -ENAMETOOLONG;
	while (!ret && (word = strsep(&line, " ")))
		if (*word)
			ret = stunt_nub_property(nub, n++, word);
	return ret;
}

/* Once it is initialised, the device core owns it. */
static int stunt_nub_add(struct stunt_nub *nub)
{
	int ret = auxiliary_device_init(&nub->aux);

	if (ret) {
		ida_free(&stunt_nub_ida, nub->aux.id);
		kfree(nub);
		return ret;
	}
	ret = device_create_managed_software_node(&nub->aux.dev, nub->property, NULL);
	if (!ret)
		ret = auxiliary_device_add(&nub->aux);
	if (ret) {
		auxiliary_device_uninit(&nub->aux);
		return ret;
	}
	list_add_tail(&nub->node, &stunt_nubs);
	return 0;
}

static int stunt_nub_make(char *line)
{
	struct stunt_nub *nub = kzalloc(sizeof(*nub), GFP_KERNEL);
	int id, ret;

	if (!nub)
		return -ENOMEM;
	ret = stunt_nub_parse(nub, line);
	if (ret)
		goto err_free;
	id = ida_alloc(&stunt_nub_ida, GFP_KERNEL);
	if (id < 0) {
		ret = id;
		goto err_free;
	}
	nub->aux.name = nub->kind;
	nub->aux.id = id;
	nub->aux.dev.parent = stunt_nub_root;
	nub->aux.dev.release = stunt_nub_release;
	return stunt_nub_add(nub);

err_free:
	kfree(nub);
	return ret;
}

static void stunt_nub_delete(struct stunt_nub *nub)
{
	list_del(&nub->node);
	auxiliary_device_delete(&nub->aux);
	auxiliary_device_uninit(&nub->aux);
}

static ssize_t new_device_store(struct device *dev, struct device_attribute *attr, const char *buf,
				size_t count)
{
	char *line = kstrdup(buf, GFP_KERNEL);
	int ret;

	if (!line)
		return -ENOMEM;
	mutex_lock(&stunt_nub_lock);
	ret = stunt_nub_make(strim(line));
	mutex_unlock(&stunt_nub_lock);
	kfree(line);
	return ret ?: count;
}
static DEVICE_ATTR_WO(new_device);

static ssize_t delete_device_store(struct device *dev, struct device_attribute *attr,
				   const char *buf, size_t count)
{
	struct stunt_nub *nub, *next;
	int ret = -ENOENT;

	mutex_lock(&stunt_nub_lock);
	list_for_each_entry_safe(nub, next, &stunt_nubs, node) {
		if (sysfs_streq(buf, dev_name(&nub->aux.dev))) {
			stunt_nub_delete(nub);
			ret = 0;
			break;
		}
	}
	mutex_unlock(&stunt_nub_lock);
	return ret ?: count;
}
static DEVICE_ATTR_WO(delete_device);

static struct attribute *stunt_nub_attrs[] = {
	&dev_attr_new_device.attr,
	&dev_attr_delete_device.attr,
	NULL
};
ATTRIBUTE_GROUPS(stunt_nub);

static int __init stunt_nub_init(void)
{
	int ret;

	stunt_nub_root = root_device_register("stunt_nub");
	if (IS_ERR(stunt_nub_root))
		return PTR_ERR(stunt_nub_root);
	ret = device_add_groups(stunt_nub_root, stunt_nub_groups);
	if (ret)
		root_device_unregister(stunt_nub_root);
	return ret;
}
module_init(stunt_nub_init);

/* The newest first: what was made later may lean on what was there. */
static void __exit stunt_nub_exit(void)
{
	struct stunt_nub *nub, *next;

	device_remove_groups(stunt_nub_root, stunt_nub_groups);
	list_for_each_entry_safe_reverse(nub, next, &stunt_nubs, node)
		stunt_nub_delete(nub);
	root_device_unregister(stunt_nub_root);
	ida_destroy(&stunt_nub_ida);
}
module_exit(stunt_nub_exit);

MODULE_DESCRIPTION("Devices without hardware, on the auxiliary bus");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
