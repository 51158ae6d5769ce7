/* Where the optional test data lie (TANDEM_TESTDATA, or beside the project), and how tests read
 * them. */
#ifndef TANDEM_TESTS_TESTFILES_H
#define TANDEM_TESTS_TESTFILES_H

#include "base/str.h"

/* Reads folder/name under the test data into `at`; false: it is not there. */
bool test_read(const char *folder, const char *name, char *at, size_t cap, size_t *len);

/* Column `n` of a TSV line; empty where it has fewer. */
struct str test_column(struct str line, unsigned n);

/* Each line of `text`, starting with *at = 0; comment lines (#) are passed over. */
bool test_line(struct str text, size_t *at, struct str *line);

#endif
