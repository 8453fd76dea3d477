/* SPDX-License-Identifier: GPL-2.0-or-later OR BSD-3-Clause */
/* Generated from spec/devices/uart.toml and spec/ids.toml by spec/gen/stunt-spec headers; do not edit. */
/* PCIe multi-port serial card: registers, each 32 bits wide. */
#ifndef STUNT_REGS_UART_H
#define STUNT_REGS_UART_H

/* PCI identity and BARs */
#define STUNT_UART_PCI_VENDOR           0x1234U
#define STUNT_UART_PCI_DEVICE           0x5d03U
#define STUNT_UART_PCI_SUBSYSTEM_VENDOR 0x1234U
#define STUNT_UART_PCI_SUBSYSTEM        0x5d00U
#define STUNT_UART_PCI_CLASS            0x078000U
#define STUNT_UART_PCI_REVISION         0x01U
#define STUNT_UART_BAR                  0U
#define STUNT_UART_BAR_SIZE             0x4000U
#define STUNT_UART_PORTS_BAR            2U /* I/O: the window's bytes */
#define STUNT_UART_PORTS_SIZE           0x40U

/* Interrupt vectors */
#define STUNT_UART_VEC_PORT0 0U /* Port 0 has an enabled cause */
#define STUNT_UART_VEC_PORT1 1U /* Port 1 has an enabled cause */
#define STUNT_UART_VEC_PORT2 2U /* Port 2 has an enabled cause */
#define STUNT_UART_VEC_PORT3 3U /* Port 3 has an enabled cause */
#define STUNT_UART_VEC_PORT4 4U /* Port 4 has an enabled cause */
#define STUNT_UART_VEC_PORT5 5U /* Port 5 has an enabled cause */
#define STUNT_UART_VEC_PORT6 6U /* Port 6 has an enabled cause */
#define STUNT_UART_VEC_PORT7 7U /* Port 7 has an enabled cause */
#define STUNT_UART_VECTORS   8U /* How many there are */

/* Field PARITY of P_FORMAT */
#define STUNT_UART_PARITY_NONE  0U
#define STUNT_UART_PARITY_ODD   1U
#define STUNT_UART_PARITY_EVEN  2U
#define STUNT_UART_PARITY_MARK  3U
#define STUNT_UART_PARITY_SPACE 4U

/* Field STOP of P_FORMAT: stop bits that are sent */
#define STUNT_UART_STOP_ONE      0U
#define STUNT_UART_STOP_ONE_HALF 1U
#define STUNT_UART_STOP_TWO      2U

/* Why a ring stands still: fields of P_DMA_STATUS */
#define STUNT_UART_STOPPED_NO        0U
#define STUNT_UART_STOPPED_FLAGGED   1U
#define STUNT_UART_STOPPED_BUS_ERROR 2U
#define STUNT_UART_STOPPED_BAD_RING  3U

/* Lines that a port drives, field `line` of the event `serial.line`; DCD and RI only peers do */
#define STUNT_UART_LINE_RTS   0U
#define STUNT_UART_LINE_DTR   1U
#define STUNT_UART_LINE_BREAK 2U
#define STUNT_UART_LINE_DCD   3U
#define STUNT_UART_LINE_RI    4U

/* What became of the script of a peer, field `state` of the event `serial.peer` */
#define STUNT_UART_PEER_RUNNING     0U
#define STUNT_UART_PEER_DONE        1U
#define STUNT_UART_PEER_FAILED      2U
#define STUNT_UART_PEER_ENDED_EARLY 3U

/* Bits of the properties portN.inputs: lines of a port that nothing is wired to */
#define STUNT_UART_INPUT_CTS 1U
#define STUNT_UART_INPUT_DSR 2U
#define STUNT_UART_INPUT_RI  4U
#define STUNT_UART_INPUT_DCD 8U

/* Kinds of reset, field `kind` of the event `reset` */
#define STUNT_UART_RESET_COLD  0U
#define STUNT_UART_RESET_FLR   1U
#define STUNT_UART_RESET_SOFT  2U
#define STUNT_UART_RESET_PORT  3U
#define STUNT_UART_RESET_HOT   4U
#define STUNT_UART_RESET_POWER 5U

/* Kinds of driver misuse, field `kind` of the event `misuse` */
#define STUNT_UART_MISUSE_RO_WRITE          1U
#define STUNT_UART_MISUSE_BAD_ACCESS        2U
#define STUNT_UART_MISUSE_RESERVED_WRITE    3U
#define STUNT_UART_MISUSE_BAD_INDEX         5U
#define STUNT_UART_MISUSE_NO_BUS_MASTER     6U
#define STUNT_UART_MISUSE_WRONG_POWER_STATE 7U
#define STUNT_UART_MISUSE_RING_LIVE_WRITE   8U
#define STUNT_UART_MISUSE_TX_OVERFLOW       10U
#define STUNT_UART_MISUSE_DMA_UNMAPPED      11U
#define STUNT_UART_MISUSE_DMA_AFTER_UNMAP   12U
#define STUNT_UART_MISUSE_DMA_DIRECTION     13U
#define STUNT_UART_MISUSE_MAPPED_TWICE      14U
#define STUNT_UART_MISUSE_ACCESS_IN_RESET   15U
#define STUNT_UART_MISUSE_LEFT_MAPPED       16U
#define STUNT_UART_MISUSE_GONE_POLLED       17U
#define STUNT_UART_MISUSE_TOO_EARLY         18U

/*
 * Who moves data in mapped memory, field `direction` of the events `dma.map` and `dma.unmap`; as the kernel
 * numbers them
 */
#define STUNT_UART_DIRECTION_BIDIRECTIONAL 0U
#define STUNT_UART_DIRECTION_TO_DEVICE     1U
#define STUNT_UART_DIRECTION_FROM_DEVICE   2U

/* Whether transfers are held against what is mapped, field `check` of the event `dma.check` */
#define STUNT_UART_CHECK_OFF   0U
#define STUNT_UART_CHECK_ON    1U
#define STUNT_UART_CHECK_BLIND 2U

/* What is transferred, field `what` of the events `dma.read` and `dma.write` */
#define STUNT_UART_WHAT_DATA 2U

/* ID: The letters SUAR, little-endian */
#define STUNT_UART_ID       0x000U
#define STUNT_UART_ID_VALUE 0x52415553U /* Always */

/* VERSION: Version of the register layout */
#define STUNT_UART_VERSION             0x004U
#define STUNT_UART_VERSION_MINOR       0x0000ffffU
#define STUNT_UART_VERSION_MINOR_SHIFT 0U
#define STUNT_UART_VERSION_MINOR_VALUE 0U /* Always */
#define STUNT_UART_VERSION_MAJOR       0xffff0000U
#define STUNT_UART_VERSION_MAJOR_SHIFT 16U
#define STUNT_UART_VERSION_MAJOR_VALUE 1U /* Always */

/* CAPS: What this instance can do */
#define STUNT_UART_CAPS             0x008U
#define STUNT_UART_CAPS_PORTS       0x0000000fU /* Ports that there are */
#define STUNT_UART_CAPS_PORTS_SHIFT 0U
#define STUNT_UART_CAPS_WIDTH       0x0000ff00U /* Address bits that the device drives */
#define STUNT_UART_CAPS_WIDTH_SHIFT 8U
#define STUNT_UART_CAPS_FIFO        0xffff0000U /* Characters in a FIFO */
#define STUNT_UART_CAPS_FIFO_SHIFT  16U

/* CTRL: Global control */
#define STUNT_UART_CTRL                  0x00cU
#define STUNT_UART_CTRL_RESET            0x00000001U /* All ports and registers; reads as 0 */
#define STUNT_UART_CTRL_RESET_SHIFT      0U
#define STUNT_UART_CTRL_IRQ_ENABLE       0x00000002U /* Interrupts are signalled at all */
#define STUNT_UART_CTRL_IRQ_ENABLE_SHIFT 1U

/* INT_STATUS: A bit for each port that has an enabled cause */
#define STUNT_UART_INT_STATUS             0x010U
#define STUNT_UART_INT_STATUS_PORTS       0x000000ffU
#define STUNT_UART_INT_STATUS_PORTS_SHIFT 0U

/* CLOCK: Clock before the dividers in Hz: a port has CLOCK / (16 * divisor) baud */
#define STUNT_UART_CLOCK       0x014U
#define STUNT_UART_CLOCK_VALUE 0x0b71b000U /* Always */

/* MISUSE_COUNT: Driver misuse seen since reset */
#define STUNT_UART_MISUSE_COUNT 0x018U

/* P_CTRL: Port control */
#define STUNT_UART_P_CTRL                0x1000U
#define STUNT_UART_P_CTRL_STRIDE         0x100U
#define STUNT_UART_P_CTRL_COUNT          8U
#define STUNT_UART_P_CTRL_ENABLE         0x00000001U /* Sends and receives */
#define STUNT_UART_P_CTRL_ENABLE_SHIFT   0U
/* What is sent is received, modem lines are turned round as in a 16550 */
#define STUNT_UART_P_CTRL_LOOP           0x00000002U
#define STUNT_UART_P_CTRL_LOOP_SHIFT     1U
/* The port's registers, FIFOs and rings as after a reset; reads as 0 */
#define STUNT_UART_P_CTRL_RESET          0x00000004U
#define STUNT_UART_P_CTRL_RESET_SHIFT    2U
#define STUNT_UART_P_CTRL_TX_FLUSH       0x00000008U /* Empties the transmit FIFO; reads as 0 */
#define STUNT_UART_P_CTRL_TX_FLUSH_SHIFT 3U
#define STUNT_UART_P_CTRL_RX_FLUSH       0x00000010U /* Empties the receive FIFO; reads as 0 */
#define STUNT_UART_P_CTRL_RX_FLUSH_SHIFT 4U

/* P_FORMAT: How a character looks on the line; from the next one on */
#define STUNT_UART_P_FORMAT              0x1004U
#define STUNT_UART_P_FORMAT_STRIDE       0x100U
#define STUNT_UART_P_FORMAT_COUNT        8U
#define STUNT_UART_P_FORMAT_BITS         0x0000000fU /* Data bits, 5 to 9 */
#define STUNT_UART_P_FORMAT_BITS_SHIFT   0U
#define STUNT_UART_P_FORMAT_PARITY       0x00000070U /* PARITY */
#define STUNT_UART_P_FORMAT_PARITY_SHIFT 4U
#define STUNT_UART_P_FORMAT_STOP         0x00000300U /* STOP */
#define STUNT_UART_P_FORMAT_STOP_SHIFT   8U
#define STUNT_UART_P_FORMAT_BREAK        0x00001000U /* Holds the line at 0, behind what is in the shifter */
#define STUNT_UART_P_FORMAT_BREAK_SHIFT  12U

/* P_BAUD: Divisor; from the next character on */
#define STUNT_UART_P_BAUD            0x1008U
#define STUNT_UART_P_BAUD_STRIDE     0x100U
#define STUNT_UART_P_BAUD_COUNT      8U
#define STUNT_UART_P_BAUD_FRAC       0x000000ffU /* 256ths */
#define STUNT_UART_P_BAUD_FRAC_SHIFT 0U
#define STUNT_UART_P_BAUD_INT        0x0fffff00U
#define STUNT_UART_P_BAUD_INT_SHIFT  8U

/* P_MODEM_CTRL: Modem lines that the port drives */
#define STUNT_UART_P_MODEM_CTRL           0x100cU
#define STUNT_UART_P_MODEM_CTRL_STRIDE    0x100U
#define STUNT_UART_P_MODEM_CTRL_COUNT     8U
#define STUNT_UART_P_MODEM_CTRL_DTR       0x00000001U
#define STUNT_UART_P_MODEM_CTRL_DTR_SHIFT 0U
#define STUNT_UART_P_MODEM_CTRL_RTS       0x00000002U
#define STUNT_UART_P_MODEM_CTRL_RTS_SHIFT 1U

/* P_MODEM_STATUS: Modem lines as they are */
#define STUNT_UART_P_MODEM_STATUS           0x1010U
#define STUNT_UART_P_MODEM_STATUS_STRIDE    0x100U
#define STUNT_UART_P_MODEM_STATUS_COUNT     8U
#define STUNT_UART_P_MODEM_STATUS_CTS       0x00000001U
#define STUNT_UART_P_MODEM_STATUS_CTS_SHIFT 0U
#define STUNT_UART_P_MODEM_STATUS_DSR       0x00000002U
#define STUNT_UART_P_MODEM_STATUS_DSR_SHIFT 1U
#define STUNT_UART_P_MODEM_STATUS_RI        0x00000004U
#define STUNT_UART_P_MODEM_STATUS_RI_SHIFT  2U
#define STUNT_UART_P_MODEM_STATUS_DCD       0x00000008U
#define STUNT_UART_P_MODEM_STATUS_DCD_SHIFT 3U

/* P_MODEM_COUNT: Changes of the modem lines, free-running; of RI: its ends */
#define STUNT_UART_P_MODEM_COUNT           0x1014U
#define STUNT_UART_P_MODEM_COUNT_STRIDE    0x100U
#define STUNT_UART_P_MODEM_COUNT_COUNT     8U
#define STUNT_UART_P_MODEM_COUNT_CTS       0x000000ffU
#define STUNT_UART_P_MODEM_COUNT_CTS_SHIFT 0U
#define STUNT_UART_P_MODEM_COUNT_DSR       0x0000ff00U
#define STUNT_UART_P_MODEM_COUNT_DSR_SHIFT 8U
#define STUNT_UART_P_MODEM_COUNT_RI        0x00ff0000U
#define STUNT_UART_P_MODEM_COUNT_RI_SHIFT  16U
#define STUNT_UART_P_MODEM_COUNT_DCD       0xff000000U
#define STUNT_UART_P_MODEM_COUNT_DCD_SHIFT 24U

/* P_STATUS: State of the port */
#define STUNT_UART_P_STATUS                  0x1018U
#define STUNT_UART_P_STATUS_STRIDE           0x100U
#define STUNT_UART_P_STATUS_COUNT            8U
/* FIFO and shifter are empty, and so is the ring unless it is off or pauses; in RS-485 RTS is released */
#define STUNT_UART_P_STATUS_TX_IDLE          0x00000001U
#define STUNT_UART_P_STATUS_TX_IDLE_SHIFT    0U
#define STUNT_UART_P_STATUS_TX_STOPPED       0x00000002U /* By CTS or XOFF */
#define STUNT_UART_P_STATUS_TX_STOPPED_SHIFT 1U
#define STUNT_UART_P_STATUS_RX_HELD          0x00000004U /* The other end is held by RTS or XOFF */
#define STUNT_UART_P_STATUS_RX_HELD_SHIFT    2U
#define STUNT_UART_P_STATUS_RX_BREAK         0x00000008U /* A break is on the line */
#define STUNT_UART_P_STATUS_RX_BREAK_SHIFT   3U
#define STUNT_UART_P_STATUS_XCHAR_BUSY       0x00000010U /* P_XCHAR has not been sent yet */
#define STUNT_UART_P_STATUS_XCHAR_BUSY_SHIFT 4U

/* P_FIFO: Fill of the FIFOs */
#define STUNT_UART_P_FIFO                0x101cU
#define STUNT_UART_P_FIFO_STRIDE         0x100U
#define STUNT_UART_P_FIFO_COUNT          8U
#define STUNT_UART_P_FIFO_RX             0x000001ffU /* Characters received */
#define STUNT_UART_P_FIFO_RX_SHIFT       0U
#define STUNT_UART_P_FIFO_RX_CLEAN       0x0007fc00U /* Of these, in front of the first that has a flag */
#define STUNT_UART_P_FIFO_RX_CLEAN_SHIFT 10U
#define STUNT_UART_P_FIFO_TX             0x1ff00000U /* Characters to be sent */
#define STUNT_UART_P_FIFO_TX_SHIFT       20U

/* P_FIFO_CTRL: When the FIFOs ask for service */
#define STUNT_UART_P_FIFO_CTRL                  0x1020U
#define STUNT_UART_P_FIFO_CTRL_STRIDE           0x100U
#define STUNT_UART_P_FIFO_CTRL_COUNT            8U
#define STUNT_UART_P_FIFO_CTRL_RX_TRIGGER       0x000001ffU /* RX_LEVEL at so many or more */
#define STUNT_UART_P_FIFO_CTRL_RX_TRIGGER_SHIFT 0U
#define STUNT_UART_P_FIFO_CTRL_TX_TRIGGER       0x01ff0000U /* TX_LEVEL at so many or fewer */
#define STUNT_UART_P_FIFO_CTRL_TX_TRIGGER_SHIFT 16U

/* P_RX_TIMEOUT: Silence on the line after which RX_TIMEOUT is raised for what was not announced */
#define STUNT_UART_P_RX_TIMEOUT            0x1024U
#define STUNT_UART_P_RX_TIMEOUT_STRIDE     0x100U
#define STUNT_UART_P_RX_TIMEOUT_COUNT      8U
#define STUNT_UART_P_RX_TIMEOUT_BITS       0x0000ffffU /* Bit times; 0: never */
#define STUNT_UART_P_RX_TIMEOUT_BITS_SHIFT 0U

/* P_RX: Takes a character out of the receive FIFO */
#define STUNT_UART_P_RX               0x1028U
#define STUNT_UART_P_RX_STRIDE        0x100U
#define STUNT_UART_P_RX_COUNT         8U
#define STUNT_UART_P_RX_DATA          0x000001ffU
#define STUNT_UART_P_RX_DATA_SHIFT    0U
#define STUNT_UART_P_RX_BREAK         0x00010000U
#define STUNT_UART_P_RX_BREAK_SHIFT   16U
#define STUNT_UART_P_RX_FRAMING       0x00020000U
#define STUNT_UART_P_RX_FRAMING_SHIFT 17U
#define STUNT_UART_P_RX_PARITY        0x00040000U
#define STUNT_UART_P_RX_PARITY_SHIFT  18U
#define STUNT_UART_P_RX_OVERRUN       0x00080000U /* Characters were lost before this one */
#define STUNT_UART_P_RX_OVERRUN_SHIFT 19U
#define STUNT_UART_P_RX_ADDRESS       0x00100000U /* It is an address */
#define STUNT_UART_P_RX_ADDRESS_SHIFT 20U
#define STUNT_UART_P_RX_VALID         0x80000000U /* There was one */
#define STUNT_UART_P_RX_VALID_SHIFT   31U

/*
 * P_RX4: Takes four characters without flags out of the receive FIFO, the first in the lowest byte; 0 unless
 * there are four
 */
#define STUNT_UART_P_RX4        0x102cU
#define STUNT_UART_P_RX4_STRIDE 0x100U
#define STUNT_UART_P_RX4_COUNT  8U

/* P_TX: Puts a character into the transmit FIFO */
#define STUNT_UART_P_TX               0x1030U
#define STUNT_UART_P_TX_STRIDE        0x100U
#define STUNT_UART_P_TX_COUNT         8U
#define STUNT_UART_P_TX_DATA          0x000001ffU
#define STUNT_UART_P_TX_DATA_SHIFT    0U
#define STUNT_UART_P_TX_ADDRESS       0x00010000U /* It is an address */
#define STUNT_UART_P_TX_ADDRESS_SHIFT 16U

/* P_TX4: Puts four characters into the transmit FIFO, the lowest byte first */
#define STUNT_UART_P_TX4        0x1034U
#define STUNT_UART_P_TX4_STRIDE 0x100U
#define STUNT_UART_P_TX4_COUNT  8U

/* P_XCHAR: Sends a character before all others, also while the port is held */
#define STUNT_UART_P_XCHAR            0x1038U
#define STUNT_UART_P_XCHAR_STRIDE     0x100U
#define STUNT_UART_P_XCHAR_COUNT      8U
#define STUNT_UART_P_XCHAR_DATA       0x000000ffU
#define STUNT_UART_P_XCHAR_DATA_SHIFT 0U

/* P_INT_STATUS: What happened since it was acknowledged */
#define STUNT_UART_P_INT_STATUS                  0x103cU
#define STUNT_UART_P_INT_STATUS_STRIDE           0x100U
#define STUNT_UART_P_INT_STATUS_COUNT            8U
#define STUNT_UART_P_INT_STATUS_RX_LEVEL         0x00000001U /* The receive FIFO is at its trigger */
#define STUNT_UART_P_INT_STATUS_RX_LEVEL_SHIFT   0U
#define STUNT_UART_P_INT_STATUS_RX_TIMEOUT       0x00000002U /* Silence after characters */
#define STUNT_UART_P_INT_STATUS_RX_TIMEOUT_SHIFT 1U
/* A character with a flag is the first of the receive FIFO */
#define STUNT_UART_P_INT_STATUS_RX_FLAGGED       0x00000004U
#define STUNT_UART_P_INT_STATUS_RX_FLAGGED_SHIFT 2U
#define STUNT_UART_P_INT_STATUS_TX_LEVEL         0x00000008U /* The transmit FIFO is at its trigger */
#define STUNT_UART_P_INT_STATUS_TX_LEVEL_SHIFT   3U
#define STUNT_UART_P_INT_STATUS_TX_IDLE          0x00000010U /* Everything has been sent */
#define STUNT_UART_P_INT_STATUS_TX_IDLE_SHIFT    4U
#define STUNT_UART_P_INT_STATUS_MODEM            0x00000020U /* A modem line has changed */
#define STUNT_UART_P_INT_STATUS_MODEM_SHIFT      5U
#define STUNT_UART_P_INT_STATUS_BREAK_END        0x00000040U /* A break is over */
#define STUNT_UART_P_INT_STATUS_BREAK_END_SHIFT  6U
#define STUNT_UART_P_INT_STATUS_RX_DMA           0x00000080U /* The receive ring is at its watermark */
#define STUNT_UART_P_INT_STATUS_RX_DMA_SHIFT     7U
#define STUNT_UART_P_INT_STATUS_TX_DMA           0x00000100U /* The transmit ring is at its watermark */
#define STUNT_UART_P_INT_STATUS_TX_DMA_SHIFT     8U
#define STUNT_UART_P_INT_STATUS_DMA_ERROR        0x00000200U /* A ring stands still on an error */
#define STUNT_UART_P_INT_STATUS_DMA_ERROR_SHIFT  9U

/* P_INT_ENABLE: Which bits of P_INT_STATUS signal */
#define STUNT_UART_P_INT_ENABLE                  0x1040U
#define STUNT_UART_P_INT_ENABLE_STRIDE           0x100U
#define STUNT_UART_P_INT_ENABLE_COUNT            8U
#define STUNT_UART_P_INT_ENABLE_RX_LEVEL         0x00000001U
#define STUNT_UART_P_INT_ENABLE_RX_LEVEL_SHIFT   0U
#define STUNT_UART_P_INT_ENABLE_RX_TIMEOUT       0x00000002U
#define STUNT_UART_P_INT_ENABLE_RX_TIMEOUT_SHIFT 1U
#define STUNT_UART_P_INT_ENABLE_RX_FLAGGED       0x00000004U
#define STUNT_UART_P_INT_ENABLE_RX_FLAGGED_SHIFT 2U
#define STUNT_UART_P_INT_ENABLE_TX_LEVEL         0x00000008U
#define STUNT_UART_P_INT_ENABLE_TX_LEVEL_SHIFT   3U
#define STUNT_UART_P_INT_ENABLE_TX_IDLE          0x00000010U
#define STUNT_UART_P_INT_ENABLE_TX_IDLE_SHIFT    4U
#define STUNT_UART_P_INT_ENABLE_MODEM            0x00000020U
#define STUNT_UART_P_INT_ENABLE_MODEM_SHIFT      5U
#define STUNT_UART_P_INT_ENABLE_BREAK_END        0x00000040U
#define STUNT_UART_P_INT_ENABLE_BREAK_END_SHIFT  6U
#define STUNT_UART_P_INT_ENABLE_RX_DMA           0x00000080U
#define STUNT_UART_P_INT_ENABLE_RX_DMA_SHIFT     7U
#define STUNT_UART_P_INT_ENABLE_TX_DMA           0x00000100U
#define STUNT_UART_P_INT_ENABLE_TX_DMA_SHIFT     8U
#define STUNT_UART_P_INT_ENABLE_DMA_ERROR        0x00000200U
#define STUNT_UART_P_INT_ENABLE_DMA_ERROR_SHIFT  9U

/* P_FLOW: Flow control by the device */
#define STUNT_UART_P_FLOW                 0x1044U
#define STUNT_UART_P_FLOW_STRIDE          0x100U
#define STUNT_UART_P_FLOW_COUNT           8U
#define STUNT_UART_P_FLOW_AUTO_CTS        0x00000001U /* Sends only while CTS is on */
#define STUNT_UART_P_FLOW_AUTO_CTS_SHIFT  0U
#define STUNT_UART_P_FLOW_AUTO_RTS        0x00000002U /* RTS goes off while the receive FIFO is too full */
#define STUNT_UART_P_FLOW_AUTO_RTS_SHIFT  1U
/* Received XOFF and XON hold and release the transmitter, and are not data */
#define STUNT_UART_P_FLOW_OBEY_XOFF       0x00000004U
#define STUNT_UART_P_FLOW_OBEY_XOFF_SHIFT 2U
/* XOFF and XON are sent as the receive FIFO fills and empties */
#define STUNT_UART_P_FLOW_SEND_XOFF       0x00000008U
#define STUNT_UART_P_FLOW_SEND_XOFF_SHIFT 3U
#define STUNT_UART_P_FLOW_XANY            0x00000010U /* Any character releases the transmitter */
#define STUNT_UART_P_FLOW_XANY_SHIFT      4U

/* P_FLOW_CHARS: Characters of flow control */
#define STUNT_UART_P_FLOW_CHARS            0x1048U
#define STUNT_UART_P_FLOW_CHARS_STRIDE     0x100U
#define STUNT_UART_P_FLOW_CHARS_COUNT      8U
#define STUNT_UART_P_FLOW_CHARS_XON        0x000000ffU
#define STUNT_UART_P_FLOW_CHARS_XON_SHIFT  0U
#define STUNT_UART_P_FLOW_CHARS_XOFF       0x0000ff00U
#define STUNT_UART_P_FLOW_CHARS_XOFF_SHIFT 8U

/* P_FLOW_LEVEL: Fill of the receive FIFO that holds the other end */
#define STUNT_UART_P_FLOW_LEVEL              0x104cU
#define STUNT_UART_P_FLOW_LEVEL_STRIDE       0x100U
#define STUNT_UART_P_FLOW_LEVEL_COUNT        8U
#define STUNT_UART_P_FLOW_LEVEL_HALT         0x000001ffU /* From so many on */
#define STUNT_UART_P_FLOW_LEVEL_HALT_SHIFT   0U
#define STUNT_UART_P_FLOW_LEVEL_RESUME       0x01ff0000U /* Until there are no more than so many */
#define STUNT_UART_P_FLOW_LEVEL_RESUME_SHIFT 16U

/* P_RS485: RS-485: RTS directs the transceiver */
#define STUNT_UART_P_RS485                      0x1050U
#define STUNT_UART_P_RS485_STRIDE               0x100U
#define STUNT_UART_P_RS485_COUNT                8U
#define STUNT_UART_P_RS485_ENABLE               0x00000001U
#define STUNT_UART_P_RS485_ENABLE_SHIFT         0U
#define STUNT_UART_P_RS485_RTS_ON_SEND          0x00000002U /* Level of RTS while sending */
#define STUNT_UART_P_RS485_RTS_ON_SEND_SHIFT    1U
#define STUNT_UART_P_RS485_RTS_AFTER_SEND       0x00000004U /* Level of RTS otherwise */
#define STUNT_UART_P_RS485_RTS_AFTER_SEND_SHIFT 2U
#define STUNT_UART_P_RS485_RX_DURING_TX         0x00000008U /* Receives what is sent itself, too */
#define STUNT_UART_P_RS485_RX_DURING_TX_SHIFT   3U
#define STUNT_UART_P_RS485_TERMINATION          0x00000010U /* The bus is terminated here */
#define STUNT_UART_P_RS485_TERMINATION_SHIFT    4U

/* P_RS485_BEFORE: RS-485: RTS goes on before the first start bit */
#define STUNT_UART_P_RS485_BEFORE          0x1054U
#define STUNT_UART_P_RS485_BEFORE_STRIDE   0x100U
#define STUNT_UART_P_RS485_BEFORE_COUNT    8U
#define STUNT_UART_P_RS485_BEFORE_US       0x000fffffU /* Microseconds */
#define STUNT_UART_P_RS485_BEFORE_US_SHIFT 0U

/* P_RS485_AFTER: RS-485: RTS goes off after the last stop bit */
#define STUNT_UART_P_RS485_AFTER          0x1058U
#define STUNT_UART_P_RS485_AFTER_STRIDE   0x100U
#define STUNT_UART_P_RS485_AFTER_COUNT    8U
#define STUNT_UART_P_RS485_AFTER_US       0x000fffffU /* Microseconds */
#define STUNT_UART_P_RS485_AFTER_US_SHIFT 0U

/* P_MULTIDROP: Multidrop: the bit behind the data marks an address */
#define STUNT_UART_P_MULTIDROP               0x105cU
#define STUNT_UART_P_MULTIDROP_STRIDE        0x100U
#define STUNT_UART_P_MULTIDROP_COUNT         8U
#define STUNT_UART_P_MULTIDROP_ENABLE        0x00000001U
#define STUNT_UART_P_MULTIDROP_ENABLE_SHIFT  0U
/* What follows on another address than ADDRESS is not received */
#define STUNT_UART_P_MULTIDROP_MATCH         0x00000002U
#define STUNT_UART_P_MULTIDROP_MATCH_SHIFT   1U
#define STUNT_UART_P_MULTIDROP_ADDRESS       0x0000ff00U
#define STUNT_UART_P_MULTIDROP_ADDRESS_SHIFT 8U

/* P_OVERRUNS: Characters lost because the receive FIFO was full, free-running */
#define STUNT_UART_P_OVERRUNS        0x1060U
#define STUNT_UART_P_OVERRUNS_STRIDE 0x100U
#define STUNT_UART_P_OVERRUNS_COUNT  8U

/* P_FRAMING_ERRORS: Characters without stop bit, free-running */
#define STUNT_UART_P_FRAMING_ERRORS        0x1064U
#define STUNT_UART_P_FRAMING_ERRORS_STRIDE 0x100U
#define STUNT_UART_P_FRAMING_ERRORS_COUNT  8U

/* P_PARITY_ERRORS: Characters with wrong parity, free-running */
#define STUNT_UART_P_PARITY_ERRORS        0x1068U
#define STUNT_UART_P_PARITY_ERRORS_STRIDE 0x100U
#define STUNT_UART_P_PARITY_ERRORS_COUNT  8U

/* P_BREAKS: Breaks, free-running */
#define STUNT_UART_P_BREAKS        0x106cU
#define STUNT_UART_P_BREAKS_STRIDE 0x100U
#define STUNT_UART_P_BREAKS_COUNT  8U

/* P_WAKE: What wakes the device in D3hot */
#define STUNT_UART_P_WAKE             0x1070U
#define STUNT_UART_P_WAKE_STRIDE      0x100U
#define STUNT_UART_P_WAKE_COUNT       8U
#define STUNT_UART_P_WAKE_RX          0x00000001U /* A start bit */
#define STUNT_UART_P_WAKE_RX_SHIFT    0U
#define STUNT_UART_P_WAKE_MODEM       0x00000002U /* A change of a modem line */
#define STUNT_UART_P_WAKE_MODEM_SHIFT 1U

/* P_MODERATION: What comes sooner after a signal of the port is signalled when the time is over */
#define STUNT_UART_P_MODERATION          0x1074U
#define STUNT_UART_P_MODERATION_STRIDE   0x100U
#define STUNT_UART_P_MODERATION_COUNT    8U
#define STUNT_UART_P_MODERATION_US       0x0000ffffU /* Microseconds; 0: each cause at once */
#define STUNT_UART_P_MODERATION_US_SHIFT 0U

/* P_DMA_CTRL: Rings */
#define STUNT_UART_P_DMA_CTRL                 0x1080U
#define STUNT_UART_P_DMA_CTRL_STRIDE          0x100U
#define STUNT_UART_P_DMA_CTRL_COUNT           8U
#define STUNT_UART_P_DMA_CTRL_TX_ENABLE       0x00000001U /* The transmit FIFO is filled from the ring */
#define STUNT_UART_P_DMA_CTRL_TX_ENABLE_SHIFT 0U
#define STUNT_UART_P_DMA_CTRL_RX_ENABLE       0x00000002U /* The receive FIFO is emptied into the ring */
#define STUNT_UART_P_DMA_CTRL_RX_ENABLE_SHIFT 1U
#define STUNT_UART_P_DMA_CTRL_TX_PAUSE        0x00000004U /* Nothing is fetched meanwhile */
#define STUNT_UART_P_DMA_CTRL_TX_PAUSE_SHIFT  2U

/* P_DMA_STATUS: State of the rings */
#define STUNT_UART_P_DMA_STATUS          0x1084U
#define STUNT_UART_P_DMA_STATUS_STRIDE   0x100U
#define STUNT_UART_P_DMA_STATUS_COUNT    8U
#define STUNT_UART_P_DMA_STATUS_TX       0x000000ffU /* STOPPED */
#define STUNT_UART_P_DMA_STATUS_TX_SHIFT 0U
#define STUNT_UART_P_DMA_STATUS_RX       0x0000ff00U /* STOPPED */
#define STUNT_UART_P_DMA_STATUS_RX_SHIFT 8U

/* P_TX_RING_LO: Bus address of the transmit ring, low half */
#define STUNT_UART_P_TX_RING_LO        0x1088U
#define STUNT_UART_P_TX_RING_LO_STRIDE 0x100U
#define STUNT_UART_P_TX_RING_LO_COUNT  8U

/* P_TX_RING_HI: Bus address of the transmit ring, high half */
#define STUNT_UART_P_TX_RING_HI        0x108cU
#define STUNT_UART_P_TX_RING_HI_STRIDE 0x100U
#define STUNT_UART_P_TX_RING_HI_COUNT  8U

/* P_RX_RING_LO: Bus address of the receive ring, low half */
#define STUNT_UART_P_RX_RING_LO        0x1090U
#define STUNT_UART_P_RX_RING_LO_STRIDE 0x100U
#define STUNT_UART_P_RX_RING_LO_COUNT  8U

/* P_RX_RING_HI: Bus address of the receive ring, high half */
#define STUNT_UART_P_RX_RING_HI        0x1094U
#define STUNT_UART_P_RX_RING_HI_STRIDE 0x100U
#define STUNT_UART_P_RX_RING_HI_COUNT  8U

/* P_RING_SIZE: Sizes of the rings */
#define STUNT_UART_P_RING_SIZE               0x1098U
#define STUNT_UART_P_RING_SIZE_STRIDE        0x100U
#define STUNT_UART_P_RING_SIZE_COUNT         8U
#define STUNT_UART_P_RING_SIZE_TX_LOG2       0x0000001fU /* log2 of bytes, 6 to 20 */
#define STUNT_UART_P_RING_SIZE_TX_LOG2_SHIFT 0U
#define STUNT_UART_P_RING_SIZE_RX_LOG2       0x00001f00U /* log2 of bytes, 6 to 20 */
#define STUNT_UART_P_RING_SIZE_RX_LOG2_SHIFT 8U

/* P_TX_HEAD: Doorbell: bytes handed over, free-running; with TX_ENABLE off it sets P_TX_TAIL, too */
#define STUNT_UART_P_TX_HEAD             0x109cU
#define STUNT_UART_P_TX_HEAD_STRIDE      0x100U
#define STUNT_UART_P_TX_HEAD_COUNT       8U
#define STUNT_UART_P_TX_HEAD_INDEX       0xffffffffU
#define STUNT_UART_P_TX_HEAD_INDEX_SHIFT 0U

/* P_TX_TAIL: Bytes fetched, free-running */
#define STUNT_UART_P_TX_TAIL        0x10a0U
#define STUNT_UART_P_TX_TAIL_STRIDE 0x100U
#define STUNT_UART_P_TX_TAIL_COUNT  8U

/* P_RX_HEAD: Bytes written, free-running */
#define STUNT_UART_P_RX_HEAD        0x10a4U
#define STUNT_UART_P_RX_HEAD_STRIDE 0x100U
#define STUNT_UART_P_RX_HEAD_COUNT  8U

/*
 * P_RX_TAIL: Bytes that the driver has taken, free-running; what lies behind is not overwritten; with
 * RX_ENABLE off it sets P_RX_HEAD, too
 */
#define STUNT_UART_P_RX_TAIL             0x10a8U
#define STUNT_UART_P_RX_TAIL_STRIDE      0x100U
#define STUNT_UART_P_RX_TAIL_COUNT       8U
#define STUNT_UART_P_RX_TAIL_INDEX       0xffffffffU
#define STUNT_UART_P_RX_TAIL_INDEX_SHIFT 0U

/* P_WATER: When the rings ask for service */
#define STUNT_UART_P_WATER          0x10acU
#define STUNT_UART_P_WATER_STRIDE   0x100U
#define STUNT_UART_P_WATER_COUNT    8U
/* TX_DMA when the bytes that wait in the ring become this many or fewer, and when they become none */
#define STUNT_UART_P_WATER_TX       0x0000ffffU
#define STUNT_UART_P_WATER_TX_SHIFT 0U
#define STUNT_UART_P_WATER_RX       0xffff0000U /* RX_DMA when so many bytes were not announced; 0: never */
#define STUNT_UART_P_WATER_RX_SHIFT 16U

#endif /* STUNT_REGS_UART_H */
