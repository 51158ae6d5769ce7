/* How the tests of messages parse them. */
#ifndef TANDEM_TESTS_MSG_TESTDATA_H
#define TANDEM_TESTS_MSG_TESTDATA_H

#include "../testfiles.h"
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

#endif
