-- SPDX-License-Identifier: GPL-2.0-or-later
-- A device that exists only here, in the form that the generator writes, so that tests do not follow real devices.
return {
    ["devices"] = {
        ["toy"] = {
            ["name"] = "toy",
            ["title"] = "A device for tests",
            ["adjustable"] = { "speed" },
            ["events"] = { "mmio.read", "mmio.write", "irq.raise", "reset", "misuse", "job.start", "job.done" },
            ["registers"] = {
                {
                    ["name"] = "CTRL",
                    ["doc"] = "Control",
                    ["offset"] = 0,
                    ["count"] = 1,
                    ["stride"] = 0,
                    ["reset"] = 1,
                    ["fields"] = {
                        { ["name"] = "ENABLE", ["doc"] = "Goes", ["mask"] = 1, ["values"] = {} },
                        { ["name"] = "MODE", ["doc"] = "How", ["mask"] = 6, ["values"] = { ["SLOW"] = 0, ["FAST"] = 1 } },
                    },
                },
                {
                    ["name"] = "LANE",
                    ["doc"] = "One for each lane",
                    ["offset"] = 256,
                    ["count"] = 4,
                    ["stride"] = 64,
                    ["reset"] = 0,
                    ["fields"] = {},
                },
            },
            ["vectors"] = { ["DONE"] = 0, ["ERROR"] = 1 },
            ["enums"] = {
                ["RESET"] = { ["COLD"] = 0, ["FLR"] = 1 },
                ["STATUS"] = { ["OK"] = 0, ["BROKEN"] = 7 },
            },
        },
        ["link"] = {
            ["name"] = "link",
            ["title"] = "The rendezvous",
            ["adjustable"] = {},
            ["events"] = { "mmio.read", "mmio.write", "link.ask", "link.mark" },
            ["registers"] = {},
            ["vectors"] = {},
            ["enums"] = {},
        },
    },
    ["device_names"] = { "toy", "link" },
}
