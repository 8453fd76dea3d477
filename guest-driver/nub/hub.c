// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * stunt_hub: the driver of the nub "hub". It makes a child device for each of its ports, and drives
 * these, too. Children are managed resources of their parent's binding: they go, last one first,
 * before the parent does, however that ends.
 */
#include <linux/auxiliary_bus.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/property.h>
#include <linux/slab.h>

#include <stunt/uapi/registry.h>

#include "stunt_registry.h"

#define STUNT_HUB_PORTS	16

struct stunt_port {
	struct auxiliary_device aux;
	u32 nr;
};

static struct stunt_port *stunt_port_of(struct device *dev)
{
	return container_of(dev, struct stunt_port, aux.dev);
}

static void stunt_port_release(struct device *dev)
{
	kfree(stunt_port_of(dev));
}

static void stunt_port_delete(void *data)
{
	struct stunt_port *port = data;

	auxiliary_device_delete(&port->aux);
	auxiliary_device_uninit(&port->aux);
}

/* A port is numbered within its hub, and the bus wants a number of its own for each device. */
static int stunt_port_add(struct auxiliary_device *hub, u32 nr)
{
	struct stunt_port *port = kzalloc(sizeof(*port), GFP_KERNEL);
	int ret;

	if (!port)
		return -ENOMEM;
	port->nr = nr;
	port->aux.name = "port";
	port->aux.id = hub->id * STUNT_HUB_PORTS + nr;
	port->aux.dev.parent = &hub->dev;
	port->aux.dev.release = stunt_port_release;
	ret = auxiliary_device_init(&port->aux);
	if (ret) {
		kfree(port);
		return ret;
	}
	ret = auxiliary_device_add(&port->aux);
	if (ret) {
		auxiliary_device_uninit(&port->aux);
		return ret;
	}
	return devm_add_action_or_reset(&hub->dev, stunt_port_delete, port);
}

static int stunt_hub_probe(struct auxiliary_device *hub, const struct auxiliary_device_id *id)
{
	const char *label = "unlabelled";
	struct stunt_registered *reg;
	u32 ports = 1;
	int ret = 0;

	device_property_read_u32(&hub->dev, "ports", &ports);
	device_property_read_string(&hub->dev, "label", &label);
	if (ports > STUNT_HUB_PORTS)
		return dev_err_probe(&hub->dev, -EINVAL, "%u ports, at most %u\n", ports,
				     STUNT_HUB_PORTS);
	/* Before its children, so that it is taken out behind them. */
	reg = stunt_registry_add(&hub->dev, dev_name(&hub->dev), STUNT_REGISTRY_RUNNING);
	if (IS_ERR(reg))
		return PTR_ERR(reg);
	dev_info(&hub->dev, "hub %s with %u ports\n", label, ports);
	for (u32 nr = 0; nr < ports && !ret; nr++)
		ret = stunt_port_add(hub, nr);
	return ret;
}

static const struct auxiliary_device_id stunt_hub_ids[] = {
	{ .name = "stunt_nub.hub" },
	{ }
};
MODULE_DEVICE_TABLE(auxiliary, stunt_hub_ids);

static struct auxiliary_driver stunt_hub_driver = {
	.name = "hub",
	.probe = stunt_hub_probe,
	.id_table = stunt_hub_ids,
};

static ssize_t port_show(struct device *dev, struct device_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", stunt_port_of(dev)->nr);
}
static DEVICE_ATTR_RO(port);

static struct attribute *stunt_port_attrs[] = {
	&dev_attr_port.attr,
	NULL
};
ATTRIBUTE_GROUPS(stunt_port);

static int stunt_port_probe(struct auxiliary_device *port, const struct auxiliary_device_id *id)
{
	return PTR_ERR_OR_ZERO(stunt_registry_add(&port->dev, dev_name(&port->dev),
						  STUNT_REGISTRY_RUNNING));
}

static const struct auxiliary_device_id stunt_port_ids[] = {
	{ .name = "stunt_hub.port" },
	{ }
};

static struct auxiliary_driver stunt_port_driver = {
	.name = "port",
	.probe = stunt_port_probe,
	.id_table = stunt_port_ids,
	.driver.dev_groups = stunt_port_groups,
};

/* The ports' driver first: a hub finds it there when it makes its ports. */
static int __init stunt_hub_init(void)
{
	int ret = auxiliary_driver_register(&stunt_port_driver);

	if (ret)
		return ret;
	ret = auxiliary_driver_register(&stunt_hub_driver);
	if (ret)
		auxiliary_driver_unregister(&stunt_port_driver);
	return ret;
}
module_init(stunt_hub_init);

static void __exit stunt_hub_exit(void)
{
	auxiliary_driver_unregister(&stunt_hub_driver);
	auxiliary_driver_unregister(&stunt_port_driver);
}
module_exit(stunt_hub_exit);

MODULE_DESCRIPTION("Driver of the hub nub and of its ports");
MODULE_AUTHOR("The Stunt developers");
MODULE_LICENSE("GPL");
