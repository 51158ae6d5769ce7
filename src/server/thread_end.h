/* Waits for the end of threads. */
#ifndef TANDEM_SERVER_THREAD_END_H
#define TANDEM_SERVER_THREAD_END_H

#include <pthread.h>
#include <stdbool.h>

#include "base/attr.h"
#include "base/time.h"

/* True: it has ended and is joined. Whoever sets the wall clock meanwhile changes nothing. */
MUST_USE bool thread_ends_within(pthread_t thread, time_ns within);

#endif
