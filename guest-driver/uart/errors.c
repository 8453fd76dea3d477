// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the PCI core tells of: errors of the bus, and resets of the function. Ports stay open: what
 * was under way is lost, what waits to be sent goes out afterwards.
 */
#include <linux/pci.h>

#include "uart.h"

static pci_ers_result_t stunt_uart_error_detected(struct pci_dev *pdev, pci_channel_state_t state)
{
	struct stunt_uart *su = pci_get_drvdata(pdev);

	stunt_uart_freeze(su);
	if (state == pci_channel_io_perm_failure) {
		stunt_uart_lost(su);
		return PCI_ERS_RESULT_DISCONNECT;
	}
	return state == pci_channel_io_normal ? PCI_ERS_RESULT_CAN_RECOVER : PCI_ERS_RESULT_NEED_RESET;
}

static pci_ers_result_t stunt_uart_mmio_enabled(struct pci_dev *pdev)
{
	struct stunt_uart *su = pci_get_drvdata(pdev);

	return stunt_uart_thaw(su) ? PCI_ERS_RESULT_NEED_RESET : PCI_ERS_RESULT_RECOVERED;
}

/* Configuration space is as after power-on; interrupts and bus mastering are in what was saved. */
static pci_ers_result_t stunt_uart_slot_reset(struct pci_dev *pdev)
{
	struct stunt_uart *su = pci_get_drvdata(pdev);

	pci_load_saved_state(pdev, su->config);
	pci_restore_state(pdev);
	if (!stunt_uart_thaw(su))
		return PCI_ERS_RESULT_RECOVERED;
	stunt_uart_lost(su);
	return PCI_ERS_RESULT_DISCONNECT;
}

static void stunt_uart_error_resume(struct pci_dev *pdev)
{
	stunt_uart_revive(pci_get_drvdata(pdev));
}

static void stunt_uart_reset_prepare(struct pci_dev *pdev)
{
	stunt_uart_quiesce(pci_get_drvdata(pdev), false);
}

static void stunt_uart_reset_done(struct pci_dev *pdev)
{
	stunt_uart_revive(pci_get_drvdata(pdev));
}

const struct pci_error_handlers stunt_uart_err_handlers = {
	.error_detected = stunt_uart_error_detected,
	.mmio_enabled = stunt_uart_mmio_enabled,
	.slot_reset = stunt_uart_slot_reset,
	.resume = stunt_uart_error_resume,
	.reset_prepare = stunt_uart_reset_prepare,
	.reset_done = stunt_uart_reset_done,
};
