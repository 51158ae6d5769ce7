/* The errors of every sans-I/O machine. Bad input is not among them: it is counted and reported. */
#ifndef TANDEM_BASE_ERR_H
#define TANDEM_BASE_ERR_H

enum err {
    OK = 0,
    ERR_NOMEM = -1,   /* no memory; nothing has changed: try later or refuse the work */
    ERR_INVALID = -2, /* the caller's mistake; nothing has changed: mend the call */
    ERR_STALE = -3,   /* the id names something that has ended: forget it */
    ERR_LIMIT =
        -4, /* a limit of data/limits.def is reached; nothing has changed: refuse with 503 */
    ERR_NO_ROUTE = -5 /* no listener or address fits the destination; nothing has changed */
};

/* "no memory", "limit reached": for a log. */
const char *err_name(int error);

#endif
