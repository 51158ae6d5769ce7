/* The control socket's place in the file system. */
#ifndef TANDEM_SERVER_CONTROL_SOCKET_H
#define TANDEM_SERVER_CONTROL_SOCKET_H

#include "base/attr.h"

/* A listening socket at `path` that only its owner may use. What stands there is replaced only
 * where it is a socket at which nobody listens: EADDRINUSE where somebody does, EEXIST where it is
 * no socket. Nobody ever finds a path with looser rights, nor none at all. 0 and *fd, or an errno
 * value. */
MUST_USE int control_socket_open(const char *path, int *fd);
/* Closes it and removes the path where it is still this socket's. */
void control_socket_close(const char *path, int fd);

#endif
