/* One event as it waits in a ring to be written, and its three forms: text, logfmt, JSON. Owns no
 * file and no thread. */
#ifndef TANDEM_SERVER_LOG_ENTRY_H
#define TANDEM_SERVER_LOG_ENTRY_H

#include <stdio.h>

#include "base/log.h"
#include "config/config.h"

#define LOG_ENTRY_FIELDS 8
#define LOG_ENTRY_BYTES 480 /* of all fields' texts; what is longer is cut */

struct log_entry {
    time_ns at; /* unix time */
    uint8_t event, level;
    uint8_t n;
    unsigned skipped;
    struct {
        const char *key;
        uint16_t len; /* of its text, which begins where the last one ends */
        bool number;
    } fields[LOG_ENTRY_FIELDS];
    char text[LOG_ENTRY_BYTES];
};

/* Copies what the record borrows; fields over LOG_ENTRY_FIELDS are left out. */
void log_entry_pack(struct log_entry *e, const struct log_record *r, time_ns at);

/* One line with its end: nothing in it ends a line or moves a cursor. */
void log_entry_print(FILE *f, const struct log_entry *e, enum config_log_format format);

#endif
