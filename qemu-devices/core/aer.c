/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qemu/cutils.h"
#include "hw/pci/pci.h"
#include "core/port.h"

#define ANY_BIT 32u

typedef struct ErrorName {
    const char *name;
    uint32_t status;
    bool correctable;
} ErrorName;

/* Named as in Linux' aer-inject. */
static const ErrorName names[] = {
    { "DLP", PCI_ERR_UNC_DLP, false },
    { "SDN", PCI_ERR_UNC_SDN, false },
    { "POISON_TLP", PCI_ERR_UNC_POISON_TLP, false },
    { "FCP", PCI_ERR_UNC_FCP, false },
    { "COMP_TIME", PCI_ERR_UNC_COMP_TIME, false },
    { "COMP_ABORT", PCI_ERR_UNC_COMP_ABORT, false },
    { "UNX_COMP", PCI_ERR_UNC_UNX_COMP, false },
    { "RX_OVER", PCI_ERR_UNC_RX_OVER, false },
    { "MALF_TLP", PCI_ERR_UNC_MALF_TLP, false },
    { "ECRC", PCI_ERR_UNC_ECRC, false },
    { "UNSUP", PCI_ERR_UNC_UNSUP, false },
    { "ACSV", PCI_ERR_UNC_ACSV, false },
    { "INTN", PCI_ERR_UNC_INTN, false },
    { "RCVR", PCI_ERR_COR_RCVR, true },
    { "BAD_TLP", PCI_ERR_COR_BAD_TLP, true },
    { "BAD_DLLP", PCI_ERR_COR_BAD_DLLP, true },
    { "REP_ROLL", PCI_ERR_COR_REP_ROLL, true },
    { "REP_TIMER", PCI_ERR_COR_REP_TIMER, true },
    { "ADV_NONFATAL", PCI_ERR_COR_ADV_NONFATAL, true },
    { "INTERNAL", PCI_ERR_COR_INTERNAL, true },
};

static const char *const severities[] = { "correctable", "nonfatal", "fatal" };

/* The one that is meant when only its severity is said. */
static const uint32_t usual[] = { PCI_ERR_COR_RCVR, PCI_ERR_UNC_COMP_ABORT, PCI_ERR_UNC_MALF_TLP };

StuntError stunt_aer_usual(StuntSeverity severity, uint64_t bit)
{
    return (StuntError){ .correctable = severity == STUNT_AER_CORRECTABLE,
                         .status = bit < ANY_BIT ? 1u << bit : usual[severity] };
}

/* ---- registers ------------------------------------------------------------------------------------- */

static uint8_t *aer(PCIDevice *pci)
{
    return pci->config + pci->exp.aer_cap;
}

void stunt_aer_init(PCIDevice *pci)
{
    uint16_t at = pci->exp.aer_cap;

    pci_set_long(pci->wmask + at + PCI_ERR_UNCOR_MASK, PCI_ERR_UNC_SUPPORTED);
    /* what was logged may differ between the two sides of a snapshot */
    pci_long_test_and_clear_mask(pci->cmask + at + PCI_ERR_CAP, PCI_ERR_CAP_FEP_MASK);
    memset(pci->cmask + at + PCI_ERR_HEADER_LOG, 0, PCI_ERR_SIZEOF - PCI_ERR_HEADER_LOG);
}

void stunt_aer_reset(PCIDevice *pci)
{
    pci_set_long(aer(pci) + PCI_ERR_UNCOR_STATUS, 0);
    pci_set_long(aer(pci) + PCI_ERR_UNCOR_MASK, 0);
    pci_set_long(aer(pci) + PCI_ERR_UNCOR_SEVER, PCI_ERR_UNC_SEVERITY_DEFAULT);
    pci_set_long(aer(pci) + PCI_ERR_COR_STATUS, 0);
    pci_set_long(aer(pci) + PCI_ERR_COR_MASK, PCI_ERR_COR_MASK_DEFAULT);
    pci_long_test_and_clear_mask(aer(pci) + PCI_ERR_CAP, PCI_ERR_CAP_FEP_MASK | PCI_ERR_CAP_ECRC_GENE |
                                                             PCI_ERR_CAP_ECRC_CHKE);
    memset(aer(pci) + PCI_ERR_HEADER_LOG, 0, sizeof(((StuntError *)0)->header));
}

StuntSeverity stunt_aer_severity(PCIDevice *pci, const StuntError *error)
{
    if (error->correctable) {
        return STUNT_AER_CORRECTABLE;
    }
    return error->status & pci_get_long(aer(pci) + PCI_ERR_UNCOR_SEVER) ? STUNT_AER_FATAL : STUNT_AER_NONFATAL;
}

/* Is the function allowed to send a message of this severity? (6.2.6) */
static bool may_send(PCIDevice *pci, StuntSeverity severity, bool unsupported)
{
    uint16_t control = pci_get_word(pci->config + pci->exp.exp_cap + PCI_EXP_DEVCTL);
    bool serr = pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_SERR;

    if (severity == STUNT_AER_CORRECTABLE) {
        return control & PCI_EXP_DEVCTL_CERE;
    }
    if (unsupported && !serr && !(control & PCI_EXP_DEVCTL_URRE)) {
        return false;
    }
    return serr || (control & (severity == STUNT_AER_FATAL ? PCI_EXP_DEVCTL_FERE : PCI_EXP_DEVCTL_NFERE));
}

static void note_detected(PCIDevice *pci, StuntSeverity severity, bool unsupported)
{
    static const uint16_t bit[] = { PCI_EXP_DEVSTA_CED, PCI_EXP_DEVSTA_NFED, PCI_EXP_DEVSTA_FED };

    pci_word_test_and_set_mask(pci->config + pci->exp.exp_cap + PCI_EXP_DEVSTA,
                               bit[severity] | (unsupported ? PCI_EXP_DEVSTA_URD : 0));
}

/*
 * The header of the first error stays until its status bit is cleared (6.2.4.2). Read as words it looks as in the
 * specification, byte 0 on top (7.8.4.8).
 */
static void log_header(PCIDevice *pci, const StuntError *error)
{
    uint32_t control = pci_get_long(aer(pci) + PCI_ERR_CAP);
    uint32_t first = 1u << PCI_ERR_CAP_FEP(control);

    if (pci_get_long(aer(pci) + PCI_ERR_UNCOR_STATUS) & first) {
        return;
    }
    pci_set_long(aer(pci) + PCI_ERR_CAP, (control & ~PCI_ERR_CAP_FEP_MASK) | ctz32(error->status));
    for (unsigned i = 0; i < ARRAY_SIZE(error->header); i++) {
        pci_set_long(aer(pci) + PCI_ERR_HEADER_LOG + 4 * i, error->has_header ? error->header[i] : 0);
    }
}

/* Takes the error into the registers of its function. Whether a message is due. */
static bool detect(PCIDevice *pci, const StuntError *error, StuntSeverity severity)
{
    bool unsupported = !error->correctable && error->status == PCI_ERR_UNC_UNSUP;
    unsigned status = error->correctable ? PCI_ERR_COR_STATUS : PCI_ERR_UNCOR_STATUS;
    unsigned mask = error->correctable ? PCI_ERR_COR_MASK : PCI_ERR_UNCOR_MASK;
    bool masked = pci_get_long(aer(pci) + mask) & error->status;

    note_detected(pci, severity, unsupported);
    if (!error->correctable && !masked) {
        log_header(pci, error);
    }
    pci_long_test_and_set_mask(aer(pci) + status, error->status);
    if (masked || !may_send(pci, severity, unsupported)) {
        return false;
    }
    if (severity != STUNT_AER_CORRECTABLE && pci_get_word(pci->config + PCI_COMMAND) & PCI_COMMAND_SERR) {
        pci_word_test_and_set_mask(pci->config + PCI_STATUS, PCI_STATUS_SIG_SYSTEM_ERROR);
    }
    return true;
}

/* A bridge hands messages on only when it is told to (7.5.1.3.13). */
static bool passes_bridge(PCIDevice *bridge, StuntSeverity severity)
{
    if (severity != STUNT_AER_CORRECTABLE) {
        pci_word_test_and_set_mask(bridge->config + PCI_SEC_STATUS, PCI_SEC_STATUS_RCV_SYSTEM_ERROR);
    }
    return pci_get_word(bridge->config + PCI_BRIDGE_CONTROL) & PCI_BRIDGE_CTL_SERR;
}

void stunt_aer_raise(StuntPCI *dev, StuntAerSource source, const StuntError *error)
{
    StuntPort *port = stunt_port_above(dev);
    PCIDevice *pci = source == STUNT_AER_PORT ? PCI_DEVICE(port) : PCI_DEVICE(dev);
    StuntSeverity severity;
    bool sent;

    if (!pci || !pci->exp.aer_cap || (source == STUNT_AER_DEVICE && dev->gone)) {
        return;
    }
    severity = stunt_aer_severity(pci, error);
    sent = detect(pci, error, severity);
    if (sent && source == STUNT_AER_DEVICE) {
        sent = port && passes_bridge(PCI_DEVICE(port), severity);
    }
    (void)stunt_event(dev->trace_id, STUNT_EV_AER, source, severity, error->status, sent);
    if (sent) {
        stunt_port_message(port, severity, pci_requester_id(pci));
    }
}

/* ---- the root port --------------------------------------------------------------------------------- */

/* The first of its kind leaves its source; further ones are only known to be many (7.8.4.10). */
static uint32_t received(uint8_t *at, uint32_t status, StuntSeverity severity, uint16_t source_id)
{
    bool correctable = severity == STUNT_AER_CORRECTABLE;
    uint32_t first = correctable ? PCI_ERR_ROOT_COR_RCV : PCI_ERR_ROOT_UNCOR_RCV;
    uint32_t multi = correctable ? PCI_ERR_ROOT_MULTI_COR_RCV : PCI_ERR_ROOT_MULTI_UNCOR_RCV;

    if (status & first) {
        status |= multi;
    } else {
        pci_set_word(at + PCI_ERR_ROOT_ERR_SRC + (correctable ? 0 : 2), source_id);
        status |= severity == STUNT_AER_FATAL ? PCI_ERR_ROOT_FIRST_FATAL : 0;
    }
    status |= severity == STUNT_AER_FATAL ? PCI_ERR_ROOT_FATAL_RCV : 0;
    status |= severity == STUNT_AER_NONFATAL ? PCI_ERR_ROOT_NONFATAL_RCV : 0;
    return status | first;
}

void stunt_port_message(StuntPort *port, StuntSeverity severity, uint16_t source_id)
{
    uint8_t *at = aer(PCI_DEVICE(port));

    if (!stunt_port_dpc_contains(port, severity, source_id)) {
        pci_set_long(at + PCI_ERR_ROOT_STATUS,
                     received(at, pci_get_long(at + PCI_ERR_ROOT_STATUS), severity, source_id));
    }
    stunt_port_settle(port);
}

/* ---- words ----------------------------------------------------------------------------------------- */

static const ErrorName *find_name(const char *word, Error **errp)
{
    const char *all[ARRAY_SIZE(names)];
    const char *near_name;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        if (strcmp(names[i].name, word) == 0) {
            return &names[i];
        }
        all[i] = names[i].name;
    }
    near_name = stunt_nearest(word, all, ARRAY_SIZE(names));
    error_setg(errp, "there is no error '%s'%s%s%s", word, near_name ? ", did you mean '" : "",
               near_name ? near_name : "", near_name ? "'?" : "");
    return NULL;
}

static bool find_severity(const char *word, StuntSeverity *ret_severity, Error **errp)
{
    for (unsigned i = 0; i < ARRAY_SIZE(severities); i++) {
        if (word && strcmp(severities[i], word) == 0) {
            *ret_severity = i;
            return true;
        }
    }
    error_setg(errp, "severity is '%s', not correctable, nonfatal or fatal", word ? word : "");
    return false;
}

static bool parse_header(char **words, StuntError *error, Error **errp)
{
    for (unsigned i = 0; words[i]; i++) {
        unsigned long long value;

        if (i == ARRAY_SIZE(error->header) || parse_uint_full(words[i], &value, 0) || value > UINT32_MAX) {
            error_setg(errp, "a header has at most four words of 32 bits; '%s' is none of them", words[i]);
            return false;
        }
        error->header[i] = value;
        error->has_header = true;
    }
    return true;
}

bool stunt_aer_parse(const char *text, PCIDevice *pci, StuntError *ret_error, Error **errp)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);
    const ErrorName *name = NULL;
    StuntSeverity severity;

    if (!find_severity(words[0], &severity, errp)) {
        return false;
    }
    *ret_error = stunt_aer_usual(severity, ANY_BIT);
    if (words[1]) {
        name = find_name(words[1], errp);
        if (!name) {
            return false;
        }
        *ret_error = (StuntError){ .correctable = name->correctable, .status = name->status };
    }
    if (stunt_aer_severity(pci, ret_error) != severity) {
        error_setg(errp, "%s is %s, not %s: %s", name ? name->name : "it",
                   severities[stunt_aer_severity(pci, ret_error)], severities[severity],
                   name && name->correctable ? "no register changes that" : "as the guest has set its severity");
        return false;
    }
    return !words[1] || parse_header(words + 2, ret_error, errp);
}
