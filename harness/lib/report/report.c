/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds a report format by name. */
#include "stunt/report.h"

StuntReportFunc stunt_report_format(const char *name)
{
    for (const StuntReportFormat *format = stunt_report_formats; format->name; format++) {
        if (g_str_equal(format->name, name)) {
            return format->write;
        }
    }
    return NULL;
}
