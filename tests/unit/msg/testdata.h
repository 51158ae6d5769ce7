/* Where the optional test data lie, and how the tests of messages read and parse them. */
#ifndef TANDEM_TESTS_MSG_TESTDATA_H
#define TANDEM_TESTS_MSG_TESTDATA_H

#include "msg/msg.h"

#define TEST_BYTES 70000
#define TEST_SPACE 500000

/* A message with its bytes and its lent space. */
struct test_msg {
    struct msg m;
    char bytes[TEST_BYTES];
    _Alignas(16) char space[TEST_SPACE];
};

/* Parses a copy of the text. */
enum msg_error_code test_parse(struct test_msg *t, struct str text, enum msg_framing framing);

/* Reads folder/name under the test data into `at`; false: it is not there. */
bool test_read(const char *folder, const char *name, char *at, size_t cap, size_t *len);

/* Column `n` of a TSV line; empty where it has fewer. */
struct str test_column(struct str line, unsigned n);

/* Each line of `text`, starting with *at = 0; comment lines (#) are passed over. */
bool test_line(struct str text, size_t *at, struct str *line);

#endif
